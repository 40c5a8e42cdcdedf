"""What went wrong with sending: messages that failed or are stuck, and units that nobody can be told at."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from .held import LATE_AFTER, last_late
from .outbox import STUCK_AFTER
from .states import MISSING, QUEUED, SENDING
from .tables import Attempt, Channel, Contact, Message, Obligation, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from .held import Leaves

SHOWN = 50
MOST_COUNTED = 1000
TRIES = 500  # of the last tries, so many are looked at for channels that do badly
_DEAD: ColumnElement[bool] = Message.state == literal_column("'dead'")


class Failed(NamedTuple):
    """A message that could not be sent; ``answer`` is the provider's own, ``channel`` empty for the folder.

    ``next_at`` is when it is tried again, quiet hours and rest days counted; None when it never is.
    """

    message_id: int
    unit: str
    contact: str
    channel: str
    kind: str
    attempts: int
    subject: str
    answer: str
    next_at: datetime | None


class Untold(NamedTuple):
    """A unit that has nobody to tell, with how much it has still to hand in."""

    unit_id: int
    code: str
    name: str
    owed: int


class Failing(NamedTuple):
    """A channel some of whose last tries failed; ``at`` (UTC) and ``answer`` are the last failure's."""

    channel_id: int | None
    name: str
    kind: str
    tried: int
    failed: int
    at: datetime
    answer: str


class Trouble(NamedTuple):
    """All that went wrong; lists are cut, ``dead_count`` is exact.

    ``late_since`` is since when the oldest queued message could have left, if that is half an hour ago or
    more, rests not counted; ``late_count`` how many such there are. ``stuck`` were claimed and never
    finished. ``filed`` units owe something and have no channel that leaves this machine; no more than
    :data:`MOST_COUNTED` are counted.
    """

    dead: tuple[Failed, ...]
    dead_count: int
    retried: tuple[Failed, ...]
    untold: tuple[Untold, ...]
    channels: tuple[Failing, ...]
    late_since: datetime | None
    late_count: int
    stuck: int
    filed: int

    @property
    def nothing(self) -> bool:
        """Tell whether all is well."""
        wrong = self.dead, self.retried, self.untold, self.channels, self.late_count, self.stuck, self.filed
        return not any(wrong)


def trouble(session: Session, now: datetime, leaves: Leaves, limit: int = SHOWN) -> Trouble:
    """Give what is wrong with sending at ``now``, in eight queries.

    ``leaves`` tells when a message leaves that is not urgent: not in quiet hours and on rest days.
    """
    late_since, late_count = _late(session, now, leaves)
    stuck = select(func.count()).select_from(Message).where(SENDING, Message.claimed_at < now - STUCK_AFTER)
    return Trouble(
        dead=tuple(_dead(session, limit)),
        dead_count=session.scalar(select(func.count()).select_from(Message).where(_DEAD)) or 0,
        retried=tuple(_retried(session, now, leaves, limit)),
        untold=tuple(_untold(session, limit)),
        channels=tuple(_failing(session)),
        late_since=late_since,
        late_count=late_count,
        stuck=session.scalar(stuck) or 0,
        filed=_filed(session),
    )


def _late(session: Session, now: datetime, leaves: Leaves) -> tuple[datetime | None, int]:
    at_once = and_(Message.urgent, Message.not_before < now - LATE_AFTER)
    later = and_(~Message.urgent, Message.not_before <= last_late(now, leaves))
    rows = session.execute(
        select(Message.urgent, func.min(Message.not_before), func.count())
        .where(QUEUED, or_(at_once, later))
        .group_by(Message.urgent)
    ).all()
    since = [first if urgent else leaves(first) for urgent, first, _ in rows]
    return min(since, default=None), sum(count for *_, count in rows)


def _retried(session: Session, now: datetime, leaves: Leaves, limit: int) -> Iterator[Failed]:
    rows = session.execute(
        _failures(Message.urgent, Message.not_before)
        .where(QUEUED, Message.attempts > 0)
        .order_by(Message.not_before)
        .limit(limit)
    )
    for *first, urgent, not_before in rows:
        yield Failed._make((*first, not_before if urgent else leaves(max(not_before, now))))


def _dead(session: Session, limit: int) -> list[Failed]:
    rows = session.execute(_failures().where(_DEAD).order_by(Message.id.desc()).limit(limit))
    return [Failed._make((*row, None)) for row in rows]


def _failures(*more: Any) -> Select[Any]:
    return (
        select(
            *(Message.id, Unit.name, Contact.name, func.coalesce(Channel.name, "")),
            *(func.coalesce(Channel.kind, ""), Message.attempts, Message.subject, Message.answer, *more),
        )
        .join(Contact, Contact.id == Message.contact_id)
        .join(Unit, Unit.id == Contact.unit_id)
        .outerjoin(Channel, Channel.id == Message.channel_id)
    )


def _untold(session: Session, limit: int) -> list[Untold]:
    owed = select(func.count()).select_from(Obligation).where(Obligation.unit_id == Unit.id, MISSING)
    reached = exists().where(Contact.unit_id == Unit.id, Contact.active)
    owes = exists().where(Obligation.unit_id == Unit.id, MISSING)
    rows = session.execute(
        select(Unit.id, Unit.code, Unit.name, owed.scalar_subquery())
        .where(~reached, owes)
        # By an expression, or PostgreSQL walks all units in the order of their codes for the first few.
        .order_by(Unit.code.concat(""))
        .limit(limit)
    )
    return [Untold(*row) for row in rows]


def _filed(session: Session) -> int:
    """Count the units that owe and whose people are told by files in a folder alone."""
    other = aliased(Contact)
    outward = select(Channel.id).where(Channel.kind != "file")
    reached = exists().where(other.unit_id == Contact.unit_id, other.active, other.channel_id.in_(outward))
    owes = exists().where(Obligation.unit_id == Contact.unit_id, MISSING)
    files = select(Channel.id).where(Channel.kind == "file")
    inward = or_(Contact.channel_id.is_(None), Contact.channel_id.in_(files))
    units = select(Contact.unit_id).where(Contact.active, inward, ~reached, owes).distinct()
    return session.scalar(select(func.count()).select_from(units.limit(MOST_COUNTED).subquery())) or 0


def _failing(session: Session) -> list[Failing]:
    """Look at the last tries only, so the cost does not follow what was ever sent."""
    found: dict[int | None, Failing] = {}
    for channel_id, name, kind, at, ok, answer in session.execute(_last_tries()):
        known = found.get(channel_id) or Failing(channel_id, name, kind, 0, 0, at, "")
        worse = {} if ok or known.failed else {"at": at, "answer": answer}
        found[channel_id] = known._replace(tried=known.tried + 1, failed=known.failed + (not ok), **worse)
    return sorted((one for one in found.values() if one.failed), key=lambda one: one.name)


def _last_tries() -> Select[Any]:
    recent = select(Attempt.id).order_by(Attempt.id.desc()).limit(TRIES).subquery()
    return (
        select(
            *(Message.channel_id, func.coalesce(Channel.name, ""), func.coalesce(Channel.kind, "")),
            *(Attempt.at, Attempt.ok, Attempt.answer),
        )
        .join(Message, Message.id == Attempt.message_id)
        .outerjoin(Channel, Channel.id == Message.channel_id)
        .where(Attempt.id.in_(select(recent.c.id)))
        .order_by(Attempt.id.desc())
    )
