"""A finding as people write it, in the columns of the paper ledger (隐患台账): from texts to facts. Pure.

The same texts come from a form, a line of a workbook and a program; each wrong one is named by its column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from .finding_moves import LONGEST_LIMIT, names_of
from .moments import END_OF_DAY, SHANGHAI
from .words import Grade

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 1000  # characters of what is described or to be done
LONGEST_WORD: Final = 200  # characters of everything else
_WHEN = re.compile(
    r"(?P<y>\d{4})\s*[年./-]\s*(?P<m>\d{1,2})\s*[月./-]\s*(?P<d>\d{1,2})\s*日?"
    r"(?:[ T]*(?P<hour>\d{1,2})[:：时点](?:(?P<minute>\d{1,2})分?)?(?::\d{2})?)?"
)
_WITHIN = re.compile(r"(?:限|于)?\s*(\d{1,3})\s*(?:日|天|个?自然日)(?:之?内)?(?:完成|整改)*")
_AT_ONCE = frozenset({"立即", "立即整改", "立行立改", "当场", "当场整改", "当日", "当天", "即日"})
_GRADES = {
    **dict.fromkeys(("", "一般", "一般隐患", "一般事故隐患"), Grade.GENERAL),
    **dict.fromkeys(("重大", "重大隐患", "重大事故隐患"), Grade.GRAVE),
}
_CLOSED = re.compile(r"已(?:经)?销号[（(](.*)[)）]")
_SAYS_CLOSED = re.compile(r"已(?:经)?(?:销号|整改|完成|办结)|销号(?:[（(]|$)")
_DAY = timedelta(days=1)


class Column(NamedTuple):
    """A column of the paper ledger: its key, its heading, and whether a finding cannot do without it."""

    key: str
    heading: str
    required: bool = False
    long: bool = False


COLUMNS: Final = (
    Column("number", "序号"),
    Column("found_at", "检查时间", required=True),
    Column("checked_by", "检查单位"),
    Column("inspectors", "检查人"),
    Column("item", "检查项目"),
    Column("place", "检查地点"),
    Column("description", "隐患问题描述", required=True, long=True),
    Column("kind", "隐患类型"),
    Column("grade", "隐患等级"),
    Column("measures", "整改要求（措施）", long=True),
    Column("due_at", "整改期限", required=True),
    Column("unit", "整改责任单位", required=True),
    Column("responsible", "整改责任人"),
    Column("fixed_on", "整改完成日期"),
    Column("closing", "销号情况"),
)
TEXTS: Final = ("checked_by", "inspectors", "item", "place", "description", "kind", "measures", "responsible")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line says of a finding; moments in UTC. ``unit`` is the code of the unit that is to rectify.

    ``fixed_on`` is the local day of a rectification that the line already tells of; ``closers`` are those
    who, by the line, looked again and closed it; ``refuted``: by the line it was none (查否).
    """

    unit: str
    found_at: datetime
    due_at: datetime
    grade: Grade
    texts: Mapping[str, str]
    fixed_on: date | None = None
    closing: str = ""
    closers: str = ""
    refuted: bool = False


class Read(NamedTuple):
    """An entry, or what is wrong with it by column, as clauses to follow the column's name."""

    entry: Entry | None
    faults: Mapping[str, str]


def read_entry(given: Mapping[str, str], units: Mapping[str, str], now: datetime) -> Read:
    """Read one finding from texts by column key; ``units`` gives the name of each unit by its code."""
    reading = _Reading({key: text.strip() for key, text in given.items()}, now)
    entry = reading.entry(units)
    return Read(None if reading.faults else entry, reading.faults)


def when_of(text: str, *, end: bool) -> datetime | None:
    """Give the moment (UTC) that a text names in Asia/Shanghai; a bare day means its first or last second.

    None for what is no moment.
    """
    found = _WHEN.fullmatch(text.strip())
    if found is None:
        return None
    try:
        day = date(int(found["y"]), int(found["m"]), int(found["d"]))
        clock = time(int(found["hour"] or 0), int(found["minute"] or 0)) if found["hour"] != "24" else None
    except ValueError:
        return None
    bare = found["hour"] is None
    clock = END_OF_DAY if clock is None or (bare and end) else clock
    return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)


class _Reading:
    """One line as far as it has been read, and what is wrong with it."""

    def __init__(self, given: Mapping[str, str], now: datetime) -> None:
        self.given, self.now = given, now
        self.faults: dict[str, str] = {}

    def entry(self, units: Mapping[str, str]) -> Entry:
        found_at = self._found_at()
        self._check_closing()
        return Entry(
            unit=self._unit(units),
            found_at=found_at or self.now,
            due_at=self._due_at(found_at) or self.now,
            grade=self._grade(),
            texts={key: self._text(key) for key in TEXTS},
            fixed_on=self._fixed_on(found_at),
            closing=self._said("closing"),
            closers=closers_of(self._said("closing")),
            refuted=self._said("closing").startswith("查否"),
        )

    def _check_closing(self) -> None:
        """Want the day where the last column says that it is closed: else it would be open, and urged."""
        if _SAYS_CLOSED.match(self._said("closing")) and not self._said("fixed_on"):
            self.faults["fixed_on"] = "必填，因为“销号情况”写的是已销号"

    def _said(self, key: str) -> str:
        return self.given.get(key, "")

    def _text(self, key: str) -> str:
        text, column = self._said(key), next(one for one in COLUMNS if one.key == key)
        most = LONGEST if column.long else LONGEST_WORD
        if column.required and not text:
            self.faults[key] = "必填，没有填写"
        elif len(text) > most:
            self.faults[key] = f"不能超过{most}字，实际为{len(text)}字"
        return text

    def _found_at(self) -> datetime | None:
        found = self._moment("found_at", end=False)
        if found is not None and found > self.now:
            self.faults["found_at"] = f"不能晚于现在，实际为“{self._said('found_at')}”"
        return found

    def _due_at(self, found_at: datetime | None) -> datetime | None:
        text = self._said("due_at")
        start = (found_at or self.now).astimezone(SHANGHAI).date()
        days = 0 if text in _AT_ONCE else int(match[1]) if (match := _WITHIN.fullmatch(text)) else None
        if days is not None:
            return datetime.combine(start + days * _DAY, END_OF_DAY, SHANGHAI).astimezone(UTC)
        due = self._moment("due_at", end=True)
        if due is not None and found_at is not None:
            self._check_due(due, found_at)
        return due

    def _check_due(self, due: datetime, found_at: datetime) -> None:
        if due <= found_at:
            self.faults["due_at"] = f"须晚于检查时间，实际为“{self._said('due_at')}”"
        elif due - found_at > LONGEST_LIMIT:
            self.faults["due_at"] = f"不能超过三年，实际为“{self._said('due_at')}”，请核对年份"

    def _moment(self, key: str, *, end: bool) -> datetime | None:
        text = self._said(key)
        found = when_of(text, end=end)
        if not text:
            self.faults[key] = "必填，没有填写"
        elif found is None:
            also = "（也可写“立即整改”“15日内”）" if key == "due_at" else ""
            self.faults[key] = f"应是日期，如 2026-03-22{also}，实际为“{_short(text)}”"
        return found

    def _fixed_on(self, found_at: datetime | None) -> date | None:
        text = self._said("fixed_on")
        if not text:
            return None
        found = when_of(text, end=False)
        if found is None:
            self.faults["fixed_on"] = f"应是日期，如 2026-03-22，实际为“{_short(text)}”"
            return None
        day = found.astimezone(SHANGHAI).date()
        if day > self.now.astimezone(SHANGHAI).date():
            self.faults["fixed_on"] = f"不能晚于今天，实际为“{text}”"
        elif found_at is not None and day < found_at.astimezone(SHANGHAI).date():
            self.faults["fixed_on"] = f"不能早于检查时间，实际为“{text}”"
        return day

    def _grade(self) -> Grade:
        text = self._said("grade")
        if text not in _GRADES:
            self.faults["grade"] = f"应是“一般”或“重大”，实际为“{_short(text)}”"
        return _GRADES.get(text, Grade.GENERAL)

    def _unit(self, units: Mapping[str, str]) -> str:
        text = self._said("unit")
        if text in units:
            return text
        named = [code for code, name in units.items() if name == text]
        if len(named) != 1:
            self.faults["unit"] = _no_unit(text, units, len(named))
        return named[0] if named else ""


def closers_of(text: str) -> str:
    """Give who closed a finding by what the last column says: ``已销号（2023-03-10，李强）`` names 李强."""
    found = _CLOSED.match(text)
    if found is None:
        return ""
    parts = re.split(r"[,，]", found[1])
    return "、".join(part.strip() for part in parts if names_of(part) and when_of(part, end=False) is None)


def _no_unit(text: str, units: Mapping[str, str], count: int) -> str:
    if not text:
        return "必填，没有填写"
    if count:
        return f"有{count}个单位都叫“{_short(text)}”，请填单位代码"
    near = [name for name in units.values() if name and (name in text or text in name)]
    hint = f"，是否指“{near[0]}”？" if len(near) == 1 else ""
    return f"名册中没有“{_short(text)}”{hint}"


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - as long as a cell shows
