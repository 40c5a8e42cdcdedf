"""The periods of a year: which weeks, months, quarters, phases or windows a duty has rounds in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from .dates import Moment, Scope, bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .plan import Duty

QUARTERS = "一二三四"
_SPANS = {"weekly": "week", "monthly": "month", "quarterly": "quarter", "half_yearly": "half"}
_THURSDAY = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Span:
    """A phase or window of one year, from its first moment to its last."""

    kind: str
    key: str
    name: str
    starts: Moment
    ends: Moment


@dataclass(frozen=True, slots=True)
class Period:
    """One period: its code in the book, its name in print, the key that ``vary`` uses, and its scope.

    The scope's marks hold the period's own opening, and for a phase or window its edges.
    """

    code: str
    name: str
    vary: str
    scope: Scope


def periods(duty: Duty, year: int, spans: Sequence[Span]) -> list[Period]:
    """Give the periods in which a duty has a round in a plan year; ``spans`` are its phases and windows.

    A week belongs to the year that holds its Thursday (ISO 8601). A period is kept when it touches ``months``
    and ``within``.
    """
    within = next((span for span in spans if span.key == duty.within), None)
    return [
        period
        for period in _all(duty, year, spans)
        if _in_months(period.scope, duty.months) and _overlaps(period.scope, within)
    ]


def whole_year(year: int) -> Scope:
    """Give the scope of a year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return Scope(year, "year", first, last, {"opens": Moment(first)})


def _all(duty: Duty, year: int, spans: Sequence[Span]) -> Iterator[Period]:
    if duty.kind in ("phase", "window"):
        owners = (span for span in spans if span.kind == duty.kind and (not duty.of or span.key in duty.of))
        yield from (_stretched(year, span) for span in owners)
    elif duty.kind in _SPANS:
        span = _SPANS[duty.kind]
        yield from (_recurring(span, year, start) for start in _starts(span, year))
    else:
        yield Period(str(year), f"{year}年", "", whole_year(year))


def _stretched(year: int, span: Span) -> Period:
    edges = {"from": span.starts, "to": span.ends, "starts": span.starts, "ends": span.ends}
    scope = Scope(year, span.kind, span.starts.day, span.ends.day, {"opens": span.starts, **edges})
    return Period(f"{year}/{span.key}", f"{year}年{span.name}", span.key, scope)


def _starts(span: str, year: int) -> Iterator[date]:
    day = bounds(span, date(year, 1, 4))[
        0
    ]  # the 4th is in the first ISO week, and in the first of the others
    ahead = _THURSDAY if span == "week" else timedelta()
    while (day + ahead).year == year:
        yield day
        day = bounds(span, day)[1] + timedelta(days=1)


def _recurring(span: str, year: int, start: date) -> Period:
    key, name = _named(span, start)
    scope = Scope(year, span, *bounds(span, start), {"opens": Moment(start)})
    return Period(f"{year}-{key}", f"{year}年{name}", key, scope)


def _named(span: str, start: date) -> tuple[str, str]:
    """Give a period's key within its year and its name in print."""
    if span == "week":
        week = start.isocalendar().week
        return f"W{week:02d}", f"第{week}周"
    if span == "month":
        return f"{start.month:02d}", f"{start.month}月"
    if span == "quarter":
        quarter = start.month // 3
        return f"Q{quarter + 1}", f"第{QUARTERS[quarter]}季度"
    return ("H1", "上半年") if start.month == 1 else ("H2", "下半年")


def _in_months(scope: Scope, months: Sequence[int]) -> bool:
    days = (scope.end - scope.start).days + 1
    return not months or any((scope.start + timedelta(days=n)).month in months for n in range(days))


def _overlaps(scope: Scope, within: Span | None) -> bool:
    return within is None or (scope.start <= within.ends.day and within.starts.day <= scope.end)
