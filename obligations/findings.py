"""Findings (隐患): what happened to one, step by step, and where that leaves it until it is closed (销号).

A finding is open until its unit reports the rectification; then somebody else looks again and closes it, or
sends it back. One that comes again is opened anew, and that is counted (DESIGN.md §5.21). Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .moments import SHANGHAI, whole_second
from .words import FindingState, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime


class StepKind(Word):
    """What can happen to a finding."""

    FOUND = "found", "登记"
    CHANGED = "changed", "变更"
    MOVED = "moved", "调整期限"
    ASKED = "asked", "申请延期"
    EXTENDED = "extended", "准予延期"
    REFUSED = "refused", "未准延期"
    FIXED = "fixed", "整改完成"
    FAILED = "failed", "复查未通过"
    CLOSED = "closed", "复查通过，销号"
    REFUTED = "refuted", "查否，销号"
    REOPENED = "reopened", "复发"
    LISTED = "listed", "挂牌督办"
    DELISTED = "delisted", "摘牌"
    REMINDED = "reminded", "提醒"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, in the order in which it did.

    ``by`` is who entered it; ``people`` who did it on the spot, if that is said: who rectified, who looked
    again. ``until`` is the limit that it sets or asks for, ``done_on`` the day on which the work was done.
    """

    kind: StepKind
    at: datetime
    by: str
    people: str = ""
    until: datetime | None = None
    done_on: date | None = None
    unit_id: int | None = None

    @property
    def who(self) -> str:
        """Give who did it: those on the spot, or else who entered it."""
        return self.people or self.by


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a finding stands (moments in UTC); it is what its row in the book says.

    ``fixed_by`` and ``closed_by`` are those on the spot, or else who entered it. ``late`` tells that a
    rectification was once reported after its limit; ``asked`` is a request for more time that waits.
    ``climbs`` counts how often the ladder begins anew: it came back, another unit answers, or a request
    that was made in time was granted after the limit.
    """

    state: FindingState
    due_at: datetime
    fixed_at: datetime | None = None
    fixed_on: date | None = None
    fixed_by: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    refuted: bool = False
    reopened: int = 0
    climbs: int = 0
    unit_id: int | None = None
    late: bool = False
    asked: Step | None = None
    listed_at: datetime | None = None
    delisted_at: datetime | None = None

    def overdue(self, now: datetime) -> bool:
        """Tell whether it is open past its limit at ``now``."""
        return self.state is FindingState.OPEN and whole_second(now) > self.due_at


def standing_of(steps: Iterable[Step]) -> Standing:
    """Give where a finding stands after these steps, of which the first is that it was found, with a limit.

    A rectification is late by the moment at which it was reported; one that was entered in the same moment as
    the finding itself, from a paper ledger, by the day which that names.
    Raises :class:`ValueError` for steps that begin otherwise.
    """
    first, *rest = steps
    if first.kind is not StepKind.FOUND or first.until is None:
        raise ValueError("a finding begins by being found, with a limit")
    here = Standing(FindingState.OPEN, whole_second(first.until), unit_id=first.unit_id)
    for step in rest:
        before, here = here, _AFTER.get(step.kind, _same)(here, step)
        if step.kind is StepKind.FIXED and step.at == first.at and step.done_on is not None:
            # It came into the book together with its rectification, from a paper ledger, which says the day.
            late = step.done_on > before.due_at.astimezone(SHANGHAI).date()
            here = replace(here, late=before.late or late)
    return here


def _same(here: Standing, _step: Step) -> Standing:
    return here


def _changed(here: Standing, step: Step) -> Standing:
    if step.unit_id is None or step.unit_id == here.unit_id:
        return here
    other = replace(here, unit_id=step.unit_id, climbs=here.climbs + 1, asked=None)
    return replace(other, due_at=_limit(here, step))


def _asked(here: Standing, step: Step) -> Standing:
    return replace(here, asked=step)


def _refused(here: Standing, _step: Step) -> Standing:
    return replace(here, asked=None)


def _limited(here: Standing, step: Step) -> Standing:
    return replace(here, due_at=_limit(here, step), asked=None)


def _extended(here: Standing, step: Step) -> Standing:
    """Give more time; where it is given after the old limit, the ladder begins anew after the new one."""
    return replace(_limited(here, step), climbs=here.climbs + (step.at > here.due_at))


def _fixed(here: Standing, step: Step) -> Standing:
    return replace(
        here,
        state=FindingState.FIXED,
        fixed_at=step.at,
        fixed_on=step.done_on,
        fixed_by=step.who,
        late=here.late or step.at > here.due_at,
        asked=None,
    )


def _open_again(here: Standing, step: Step) -> Standing:
    again = Standing(FindingState.OPEN, _limit(here, step), late=here.late, reopened=here.reopened)
    again = replace(again, climbs=here.climbs, unit_id=here.unit_id)
    return replace(again, listed_at=here.listed_at, delisted_at=here.delisted_at)


def _reopened(here: Standing, step: Step) -> Standing:
    return replace(_open_again(here, step), reopened=here.reopened + 1, climbs=here.climbs + 1)


def _closed(here: Standing, step: Step) -> Standing:
    return replace(
        here,
        state=FindingState.CLOSED,
        closed_at=step.at,
        closed_by=step.who,
        refuted=step.kind is StepKind.REFUTED,
        asked=None,
    )


def _listed(here: Standing, step: Step) -> Standing:
    return replace(here, listed_at=step.at, delisted_at=None)


def _delisted(here: Standing, step: Step) -> Standing:
    return replace(here, delisted_at=step.at)


def _limit(here: Standing, step: Step) -> datetime:
    return here.due_at if step.until is None else whole_second(step.until)


_AFTER: dict[StepKind, Callable[[Standing, Step], Standing]] = {
    StepKind.CHANGED: _changed,
    StepKind.MOVED: _limited,
    StepKind.EXTENDED: _extended,
    StepKind.ASKED: _asked,
    StepKind.REFUSED: _refused,
    StepKind.FIXED: _fixed,
    StepKind.FAILED: _open_again,
    StepKind.REOPENED: _reopened,
    StepKind.CLOSED: _closed,
    StepKind.REFUTED: _closed,
    StepKind.LISTED: _listed,
    StepKind.DELISTED: _delisted,
}


def called(year: int, number: int) -> str:
    """Give what people call a finding by its place in the ledger of its year."""
    return f"{year}年第{number}号"


def in_words(here: Standing) -> str:
    """Give how it stands as the last column of the paper ledger says it (销号情况)."""
    again = f"，复发{here.reopened}次" if here.reopened else ""
    return f"{_said(here)}{again}"


def _said(here: Standing) -> str:
    if here.state is FindingState.OPEN:
        return "未销号"
    if here.state is FindingState.FIXED:
        return "待复查"
    how = "查否销号" if here.refuted else "已销号"
    day = here.closed_at.astimezone(SHANGHAI).date().isoformat() if here.closed_at else ""
    return f"{how}（{'，'.join(filter(None, (day, here.closed_by)))}）"
