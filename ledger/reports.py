"""What units and the office do to an obligation: submit, accept, return, extend, exempt, acknowledge.

Each checks that the move is lawful, adds a row that is never overwritten, brings the obligation's columns up
to the facts, and leaves an entry in the journal, last of all. ``now`` is the server's time (UTC); it is what
counts. The obligation comes locked from ``owed.find``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from ..obligations import moves
from ..obligations.errors import DubanError
from ..obligations.facts import judged_at
from ..obligations.outcome import standing
from . import journal, reminding, rounds
from .digests import canonical
from .facts import facts_of
from .kept import EXEMPTIONS, EXTENSIONS, EXTENSIONS_ASKED, VERDICTS
from .submitting import AnsweredMeanwhileError, FormChangedError, Report, read_report, submit
from .tables import Exemption, Extension, Obligation, Round, Submission, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..obligations.facts import ObligationFacts
    from ..obligations.outcome import Standing
    from .reminding import Slots


__all__ = [
    "AnsweredMeanwhileError",
    "FormChangedError",
    "Report",
    "Return",
    "accept",
    "acknowledge",
    "bring_up",
    "enter",
    "exempt",
    "extend",
    "facts",
    "natural_key",
    "return_",
    "submit",
]


class Return(NamedTuple):
    """Why a report goes back, whether the fault is of substance, and until when it may be corrected."""

    reason: str
    material: bool | None
    correct_by: datetime | None = None


def facts(session: Session, found: Obligation) -> ObligationFacts:
    """Give the facts of one obligation."""
    return facts_of(session, [found.id])[found.id]


def natural_key(session: Session, found: Obligation, report: Report) -> str:
    """Give a key for a report that comes without one.

    What says the same as the latest version, not judged yet, takes that version's key: it is the same report,
    entered twice. Anything else gets a new key, also what returns to an earlier version, since it is meant to
    stand instead of the latest.
    """
    form = session.get_one(Round, found.round_id).form
    answers, last = read_report(form, report), _last(session, found)
    same = last is not None and (last.nil, last.answers, last.note) == (report.nil, answers, report.note)
    if last is not None and same and _awaits(session, last):
        return last.key
    said = canonical([found.id, last.version if last else 0, answers, report.nil, report.note])
    return f"{report.via}-{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def _awaits(session: Session, row: Submission) -> bool:
    return session.scalar(select(Verdict.id).where(Verdict.submission_id == row.id)) is None


def _last(session: Session, found: Obligation) -> Submission | None:
    query = select(Submission).where(Submission.obligation_id == found.id)
    return session.scalar(query.order_by(Submission.version.desc()).limit(1))


def _latest(session: Session, found: Obligation) -> Submission:
    """Give the latest version, of which there is one: the move has been found lawful."""
    if (row := _last(session, found)) is None:
        raise DubanError("该事项尚未上报，没有可办理的材料；请先登记上报。")
    return row


def accept(session: Session, found: Obligation, now: datetime, by: str) -> None:
    """Take the latest version."""
    moves.check_accept(facts(session, found), now)
    row = _latest(session, found)
    verdict = Verdict(submission_id=row.id, verdict="accepted", at=now, by=by)
    session.add(verdict)
    bring_up(session, found, now)
    enter(session, found, now, by, "submission.accepted", VERDICTS.said(verdict))


def return_(session: Session, found: Obligation, now: datetime, by: str, why: Return, slots: Slots) -> int:
    """Send the latest version back; reminding starts again, and gives how many notices that made."""
    reason, material, correct_by = why
    moves.check_return(facts(session, found), now, reason=reason, material=material, correct_by=correct_by)
    row = _latest(session, found)
    verdict = Verdict(submission_id=row.id, verdict="returned", at=now, by=by)
    verdict.reason, verdict.material, verdict.correct_by = reason, bool(material), correct_by
    session.add(verdict)
    bring_up(session, found, now)
    here = session.get_one(Round, found.round_id)
    fired = reminding.remind_returned(session, here, found.id, now, slots)
    enter(session, found, now, by, "submission.returned", VERDICTS.said(verdict))
    journal.append_many(session, now, "duban", [fired.note])
    return fired.notices


def extend(
    session: Session,
    found: Obligation,
    now: datetime,
    by: str,
    *,
    asked_at: datetime,
    until: datetime,
    reason: str,
) -> None:
    """Grant a later due moment, asked for in time and with a reason; reminders are planned for it."""
    moves.check_extend(facts(session, found), now, asked_at=asked_at, until=until, reason=reason)
    row = Extension(obligation_id=found.id, asked_at=asked_at, asked_by=by, reason=reason, until=until)
    session.add(row)
    row.decided_at, row.by, row.granted = now, by, True
    bring_up(session, found, now)
    rounds.plan_extended(session, found.round_id, until, now)
    enter(session, found, now, by, "extension.asked", EXTENSIONS_ASKED.said(row) | {"until": until})
    enter(session, found, now, by, "obligation.extended", EXTENSIONS.said(row))


def exempt(
    session: Session, found: Obligation, now: datetime, by: str, *, reason: str, approver: str
) -> None:
    """Let a unit off a round, with reason and approver."""
    moves.check_exempt(facts(session, found), now, reason=reason, approver=approver)
    row = Exemption(obligation_id=found.id, at=now, by=approver, reason=reason)
    session.add(row)
    bring_up(session, found, now)
    enter(session, found, now, by, "obligation.exempted", EXEMPTIONS.said(row))


def acknowledge(session: Session, found: Obligation, now: datetime, by: str) -> None:
    """Note that the unit has seen what it owes."""
    moves.check_acknowledge(found.acknowledged_at)
    found.acknowledged_at = now
    session.flush()
    enter(session, found, now, by, "obligation.acknowledged", {})


def bring_up(session: Session, found: Obligation, now: datetime) -> Standing:
    """Bring the obligation's columns up to its facts; gives how it stands."""
    session.flush()
    known = facts(session, found)
    here = standing(known, judged_at(known, now))
    found.state, found.nil, found.credited_at = str(here.state), here.nil, here.credited_at
    found.due_at = here.effective_due
    session.flush()
    return here


def enter(
    session: Session, found: Obligation, now: datetime, by: str, action: str, detail: Mapping[str, Any]
) -> None:
    """Enter in the journal what was done to an obligation."""
    journal.append(session, now, by, action, f"obligation/{found.id}", {"obligation": found.id, **detail})
