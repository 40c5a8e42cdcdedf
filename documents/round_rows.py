"""From the lines of a round's workbook to what each unit reports, with every wrong cell named."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, final

from ..obligations.errors import Problem
from ..obligations.forms import LONGEST, fault_of
from .plain_text import plain_line
from .roster_table import in_cell
from .round_cells import NIL_WORDS, words
from .round_columns import found_columns
from .round_rules import LONGEST_NAME
from .round_sheet import ALREADY, BY, CODE, HINTS, NAME, NIL, NOTE, YES, ReadRow, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .roster_table import Area
    from .round_sheet import RoundSheet

_LONGEST_SHOWN = 60


class Page(NamedTuple):
    """The cells of the page that people fill in; ``broken`` are formulas that ended in an error (from 1)."""

    file: str
    grid: Sequence[Sequence[object]]
    merged: Sequence[Area]
    broken: frozenset[tuple[int, int]]


def taken_of(page: Page, expected: RoundSheet, workbook_id: str) -> Taken:
    """Give what the page brings. Raises InputError when its columns are not those of the form."""
    reading = _Reading(page, expected)
    for line in range(reading.found.line + 1, len(page.grid) + 1):
        reading.take(line)
    reading.check_twice()
    order = sorted(reading.problems, key=lambda one: (one.line or 0, one.column or 0))
    return Taken(workbook_id, tuple(reading.rows), tuple(order))


@final
class _Reading:
    """The rows and problems of one page, as far as they have been read."""

    def __init__(self, page: Page, expected: RoundSheet) -> None:
        self.page = page
        self.found = found_columns(page.file, page.grid, expected.form)
        self.form = [column.field for column in self.found.columns.values() if column.field]
        self.names = {plain_line(row.unit_code): plain_line(row.unit_name) for row in expected.rows}
        self.rows: list[ReadRow] = []
        self.problems: list[Problem] = []

    def take(self, line: int) -> None:
        """Read one line, if anything is filled in."""
        texts = self._texts(line)
        if texts[CODE] == HINTS:
            return
        self._note_strays(line)
        broken = self._note_broken(line)
        row = self._row(line, texts)
        if any((texts[NIL], row.answers, row.note, row.by, broken)):
            self.rows.append(row)
            self._check_unit(row)
            self._check_nil(row, texts[NIL])
            self._check_words(row)
            self._check_answers(row, broken)

    def _texts(self, line: int) -> dict[str, str]:
        values = self.page.grid[line - 1]
        texts = dict.fromkeys(self.found.columns, "")
        for key, place in self.found.places.items():
            field = self.found.columns[key].field
            value = values[place - 1] if place <= len(values) else ""
            texts[key] = words(value, field["type"] if field else "")
        # A tick box that is not ticked.
        texts[NIL] = "" if texts[NIL] == "FALSE" else texts[NIL]
        return texts

    def _row(self, line: int, texts: Mapping[str, str]) -> ReadRow:
        answers = {field["key"]: text for field in self.form if (text := texts[field["key"]])}
        return ReadRow(
            line,
            plain_line(texts[CODE]),
            plain_line(texts[NAME]),
            texts[NIL] in NIL_WORDS,
            answers,
            texts[NOTE],
            plain_line(texts[BY]),
        )

    def _note_broken(self, line: int) -> frozenset[int]:
        """Note formulas that ended in an error, and merged cells; give their columns."""
        wrong: set[int] = set()
        for key, place in self.found.places.items():
            if key == ALREADY:
                continue
            if (line, place) in self.page.broken:
                self._complain(line, key, "公式出错", "直接填写的内容（不用公式）")
                wrong.add(place)
            elif any(area.holds(line, place) for area in self.page.merged):
                self._complain(line, key, "是合并单元格", "逐格填写的内容（请取消合并）")
                wrong.add(place)
        return frozenset(wrong)

    def _note_strays(self, line: int) -> None:
        """Note the first that stands outside our columns; its line waits, so that nothing is lost unseen."""
        ours = set(self.found.places.values())
        for place, value in enumerate(self.page.grid[line - 1], start=1):
            if place not in ours and (text := words(value)):
                heading = self.found.strange.get(place, "")[:_LONGEST_SHOWN]
                message = f"“{heading}”不是本表的列" if heading else "这一列没有表头"
                expected = "空白（要说明的请写在备注里）"
                self._note(Problem(self.page.file, message, line, place, None, expected, _short(text)))
                return

    def _check_unit(self, row: ReadRow) -> None:
        code, name = row.unit_code, row.unit_name
        if not code:
            by_name = [one for one, called in self.names.items() if name and called == name]
            hint = f"单位代码（{by_name[0]}）" if len(by_name) == 1 else "表中原有的单位代码"
            self._complain(row.line, CODE, "没有单位代码，不知道是哪个单位报的", hint)
        elif code not in self.names:
            self._complain(row.line, CODE, "本期没有这个单位", "表中原有的单位代码", code)
        elif name and name != self.names[code]:
            expected = f"{code} 对应的“{self.names[code]}”"
            self._complain(row.line, NAME, "单位与代码对不上", expected, name)

    def _check_nil(self, row: ReadRow, text: str) -> None:
        if text and not row.nil:
            self._complain(row.line, NIL, "零报告栏填写有误", f"“{YES}”或空白", text)
        elif row.nil and row.answers:
            labels = "、".join(self.found.label(key) for key in row.answers)
            self._complain(
                row.line,
                NIL,
                "选了零报告，又填了项目",
                f"零报告其余不填；有情况的不选“{YES}”",
                f"填了{labels}",
            )

    def _check_words(self, row: ReadRow) -> None:
        for key, text, longest in ((NOTE, row.note, LONGEST), (BY, row.by, LONGEST_NAME)):
            if len(text) > longest:
                self._complain(row.line, key, f"不能超过{longest}字", None, f"{len(text)}字")

    def _check_answers(self, row: ReadRow, broken: frozenset[int]) -> None:
        if row.nil:
            return
        if row.by and not (row.answers or row.note or broken):
            expected = f"填写各项；没有情况的，零报告选“{YES}”"
            self._complain(row.line, BY, "只填了填报人，没有填报内容", expected)
            return
        for field in self.form:
            key = field["key"]
            fault = fault_of(field, row.answers.get(key, ""))
            if fault and self.found.places[key] not in broken:
                self._complain(row.line, key, fault, None)

    def check_twice(self) -> None:
        """Note units that have filled in two lines; neither is taken, for nobody knows which is meant."""
        first: dict[str, ReadRow] = {}
        for row in self.rows:
            if not row.unit_code:
                continue
            before = first.setdefault(row.unit_code, row)
            if before is not row:
                for one, other in ((before, row), (row, before)):
                    self._complain(
                        one.line, CODE, f"与第 {other.line} 行是同一个单位", "一个单位只填一行", one.unit_code
                    )

    def _complain(
        self, line: int, key: str, message: str, expected: str | None, found: str | None = None
    ) -> None:
        place, label = self.found.places[key], self.found.label(key)
        said = None if found is None else _short(found)
        self._note(Problem(self.page.file, message, line, place, label, expected, said))

    def _note(self, problem: Problem) -> None:
        self.problems.append(in_cell(problem))


def _short(text: str) -> str:
    line = plain_line(text)
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"
