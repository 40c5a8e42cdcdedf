"""How obligations stand, as tables and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from rich import box
from rich.table import Table

from ...obligations.moments import SHANGHAI, in_words
from ...obligations.words import Outcome
from .desk import iso, short
from .screen import screen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta
    from fractions import Fraction

    from ...ledger.standings import RoundCount, RoundFacts, Standpoint
    from ...obligations.outcome import Tally

COUNTED = (
    *(Outcome.ON_TIME, Outcome.LATE, Outcome.MISSING, Outcome.NIL, Outcome.RETURNED, Outcome.EXTENDED),
    *(Outcome.EXEMPT, Outcome.PENDING),
)
DAY_SECONDS = 86_400
NARROW = 100  # columns that the table of rounds needs


def year_of(at: datetime) -> int:
    """Give the year of Asia/Shanghai that a moment is in."""
    return at.astimezone(SHANGHAI).year


def status_json(counted: Sequence[RoundCount], at: datetime) -> dict[str, Any]:
    """Give the counts of rounds with their obligations."""
    return {"as_of": iso(at), "rounds": [_round_json(one) for one in counted]}


def _round_json(one: RoundCount) -> dict[str, Any]:
    return {
        **_facts_json(one.round),
        **_tally_json(one.tally),
        "units": [_point_json(point) for point in one.points],
    }


def _facts_json(here: RoundFacts) -> dict[str, Any]:
    names = ("plan", "duty", "period", "year", "name", "title", "kind", "clause", "lead")
    moments = {name: iso(getattr(here, name)) for name in ("opens_at", "due_at", "locks_at")}
    return {name: getattr(here, name) for name in names} | moments


def _tally_json(tally: Tally) -> dict[str, Any]:
    counts = {outcome.value: getattr(tally, outcome.value) for outcome in Outcome}
    sums = {name: getattr(tally, name) for name in ("obliged", "received", "timely")}
    rates = {"completeness": _share(tally.completeness), "timeliness": _share(tally.timeliness)}
    return {"expected": tally.expected, **counts, **sums, **rates}


def _share(rate: Fraction | None) -> float | None:
    return None if rate is None else round(float(rate), 4)


def _point_json(point: Standpoint) -> dict[str, Any]:
    here, told = point.standing, point.told
    return {
        "unit": point.unit_code,
        "unit_name": point.unit,
        "state": str(here.state),
        "outcome": str(here.outcome),
        "outcome_zh": here.outcome.zh,
        "nil": here.nil,
        "extended": here.extended,
        "due_at": iso(here.effective_due),
        "credited_at": iso(here.credited_at),
        "overdue_seconds": _seconds(here.overdue_by),
        "final": here.final,
        "reminded": told.times,
        "filed": told.filed,
        "last_reminded_at": iso(told.last_at),
        "no_contact": told.nobody,
    }


def _seconds(by: timedelta | None) -> int | None:
    return None if by is None else int(by.total_seconds())


def overdue_json(found: Sequence[Standpoint], at: datetime) -> dict[str, Any]:
    """Give what is overdue, the longest first."""
    return {"as_of": iso(at), "overdue": [_overdue_json(point) for point in found]}


def _overdue_json(point: Standpoint) -> dict[str, Any]:
    row = _point_json(point)
    names = ("plan", "duty", "period", "title", "clause", "lead")
    return {
        "unit": row["unit"],
        "unit_name": row["unit_name"],
        **{name: getattr(point.round, name) for name in names},
        **{name: row[name] for name in ("state", "outcome", "outcome_zh", "due_at", "overdue_seconds")},
        "overdue_days": row["overdue_seconds"] // DAY_SECONDS,
        **{name: row[name] for name in ("reminded", "filed", "last_reminded_at", "no_contact", "final")},
    }


def print_status(counted: Sequence[RoundCount], at: datetime, *, units: bool) -> None:
    """Print a table for each plan, with a row for each round or one for each obligation."""
    if not counted:
        typer.echo(f"截至{in_words(at)}，没有已下达的期次。")
        return
    console = screen()
    console.print(f"办理情况，截至{in_words(at)}")
    for plan in dict.fromkeys(one.round.plan for one in counted):
        own = [one for one in counted if one.round.plan == plan]
        if units:
            console.print(_units_table(plan, own))
        elif console.width < NARROW:
            console.print("\n".join([plan, *map(_round_line, own)]))
        else:
            console.print(_rounds_table(plan, own))


def _round_line(one: RoundCount) -> str:
    """Give a round in a line of words, without what is nought; a table would not fit."""
    counts = [("应报", one.tally.expected), *((o.zh, getattr(one.tally, o.value)) for o in COUNTED)]
    said = " ".join(f"{word}{count}" for word, count in counts if count)
    rates = f"完整率{_percent(one.tally.completeness)} 及时率{_percent(one.tally.timeliness)}"
    return f"  {one.round.title}（{_deadline(one.round.due_at)}）：{said}，{rates}"


def _rounds_table(plan: str, counted: Sequence[RoundCount]) -> Table:
    table = _table(plan)
    table.add_column("期次", overflow="fold", min_width=20)
    for heading in ("截止", "应报", *(outcome.zh for outcome in COUNTED), "完整率", "及时率"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in counted:
        numbers = [one.tally.expected, *(getattr(one.tally, outcome.value) for outcome in COUNTED)]
        rates = (_percent(one.tally.completeness), _percent(one.tally.timeliness))
        table.add_row(one.round.title, _deadline(one.round.due_at), *map(str, numbers), *rates)
    return table


def _deadline(at: datetime | None) -> str:
    """Give a deadline without its year, which the title has, and without the hour that ends the day."""
    return short(at)[5:].removesuffix(" 24:00")


def _table(title: str, *headings: str) -> Table:
    """Give a table that leaves the width of a narrow terminal to its words."""
    table = Table(
        title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0)
    )
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _percent(rate: Fraction | None) -> str:
    return "—" if rate is None else f"{float(rate):.0%}"


def _units_table(plan: str, counted: Sequence[RoundCount]) -> Table:
    table = _table(plan, "期次", "单位", "期限", "结果", "上报", "逾期", "已提醒")
    for one in counted:
        for point in one.points:
            here = point.standing
            outcome = here.outcome.zh + ("·零报告" if here.nil and here.outcome is not Outcome.NIL else "")
            moments = (short(here.effective_due), outcome, short(here.credited_at), _long(here.overdue_by))
            table.add_row(one.round.title, point.unit, *moments, _told(point))
    return table


def print_overdue(found: Sequence[Standpoint], at: datetime) -> None:
    """Print a row for each obligation that is overdue."""
    if not found:
        typer.echo(f"截至{in_words(at)}，没有逾期未报的事项。")
        return
    headings = ("单位", "事项", "依据", "应报期限", "逾期", "已提醒", "牵头")
    table = _table(f"逾期未报{len(found)}项（截至{in_words(at)}）", *headings)
    for row in _overdue_rows(found):
        table.add_row(*row)
    screen().print(table)


def _overdue_rows(found: Iterable[Standpoint]) -> Iterable[tuple[str, ...]]:
    for point in found:
        title = point.round.title + ("（已截止补报）" if point.standing.final else "")
        since = (short(point.standing.effective_due), _long(point.standing.overdue_by))
        yield (point.unit, title, point.round.clause, *since, _told(point), point.round.lead)


def _told(point: Standpoint) -> str:
    if point.told.nobody:
        return "无联系人"
    last = f"，最近{short(point.told.last_at)}" if point.told.last_at else ""
    filed = f"（另有{point.told.filed}条仅写入发件箱）" if point.told.filed else ""
    return f"{point.told.times}次{last}{filed}"


def _long(by: timedelta | None) -> str:
    """Give how long something is overdue, in days or hours."""
    if by is None:
        return ""
    if by.days:
        return f"{by.days}天"
    hours = int(by.total_seconds()) // 3600
    return f"{hours}小时" if hours else "不足1小时"
