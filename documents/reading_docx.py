"""The text of a Word file in its order: paragraphs with their automatic numbers, tables row by row."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, cast

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from ..obligations.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHO = ("单位", "部门", "主体", "责任人", "领导", "牵头", "配合")
_WHEN = ("时限", "时间", "期限", "截止", "进度")
_LONGEST_HEAD, _LEAST_COLUMNS, _LONGEST_COUNT = 12, 3, 3
_LAST_CIRCLE, _LAST_HAN = 20, 99
_HAN = "零一二三四五六七八九"


def text_of_docx(data: bytes) -> str:
    """Give the text of a .docx, a line for each paragraph and for each row of a table.

    A row is told as official papers tell it: the task, then in brackets the units and the limit, under the
    names of their columns. Raises :class:`DubanError` when the file cannot be read.
    """
    try:
        document = Document(io.BytesIO(data))
        numbers = _Numbers(document)
        return "\n".join(line for line in _lines(document, numbers) if line.strip())
    except Exception as wrong:  # a broken package fails in lxml, zipfile or python-docx alike
        raise DubanError("这个 Word 文件坏了，读不了；请用 Word 或 WPS 打开后另存一份。") from wrong


def _lines(document: Any, numbers: _Numbers) -> Iterator[str]:
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            yield numbers.before(block) + block.text
        elif isinstance(block, Table):
            yield from _rows(block)


def _rows(table: Table) -> Iterator[str]:
    rows = [[cell.text.replace("\n", "").strip() for cell in row.cells] for row in table.rows]
    if not rows:
        return
    heads = rows[0]
    labelled = [
        n
        for n, head in enumerate(heads)
        if len(head) <= _LONGEST_HEAD and any(word in head for word in _WHO + _WHEN)
    ]
    if not labelled or len(heads) < _LEAST_COLUMNS:
        yield from ("　".join(dict.fromkeys(cell for cell in row if cell)) for row in rows)
        return
    yield "　".join(heads)
    for row in rows[1:]:
        rest = "，".join(
            dict.fromkeys(
                cell.rstrip("。；")
                for n, cell in enumerate(row)
                if cell and n not in labelled and not _counts(cell)
            )
        )
        said = "；".join(
            f"{_label(heads[n])}：{row[n].rstrip('。；')}" for n in labelled if n < len(row) and row[n]
        )
        yield f"{rest}（{said}）。" if said else rest


def _counts(cell: str) -> bool:
    return cell.isdigit() and len(cell) <= _LONGEST_COUNT


def _label(head: str) -> str:
    """Give a column's name as the label that it stands for in a text."""
    return (
        "完成时限"
        if any(word in head for word in _WHEN)
        else head
        if head.endswith(("单位", "部门", "领导"))
        else f"{head}单位"
    )


class _Numbers:
    """The automatic numbers of a document, counted as Word counts them."""

    def __init__(self, document: Any) -> None:
        self._counts: dict[tuple[str, int], int] = {}
        self._levels: dict[str, dict[int, tuple[str, str]]] = {}
        part = next(
            (one for one in document.part.package.parts if str(one.partname) == "/word/numbering.xml"), None
        )
        if part is not None:
            self._read(part.element if hasattr(part, "element") else None)

    def _read(self, root: Any) -> None:
        if root is None:
            return
        abstract = {one.get(qn("w:abstractNumId")): _levels(one) for one in root.findall(qn("w:abstractNum"))}
        for num in root.findall(qn("w:num")):
            link = num.find(qn("w:abstractNumId"))
            if link is not None:
                self._levels[num.get(qn("w:numId"))] = abstract.get(link.get(qn("w:val")), {})

    def before(self, paragraph: Paragraph) -> str:
        """Give the number that Word shows before a paragraph; empty when it has none."""
        place = _place(paragraph)
        if place is None or not paragraph.text.strip():
            return ""
        number, level = place
        levels = self._levels.get(number, {})
        if level not in levels:
            return ""
        for deeper in [key for key in self._counts if key[0] == number and key[1] > level]:
            del self._counts[deeper]
        self._counts[number, level] = self._counts.get((number, level), 0) + 1
        text = levels[level][1]
        for one in range(level + 1):
            form = levels.get(one, ("decimal", ""))[0]
            text = text.replace(f"%{one + 1}", _shown(self._counts.get((number, one), 1), form))
        return text


def _place(paragraph: Paragraph) -> tuple[str, int] | None:
    """Give which list a paragraph belongs to and how deep, by itself or by its style."""
    # python-docx shows numbers nowhere else than in the XML.
    own: Any = cast("Any", paragraph)._p.pPr  # noqa: SLF001
    for properties in (own, _style_properties(paragraph)):
        found = None if properties is None else properties.find(qn("w:numPr"))
        if found is not None:
            number, level = found.find(qn("w:numId")), found.find(qn("w:ilvl"))
            if number is not None:
                return str(number.get(qn("w:val"))), int(level.get(qn("w:val"))) if level is not None else 0
    return None


def _style_properties(paragraph: Paragraph) -> Any:
    style = paragraph.style
    return None if style is None else cast("Any", style.element).find(qn("w:pPr"))


def _levels(abstract: Any) -> dict[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    for one in abstract.findall(qn("w:lvl")):
        form, text = one.find(qn("w:numFmt")), one.find(qn("w:lvlText"))
        if form is not None and text is not None:
            found[int(one.get(qn("w:ilvl")))] = (form.get(qn("w:val")), text.get(qn("w:val")) or "")
    return found


def _shown(count: int, form: str) -> str:
    if form.startswith(("chineseCounting", "japaneseCounting", "taiwaneseCounting", "ideographDigital")):
        return _han(count)
    if form == "decimalEnclosedCircle" and count <= _LAST_CIRCLE:
        return chr(ord("①") + count - 1)
    return "" if form in ("bullet", "none") else str(count)


def _han(count: int) -> str:
    tens, units = divmod(count, 10)
    if count > _LAST_HAN:
        return str(count)
    return (("" if tens == 1 else _HAN[tens]) + "十" if tens else "") + (
        _HAN[units] if units or not tens else ""
    )
