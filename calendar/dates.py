"""Which moment a date phrase means: the phrase, the year and period it stands in, and the workdays."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from ..obligations.errors import DubanError, InputError
from . import lunar
from .phrases import END_OF_DAY, MARKS, Anchor, Rule, RuleError, civil, lunar_parts, named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .workdays import Workdays

ZONE = ZoneInfo("Asia/Shanghai")
Roll = Literal["as_written", "previous_workday", "next_workday"]

_WEEKDAYS = {name: n for n, name in enumerate("一二三四五六日")} | {"天": 6}
_SPANS_ZH = {"phase": "阶段", "window": "时段"}
_UNITS_ZH = {"week": "周", "month": "个月", "quarter": "个季度", "half": "个半年", "year": "年"}
_LENGTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, its hour if one is given, and whether it rests on a notice of days off that is not out yet."""

    day: date
    clock: time | None = None
    provisional: bool = False

    def first(self) -> datetime:
        """Give the first second meant, in Asia/Shanghai: the hour given, else 00:00:00."""
        return self.at(time())

    def last(self) -> datetime:
        """Give the last second meant, in Asia/Shanghai: the hour given, else 23:59:59 of the day.

        “1月29日前”includes the whole of the 29th (DESIGN §5.2).
        """
        return self.at(END_OF_DAY)

    def at(self, default: time) -> datetime:
        """Give the moment in Asia/Shanghai, at ``default`` where the phrase gives no hour."""
        return datetime.combine(self.day, self.clock or default, ZONE)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a phrase may refer to: the plan year, the period's first and last day, and moments already known.

    ``period`` is ``week``, ``month``, ``quarter``, ``half``, ``year``, ``phase`` or ``window``. ``marks``
    holds moments under ``opens``, ``due``, ``starts``, ``ends`` and ``event``, and under ``from`` and ``to``
    the edges of the phase or window.
    """

    year: int
    period: str
    start: date
    end: date
    marks: Mapping[str, Moment] = field(default_factory=dict[str, Moment])


def resolve(rule: Rule, scope: Scope, workdays: Workdays, roll: Roll = "as_written") -> Moment:
    """Give the moment that a rule means in a scope.

    ``roll`` says what happens when the day is no workday; the default keeps it as written (DESIGN §5.3).
    A moment that needed the workdays of a year without a notice is marked provisional (DESIGN §5.4).
    Raises :class:`RuleError` when the rule names no day there, and :class:`InputError` when a table of days
    off is wrong.
    """
    try:
        base = _RESOLVERS[rule.anchor](rule, scope, workdays)
        return _roll(_move(base, rule, workdays), roll, workdays)
    except (RuleError, InputError):
        raise
    except DubanError as wrong:
        raise RuleError.of(wrong, f"{scope.year}年有的日子") from None


def _move(base: Moment, rule: Rule, workdays: Workdays) -> Moment:
    clock = rule.clock or base.clock
    offset = rule.offset
    if offset is None:
        return Moment(base.day, clock, base.provisional)
    if offset.unit == "hour":
        return _hours(base, offset.count)
    if rule.needs == "event":
        clock = rule.clock  # “5个工作日内” runs to the end of the fifth, whatever the hour of the event
    if offset.unit == "workday":
        return _shifted(base, workdays.shift(base.day, offset.count), clock, workdays)
    days = offset.count * (7 if offset.unit == "week" else 1)
    return Moment(base.day + timedelta(days=days), clock, base.provisional)


def _hours(base: Moment, count: int) -> Moment:
    if base.clock is None:
        raise RuleError("按小时推算，而前面的时间没有时刻", expected="前面的时间写明时刻，如 17:00")
    at = datetime.combine(base.day, base.clock, ZONE) + timedelta(hours=count)
    return Moment(at.date(), at.time(), base.provisional)


def _shifted(base: Moment, day: date, clock: time | None, workdays: Workdays) -> Moment:
    """Move a moment to a day that was found by counting workdays."""
    return Moment(day, clock, base.provisional or workdays.provisional_between(base.day, day))


def _roll(moment: Moment, roll: Roll, workdays: Workdays) -> Moment:
    if roll == "as_written":
        return moment
    find = workdays.next_workday if roll == "next_workday" else workdays.previous_workday
    return _shifted(moment, find(moment.day), moment.clock, workdays)


def _date(rule: Rule, scope: Scope, _workdays: Workdays) -> Moment:
    year, month, day = map(int, rule.args)
    if year != scope.year:
        raise RuleError(
            f"写死了年份，不能用于{scope.year}年", f"{month:02d}-{day:02d}", f"{scope.year}年的日子"
        )
    return Moment(civil(year, month, day))


def _monthday(rule: Rule, scope: Scope, _workdays: Workdays) -> Moment:
    month, day = map(int, rule.args)
    return Moment(civil(scope.year, month, day))


def _day(rule: Rule, scope: Scope, _workdays: Workdays) -> Moment:
    if scope.period != "month":
        raise RuleError(f"“{rule.text}”只用于每月任务", expected="“month 2 day 15”或“03-22”")
    return Moment(_day_of_month(scope.start.year, scope.start.month, int(rule.args[0])))


def _month_day(rule: Rule, scope: Scope, _workdays: Workdays) -> Moment:
    nth, day = map(int, rule.args)
    months = (scope.end.year - scope.start.year) * 12 + scope.end.month - scope.start.month + 1
    if not 1 <= nth <= months:
        raise RuleError(f"本期只有{months}个月", expected=f"month 1 至 month {months}")
    ahead = scope.start.month + nth - 2
    return Moment(_day_of_month(scope.start.year + ahead // 12, ahead % 12 + 1, day))


def _day_of_month(year: int, month: int, day: int) -> date:
    try:
        return civil(year, month, day)
    except RuleError as wrong:
        raise RuleError(str(wrong), "last day", wrong.expected) from None


def _last_day(_rule: Rule, scope: Scope, _workdays: Workdays) -> Moment:
    return Moment(scope.end)


def _nth_workday(rule: Rule, scope: Scope, workdays: Workdays) -> Moment:
    found = workdays.within(scope.start, scope.end)
    last = rule.anchor == "last_workday"
    nth = 1 if rule.anchor == "first_workday" else len(found) if last else int(rule.args[0])
    if not 1 <= nth <= len(found):
        message = f"{scope.start}至{scope.end}只有{len(found)}个工作日"
        raise RuleError(message, expected="本期有的工作日，或“周五”加 roll: next_workday")
    day = found[nth - 1]
    return Moment(day, None, workdays.provisional_between(day, scope.end if last else scope.start))


def _weekday(rule: Rule, scope: Scope, _workdays: Workdays) -> Moment:
    if scope.period != "week":
        raise RuleError(f"“{rule.text}”只用于每周任务", expected="kind: weekly")
    return Moment(scope.start + timedelta(days=_WEEKDAYS[rule.args[0]]))


def _edge(rule: Rule, scope: Scope, _workdays: Workdays) -> Moment:
    side, period = rule.args
    if period in _UNITS_ZH:
        return Moment(_around(period, rule, scope)[side == "end"])
    if scope.period != period:
        raise RuleError(f"这个任务不属于{_SPANS_ZH[period]}", expected=f"kind: {period}")
    return scope.marks["from" if side == "start" else "to"]


def _around(unit: str, rule: Rule, scope: Scope) -> tuple[date, date]:
    """Give the week, month and so on that holds the whole period; in a longer one it could be any of them."""
    first, last = bounds(unit, scope.start)
    if scope.end > last:
        message = f"本期不在同一{_UNITS_ZH[unit]}内，不知“{rule.text}”是哪一个"
        raise RuleError(message, expected="“03-31”或“month 1 day 31”这样的日子")
    return first, last


def _mark(rule: Rule, scope: Scope, _workdays: Workdays) -> Moment:
    name = rule.args[0]
    if name not in scope.marks:
        raise RuleError(f"要从{MARKS[name]}推算，而这里没有 {name}", expected=f"先写 {name}")
    return scope.marks[name]


def _lunar(rule: Rule, scope: Scope, _workdays: Workdays) -> Moment:
    return Moment(lunar.lunar_day(scope.year, *lunar_parts(rule)))


def _festival(rule: Rule, scope: Scope, _workdays: Workdays) -> Moment:
    return Moment(named(scope.year, rule.args[0]))


_RESOLVERS: dict[Anchor, Callable[[Rule, Scope, Workdays], Moment]] = {
    "date": _date, "monthday": _monthday, "month_day": _month_day, "day": _day, "last_day": _last_day,
    "nth_workday": _nth_workday, "first_workday": _nth_workday, "last_workday": _nth_workday,
    "weekday": _weekday, "edge": _edge, "mark": _mark, "lunar": _lunar, "named": _festival,
}  # fmt: skip


def local_day(at: datetime) -> date:
    """Give the day of Asia/Shanghai that holds an aware moment."""
    return at.astimezone(ZONE).date()


def bounds(period: str, day: date) -> tuple[date, date]:
    """Give the first and last day of the week, month, quarter, half year or year that holds ``day``."""
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    length = _LENGTHS[period]
    first = (day.month - 1) // length * length + 1
    last = first + length - 1
    return date(day.year, first, 1), date(day.year, last, monthrange(day.year, last)[1])
