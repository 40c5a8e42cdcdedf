"""The values of cells as the texts that a form reads."""

from __future__ import annotations

from datetime import date, datetime, time

from .plain_text import plain_text
from .round_sheet import YES

NIL_WORDS = frozenset({YES, "√", "✓", "✔", "TRUE"})
_EXACT = 15  # the digits that a spreadsheet keeps


def words(value: object, kind: str = "") -> str:
    """Give a cell as the text that a clerk would have typed into a form for a field of this type."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _numeral(value)
        case datetime():
            whole = kind == "date" or value.time() == time()
            return value.date().isoformat() if whole else value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("minutes")
        case _:
            return plain_text(str(value)).strip()


def _numeral(value: float) -> str:
    whole = isinstance(value, int) or value.is_integer()
    return str(int(value)) if whole and abs(value) < 10**_EXACT else f"{value:.{_EXACT}g}"
