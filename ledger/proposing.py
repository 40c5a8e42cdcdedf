"""What one department cannot solve, put before the next meeting; the office lists it or says why not.

Each act leaves an entry in the journal, last of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import exists, func, or_, select

from ..obligations.errors import DubanError
from ..obligations.meetings import MeetingState
from . import duties, journal
from .in_force import plans_in_force
from .kept_meetings import CHOICES, PROPOSALS
from .meeting_agenda import is_latest_choice
from .meetings import LONGEST, about, is_latest, limited, rules_of
from .tables import (
    Choice,
    Meeting,
    MeetingStep,
    Obligation,
    Proposal,
    Round,
    Submission,
    Unit,
)
from .upsert import insert_new

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from ..calendar.plan import Plan
    from .meetings import Held

MOST = 20  # that one unit may have waiting
_NOTHING = ("", "无", "没有", "暂无", "无。", "没有。", "暂无。")


@dataclass(frozen=True, slots=True)
class Draft:
    """A matter for a meeting: what it is, what has been tried, and who is wanted for it."""

    text: str
    tried: str = ""
    wanted: str = ""


class Waiting(NamedTuple):
    """A proposal with what became of it; ``listed`` is None while nothing has, ``meeting`` then empty."""

    id: int
    slug: str
    unit_id: int | None
    unit: str
    at: datetime
    by: str
    text: str
    tried: str
    wanted: str
    listed: bool | None
    meeting: str
    reason: str


def propose(
    session: Session, slug: str, draft: Draft, now: datetime, by: str, *, key: str, unit_id: int | None = None
) -> Proposal:
    """Put a matter before the next meeting of a plan; the same ``key`` again is the same proposal.

    Raises :class:`DubanError` when nothing is said, or the unit has many waiting already.
    """
    if not draft.text.strip():
        raise DubanError("请写明需要联席会研究的问题和事项。")
    if unit_id is not None and len(_of(session, slug, unit_id)) >= MOST:
        message = f"本单位待定的议题已有{MOST}条，请等办公室处理后再提。"
        raise DubanError(message)
    values = {"slug": slug, "unit_id": unit_id, "at": now, "by": by, "key": key}
    said = {"text": limited(draft.text), "tried": limited(draft.tried), "wanted": limited(draft.wanted)}
    written = insert_new(session, Proposal, values | said, ("key",))
    row = session.scalars(select(Proposal).where(Proposal.key == key)).one()
    if written is not None:
        journal.append(session, now, by, "agenda.proposed", f"proposal/{row.id}", PROPOSALS.said(row))
    return row


def choose(
    session: Session, here: Held, proposal_id: int, *, listed: bool, reason: str, now: datetime, by: str
) -> None:
    """Put a proposal on a meeting's agenda, or leave it out and say why.

    Raises :class:`DubanError` when there is no such proposal of this plan, the meeting is off or over, or no
    reason is given for leaving it out.
    """
    row = session.scalar(
        select(Proposal).where(Proposal.id == proposal_id, Proposal.slug == here.meeting.slug)
    )
    if row is None:
        raise DubanError("没有这条议题，可能不属于本方案的会议。")
    if here.step.state == str(MeetingState.CANCELLED) or here.minuted_at is not None:
        raise DubanError("会议已取消或已出纪要，议程不能再改。")
    if not listed and not reason.strip():
        raise DubanError("不列入议程须写明理由，单位能看到。")
    note = _choice(session, here, row.id, listed=listed, reason=reason, now=now, by=by)
    journal.append_many(session, now, by, [note])


def list_all(session: Session, here: Held, now: datetime, by: str) -> list[journal.Note]:
    """Put everything that still waits on a meeting's agenda, since nobody has chosen.

    Gives the notes, which the caller enters in the journal.
    """
    found = waiting(session, here.meeting.slug)
    return [_choice(session, here, one.id, listed=True, reason="", now=now, by=by) for one in found]


def _choice(
    session: Session, here: Held, proposal_id: int, *, listed: bool, reason: str, now: datetime, by: str
) -> journal.Note:
    choice = Choice(proposal_id=proposal_id, meeting_id=here.meeting.id, at=now, by=by, listed=listed)
    choice.reason = limited(reason)
    session.add(choice)
    session.flush()
    action = "agenda.listed" if listed else "agenda.declined"
    return journal.Note(action, about(here.meeting), CHOICES.said(choice))


def gather(session: Session, here: Held, now: datetime) -> int:
    """Take from the reports on a meeting's round what they put before it; gives how many came.

    A report that says the same as an earlier one of the unit, or that there is nothing, adds none.
    """
    last = select(func.max(Submission.id)).join(Obligation).where(Obligation.round_id == here.round.id)
    upto, plan = session.scalar(last) or 0, rules_of(session, here.round)
    found = _reported(session, here, plan.proposals) if plan and plan.proposals else []
    here.meeting.gathered = upto
    notes = [_note(session, here, row, said, now) for row, said in found]
    fresh = [note for note in notes if note is not None]
    journal.append_signed(session, now, fresh)
    return len(fresh)


def _reported(session: Session, here: Held, field: str) -> list[tuple[Any, str]]:
    rows = session.execute(
        select(Submission.id, Submission.answers, Submission.by, Obligation.id, Obligation.unit_id)
        .join(Obligation, Obligation.id == Submission.obligation_id)
        .where(Obligation.round_id == here.round.id, Submission.id > here.meeting.gathered)
        .where(Submission.nil.is_(False))
        .order_by(Submission.id)
    )
    said = [(row, str(row.answers.get(field, "")).strip()) for row in rows]
    return [(row, text) for row, text in said if text not in _NOTHING]


def _note(
    session: Session, here: Held, row: Any, text: str, now: datetime
) -> tuple[str, journal.Note] | None:
    text = text[:LONGEST]
    same = exists().where(Proposal.obligation_id == row[3], Proposal.text == text)
    if session.scalar(select(same)):
        return None
    values = {"slug": here.meeting.slug, "unit_id": row.unit_id, "obligation_id": row[3], "at": now}
    values |= {"by": row.by, "text": text, "tried": "", "wanted": "", "key": f"report-{row[0]}"}
    if (written := insert_new(session, Proposal, values, ("key",))) is None:
        return None
    said = PROPOSALS.said(session.get_one(Proposal, written))
    return row.by, journal.Note("agenda.proposed", f"proposal/{written}", said)


def waiting(session: Session, slug: str | None = None) -> list[Waiting]:
    """Give what waits for a meeting, of a plan or of all: nobody has chosen it, or its meeting is off."""
    here = [] if slug is None else [Proposal.slug == slug]
    return [Waiting(*row) for row in session.execute(_proposals(_open(), *here))]


def of_unit(session: Session, unit_id: int, limit: int = 20) -> list[Waiting]:
    """Give what a unit has proposed and what became of it, the latest first."""
    query = _proposals(Proposal.unit_id == unit_id).order_by(None)
    return [Waiting(*row) for row in session.execute(query.order_by(Proposal.id.desc()).limit(limit))]


def declined(session: Session, meeting_id: int) -> list[Waiting]:
    """Give what was left off a meeting's agenda, with the reasons."""
    here = Choice.meeting_id == meeting_id, Choice.listed.is_(False)
    return [Waiting(*row) for row in session.execute(_proposals(*here))]


def plans_of(session: Session, now: datetime, unit_id: int | None = None) -> dict[str, str]:
    """Give the plans in force that hold joint meetings, by slug with their titles.

    For a unit only those under which it owes anything.
    """
    in_force = plans_in_force(session, now)
    plans = duties.plans_of(session, [one.plan_id for one in in_force])
    known = [one for one in in_force if _meets(plans[one.plan_id])]
    if unit_id is not None:
        mine = select(Round.slug).join(Obligation).where(Obligation.unit_id == unit_id).distinct()
        owing = set(session.scalars(mine))
        known = [one for one in known if one.slug in owing]
    return {one.slug: one.title for one in known}


def _meets(plan: Plan) -> bool:
    rules = [duty.meeting for duty in plan.duties if duty.meeting]
    return any(one.convened == "office" for one in rules)


def _of(session: Session, slug: str, unit_id: int) -> list[Any]:
    here = Proposal.unit_id == unit_id, Proposal.slug == slug, _open()
    return list(session.execute(_proposals(*here)))


def _open() -> ColumnElement[bool]:
    """Tell of a proposal, joined to its latest choice if there is one, whether it waits for a meeting."""
    return or_(Choice.id.is_(None), Choice.listed & (MeetingStep.state == "cancelled"))


def _proposals(*which: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            *(Proposal.id, Proposal.slug, Proposal.unit_id, func.coalesce(Unit.name, ""), Proposal.at),
            *(Proposal.by, Proposal.text, Proposal.tried, Proposal.wanted, Choice.listed),
            *(func.coalesce(Meeting.title, ""), func.coalesce(Choice.reason, "")),
        )
        .outerjoin(Unit, Unit.id == Proposal.unit_id)
        .outerjoin(Choice, (Choice.proposal_id == Proposal.id) & is_latest_choice())
        .outerjoin(Meeting, Meeting.id == Choice.meeting_id)
        .outerjoin(MeetingStep, (MeetingStep.meeting_id == Meeting.id) & is_latest())
        .where(*which)
        .order_by(Proposal.id)
    )
