"""The tables and the chart of bulletins and summaries, numbered as they come; units in the roster's order."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

from ..documents.official import Bars, Chart, Column, Table
from ..documents.wording import day_of, share, tenths_of
from ..obligations.words import Rung

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from ..calendar.plan import Plan
    from ..documents.official import Block
    from ..ledger.bulletins import Bulletin
    from ..ledger.filed_sheets import FiledSheet
    from ..ledger.finding_rows import FindingRow
    from ..obligations.outcome import Tally

_SHARES: Final = (
    *(Column("应报", 6), Column("已报", 6), Column("完整率", 8), Column("及时", 6), Column("及时率", 8)),
)
_RANKED_NOT: Final = "注：单位按名册次序排列，不作排名。免报的不计入应报。"


def real(facts: Bulletin) -> list[FindingRow]:
    """Give the findings less those that turned out to be none (查否)."""
    return [one for one in facts.findings if not one.closing.startswith("查否")]


def unclosed(facts: Bulletin) -> list[FindingRow]:
    """Give the findings that had not been closed."""
    return [one for one in real(facts) if not one.closing.startswith("已销号")]


def unfixed(one: FindingRow) -> bool:
    """Tell whether nobody had reported that a finding was rectified."""
    return one.closing.startswith("未销号")


def runs(one: FiledSheet) -> bool:
    """Tell whether a sheet had been neither settled nor withdrawn."""
    return not one.outcome.startswith(("已办结", "已撤销"))


@dataclass
class Numbered:
    """Counts the tables and charts of one paper."""

    def __post_init__(self) -> None:
        """Begin with the first."""
        self._tables, self._charts = count(1), count(1)

    def _table(self, name: str) -> str:
        return f"表{next(self._tables)}　{name}"

    def chart(self, facts: Bulletin, days: tuple[date, date]) -> Iterator[Block]:
        """Give the shares by the month in which rounds fell due; nothing where nothing is obliged."""
        months = facts.by_month()
        if not any(one.obliged for one in months.values()):
            return
        every = range(days[0].month, days[1].month + 1)
        bars = [
            Bars("完整率", [_percent(months.get(one), "completeness") for one in every]),
            Bars("及时率", [_percent(months.get(one), "timeliness") for one in every]),
        ]
        caption = f"图{next(self._charts)}　各月到期事项完成情况"
        yield Chart(caption, [f"{one}月" for one in every], bars, unit="%", highest=100)

    def rounds(self, facts: Bulletin) -> Iterator[Block]:
        """Give the shares by round, by deadline."""
        columns = [Column("任务", 26, "left"), Column("依据", 12), Column("期限", 14), *_SHARES]
        rows = [
            (one.title, one.clause, _day(one.due_at, facts) if one.due_at else "不定期", *_shares(tally))
            for one, tally in facts.by_round()
        ]
        yield Table(columns, rows, self._table("各项任务完成情况"))

    def duties(self, facts: Bulletin, plan: Plan) -> Iterator[Block]:
        """Give the shares by duty, under the names of the plan, for a stretch in which rounds come again."""
        duties = {one.key: one for one in plan.duties}
        columns = [Column("任务", 30, "left"), Column("依据", 12), Column("期数", 7), *_SHARES]
        rows = [
            (
                *((duty.name, duty.clause) if (duty := duties.get(one.duty)) else (one.name, one.clause)),
                *(str(many), *_shares(tally)),
            )
            for one, many, tally in facts.by_duty()
        ]
        yield Table(columns, rows, self._table("各项任务完成情况"))

    def units(self, facts: Bulletin) -> Iterator[Block]:
        """Give the shares by unit, in the order of the roster."""
        more = [Column(name, 6) for name in ("迟报", "漏报", "退回")]
        columns = [Column("序号", 5), Column("单位", 20, "left"), *_SHARES, *more]
        rows = [
            (str(number), name, *_shares(one), *(str(n) for n in (one.late, one.missing, one.returned)))
            for number, ((_, name), one) in enumerate(facts.by_unit().items(), 1)
        ]
        yield Table(columns, rows, self._table("各单位完成情况"), _RANKED_NOT)

    def findings(self, facts: Bulletin) -> Iterator[Block]:
        """Give the findings that have not been closed; nothing where all are."""
        if not (still := unclosed(facts)):
            return
        columns = [
            *(Column("编号", 6), Column("责任单位", 12), Column("地点", 12, "left")),
            *(Column("问题", 24, "left"), Column("等级", 6), Column("整改期限", 12), Column("状态", 12)),
        ]
        rows = [
            (
                *(str(one.number), one.unit, one.place, one.description, one.grade),
                *(_day(one.due_at, facts), one.closing),
            )
            for one in still
        ]
        yield Table(columns, rows, self._table("未销号的隐患"))

    def sheets(self, facts: Bulletin) -> Iterator[Block]:
        """Give the sheets that were issued; nothing where there are none."""
        listed = [one for one in facts.sheets if not settled_by_itself(one)]
        if not listed:
            return
        columns = [
            *(Column("文号", 24), Column("责任单位", 12), Column("事项", 28, "left")),
            *(Column("期限", 11), Column("办理情况", 13, "left")),
        ]
        rows = [
            (one.reference, one.unit, one.matter, _day(one.limit_at, facts), one.outcome) for one in listed
        ]
        left = len(facts.sheets) - len(listed)
        note = f"另有催办单{left}份，催办后已办结，不再列出。" if left else ""
        yield Table(columns, rows, self._table("发出的催办、督办文书"), note)


def settled_by_itself(one: FiledSheet) -> bool:
    """Tell whether a 催办单 did what it was for: nobody need read of it again."""
    return one.rung == Rung.CUIBAN.zh and one.outcome.startswith("已办结")


def _day(at: datetime, facts: Bulletin) -> str:
    """Give a day of the paper's own year without the year, so that it stays on one line."""
    said = day_of(at)
    return said.removeprefix(f"{facts.first.year}年")


def _shares(tally: Tally) -> tuple[str, ...]:
    return (
        *(str(tally.obliged), str(tally.received), share(tally.completeness)),
        *(str(tally.timely), share(tally.timeliness)),
    )


def _percent(tally: Tally | None, rate: str) -> float | None:
    found = getattr(tally, rate) if tally else None
    return None if found is None else tenths_of(found) / 10
