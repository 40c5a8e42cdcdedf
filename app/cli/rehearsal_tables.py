"""A rehearsal as a clerk reads it on a screen: the months, the units, the office, then what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..rehearsal_words import by_day, headline, sections, stretches, week, who

if TYPE_CHECKING:
    from rich.console import Console

    from ...calendar.rehearsing.rehearsal import Rehearsal


def show(console: Console, found: Rehearsal, roster: str) -> None:
    """Print a rehearsal; ``roster`` is what the units were counted by, empty for none."""
    for one in found.years:
        console.print(Text(f"{one.plan.title} · {found.year}年预演", style="bold"))
    console.print(headline(found) + (f"单位按{roster}计。" if found.owing.by_name else ""))
    for line in found.nobody:
        console.print(Text(f"不能启用：{line}。", style="bold"))
    for heading, table in (
        ("全年日历", _months(found)),
        ("各单位的负担", _burdens(found)),
        ("每周收到的上报", _received(found)),
    ):
        console.print(Text(f"\n{heading}", style="bold"))
        console.print(table)
        if heading == "全年日历" and (named := stretches(found)):
            console.print(Text(f"阶段和时段：{named}。"))
    for section in sections(found):
        console.print(Text(f"\n{section.title}", style="bold"))
        for line in section.lines or (section.nothing,):
            console.print(Padding(Text(line), (0, 0, 0, 2), expand=False))


def _table(*headings: str, wide: str) -> Table:
    table = Table(box=box.HORIZONTALS, pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=True, justify="left" if heading == headings[0] else "right")
    table.add_column(wide, overflow="fold")
    return table


def _months(found: Rehearsal) -> Table:
    table = _table("月份", "期次", "件数", wide="到期")
    for (year, month), some in found.months.items():
        name = f"{month}月" if year == found.year else f"{year}年{month}月"
        table.add_row(name, str(len(some)), str(sum(len(one.who) for one in some)), by_day(some))
    return table


def _burdens(found: Rehearsal) -> Table:
    table = _table("单位", "全年", "最多一周", "超出的周数", wide="最多的一周")
    for one in found.burdens:
        heaviest = week(one.heaviest, found.year) if one.heaviest else ""
        over = len(one.over(found.budget))
        table.add_row(who(one.names), str(one.total), str(one.most), str(over or ""), heaviest)
    return table


def _received(found: Rehearsal) -> Table:
    table = _table("报给", "全年", "最多一周", wide="各周件数")
    for receiver, weeks in found.received.items():
        each = "；".join(f"{week(monday, found.year)} {count}" for monday, count in weeks.items())
        table.add_row(receiver, str(sum(weeks.values())), str(max(weeks.values(), default=0)), each)
    return table
