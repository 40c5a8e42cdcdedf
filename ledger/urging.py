"""Brings 催办单 to the people: a line in the unit's digest of the day, never a message more (DESIGN §5.14).

The leading side of a joint duty gets a copy, in one letter; so does a unit that is to rectify, since findings
are in no digest.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, literal, select

from ..obligations.moments import in_words
from ..obligations.sheet_names import sheet_number
from ..obligations.words import CueKind
from . import urged_letters
from .addressed import Letter, address_each
from .reminding import day_key, digests, queued, write_or_lock
from .states import QUEUED
from .tables import Contact, Cue, Message, Notice, Obligation, Round, Sheet
from .upsert import insert_selected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import Session

    from .addressed import Addressed
    from .ladder_writing import Numbers
    from .reminding import Slots

URGED = str(CueKind.URGED)


def urge(session: Session, numbers: Numbers, now: datetime, slots: Slots) -> int:
    """Put a line for each of these 催办单 into the digest of its unit; gives how many notices that made.

    Statements over all of them: a cue for each round, the digests of the day (of the next, for whom today's
    has left), the notices.
    """
    _write_cues(session, numbers, now)
    first, later = day_key(slots.first), day_key(slots.after)
    to = Contact.unit_id.in_(select(Sheet.unit_id).where(*numbers.sheets, Sheet.obligation_id.is_not(None)))
    write_or_lock(session, digests(first, slots.first, urgent=False).where(to))
    gone = exists().where(Message.key == first, ~QUEUED)
    write_or_lock(session, digests(later, slots.after, urgent=False).where(to, gone))
    return _write_notices(session, numbers, now, func.coalesce(queued(first), queued(later)))


def _write_cues(session: Session, numbers: Numbers, now: datetime) -> None:
    rounds = (
        select(Obligation.round_id)
        .join(Sheet, Sheet.obligation_id == Obligation.id)
        .where(*numbers.sheets)
        .distinct()
        .subquery()
    )
    at = literal(now, Cue.at.type)
    values = (rounds.c.round_id, at, literal(URGED), literal(value=False), literal("fired"), at)
    columns = ["round_id", "at", "kind", "urgent", "state", "fired_at"]
    # The condition that is always true tells SQLite that what follows is no join.
    chosen = select(*values).where(rounds.c.round_id > 0)
    insert_selected(session, Cue, columns, chosen, "ON CONFLICT (round_id, at, kind) DO NOTHING")


def _write_notices(session: Session, numbers: Numbers, now: datetime, carrier: ColumnElement[int]) -> int:
    # Each step finds few rows by an index, whatever the database believes of tables that were just written.
    state = case((Contact.id.is_(None), "no_contact"), else_="due")
    here = and_(Cue.round_id == Obligation.round_id, Cue.at == now, Cue.kind == URGED)
    rows = (
        select(Cue.id, Obligation.id, Contact.id, carrier, state, literal(now, Notice.created_at.type))
        .select_from(Sheet)
        .join(Obligation, Obligation.id == Sheet.obligation_id)
        .join(Cue, here)
        .outerjoin(Contact, and_(Contact.unit_id == Sheet.unit_id, Contact.active))
        .where(*numbers.sheets)
    )
    columns = ["cue_id", "obligation_id", "contact_id", "message_id", "state", "created_at"]
    return insert_selected(session, Notice, columns, rows, "ON CONFLICT DO NOTHING")


def copy_leads(session: Session, numbers: Numbers, leads: Mapping[int, int], slots: Slots) -> int:
    """Tell each unit that leads of which rounds units got 催办单; ``leads`` gives it by round.

    One letter to each of its people for the whole run; gives how many. Its own 催办单 are in its digest.
    """
    rounds: dict[int, list[int]] = defaultdict(list)
    for round_id, unit_id in leads.items():
        rounds[unit_id].append(round_id)
    letters: dict[int, Letter] = {}
    for unit_id, own in rounds.items():
        if lines := [_of_round(numbers, row) for row in _urged(session, numbers, own, unit_id)]:
            head = "你单位牵头的下列工作有单位到期未报送，已发催办单，请督促："
            said = f"【工作督办】抄送催办{len(lines)}项", "\n".join([head, *lines])
            letters[unit_id] = Letter(_about(numbers), urged_letters.mark(urged_letters.COPY, numbers), *said)
    return address_each(session, letters, slots.first).letters if letters else 0


def _urged(session: Session, numbers: Numbers, rounds: list[int], lead: int) -> Sequence[Row[Any]]:
    return session.execute(
        select(
            *(Round.title, func.count().label("many"), func.min(Sheet.number).label("first")),
            *(func.max(Sheet.number).label("last"), func.max(Sheet.limit_at).label("limit")),
        )
        .join(Obligation, Obligation.round_id == Round.id)
        .join(Sheet, Sheet.obligation_id == Obligation.id)
        .where(*numbers.sheets, Round.id.in_(rounds), Sheet.unit_id != lead)
        .group_by(Round.id, Round.title)
        .order_by(Round.id)
    ).all()


def _of_round(numbers: Numbers, row: Row[Any]) -> str:
    first = sheet_number(numbers.rung, numbers.year, row.first)
    if row.many == 1:
        which = first
    elif row.last - row.first + 1 == row.many:
        which = f"{first}至{row.last}号"
    else:
        which = f"{first}等{row.many}份"
    return f"“{row.title}”{row.many}个单位：{which}，限{in_words(row.limit)}前。"


def tell_rectifiers(session: Session, numbers: Numbers, slots: Slots) -> Addressed:
    """Tell each unit of the 催办单 about findings that it is to rectify, in one letter."""
    letters = {
        unit_id: Letter(_about(numbers), urged_letters.mark(urged_letters.FINDINGS, numbers), *said)
        for unit_id, said in urged_letters.to_rectify(session, numbers.sheets).items()
    }
    return address_each(session, letters, slots.first)


def _about(numbers: Numbers) -> str:
    return f"{urged_letters.ABOUT}{numbers.series}"
