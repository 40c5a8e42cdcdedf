"""More time for a rectification: asked for by the unit before the limit, answered by the desk.

The finding comes locked from ``finding_steps.locked``; each act leaves an entry in the journal, last of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..obligations import finding_moves as moves
from ..obligations.errors import DubanError
from . import finding_letters as letters
from .asking import said
from .finding_steps import enter, standing, take
from .tables import FindingStep

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..obligations.findings import Step
    from .means import Means
    from .tables import Finding


def ask(
    session: Session, found: Finding, now: datetime, by: str, *, until: datetime, reason: str
) -> FindingStep:
    """Let the unit ask for a later limit; until the desk answers, the limit stays.

    Raises :class:`DubanError` when it is too late, gives no reason, or a request is already waiting.
    """
    moves.check_ask(standing(session, found), now, until=until, reason=said(reason))
    row = take(session, found, FindingStep(kind="asked", at=now, by=by, text=said(reason), until=until))
    enter(session, row)
    return row


def grant(
    session: Session, found: Finding, now: datetime, by: str, until: datetime | None, means: Means
) -> FindingStep:
    """Grant the request that waits, until the date asked for or another."""
    asked = _waiting(session, found)
    limit = until or asked.until or found.due_at
    moves.check_extend(standing(session, found), now, asked_at=asked.at, until=limit, reason="单位已写明理由")
    return _limited(session, found, FindingStep(kind="extended", at=now, by=by, until=limit), means)


def refuse(
    session: Session, found: Finding, now: datetime, by: str, *, answer: str, means: Means
) -> FindingStep:
    """Refuse the request that waits, saying why; the unit is told."""
    _waiting(session, found)
    moves.check_said(said(answer), "不同意延期，须写明理由。")
    row = take(session, found, FindingStep(kind="refused", at=now, by=by, text=said(answer)))
    letters.limited(session, found, row, means)
    enter(session, row)
    return row


def extend(
    session: Session, found: Finding, now: datetime, by: str, *, until: datetime, reason: str, means: Means
) -> FindingStep:
    """Grant a later limit without a written request; it counts as asked for now."""
    moves.check_extend(standing(session, found), now, asked_at=now, until=until, reason=said(reason))
    row = FindingStep(kind="extended", at=now, by=by, text=said(reason), until=until)
    return _limited(session, found, row, means)


def move(
    session: Session, found: Finding, now: datetime, by: str, *, until: datetime, reason: str, means: Means
) -> FindingStep:
    """Set another limit, earlier or later, before the old one has passed, with a reason."""
    moves.check_move(standing(session, found), now, until=until, reason=said(reason))
    row = FindingStep(kind="moved", at=now, by=by, text=said(reason), until=until)
    return _limited(session, found, row, means)


def _limited(session: Session, found: Finding, row: FindingStep, means: Means) -> FindingStep:
    before = found.climbs
    take(session, found, row, means.workdays)
    if found.climbs > before:
        found.rung = 0  # what was urged meanwhile ends, and the ladder waits for the new limit
    letters.recall(session, found, row.at, row.by)
    letters.limited(session, found, row, means)
    enter(session, row)
    return row


def _waiting(session: Session, found: Finding) -> Step:
    asked = standing(session, found).asked
    if asked is None:
        raise DubanError("没有等候答复的延期申请，可能刚刚已有人办理。")
    return asked
