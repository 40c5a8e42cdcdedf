"""``advance``: the one clock. It brings the book up to a moment, each thing due by the flow of its kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from ..app import wiring
from ..tasks.rounds import ClockWentBack, DubanError, alone_at, handle, is_round, list_due
from .kinds import BY_KIND
from .moments import at
from .names import advance_name
from .noting import note

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..tasks.rounds import Due
    from ..tasks.works import Works

    Handler = Callable[[Works, Due, datetime], list[str]]


FEW = 3  # failures that the run's message names; the artifact has them all


@dataclass(frozen=True)
class Brought:
    """What was done, a line for each thing, and what could not be done and why."""

    done: list[str] = field(default_factory=list[str])
    failed: list[str] = field(default_factory=list[str])


def bring_up(works: Works, now: datetime, handler: Handler) -> Brought:
    """Handle all that has fallen due by ``now``, in order of time, until nothing new is left.

    Idempotent: each thing is done in a transaction that first looks whether it is still to do. One that
    cannot be done is named and does not hold up the others; the next call tries it again. Workers that call
    at once share the rounds: each takes one that nobody is at. Raises :class:`ClockWentBack` at once, since
    then nothing can be done.
    """
    brought = Brought()
    seen: set[tuple[str, int, str]] = set()
    while fresh := [due for due in list_due.fn(works, now) if _key(due) not in seen]:
        seen.update(map(_key, fresh))
        # What is no round, a phase or the ladder, looks at the rounds before it, which must be done by then.
        for _, some in groupby(fresh, is_round):
            _share(works, list(some), now, handler, brought)
    return brought


def _share(works: Works, some: list[Due], now: datetime, handler: Handler, brought: Brought) -> None:
    """Handle these but for rounds that another worker is at; of those, in the end, what it has not done.

    If it is still at one, that waits for it; if it has died, nothing is left behind.
    """
    left: list[Due] = []
    for due in some:
        with alone_at(works, due) as mine:
            if mine:
                _try(works, due, now, handler, brought)
            else:
                left.append(due)
    if not left:
        return
    undone = {_key(due) for due in list_due.fn(works, now)}
    for due in left:
        if _key(due) in undone:
            _try(works, due, now, handler, brought)


def _try(works: Works, due: Due, now: datetime, handler: Handler, brought: Brought) -> None:
    try:
        brought.done.extend(handler(works, due, now))
    except ClockWentBack:
        raise
    except DubanError as wrong:
        brought.failed.append(f"{due.title}：{wrong}")


def _key(due: Due) -> tuple[str, int, str]:
    return due.what, due.id, due.period


def plainly(works: Works, due: Due, now: datetime) -> list[str]:
    """Handle one thing without Prefect's engine: the same function that the flow of its kind calls."""
    said = handle.fn(works, due, now)
    return [f"{due.title}：{said}"] if said else []


def by_flow(_works: Works, due: Due, now: datetime) -> list[str]:
    """Handle one thing by the flow of its kind."""
    return BY_KIND[due.flow](period=due.period, plan=due.slug, duty=due.duty, title=due.title, now=now)


@flow(name="advance", flow_run_name=advance_name)
def advance(now: datetime | None = None) -> list[str]:
    """Bring the book up to ``now``; the day's table is left as an artifact on Prefect's page.

    The run fails, after all else is done, when something could not be done.
    """
    # Each flow run otherwise spends about a second joining the thread of its heartbeat.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        brought = bring_up(wiring.works(), at(now), by_flow)
    create_table_artifact(key="today", table=_table(brought), description="推进结果")
    note("advance", done=len(brought.done), failed=len(brought.failed))
    if brought.failed:
        rest = f"；等共{len(brought.failed)}项" if len(brought.failed) > FEW else ""
        raise DubanError("；".join(brought.failed[:FEW]) + rest)
    return brought.done


def _table(brought: Brought) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for line in brought.done:
        title, _, done = line.rpartition("：")
        rows.append({"事项": title, "处理": done})
    rows += [{"事项": "【未能处理】", "处理": line} for line in brought.failed]
    return rows or [{"事项": "今日", "处理": "没有到期事项"}]
