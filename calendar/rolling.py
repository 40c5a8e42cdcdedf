"""Next year's plan from this year's: every date that falls on another day, and what must be decided anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..obligations.moments import SHANGHAI
from .phrases import parse
from .undecided import UNDECIDED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from .expansion import RoundSpec, StretchSpec, Year

_WORKDAYS = frozenset({"nth_workday", "first_workday", "last_workday"})
_LINE = r"(?m)^({}:[ \t]*)(.*?)([ \t]*(?:#.*)?)$"
_DATED = re.compile(r"(?<![\d-])(\d{4})-\d{2}-\d{2}(?![\d-])")
_KEY = re.compile(r"^[ \t]*(?:- \{?)?(due|opens|starts|ends|locks|on):")


@dataclass(frozen=True, slots=True)
class Moved:
    """A date that falls on another day of the year than before; times are Asia/Shanghai."""

    title: str
    what: str
    was: datetime
    then: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Something that the document of the old year says of that year alone; ``line`` counts from 1."""

    line: int
    field: str
    said: str
    why: str


def rolled(text: str, year: int, to: int) -> tuple[str, tuple[Decide, ...]]:
    """Give a plan's file for another year, and what the office has to decide in it.

    The year and the revision are set. Nothing is invented: the number of the old document, a title that names
    its year, and a date that is written with its year become 待定, which no plan is taken with.
    """
    rolled_text = _set(_set(text, "year", str(to)), "revision", str(_revision(text) + 1))
    open_: list[Decide] = []
    for field, why in (("number", "新一年的文件有新的文号"), ("title", f"标题写明是{year}年的")):
        found = re.search(_LINE.format(field), rolled_text)
        if found and (field == "number" or str(year) in found[2]) and found[2] not in ("", UNDECIDED):
            line = rolled_text.count("\n", 0, found.start()) + 1
            open_.append(Decide(line, field, found[2], why))
            rolled_text = _set(rolled_text, field, UNDECIDED)
    lines = rolled_text.split("\n")
    for number, line in enumerate(lines):
        key, dated = _KEY.match(line), _DATED.search(line)
        if key and dated:
            open_.append(Decide(number + 1, key[1], dated[0], "写死了年份的日期"))
            lines[number] = line.replace(dated[0], UNDECIDED)
    return "\n".join(lines), tuple(sorted(open_, key=lambda one: one.line))


def _revision(text: str) -> int:
    found = re.search(_LINE.format("revision"), text)
    return int(found[2]) if found and found[2].isdecimal() else 1


def _set(text: str, key: str, value: str) -> str:
    """Set a key of the plan itself; one that is not there comes after the year."""
    found, count = re.subn(_LINE.format(key), rf"\g<1>{value}\g<3>", text, count=1)
    return found if count else re.sub(_LINE.format("year"), rf"\g<0>\n{key}: {value}", text, count=1)


def moved(old: Year, new: Year) -> tuple[Moved, ...]:
    """Give every date of the new year that falls on another day, in order of time; weeks have no same day."""
    before = {(one.duty, _within(one.period, old.year)): one for one in old.rounds}
    stretches = {(one.kind, one.key): one for one in old.stretches}
    found = [
        *(move for one in new.stretches for move in _stretch(stretches.get((one.kind, one.key)), one)),
        *(
            move
            for one in new.rounds
            if one.kind != "weekly"
            for move in _round(before.get((one.duty, _within(one.period, new.year))), one)
        ),
    ]
    return tuple(sorted(found, key=lambda move: move.then))


def _within(period: str, year: int) -> str:
    return period.removeprefix(str(year))


def _round(was: RoundSpec | None, one: RoundSpec) -> Iterator[Moved]:
    if was is None or was.due_at is None or one.due_at is None or _same(was.due_at, one.due_at):
        return
    yield Moved(one.title, "截止", was.due_at, one.due_at, _why(one))


def _stretch(was: StretchSpec | None, one: StretchSpec) -> Iterator[Moved]:
    if was is None:
        return
    for what, then, now in (("开始", was.starts_at, one.starts_at), ("结束", was.ends_at, one.ends_at)):
        if not _same(then, now):
            yield Moved(one.name, what, then, now, f"按农历、节气或工作日推算{_provisional(one)}")


def _same(was: datetime, then: datetime) -> bool:
    """Tell whether two moments are of one day and hour, each in its year; the last of February is one."""
    one, other = was.astimezone(SHANGHAI), then.astimezone(SHANGHAI)
    if one.month == other.month == 2 and _last_of_february(one) and _last_of_february(other):
        return True
    return (one.month, one.day, one.timetz()) == (other.month, other.day, other.timetz())


def _last_of_february(at: datetime) -> bool:
    leap = at.year % 4 == 0 and (at.year % 100 != 0 or at.year % 400 == 0)
    return at.day == (29 if leap else 28)


def _why(one: RoundSpec) -> str:
    rule = one.due_rule and parse(one.due_rule.on)
    if one.due_rule is None or rule is None:
        return f"随起止时间{_provisional(one)}"
    if rule.anchor in ("lunar", "named"):
        said = "按农历或节气"
    elif rule.anchor in _WORKDAYS or (rule.offset and rule.offset.unit == "workday"):
        said = "按工作日推算"
    elif rule.anchor == "weekday":
        said = "按星期"
    elif one.due_rule.roll != "as_written":
        said = f"遇休息日{'顺延' if one.due_rule.roll == 'next_workday' else '提前'}"
    else:
        said = "随所依据的日期"
    return f"{said}（{one.due_rule.on}）{_provisional(one)}"


def _provisional(one: RoundSpec | StretchSpec) -> str:
    return "，放假通知未出，暂定" if one.provisional else ""
