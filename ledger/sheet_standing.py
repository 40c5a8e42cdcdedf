"""Whether a draft of the ladder may still be signed: what it is about may have been met since, or given time.

A draft that waits is not dropped for it, since the ladder would not draft it a second time (DESIGN.md §5.19):
it can be signed again once the time that was given has passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.errors import DubanError
from ..obligations.moments import in_words
from ..obligations.words import FindingState, Rung, State
from .ladder_sql import unreported
from .tables import Finding, Obligation, Sheet, SheetReply, Submission, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

_MET = (State.ACCEPTED, State.EXEMPT)


def check_unmet(session: Session, found: Sheet, now: datetime) -> None:
    """Refuse to sign what the ladder drafted when its ground is gone at ``now``; who enters directly decides.

    Raises :class:`DubanError`, saying what became of the matter. The caller has locked what it is about.
    """
    if found.cause != "ladder":
        return
    if found.obligation_id is not None:
        _check_obligation(session, found.obligation_id, now)
    if found.finding_id is not None:
        _check_finding(session, found.finding_id, now)
    _check_unexcused(session, found)


def _check_obligation(session: Session, id_: int, now: datetime) -> None:
    query = select(Obligation.state, Obligation.due_at, unreported(now)).where(Obligation.id == id_)
    state, due_at, unmet = session.execute(query).one()
    if unmet:
        return
    if state in _MET:
        raise DubanError(f"该事项{State(state).zh}，不再签发；请将草稿作废。")
    if state == State.SUBMITTED:
        raise DubanError("单位已报送，正等候审核；请先审核，退回后仍未改正的再签发。")
    if due_at > now:
        raise DubanError(f"单位的报送期限已延至{in_words(due_at)}，届时仍未报送的再签发。")
    raise DubanError(_correcting(session, id_, now))


def _correcting(session: Session, id_: int, now: datetime) -> str:
    here = select(Verdict.correct_by).join(Submission, Submission.id == Verdict.submission_id)
    until = session.scalar(
        here.where(Submission.obligation_id == id_, Verdict.correct_by > now).order_by(
            Verdict.correct_by.desc()
        )
    )
    if until is None:
        return "单位已有报送记录可以抵作本期，请先核对，再决定是否签发。"
    return f"单位正在按退回要求补正，补正期限至{in_words(until)}，届时仍未报送的再签发。"


def _check_finding(session: Session, id_: int, now: datetime) -> None:
    state, due_at = session.execute(select(Finding.state, Finding.due_at).where(Finding.id == id_)).one()
    if state == FindingState.CLOSED:
        raise DubanError("该隐患已销号，不再签发；请将草稿作废。")
    if state == FindingState.FIXED:
        raise DubanError("单位已报整改完成，正等候复查；请先复查，未整改到位的再签发。")
    if due_at > now:
        raise DubanError(f"该隐患的整改期限已延至{in_words(due_at)}，届时仍未整改的再签发。")


def _check_unexcused(session: Session, found: Sheet) -> None:
    """Refuse when the reason that the unit gave on a sheet below was accepted after this one was drafted."""
    about = Sheet.obligation_id == found.obligation_id
    if found.obligation_id is None:
        about = Sheet.finding_id == found.finding_id
    accepted = select(Sheet.rung).join(SheetReply, SheetReply.sheet_id == Sheet.id)
    rung = session.scalar(
        accepted.where(about, SheetReply.accepted.is_(True), SheetReply.decided_at >= found.made_at).limit(1)
    )
    if rung is not None:
        raise DubanError(
            f"单位对{Rung(rung).zh}说明的理由已被采纳，不再签发；请将草稿作废。确需督办的，请另行直接督办。"
        )
