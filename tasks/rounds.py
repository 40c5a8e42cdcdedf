"""Tasks over rounds, stretches and years: each does what has fallen due to one of them."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from prefect import task
from prefect.cache_policies import NO_CACHE

from ..calendar import loader
from ..calendar.expansion import expand
from ..ledger import agenda, moving, rounds, turns, years
from ..ledger.agenda import Due
from ..ledger.journal import ClockWentBack
from ..ledger.tables import PlanRevision
from ..obligations.errors import DubanError
from ..obligations.words import CueKind
from .supervising import PARTS

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from .works import Works

# The flows take these words from here: their room reaches no further than the tasks'.
__all__ = ["ClockWentBack", "DubanError", "Due", "alone_at", "handle", "is_round", "list_due"]


def is_round(due: Due) -> bool:
    """Tell whether a thing that has fallen due is a round, of which several workers take one each."""
    return due.what == "round"


def alone_at(works: Works, due: Due) -> AbstractContextManager[bool]:
    """Give whether no other worker is at this; while the block runs, others leave a round alone."""
    return turns.at_round(works.book, due.id) if is_round(due) else nullcontext(enter_result=True)


@task(task_run_name="查看到期事项", cache_policy=NO_CACHE)
def list_due(works: Works, now: datetime) -> list[Due]:
    """Give all that needs handling by ``now``, the earliest first.

    Years to open come before their rounds, and so do dates to move because a notice of days off has come; the
    parts of supervising come last, so that they see the rounds as they stand by then.
    """
    with works.book.read() as session:
        moved = [_to_move(one, now) for one in moving.unsettled(session, works.workdays)]
        parts = [
            one
            for part in PARTS.values()
            for one in part.due(session, now, works.workdays)
            if part.ripe is None or part.ripe(session, one, now, works.means)
        ]
        parts.sort(key=lambda one: (one.at, one.what, one.id))
        return [*agenda.years_due(session, now), *moved, *agenda.due(session, now), *parts]


def _to_move(one: moving.Unsettled, now: datetime) -> Due:
    title = f"{one.year}年放假安排 · {one.title}"
    return Due("dates", "year", title, one.slug, "", str(one.year), now, one.plan_id)


@task(task_run_name="{due.title}", cache_policy=NO_CACHE)
def handle(works: Works, due: Due, now: datetime) -> str | None:
    """Do one thing that has fallen due, in one transaction; gives what was done."""
    if due.what in ("year", "dates"):
        return _handle_year(works, due, now)
    with works.book.write() as session:
        if part := PARTS.get(due.what):
            return part.handle(session, due, now, works.means)
        if due.what == "stretch":
            return agenda.pass_stretch(session, due.id, now)
        progress = rounds.catch_up(session, due.id, now, works.slots)
    return _done(progress) if progress else None


def _handle_year(works: Works, due: Due, now: datetime) -> str | None:
    with works.book.write() as session:
        revision = session.get_one(PlanRevision, due.id)
        year = expand(loader.read(revision.content, due.slug).plan, int(due.period), works.workdays)
        if due.what == "year":
            return _opened(years.adopt(session, year, revision.content, now, "duban"))
        count = moving.move(session, revision.id, year, now)
    return f"按放假通知重新排定{count}个暂定日期" if count else None


def _opened(done: years.Opened) -> str | None:
    if not done.rounds and not done.stretches:
        return None  # another worker has just done it
    return f"排出{done.year}年：{done.rounds}期、{done.stretches}个阶段和时段"


def _done(progress: rounds.Progress) -> str:
    said = [f"下达{progress.opened}个单位"] if progress.opened is not None else []
    said += [f"{CueKind(kind).zh}{count}条" for kind, count in progress.reminded.items() if count]
    said += [f"略过被替代的提醒{progress.superseded}次"] if progress.superseded else []
    said += ["到期"] if progress.due_passed else []
    said += ["截止补报"] if progress.locked else []
    return "，".join(said) or "无事项"
