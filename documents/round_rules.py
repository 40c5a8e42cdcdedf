"""The rules that a spreadsheet program itself applies while a round's workbook is filled in."""

# XlsxWriter is only partly typed.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, final

from xlsxwriter.utility import xl_range_abs

from ..obligations.forms import LONGEST
from .plain_text import cell_text, plain_line
from .round_hints import limits_of
from .round_sheet import BY, FACTS, NIL, NOTE, YES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.worksheet import Worksheet

    from .round_sheet import Column, Field

    Area = tuple[int, int, int, int]

LONGEST_NAME = 60
_FIRST_LIST = 3  # the columns of the hidden page before it hold its facts
_LEAST, _MOST = -(10**15), 10**15
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


@final
class Options:
    """The lists of options, kept on the hidden page: a rule itself holds only 255 characters and no comma."""

    def __init__(self, hidden: Worksheet) -> None:
        self._hidden = hidden
        self._next = _FIRST_LIST

    def reference(self, options: Sequence[str]) -> str:
        """Write a list down and give where it stands, as a formula."""
        column = self._next
        self._next += 1
        for line, option in enumerate(options):
            _ = self._hidden.write_string(line, column, cell_text(option))
        return f"={FACTS}!{xl_range_abs(0, column, len(options) - 1, column)}"


def add_rule(page: Worksheet, column: Column, area: Area, options: Options) -> None:
    """Put the rule of a column, if it has one, on an area: first line and column, last line and column."""
    rule = _field_rule(column.field, options) if column.field else _plain_rule(column.key)
    if rule:
        title = plain_line(column.heading)[:32]
        _ = page.data_validation(*area, {"ignore_blank": True, "error_title": title, **rule})


def _plain_rule(key: str) -> dict[str, Any]:
    if key == NIL:
        said = f"没有情况选“{YES}”，有情况的留空。"
        return {"validate": "list", "source": [YES], "error_message": said}
    return {NOTE: _at_most(LONGEST), BY: _at_most(LONGEST_NAME)}.get(key, {})


def _field_rule(field: Field, options: Options) -> dict[str, Any]:
    match field["type"]:
        case "number":
            return _number_rule(field)
        case "choice":
            source = options.reference(field["options"])
            return {"validate": "list", "source": source, "error_message": "请从下拉框中选一项。"}
        case "date":
            between = {"criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY}
            return {"validate": "date", **between, "error_message": "请填日期，如 2026-03-22。"}
        case "checklist":
            return {}
        case _:
            return _at_most(LONGEST)


def _number_rule(field: Field) -> dict[str, Any]:
    least = _LEAST if field["min"] is None else field["min"]
    most = _MOST if field["max"] is None else field["max"]
    between = {"criteria": "between", "minimum": least, "maximum": most}
    return {"validate": "decimal", **between, "error_message": f"请填数字{limits_of(field)}。"}


def _at_most(length: int) -> dict[str, Any]:
    said = f"不超过 {length} 字。"
    return {"validate": "length", "criteria": "<=", "value": length, "error_message": said}
