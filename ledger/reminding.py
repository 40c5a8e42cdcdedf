"""A cue that fires: notices for those who are missing, in one digest for each contact and day.

Three statements over all units, whatever their number. The text is written when the digest leaves, after a
last look at who still owes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    and_,
    case,
    cast,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from ..calendar.dates import ZONE, local_day
from ..calendar.slots import Slot, slot, slot_after
from ..obligations.words import CueKind
from .journal import Note
from .states import QUEUED, SETTLED
from .tables import Contact, Cue, Message, Notice, Obligation
from .upsert import insert_selected, upsert

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..calendar.slots import QuietHours
    from ..calendar.workdays import Workdays
    from .tables import Round


DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slots:
    """When a message made now may leave, and the next day's slot for those whose digest has already gone."""

    first: Slot
    after: Slot


class Fired(NamedTuple):
    """How many notices a cue made, and the note of it, which the caller enters in the journal."""

    notices: int
    note: Note


def slots_at(now: datetime, workdays: Workdays, quiet: QuietHours, *, urgent: bool) -> Slots:
    """Give when a message made at ``now`` may leave; an urgent one leaves at once."""
    first = slot(now, workdays, quiet, urgent=urgent)
    return Slots(first, slot_after(first, workdays, quiet))


def fire(
    session: Session,
    found: Round,
    cue: Cue,
    now: datetime,
    slots: Slots,
    obligation_id: int | None = None,
    *,
    at_once: bool = False,
) -> Fired:
    """Make the notices of a cue for every unit of the round that is missing.

    With ``obligation_id`` only for that one. A second call makes none: the notice's key refuses it. A unit
    without a contact gets a notice that says so. ``at_once``, when a person reminds, does not wait for the
    next day's digest where today's has left; quiet hours still count.
    """
    who = _missing(found, cue, now, obligation_id)
    ways = _Ways.of(cue, now, slots, at_once=at_once)
    owing = digests(ways.first, slots.first, urgent=cue.urgent)
    write_or_lock(session, owing.join(Obligation, Obligation.unit_id == Contact.unit_id).where(who))
    count = _write_notices(session, cue, who, ways, now)
    _carry_the_rest(session, cue, ways)
    cue.state, cue.fired_at = "fired", now
    detail = {"round": found.id, "cue": cue.id, "kind": cue.kind, "notices": count}
    return Fired(count, Note("cue.fired", found.title, detail))


def remind_returned(session: Session, found: Round, obligation_id: int, now: datetime, slots: Slots) -> Fired:
    """Start reminding again on a return, at once and for that unit alone (DESIGN §5.14)."""
    kind = str(CueKind.RETURNED)
    values = {"round_id": found.id, "at": now, "kind": kind, "urgent": found.urgent, "state": "fired"}
    insert = upsert(session, Cue).values(values)
    session.execute(insert.on_conflict_do_nothing(index_elements=["round_id", "at", "kind"]))
    cue = session.scalars(select(Cue).where(Cue.round_id == found.id, Cue.at == now, Cue.kind == kind)).one()
    return fire(session, found, cue, now, slots, obligation_id)


def _missing(found: Round, cue: Cue, now: datetime, obligation_id: int | None) -> ColumnElement[bool]:
    # Not MISSING: PostgreSQL would take it as leave to read the whole index of what is open, for each round.
    who = and_(Obligation.round_id == found.id, Obligation.state.not_in(SETTLED))
    if cue.kind == str(CueKind.OVERDUE):
        # A unit with an extension is not overdue when the others are.
        who = and_(who, or_(Obligation.due_at.is_(None), Obligation.due_at < now))
    if cue.kind == str(CueKind.EXTENDED):
        begins = datetime.combine(local_day(cue.at), time(), ZONE)
        near = Obligation.due_at.between(begins - DAY, begins + DAY - timedelta(seconds=1))
        who = and_(who, near, Obligation.due_at != found.due_at)
    return who if obligation_id is None else and_(who, Obligation.id == obligation_id)


class _Ways(NamedTuple):
    """The stable keys of a contact's message, as SQL: the first choice, and the one for when that has gone.

    A digest has its day in its key, so there is one a day. An urgent message has its moment: what becomes
    urgent at once for one contact leaves as one message.
    """

    first: ColumnElement[str]
    after: ColumnElement[str]
    after_slot: Slot

    @classmethod
    def of(cls, cue: Cue, now: datetime, slots: Slots, *, at_once: bool) -> _Ways:
        contact, moment = cast(Contact.id, String), f"{now.astimezone(ZONE):%Y-%m-%dT%H%M%S}"
        if cue.urgent:
            at = f"u-{moment}"
            return cls(literal(f"{at}-") + contact, literal(f"{at}-c{cue.id}-") + contact, slots.first)
        if at_once and slots.first.not_before <= now:
            return cls(day_key(slots.first), literal(f"n-{moment}-c{cue.id}-") + contact, slots.first)
        return cls(day_key(slots.first), day_key(slots.after), slots.after)


def day_key(slot: Slot) -> ColumnElement[str]:
    """Give the key of a contact's one digest of a day, as SQL."""
    return literal(f"d-{slot.day.isoformat()}-") + cast(Contact.id, String)


def digests(key: ColumnElement[str], when: Slot, *, urgent: bool) -> Select[Any]:
    """Select a message for each active contact, in the order in which every program locks them."""
    return (
        select(
            key,
            Contact.id,
            Contact.channel_id,
            literal(when.day, Message.send_on.type),
            literal(urgent),
            literal(when.not_before, Message.not_before.type),
            *(literal(value) for value in ("queued", 0, "", "", "")),
        )
        .where(Contact.active)
        .order_by(Contact.id)
    )


_COLUMNS = (
    *("key", "contact_id", "channel_id", "send_on", "urgent", "not_before", "state", "attempts"),
    *("subject", "body", "answer"),
)
_WAKE_OR_LOCK = """
ON CONFLICT (key) DO UPDATE SET
    state = 'queued',
    not_before = CASE messages.state WHEN 'withdrawn' THEN excluded.not_before ELSE messages.not_before END,
    channel_id = excluded.channel_id
WHERE messages.state = 'withdrawn'
    OR messages.state = 'queued' AND coalesce(messages.channel_id, 0) <> coalesce(excluded.channel_id, 0)
"""


def write_or_lock(session: Session, rows: Select[Any]) -> None:
    """Write the digests that are missing, wake those withdrawn as empty, and lock those still queued.

    PostgreSQL locks each row whose key is taken, also where nothing of it changes, so that no worker claims a
    digest between this statement and the one that puts notices into it.
    """
    insert_selected(session, Message, _COLUMNS, rows, _WAKE_OR_LOCK)


def _write_notices(session: Session, cue: Cue, who: ColumnElement[bool], ways: _Ways, now: datetime) -> int:
    carrier = queued(ways.first)
    state = case((Contact.id.is_(None), "no_contact"), else_="due")
    at = literal(now, Notice.created_at.type)
    rows = (
        select(literal(cue.id), Obligation.id, Contact.id, carrier, state, at)
        .select_from(Obligation)
        .outerjoin(Contact, and_(Contact.unit_id == Obligation.unit_id, Contact.active))
        .where(who)
    )
    columns = ["cue_id", "obligation_id", "contact_id", "message_id", "state", "created_at"]
    return insert_selected(session, Notice, columns, rows, "ON CONFLICT DO NOTHING")


def _carry_the_rest(session: Session, cue: Cue, ways: _Ways) -> None:
    """Put the notices of those whose first digest has left already into one that leaves after it."""
    # Hardly a cue has any, and its notices say so in less time than another look at all contacts.
    left = and_(Notice.cue_id == cue.id, Notice.message_id.is_(None), Notice.contact_id.is_not(None))
    if session.scalar(select(Notice.id).where(left).limit(1)) is None:
        return
    to = Contact.id.in_(select(Notice.contact_id).where(left))
    write_or_lock(session, digests(ways.after, ways.after_slot, urgent=cue.urgent).where(to))
    after = select(Message.id).where(QUEUED, Message.key == ways.after, Contact.id == Notice.contact_id)
    carried = update(Notice).where(left).values(message_id=after.correlate(Notice).scalar_subquery())
    session.execute(carried.execution_options(synchronize_session=False))


def queued(key: ColumnElement[str]) -> ScalarSelect[int]:
    """Give the message with this key, if it has not left."""
    waiting = aliased(Message)
    # The state is looked at once the row is found: as a condition it would invite a walk of the whole queue.
    number = case((waiting.state == "queued", waiting.id))
    return select(number).where(waiting.key == key).correlate(Contact).scalar_subquery()
