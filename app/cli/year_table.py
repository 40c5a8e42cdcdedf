"""A plan's year as tables that a person reads: its phases and windows, then what is due, by date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from ...calendar.dates import local_day
from ...calendar.plan import KINDS_ZH
from ...calendar.rosters import count
from ...calendar.workdays import DayKind

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from ...calendar.expansion import RoundSpec, StretchSpec, Year
    from ...calendar.workdays import Workdays
    from ...obligations.roster import Roster

WIDE = 120
_SOURCES = {"document": "文件", "local": "自定"}
_STRETCHES = {"phase": "阶段", "window": "时段"}


class YearTables:
    """The year of a plan, laid out on one line a row where the screen is wide, on two where it is narrow."""

    def __init__(self, opened: Year, workdays: Workdays, roster: Roster, roster_name: str) -> None:
        self.opened = opened
        self.workdays = workdays
        self.roster = roster
        self.roster_name = roster_name

    def print(self, console: Console, *, wide: bool) -> None:
        """Print the title, the tables, and what the words in them mean."""
        console.print(Text(f"{self.opened.plan.title} · {self.opened.year}年", style="bold"))
        if self.opened.stretches:
            console.print(self.stretches(wide=wide))
        console.print(self.rounds(wide=wide))
        for line in self._legend():
            console.print(line)

    def stretches(self, *, wide: bool) -> Table:
        """Give the phases and windows, by their beginning."""
        table = _table(["起", "止"], "阶段和时段", ["类型", "条款", "日期由"], wide=wide)
        for spec in self.opened.stretches:
            edges = [self._when(at, spec, wide=wide) for at in (spec.starts_at, spec.ends_at)]
            facts = [_STRETCHES[spec.kind], spec.clause, _SOURCES[spec.source]]
            table.add_row(*edges, *_told(spec.name, facts, wide=wide))
        return table

    def rounds(self, *, wide: bool) -> Table:
        """Give the rounds by deadline, with a line between months; what has none comes last."""
        dates = ["截止", "下达"] if wide else ["截止"]
        table = _table(dates, "任务", ["类型", "条款", "日期由"], wide=wide)
        table.add_column("单位", justify="right", no_wrap=True)
        month = 0
        for spec in sorted(self.opened.rounds, key=lambda one: one.due_at is None):
            begins = spec.due_at.month if spec.due_at else 13
            if month not in (0, begins):
                table.add_section()
            month = begins
            table.add_row(*self._round(spec, wide=wide))
        return table

    def _round(self, spec: RoundSpec, *, wide: bool) -> list[Text | str]:
        due = self._when(spec.due_at, spec, wide=wide) if spec.due_at else "随时"
        opens = "" if spec.kind == "event" else self._day(spec.opens_at)
        facts = [KINDS_ZH[spec.kind], spec.clause, _SOURCES[spec.source]]
        if not wide and opens:
            facts.insert(1, f"{opens}下达")
        dates = [due, opens] if wide else [due]
        return [
            *dates,
            *_told(self._title(spec), facts, wide=wide),
            str(count(self.opened, spec, self.roster)),
        ]

    def _title(self, spec: RoundSpec) -> str:
        title = spec.title.removeprefix(f"{self.opened.year}年").removeprefix(" · ")
        if spec.meeting is None or spec.starts_at is None:
            return title
        return f"{title}（{self._when(spec.starts_at, spec, wide=True)} 开会）"

    def _when(self, at: datetime, spec: RoundSpec | StretchSpec, *, wide: bool) -> str:
        """Give a day, its hour if it has one, what kind of day it is, and whether that is certain."""
        kind = self.workdays.kind(local_day(at))
        hour = "" if (at.hour, at.minute) in ((0, 0), (23, 59)) else f"{at:%H:%M}"
        label = "" if kind == DayKind.WORKDAY else kind.label
        more = [word for word in (hour, label, "暂定" if spec.provisional else "") if word]
        day = self._day(at)
        return " ".join([day, *more]) if wide or not more else f"{day}\n{' '.join(more)}"

    def _day(self, at: datetime) -> str:
        year = "" if at.year == self.opened.year else f"{at.year}年"
        return f"{year}{at.month}月{at.day}日 周{'一二三四五六日'[at.weekday()]}"

    def _legend(self) -> list[str]:
        lines = [
            f"放假安排：{self.workdays.source(self.opened.year)}。",
            f"单位数：按{self.roster_name}计。日期由：“文件”为文件写明，“自定”为本单位自定。",
        ]
        if any(spec.provisional for spec in (*self.opened.stretches, *self.opened.rounds)):
            lines.append("暂定：放假通知尚未收录，通知公布后日期可能变动。")
        return lines


def _table(dates: list[str], name: str, facts: list[str], *, wide: bool) -> Table:
    table = Table(box=box.HORIZONTALS, pad_edge=False, show_edge=True)
    for heading in dates:
        table.add_column(heading, no_wrap=True)
    table.add_column(name, overflow="fold")
    for heading in facts if wide else []:
        table.add_column(heading, overflow="fold", no_wrap=heading != "条款")
    return table


def _told(title: str, facts: list[str], *, wide: bool) -> list[Text | str]:
    """Give the title and its facts, each in its column, or the facts under the title."""
    if wide:
        return [Text(title, style="bold"), *facts]
    return [Text.assemble((title, "bold"), "\n", (" · ".join(facts), "dim"))]
