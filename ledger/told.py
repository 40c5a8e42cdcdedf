"""What a unit was told of an obligation: how often it was really reminded, how, and what came of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from .tables import Attempt, Channel, Message, Notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Row, Select, Subquery
    from sqlalchemy.orm import Session

FILE = "file"  # the outbox folder, and channels that write files: nobody is reached by that alone


class Way(NamedTuple):
    """A channel by kind and name; both empty for the outbox folder."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Reminders:
    """What became of the reminders of one obligation, as of a moment (UTC).

    ``times`` counts those that really left: one to two people of a unit is one. ``filed`` were only written
    to the outbox folder, ``waiting`` have not left yet. ``nobody``: there was no contact to tell, and none
    has been told. ``result`` and ``ok`` are the last try's, with the provider's own answer.
    """

    times: int = 0
    last_at: datetime | None = None
    ways: tuple[Way, ...] = ()
    filed: int = 0
    waiting: int = 0
    nobody: bool = False
    tried_at: datetime | None = None
    ok: bool | None = None
    result: str = ""


def reminders(session: Session, ids: Sequence[int], as_of: datetime) -> dict[int, Reminders]:
    """Give what became of the reminders of these obligations by ``as_of``; three queries."""
    rows = session.execute(
        select(
            *(Notice.obligation_id, Notice.cue_id, Notice.state, Notice.message_id),
            *(Message.sent_at, Channel.kind, Channel.name),
        )
        .outerjoin(Message, Message.id == Notice.message_id)
        .outerjoin(Channel, Channel.id == Message.channel_id)
        .where(Notice.obligation_id.in_(ids), Notice.created_at <= as_of)
        .order_by(Notice.id)
    )
    grouped: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        grouped[row.obligation_id].append(row)
    tries = _tries(session, {row.message_id for some in grouped.values() for row in some}, as_of)
    return {id_: _count(some, tries, as_of) for id_, some in grouped.items()}


def arranged(session: Session, obligation_id: int, at: datetime) -> bool:
    """Tell whether a reminder of an obligation that was made at ``at`` (UTC) has a message to somebody."""
    made = (Notice.obligation_id == obligation_id, Notice.created_at == at, Notice.message_id.is_not(None))
    return session.scalar(select(Notice.id).where(*made).limit(1)) is not None


def _tries(session: Session, messages: Iterable[int | None], as_of: datetime) -> dict[int, Row[Any]]:
    """Give the last try to send each of these messages."""
    sent = [one for one in messages if one is not None]
    last = (
        select(func.max(Attempt.id))
        .where(Attempt.message_id.in_(sent), Attempt.at <= as_of)
        .group_by(Attempt.message_id)
    )
    found = select(Attempt.id, Attempt.message_id, Attempt.at, Attempt.ok, Attempt.answer)
    return {row.message_id: row for row in session.execute(found.where(Attempt.id.in_(last)))}


def _count(rows: list[Row[Any]], tries: dict[int, Row[Any]], as_of: datetime) -> Reminders:
    left = [row for row in rows if row.state == "sent" and row.sent_at is not None and row.sent_at <= as_of]
    reached = [row for row in left if row.kind not in (None, FILE)]
    made, times = len({row.cue_id for row in left}), len({row.cue_id for row in reached})
    tried = [one for row in rows if (one := tries.get(row.message_id))]
    last = max(tried, key=lambda one: (one.at, one.id), default=None)
    told = {row.cue_id for row in left}
    return Reminders(
        times=times,
        last_at=max((row.sent_at for row in reached), default=None),
        ways=tuple(dict.fromkeys(Way(row.kind, row.name) for row in reached)),
        filed=made - times,
        waiting=len({row.cue_id for row in rows if _waited(row, as_of)} - told),
        nobody=not left and any(row.state == "no_contact" for row in rows),
        tried_at=last.at if last else None,
        ok=last.ok if last else None,
        result=last.answer if last else "",
    )


def _waited(row: Row[Any], as_of: datetime) -> bool:
    """Tell whether a reminder had not left by then, though it was to; one that never will be is none."""
    return row.state == "due" or (row.state == "sent" and row.sent_at is not None and row.sent_at > as_of)


def reminded(ids: Select[tuple[int]], as_of: datetime) -> Subquery:
    """Select obligation_id, times and last_at, as :class:`Reminders` has them, of those really reminded."""
    return (
        select(
            Notice.obligation_id,
            func.count(Notice.cue_id.distinct()).label("times"),
            func.max(Message.sent_at).label("last_at"),
        )
        .join(Message, Message.id == Notice.message_id)
        .join(Channel, Channel.id == Message.channel_id)
        .where(Notice.obligation_id.in_(ids), Notice.state == "sent", Notice.created_at <= as_of)
        .where(Message.sent_at <= as_of, Channel.kind != FILE)
        .group_by(Notice.obligation_id)
        .subquery("reminded")
    )
