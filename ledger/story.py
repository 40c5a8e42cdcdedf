"""The whole story of an obligation: from the clause to the last entry, with every reminder and every try."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from .journal import Entry
from .matter import Matter, matter
from .tables import (
    Attempt,
    Channel,
    Contact,
    Cue,
    Exemption,
    JournalEntry,
    Message,
    Notice,
    Obligation,
    PlanRevision,
    Round,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session


class Try(NamedTuple):
    """One try to send a message, with the provider's own answer."""

    at: datetime
    ok: bool
    permanent: bool
    answer: str


class Reminder(NamedTuple):
    """One reminder to one contact and what became of it; moments in UTC.

    ``cue`` is why it reminded. ``contact`` is empty when there was nobody to tell, ``kind`` and ``channel``
    for the outbox folder. ``state`` is the notice's, ``message_state`` its message's, empty without one.
    """

    cue_id: int
    cue: str
    created_at: datetime
    state: str
    contact: str
    message_id: int | None
    message_state: str
    kind: str
    channel: str
    sent_at: datetime | None
    tries: tuple[Try, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """An obligation with all that is on record about it as of a moment.

    ``plan`` is the revision under which it runs; ``entries`` are the journal's about the plan's year, the
    round and the obligation, the earliest first; ``exemption`` also where it came later.
    """

    matter: Matter
    unit: Unit
    plan: PlanRevision
    exemption: Exemption | None
    reminders: tuple[Reminder, ...]
    entries: tuple[Entry, ...]
    as_of: datetime


def story(session: Session, obligation_id: int, as_of: datetime) -> Story | None:
    """Give the story of an obligation as of ``as_of``; None when there is none of this number.

    Fourteen queries, whatever happened.
    """
    found = session.get(Obligation, obligation_id)
    if found is None:
        return None
    here = matter(session, found, as_of)
    plan = session.get_one(PlanRevision, here.round.plan_id)
    return Story(
        matter=here,
        unit=session.get_one(Unit, found.unit_id),
        plan=plan,
        exemption=session.scalar(select(Exemption).where(Exemption.obligation_id == obligation_id)),
        reminders=_reminders(session, obligation_id, as_of),
        entries=_entries(session, found, here.round, plan, as_of),
        as_of=as_of,
    )


def _reminders(session: Session, obligation_id: int, as_of: datetime) -> tuple[Reminder, ...]:
    rows = session.execute(
        select(
            *(Notice.cue_id, Cue.kind.label("cue"), Notice.created_at, Notice.state),
            *(Contact.name.label("contact"), Notice.message_id, Message.state.label("message_state")),
            *(Channel.kind, Channel.name.label("channel"), Message.sent_at),
        )
        .join(Cue, Cue.id == Notice.cue_id)
        .outerjoin(Contact, Contact.id == Notice.contact_id)
        .outerjoin(Message, Message.id == Notice.message_id)
        .outerjoin(Channel, Channel.id == Message.channel_id)
        .where(Notice.obligation_id == obligation_id, Notice.created_at <= as_of)
        .order_by(Notice.created_at, Notice.id)
    ).all()
    tries = _tries(session, {row.message_id for row in rows if row.message_id is not None}, as_of)
    return tuple(
        Reminder(
            *(row.cue_id, row.cue, row.created_at, row.state, row.contact or "", row.message_id),
            *(row.message_state or "", row.kind or "", row.channel or ""),
            row.sent_at if row.sent_at is not None and row.sent_at <= as_of else None,
            tuple(tries.get(row.message_id, ())),
        )
        for row in rows
    )


def _tries(session: Session, messages: Iterable[int], as_of: datetime) -> dict[int, list[Try]]:
    rows = session.execute(
        select(Attempt.message_id, Attempt.at, Attempt.ok, Attempt.permanent, Attempt.answer)
        .where(Attempt.message_id.in_(list(messages)), Attempt.at <= as_of)
        .order_by(Attempt.id)
    )
    found: dict[int, list[Try]] = defaultdict(list)
    for message_id, *tried in rows:
        found[message_id].append(Try._make(tried))
    return found


def _entries(
    session: Session, found: Obligation, here: Round, plan: PlanRevision, as_of: datetime
) -> tuple[Entry, ...]:
    """Read the entries about the obligation, and of those about its round and plan the ones that are its own.

    A round goes by its title in the journal, which another plan's may share, so the detail decides.
    """
    own = f"obligation/{found.id}"
    subjects = (
        *(own, here.title, f"round/{here.id}", here.slug),
        *(f"{here.slug}/{here.year}", f"{here.slug}/{here.name}"),
    )
    columns = JournalEntry.__table__.c
    rows = session.execute(
        select(*columns).where(columns.subject.in_(subjects), columns.at <= as_of).order_by(columns.seq)
    )
    entries = (Entry(*row) for row in rows)
    return tuple(one for one in entries if one.subject == own or _is_about(one, here, plan))


def _is_about(one: Entry, here: Round, plan: PlanRevision) -> bool:
    detail: dict[str, Any] = json.loads(one.detail)
    match one.action:
        case "plan.adopted":
            return detail.get("revision") == plan.revision
        case "year.opened":
            return one.subject == f"{here.slug}/{here.year}"
        case "round.moved" | "round.changed":
            return detail.get("id") == here.id
        case _:
            return detail.get("round") == here.id


def numbers(entries: Sequence[Entry]) -> dict[tuple[str, int], int]:
    """Give each entry's number in the journal by its action and by the row that it is about."""
    found: dict[tuple[str, int], int] = {}
    for one in entries:
        detail: dict[str, Any] = json.loads(one.detail)
        for name in ("submission", "extension", "transfer", "remark", "upload", "cue", "round", "obligation"):
            if isinstance(detail.get(name), int):
                found[(one.action, detail[name])] = one.seq
                break
    return found
