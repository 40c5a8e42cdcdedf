"""What a claimed message is to say: one last look at who still owes, just before it leaves (DESIGN §5.15)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, bindparam, func, select, update

from ..obligations.sheet_names import sheet_number
from . import finding_texts, night_letters, revisit_letters, urged_letters
from .homes import Home, homes_of
from .tables import (
    Contact,
    Cue,
    Message,
    Notice,
    Obligation,
    PlanRevision,
    Round,
    Sheet,
    Submission,
    Unit,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row, ScalarSelect
    from sqlalchemy.orm import Session

LETTER = "letter"  # written beforehand, about one thing
NOTICE = "notice"  # the same, with nothing to be answered by a link
_AS_WRITTEN = ""  # what is not looked at again
LINK_MESSAGES = ("link", "office-link")  # asked for in the contact's own name; sent by the office


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a digest says: the facts of an obligation that is still owed as the message leaves (UTC).

    ``sheet`` is the number of the 催办单 that runs about it, ``sheet_limit`` its limit.
    """

    notice_id: int
    plan_title: str
    title: str
    clause: str
    due_at: datetime | None
    source: str
    provisional: bool
    ask: str
    receiver: str
    emphasis: str
    kind: str
    state: str
    return_reason: str
    correct_by: datetime | None
    urgent: bool
    sheet: str = ""
    sheet_limit: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed message with all that its text and its sending need; ``attempt`` counts from 1.

    One whose ``purpose`` is of :data:`LINK_MESSAGES` has no lines: it brings a new link and nothing else.
    Nor has a :data:`LETTER` or a :data:`NOTICE`, which says what its ``subject`` and ``wording`` say.
    ``home`` is whose office it speaks for, where townships share the book.
    """

    id: int
    key: str
    attempt: int
    urgent: bool
    day: date
    contact: str
    unit: str
    office: str
    channel_id: int | None
    phone: str
    email: str
    contact_id: int = 0
    purpose: str | None = None
    subject: str = ""
    wording: str = ""
    lines: tuple[Line, ...] = ()
    home: Home | None = None


class Looked(NamedTuple):
    """The messages that still have something to say, urgent ones first, and the ids of the others."""

    parcels: list[Parcel]
    empty: list[int]


def look_again(session: Session, ids: Sequence[int], now: datetime) -> Looked:
    """Look once more who still owes, and give what each of these messages is to say at ``now``.

    A notice whose report has come in, or can no longer be taken, is withdrawn; one that a later notice of the
    same obligation has overtaken in the same message is superseded. Whoever was switched off meanwhile is
    told nothing.
    """
    lines: dict[int, dict[int, Line]] = defaultdict(dict)
    offices: dict[int, str] = {}
    drop: dict[str, list[int]] = {"withdrawn": [], "superseded": []}
    for row in _notices(session, ids):
        if not row.active or _is_moot(row, now):
            drop["withdrawn"].append(row.notice_id)
            continue
        if earlier := lines[row.message_id].get(row.obligation_id):
            drop["superseded"].append(earlier.notice_id)
        lines[row.message_id][row.obligation_id] = _line(row)
        offices.setdefault(row.message_id, row.office)
    _mark(session, drop)
    rows = _messages(session, ids)
    now_said: dict[int, tuple[str, str] | None] = dict(urged_letters.as_they_leave(session, rows))
    now_said |= finding_texts.as_they_leave(session, rows, now)
    now_said |= night_letters.as_they_leave(session, rows, now)
    now_said |= revisit_letters.as_they_leave(session, rows)
    speaking_rows = [
        row
        for row in rows
        if (lines.get(row.id) or _needs_no_lines(row)) and now_said.get(row.id, _AS_WRITTEN) is not None
    ]
    homes = homes_of(session, {row.path for row in speaking_rows})
    parcels = [
        _parcel(row, lines[row.id], offices, homes.get(row.path), now_said.get(row.id))
        for row in speaking_rows
    ]
    speaking = {parcel.id for parcel in parcels}
    return Looked(parcels, [one for one in ids if one not in speaking])


def _needs_no_lines(row: Row[Any]) -> bool:
    return row.active and row.purpose in (LETTER, NOTICE, *LINK_MESSAGES)


def _notices(session: Session, ids: Sequence[int]) -> Iterable[Row[Any]]:
    last = (
        select(func.max(Submission.id)).where(Submission.obligation_id == Obligation.id).correlate(Obligation)
    ).scalar_subquery()
    return session.execute(
        select(
            *(Notice.id.label("notice_id"), Notice.message_id, Notice.obligation_id, Cue.kind, Cue.urgent),
            *(
                Obligation.state,
                Obligation.due_at,
                Round.title,
                Round.clause,
                Round.source,
                Round.provisional,
            ),
            *(
                Round.ask,
                Round.receiver,
                Round.emphasis,
                Round.locks_at,
                PlanRevision.title.label("plan_title"),
            ),
            *(PlanRevision.office, Verdict.reason, Verdict.correct_by, Contact.active),
            *(Sheet.rung, Sheet.year, Sheet.number, Sheet.limit_at),
        )
        .join(Obligation, Obligation.id == Notice.obligation_id)
        .join(Round, Round.id == Obligation.round_id)
        .join(Cue, Cue.id == Notice.cue_id)
        .join(Contact, Contact.id == Notice.contact_id)
        .join(PlanRevision, PlanRevision.id == Round.plan_id)
        .outerjoin(Verdict, and_(Obligation.state == "returned", Verdict.submission_id == last))
        .outerjoin(Sheet, Sheet.id == _urged())
        .where(Notice.message_id.in_(ids), Notice.state == "due")
        .order_by(Obligation.due_at, Cue.at, Notice.id)
    )


def _urged() -> ScalarSelect[int]:
    """Give the latest 催办单 that runs about an obligation."""
    running = and_(Sheet.obligation_id == Obligation.id, Sheet.rung == "cuiban", Sheet.state == "issued")
    return select(func.max(Sheet.id)).where(running).correlate(Obligation).scalar_subquery()


def _is_moot(row: Row[Any], now: datetime) -> bool:
    """Tell whether nothing more is wanted: the report is in, or the last moment to take one has passed."""
    if row.state not in ("owed", "returned"):
        return True
    ends = [at for at in (row.locks_at, row.due_at, row.correct_by) if at is not None]
    return row.locks_at is not None and now > max(ends)


def _line(row: Row[Any]) -> Line:
    return Line(
        notice_id=row.notice_id,
        plan_title=row.plan_title,
        title=row.title,
        clause=row.clause,
        due_at=row.due_at,
        source=row.source,
        provisional=row.provisional,
        ask=row.ask,
        receiver=row.receiver,
        emphasis=row.emphasis,
        kind=row.kind,
        state=row.state,
        return_reason=row.reason or "",
        correct_by=row.correct_by,
        urgent=row.urgent,
        sheet=sheet_number(row.rung, row.year, row.number) if row.rung else "",
        sheet_limit=row.limit_at,
    )


def _messages(session: Session, ids: Sequence[int]) -> Sequence[Row[Any]]:
    return session.execute(
        select(
            *(Message.id, Message.key, Message.attempts, Message.urgent, Message.send_on, Message.channel_id),
            *(Message.purpose, Message.contact_id, Contact.name, Contact.phone, Contact.email),
            *(Message.subject, Message.wording, Message.about, Contact.unit_id),
            *(Unit.name.label("unit"), Unit.path, Contact.active),
        )
        .join(Contact, Contact.id == Message.contact_id)
        .join(Unit, Unit.id == Contact.unit_id)
        .where(Message.id.in_(ids))
        .order_by(Message.urgent.desc(), Message.not_before, Message.id)
    ).all()


def _parcel(
    row: Row[Any],
    lines: dict[int, Line],
    offices: dict[int, str],
    home: Home | None,
    said: tuple[str, str] | None,
) -> Parcel:
    return Parcel(
        id=row.id,
        key=row.key,
        attempt=row.attempts,
        urgent=row.urgent,
        day=row.send_on,
        contact=row.name,
        unit=row.unit,
        office=offices.get(row.id, ""),
        channel_id=row.channel_id,
        phone=row.phone,
        email=row.email,
        contact_id=row.contact_id,
        purpose=row.purpose,
        subject=said[0] if said else row.subject,
        wording=said[1] if said else row.wording or "",
        lines=tuple(lines.values()),
        home=home,
    )


def _mark(session: Session, states: dict[str, list[int]]) -> None:
    for state, ids in states.items():
        if ids:
            session.execute(update(Notice).where(Notice.id.in_(ids)).values(state=state))


def keep_texts(session: Session, texts: Sequence[tuple[int, str, str]]) -> None:
    """Keep what each message is about to say: (message id, subject, body)."""
    if texts:
        statement = (
            update(Message)
            .where(Message.id == bindparam("_id"))
            .values(subject=bindparam("_subject"), body=bindparam("_body"))
        )
        rows = [{"_id": id_, "_subject": subject, "_body": body} for id_, subject, body in texts]
        session.connection().execute(statement, rows)
