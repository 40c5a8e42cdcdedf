"""Event reports that reach the right people at once: told urgently, acknowledged, and told again.

Who is told is frozen as it is told. A letter leaves at any hour with the next delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, literal, or_, select

from ..calendar.dates import local_day
from ..obligations import alerts as rules
from ..obligations.moments import in_words
from . import addressed, journal
from .addressed import Letter
from .agenda import Due
from .audiences import active, matches
from .homes import within
from .journal import Note
from .kept_watch import ALERT_ACKS, ALERTS
from .tables import Alert, AlertAck, AlertUnit, PlanRevision, Round, Unit
from .upsert import insert_new, upsert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.plan import Audience
    from ..calendar.slots import Slot
    from ..calendar.workdays import Workdays
    from .means import Means

WHAT = "alerts"


@dataclass(frozen=True, slots=True)
class Sounding:
    """Whom to tell of an event: these audiences and the office's own unit.

    ``unit_id`` reports it and is not told; ``text`` says what happened; ``minutes`` is how long to wait for
    somebody to hear.
    """

    audiences: Sequence[Audience]
    office: str
    minutes: int
    text: str
    unit_id: int | None = None


def sound(session: Session, found: Round, about: Sounding, now: datetime, by: str, slot: Slot) -> Note:
    """Tell of an event at once; gives what the journal is to say of it, which the caller enters."""
    row = Alert(round_id=found.id, unit_id=about.unit_id, at=now, by=by, text=about.text)
    row.minutes, row.next_at = about.minutes, rules.again_at(now, about.minutes, 1)
    session.add(row)
    session.flush()
    told = select(literal(row.id), Unit.id).where(_told(about, now, within(session, found.slug)))
    session.execute(upsert(session, AlertUnit).from_select(["alert_id", "unit_id"], told))
    done = addressed.address(session, units_of(session, row.id), _letter(session, row, found), slot)
    if not done.letters:
        row.next_at = None
    detail = ALERTS.said(row) | {"units": units_of(session, row.id), "untold": list(done.untold)}
    return Note("alert.sounded", f"alert/{row.id}", detail)


def _told(about: Sounding, now: datetime, here: ColumnElement[bool]) -> ColumnElement[bool]:
    day = local_day(now)
    office = and_(here, active(day), or_(Unit.name == about.office, Unit.code == about.office))
    chosen = or_(office, *(matches(audience, day, here) for audience in about.audiences))
    return chosen if about.unit_id is None else and_(chosen, Unit.id != about.unit_id)


def units_of(session: Session, alert_id: int) -> list[int]:
    """Give the units that an alert is told to."""
    query = select(AlertUnit.unit_id).where(AlertUnit.alert_id == alert_id)
    return list(session.scalars(query.order_by(AlertUnit.unit_id)))


def _letter(session: Session, row: Alert, found: Round) -> Letter:
    again = row.sent > 1
    reporter = session.scalar(select(Unit.name).where(Unit.id == (row.unit_id or 0))) or row.by
    plan = session.get_one(PlanRevision, found.plan_id).title
    lines = [
        f"{reporter}报告：{row.text or found.name}",
        f"发生时间：{in_words(found.starts_at or row.at)}",
        f"报告时间：{in_words(row.at)}",
        f"依据：《{plan}》{found.clause}",
        "请立即打开链接签收，按职责核实处置，情况有变化的随时报告。",
    ]
    if again:
        lines.insert(0, f"第{row.sent}次告知：贵单位至今没有签收。")
    subject = f"【{'再次告知' if again else '紧急'}】{found.name}"
    return Letter(f"alert/{row.id}", f"told{row.sent}", subject, "\n".join(lines), urgent=True)


def _silent(session: Session, alert_id: int) -> list[int]:
    """Give the units that were told and of which nobody has taken note."""
    acked = exists().where(AlertAck.alert_id == alert_id, AlertAck.unit_id == AlertUnit.unit_id)
    query = select(AlertUnit.unit_id).where(AlertUnit.alert_id == alert_id, ~acked)
    return list(session.scalars(query.order_by(AlertUnit.unit_id)))


def find(session: Session, alert_id: int) -> Alert | None:
    """Give an alert by its number, locked until the transaction ends."""
    return session.scalar(select(Alert).where(Alert.id == alert_id).with_for_update(key_share=True))


def acknowledge(
    session: Session, found: Alert, unit_id: int, now: datetime, by: str, *, whom: str = ""
) -> bool:
    """Note that somebody of a unit has taken note, by link, or told by telephone (``whom``); twice is once.

    Gives whether it is new. The unit is told no more, and nobody is once every unit has heard.
    """
    values = {"alert_id": found.id, "unit_id": unit_id, "at": now, "by": by, "whom": whom.strip()}
    made = insert_new(session, AlertAck, values, ("alert_id", "unit_id", "by", "whom"))
    if made is None:
        return False
    if not _silent(session, found.id):
        found.next_at = None
    row = session.get_one(AlertAck, made)
    journal.append(session, now, by, "alert.acknowledged", f"alert/{found.id}", ALERT_ACKS.said(row))
    return True


def due(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the alerts that some unit has not heard in time and that are to be told again."""
    rows = session.execute(
        select(Alert.id, Alert.next_at, Round.title, Round.slug, Round.duty, Round.period)
        .join(Round, Round.id == Alert.round_id)
        .where(Alert.next_at <= now)
        .order_by(Alert.next_at)
    )
    return [
        Due(
            WHAT,
            "findings",
            f"{row.title} · 未签收的再次告知",
            row.slug,
            row.duty,
            row.period,
            row.next_at,
            row.id,
        )
        for row in rows
    ]


def handle(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Tell of an event once more those units that have not heard."""
    found = find(session, due.id)
    if found is None or found.next_at is None or found.next_at > now:
        return None
    found.sent += 1
    found.next_at = rules.again_at(now, found.minutes, found.sent)
    letter = _letter(session, found, session.get_one(Round, found.round_id))
    slot = means.slots(now, True).first  # noqa: FBT003 - by position, as Means says
    done = addressed.address(session, _silent(session, found.id), letter, slot)
    detail = {"alert": found.id, "sent": found.sent, "letters": done.letters}
    journal.append(session, now, "duban", "alert.repeated", f"alert/{found.id}", detail)
    return f"第{found.sent}次告知{done.letters}人"


def of_round(session: Session, round_id: int) -> Alert | None:
    """Give the alert of an event's round; None for one that was raised when its duty alerted nobody."""
    return session.scalar(select(Alert).where(Alert.round_id == round_id))
