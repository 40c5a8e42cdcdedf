"""What a quarter's bulletin (季度通报) and a year's summary (年度总结) are called, numbered and about."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

_PLANS_OWN: Final = re.compile(r"^\d{4}年度?|(?:工作)?(?:实施)?方案$")
_NUMERALS: Final = "一二三四"
QUARTERS: Final = range(1, 5)


class CircularKind(StrEnum):
    """A bulletin goes to all units of a plan; a summary is the office's own, and is filed."""

    BULLETIN = "bulletin"
    SUMMARY = "summary"

    @property
    def zh(self) -> str:
        """Give what people call it."""
        return "季度通报" if self is CircularKind.BULLETIN else "年度总结"


class CircularState(StrEnum):
    """A draft is the program's; a person signs it, or says why it does not leave."""

    DRAFT = "draft"
    ISSUED = "issued"
    DROPPED = "dropped"


def kind_of(quarter: int) -> CircularKind:
    """Give the kind: of a quarter, or with 0 of the year."""
    return CircularKind.BULLETIN if quarter else CircularKind.SUMMARY


def days_of(year: int, quarter: int) -> tuple[date, date]:
    """Give the first and the last day of a quarter (1 to 4), or with 0 of the year."""
    if not quarter:
        return date(year, 1, 1), date(year, 12, 31)
    last = quarter * 3
    after = date(year + last // 12, last % 12 + 1, 1)
    return date(year, last - 2, 1), after - timedelta(days=1)


def period_of(year: int, quarter: int) -> str:
    """Give the period as the book names periods: ``2023-Q1``, ``2023``."""
    return f"{year}-Q{quarter}" if quarter else str(year)


def stretch(year: int, quarter: int) -> str:
    """Give the stretch in words: ``2023年第一季度``."""
    return f"{year}年" + (f"第{_NUMERALS[quarter - 1]}季度" if quarter else "")


def subject(title: str) -> str:
    """Give what a plan is about, from its title: less the year and that it is a plan."""
    return _PLANS_OWN.sub("", title) or title


def circular_title(plan: str, year: int, quarter: int) -> str:
    """Give the title, from the plan's."""
    what, when = subject(plan).removesuffix("工作"), stretch(year, quarter)
    return f"关于{when}{what}工作情况的通报" if quarter else f"{when}{what}工作总结"


def circular_number(kind: str, year: int, number: int | None) -> str:
    """Give the number of what was issued, as ``情况通报〔2023〕1号``; empty for a draft, which has none."""
    series = "情况通报" if CircularKind(kind) is CircularKind.BULLETIN else "工作总结"
    return "" if number is None else f"{series}〔{year}〕{number}号"
