"""Whether a draft of the ladder may still be signed: what it is about may have been met since, or given time.

A draft that waits is not dropped for it, since the ladder would not draft it a second time (DESIGN.md §5.19):
it can be signed again once the time that was given has passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.errors import DubanError
from ..obligations.ladder import order
from ..obligations.moments import in_words
from ..obligations.sheet_names import sheet_name, sheet_number
from ..obligations.words import FindingState, Rung, SheetState, State
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
        _check_finding(session, found, now)
    _check_others(session, found)


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


def _check_finding(session: Session, found: Sheet, now: datetime) -> None:
    here = select(Finding.state, Finding.due_at, Finding.climbs).where(Finding.id == found.finding_id)
    state, due_at, climbs = session.execute(here).one()
    if found.again < climbs:
        raise DubanError(
            "该隐患在此稿起草后曾销号又再次出现、已准予延期，或者已改由其他单位整改；"
            "请将草稿作废，按新的整改期限重新督办。"
        )
    if state == FindingState.CLOSED:
        raise DubanError("该隐患已销号，不再签发；请将草稿作废。")
    if state == FindingState.FIXED:
        raise DubanError("单位已报整改完成，正等候复查；请先复查，未整改到位的再签发。")
    if due_at > now:
        raise DubanError(f"该隐患的整改期限已延至{in_words(due_at)}，届时仍未整改的再签发。")


def _check_others(session: Session, found: Sheet) -> None:
    """Refuse when what was issued about the same matter no longer leads to this sheet.

    The one below must still stand without an accepted reason, and nothing as high may have been issued.
    """
    rung, issued = order(Rung(found.rung)), _issued_about(session, found)
    for other in issued:
        if order(Rung(other.rung)) >= rung and SheetState(other.state) is SheetState.ISSUED:
            raise DubanError(f"该事项已发出{_called(other)}，不再签发；请将草稿作废。")
    below = [one for one in issued if order(Rung(one.rung)) < rung]
    if below and SheetState((last := below[-1]).state) is not SheetState.ISSUED:
        raise DubanError(
            f"{_called(last)}{SheetState(last.state).zh}，不再签发；请将草稿作废。确需督办的，请另行直接督办。"
        )
    excused = select(Sheet.rung).join(SheetReply, SheetReply.sheet_id == Sheet.id)
    here = (Sheet.id.in_([one.id for one in below]), SheetReply.accepted.is_(True))
    if (accepted := session.scalar(excused.where(*here).limit(1))) is not None:
        raise DubanError(
            f"单位对{Rung(accepted).zh}说明的理由已被采纳，不再签发；请将草稿作废。确需督办的，请另行直接督办。"
        )


def _issued_about(session: Session, found: Sheet) -> list[Sheet]:
    """Give the other numbered sheets about the same matter, the latest last.

    Of a matter that is neither an obligation nor a finding, the draft's own reason names the sheet below.
    """
    about = {"obligation_id": found.obligation_id, "finding_id": found.finding_id}
    chosen = [getattr(Sheet, name) == id_ for name, id_ in about.items() if id_ is not None]
    chosen += [Sheet.again == found.again] if chosen else []
    free = [Sheet.unit_id == found.unit_id, *(getattr(Sheet, name).is_(None) for name in about)]
    query = select(Sheet).where(*(chosen or free), Sheet.series == found.series)
    rows = session.scalars(
        query.where(Sheet.number.is_not(None), Sheet.id != found.id).order_by(Sheet.issued_at, Sheet.id)
    )
    return [one for one in rows if chosen or found.reason.startswith(_number(one))]


def _number(found: Sheet) -> str:
    return sheet_number(found.rung, found.year, found.number)


def _called(found: Sheet) -> str:
    return sheet_name(found.rung, found.year, found.number)
