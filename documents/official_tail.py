"""The end of an official paper: enclosures, who signed and when, remarks, and the foot (版记)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .official_page import LEFT, LINE, WIDTH, indent, twips
from .official_xml import paragraph, run, size, styled, w
from .plain_text import plain_line
from .wording import day, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from .official_paper import Paper

# 成文日期 stands four characters from the right; a long name over it at least one.
_DATE_RIGHT, _LEAST_RIGHT = 4.0, 1.0
_FOOT_POINTS: Final = 14
_FOOT_CHARACTER: Final = _FOOT_POINTS * 20
_THICK, _THIN = 8, 6  # eighths of a point: 0.35 mm and 0.25 mm


def tail(paper: Paper) -> Iterator[str]:
    """Give the paragraphs after the text."""
    if paper.enclosures:
        yield from _enclosures(paper.enclosures)
    yield from _signed(plain_line(paper.signed), paper.dated)
    if paper.remark:
        yield styled("BodyText", run(f"（{plain_line(paper.remark)}）"))
    if paper.copies or paper.printed:
        yield from _foot(plain_line(paper.copies), paper.printed)


def _enclosures(names: Sequence[str]) -> Iterator[str]:
    """Give 附件说明: numbered when there are several, broken lines under the first character of the name."""
    yield paragraph("")
    numbered = len(names) > 1
    for number, name in enumerate(names, 1):
        first = "附件：" if number == 1 else "\u3000\u3000\u3000"
        mark = f"{number}." if numbered else ""
        hang = 3 + width(mark)
        yield paragraph(run(first + mark + plain_line(name)), indent(left=2 + hang, hanging=hang))


def signature_indents(signed: str, dated: str) -> tuple[float, float]:
    """Give how many characters from the right the name ends, and the date: one centred over the other."""
    beyond = (width(signed) - width(dated)) / 2
    name = max(_DATE_RIGHT - beyond, _LEAST_RIGHT)
    return name, name + beyond


def _signed(signed: str, dated: date) -> Iterator[str]:
    on = day(dated)
    name, date_ = signature_indents(signed, on) if signed else (0.0, _DATE_RIGHT)
    yield paragraph("", w("keepNext"))
    if signed:
        yield paragraph("", w("keepNext"))
        yield paragraph(run(signed), w("keepNext"), indent(right=name), w("jc", val="right"))
    yield paragraph(run(on), indent(right=date_), w("jc", val="right"))


def _foot(copies: str, printed: tuple[str, date] | None) -> Iterator[str]:
    """Give 版记: a table that lies at the bottom of the text, its last line on the edge."""
    rows = [_copies(copies)] if copies else []
    rows += [_printed(*printed)] if printed else []
    wide = twips(WIDTH)
    # From the edge of the page: LibreOffice lets no table float that is as wide as what it is placed by.
    place = w("tblpPr", vertAnchor="margin", horzAnchor="page", tblpX=twips(LEFT), tblpYSpec="bottom")
    lines = w(
        "tblBorders",
        *(w(edge, val="single", sz=_THICK, space=0, color="000000") for edge in ("top", "bottom")),
        w("insideH", val="single", sz=_THIN, space=0, color="000000"),
    )
    margins = w("tblCellMar", *(w(edge, w=0, type="dxa") for edge in ("left", "right")))
    properties = w(
        "tblPr", place, w("tblW", w=wide, type="dxa"), lines, w("tblLayout", type="fixed"), margins
    )
    cells = (
        w("tr", w("trPr", w("cantSplit")), w("tc", w("tcPr", w("tcW", w=wide, type="dxa")), one))
        for one in rows
    )
    yield w("tbl", properties, w("tblGrid", w("gridCol", w=wide)), *cells)
    yield paragraph("", w("spacing", line=20, lineRule="exact"))


def _copies(names: str) -> str:
    # Broken lines stand under the first character after the colon.
    hang = w("ind", left=4 * _FOOT_CHARACTER, right=_FOOT_CHARACTER, hanging=3 * _FOOT_CHARACTER)
    return paragraph(run(f"抄送：{names}。", size(_FOOT_POINTS)), _FOOT_LINE, hang)


def _printed(who: str, on: date) -> str:
    tab = w("tabs", w("tab", val="right", pos=twips(WIDTH) - _FOOT_CHARACTER))
    text = run(plain_line(who), size(_FOOT_POINTS)) + w("r", w("tab"))
    text += run(f"{day(on)}印发", size(_FOOT_POINTS))
    return paragraph(text, tab, _FOOT_LINE, w("ind", left=_FOOT_CHARACTER))


_FOOT_LINE: Final = w("spacing", line=LINE, lineRule="exact")
