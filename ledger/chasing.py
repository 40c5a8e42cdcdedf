"""Chasing a round: who is missing, and reminding them now because somebody in the office wants it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, select

from ..calendar.dates import local_day
from ..obligations.errors import DubanError
from ..obligations.moments import in_words
from ..obligations.words import CueKind, State
from . import journal, reminding
from .states import MISSING
from .tables import (
    Channel,
    Contact,
    Cue,
    Message,
    Notice,
    Obligation,
    PlanRevision,
    Round,
    Submission,
    Unit,
    Verdict,
)
from .upsert import upsert

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from .reminding import Slots

PAUSE = timedelta(hours=1)  # whoever was reminded of a round is left in peace for so long
# A return reminds one unit, an extension those that have one: neither speaks to all who are missing.
_FILED = and_(Message.state == "sent", func.coalesce(Channel.kind, "file") == "file")
_LEFT = and_(Message.state == "sent", func.coalesce(Channel.kind, "file") != "file")
_FOR_ALL = (CueKind.OPENING, CueKind.UPCOMING, CueKind.DUE, CueKind.OVERDUE, CueKind.EVENT)


class Person(NamedTuple):
    """Whom to ask for at a unit, and their telephone number; it may be empty."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Owing:
    """A unit that has not handed in, or is to correct; moments in UTC, ``due_at`` counts extensions."""

    obligation_id: int
    unit_id: int
    unit_code: str
    unit: str
    state: State
    due_at: datetime | None
    acknowledged_at: datetime | None
    correct_by: datetime | None
    people: tuple[Person, ...] = ()


class Missing(NamedTuple):
    """Who is missing in a round; ``extended`` are those whose extension still runs."""

    owing: tuple[Owing, ...]
    extended: tuple[Owing, ...]


class Last(NamedTuple):
    """When all who are missing were last reminded (UTC).

    ``arranged_at`` is when messages were last put into the outbox, ``live_at`` the same of those that wait,
    are being sent or were; ``left_at`` is when one last went out by a channel, which a folder is not.
    """

    arranged_at: datetime
    live_at: datetime | None
    left_at: datetime | None


class Told(NamedTuple):
    """What became of one reminder: ``notices`` in ``messages``, of which ``left`` went out by a channel.

    ``filed`` went no further than a folder of this machine. ``first_at`` is when the first that waits may
    leave (UTC); ``nobody`` are units without a contact.
    """

    notices: int
    messages: int
    left: int
    filed: int
    first_at: datetime | None
    nobody: tuple[str, ...]


def missing(session: Session, found: Round, now: datetime) -> Missing:
    """Give the units of a round that have not handed in or are to correct, by code; two queries."""
    rows = session.execute(_owing(found)).all()
    people = _people(session, found)
    listed = [_owes(row, tuple(people.get(row.unit_id, ()))) for row in rows]
    return Missing(
        tuple(one for one in listed if not _has_time(one, found, now)),
        tuple(one for one in listed if _has_time(one, found, now)),
    )


def _owing(found: Round) -> Any:
    last = (
        select(func.max(Submission.id)).where(Submission.obligation_id == Obligation.id).correlate(Obligation)
    ).scalar_subquery()
    return (
        select(
            *(Obligation.id, Obligation.unit_id, Unit.code, Unit.name, Obligation.state, Obligation.due_at),
            *(Obligation.acknowledged_at, Verdict.correct_by),
        )
        .join(Unit, Unit.id == Obligation.unit_id)
        .outerjoin(Verdict, and_(Obligation.state == "returned", Verdict.submission_id == last))
        .where(Obligation.round_id == found.id, MISSING)
        .order_by(Unit.code)
    )


def _owes(row: Row[Any], people: tuple[Person, ...]) -> Owing:
    unit = (row.id, row.unit_id, row.code, row.name)
    return Owing(*unit, State(row.state), row.due_at, row.acknowledged_at, row.correct_by, people)


def _has_time(one: Owing, found: Round, now: datetime) -> bool:
    """Tell whether an extension of this unit still runs."""
    if one.due_at is None or found.due_at is None or one.state is State.RETURNED:
        return False
    return one.due_at > found.due_at and one.due_at >= now


def _people(session: Session, found: Round) -> dict[int, list[Person]]:
    rows = session.execute(
        select(Contact.unit_id, Contact.name, Contact.phone)
        .join(Obligation, Obligation.unit_id == Contact.unit_id)
        .where(Obligation.round_id == found.id, MISSING, Contact.active)
        .order_by(Contact.id)
    )
    found_: dict[int, list[Person]] = {}
    for unit_id, name, phone in rows:
        found_.setdefault(unit_id, []).append(Person(name, phone))
    return found_


def last_reminded(session: Session, round_id: int) -> Last | None:
    """Give when all who were missing in a round were last reminded, by itself or by a person, if ever."""
    live, made = Message.state.in_(("queued", "sending", "sent")), func.max(Cue.fired_at)
    arranged_at, live_at, left_at = session.execute(
        select(made, made.filter(live), func.max(Message.sent_at).filter(_LEFT))
        .join(Notice, Notice.cue_id == Cue.id)
        .join(Message, Message.id == Notice.message_id)
        .outerjoin(Channel, Channel.id == Message.channel_id)
        .where(Cue.round_id == round_id, Cue.state == "fired", Cue.kind.in_([str(one) for one in _FOR_ALL]))
    ).one()
    return None if arranged_at is None else Last(arranged_at, live_at, left_at)


def remind(session: Session, round_id: int, now: datetime, by: str, slots: Slots) -> int:
    """Remind all who are missing in a round now; gives the cue, whose result :func:`told` gives.

    The round is locked for this transaction. Messages leave by ``slots``; what a person asks for does not
    wait for the next day's digest where today's has left already. Raises :class:`DubanError` when the round
    has not opened or is locked, nobody is missing, or a reminder of the last hour waits or was sent.
    """
    query = select(Round).where(Round.id == round_id).with_for_update(key_share=True)
    found = session.scalars(query).one()
    _check(session, found, now)
    cue = _cue(session, found, now)
    fired = reminding.fire(session, found, cue, now, slots, at_once=True)
    if not fired.notices:
        raise DubanError("没有可提醒的单位：尚未报送的单位都在延期期限内。")
    detail = {"round": found.id, "cue": cue.id, "kind": cue.kind, "notices": fired.notices}
    journal.append(session, now, by, "round.reminded", f"round/{found.id}", detail)
    journal.append_many(session, now, "duban", [fired.note])
    return cue.id


def _check(session: Session, found: Round, now: datetime) -> None:
    if found.opened_at is None:
        raise DubanError(f"“{found.title}”尚未下达，{in_words(found.opens_at)}起开始，现在不能催报。")
    if found.locks_at is not None and found.locks_at < now:
        raise DubanError(
            f"“{found.title}”已于{in_words(found.locks_at)}截止补报，不再发提醒；个别单位另有期限的，请打电话联系。"
        )
    if session.scalar(select(Obligation.id).where(Obligation.round_id == found.id, MISSING).limit(1)) is None:
        raise DubanError(f"“{found.title}”没有未报的单位，不用催报。")
    last = last_reminded(session, found.id)
    if last is not None and last.live_at is not None and -PAUSE < now - last.live_at < PAUSE:
        raise DubanError(
            f"{in_words(last.live_at)}已安排提醒，一小时内不重复安排；急的请打电话，并登记电话记录。"
        )


def _cue(session: Session, found: Round, now: datetime) -> Cue:
    kind = str(kind_of(found.due_at, now))
    values = {"round_id": found.id, "at": now, "kind": kind, "urgent": found.urgent, "state": "planned"}
    insert = upsert(session, Cue).values(values)
    session.execute(insert.on_conflict_do_nothing(index_elements=["round_id", "at", "kind"]))
    same = (Cue.round_id == found.id, Cue.at == now, Cue.kind == kind)
    return session.scalars(select(Cue).where(*same)).one()


def kind_of(due_at: datetime | None, now: datetime) -> CueKind:
    """Give why one reminds at ``now`` of what is due at ``due_at``: it nears, it is today, it is past."""
    if due_at is None:
        return CueKind.UPCOMING
    if now > due_at:
        return CueKind.OVERDUE
    return CueKind.DUE if local_day(now) == local_day(due_at) else CueKind.UPCOMING


def told(session: Session, round_id: int, cue_id: int) -> Told | None:
    """Give what became of a reminder of a round so far; None when it is none of this round's."""
    if session.scalar(select(Cue.id).where(Cue.id == cue_id, Cue.round_id == round_id)) is None:
        return None
    here = Notice.cue_id == cue_id
    waiting = func.min(Message.not_before).filter(Message.state == "queued")
    letters = func.count(Message.id.distinct())
    row = session.execute(
        select(func.count(Notice.id), letters, letters.filter(_LEFT), letters.filter(_FILED), waiting)
        .outerjoin(Message, Message.id == Notice.message_id)
        .outerjoin(Channel, Channel.id == Message.channel_id)
        .where(here, Notice.contact_id.is_not(None))
    ).one()
    nobody = session.scalars(
        select(Unit.name)
        .join(Obligation, Obligation.unit_id == Unit.id)
        .join(Notice, Notice.obligation_id == Obligation.id)
        .where(here, Notice.contact_id.is_(None))
        .order_by(Unit.code)
    )
    return Told(row[0], row[1], row[2], row[3], row[4], tuple(nobody))


def plan_of(session: Session, found: Round) -> PlanRevision:
    """Give the revision of the plan under which a round runs."""
    return session.get_one(PlanRevision, found.plan_id)
