"""What is told by letter of an inspection: to units if it is announced, to inspectors where they go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.dates import local_day
from ..obligations.moments import in_words
from . import addressed, inspection_waiting
from .addressed import Letter
from .lookback_owners import heirs
from .tables import Contact, InspectedUnit, Inspector, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .means import Doing, Means
    from .tables import Inspection


def about(one: Inspection) -> str:
    """Give the name under which the letters about an inspection go."""
    return f"inspection/{one.id}"


def announce(session: Session, one: Inspection, now: datetime, means: Means) -> None:
    """Tell each unit that was drawn when the inspection begins and who comes, and each inspector."""
    slot = means.slots(now, False).first  # noqa: FBT003 - not urgent
    plan = inspection_waiting.plan_of(session, one)
    rows = session.execute(
        select(InspectedUnit, Unit.name)
        .join(Unit, Unit.id == InspectedUnit.unit_id)
        .where(InspectedUnit.inspection_id == one.id)
        .order_by(InspectedUnit.place)
    )
    for part, unit in rows.tuples():
        letter = _letter(one, part, unit, f"《{plan}》{one.clause}", now)
        addressed.address(session, [part.unit_id], letter, slot)
    send_out(session, one, now, means)


def send_out(session: Session, one: Inspection, now: datetime, means: Means) -> None:
    """Tell the inspectors, through the people of their units, where they go; at once if it has begun."""
    _send(session, one, _going(session, one), f"sent-{now:%Y%m%d%H%M%S}", now, means)


def _going(session: Session, one: Inspection) -> dict[int, list[str]]:
    """Give where each inspector goes, and with whom, by their numbers."""
    rows = session.execute(
        select(InspectedUnit, Unit.name)
        .join(Unit, Unit.id == InspectedUnit.unit_id)
        .where(InspectedUnit.inspection_id == one.id)
        .order_by(InspectedUnit.place)
    )
    going: dict[int, list[str]] = {}
    for part, unit in rows.tuples():
        for number, _ in part.going:
            going.setdefault(int(number), []).append(f"{unit}（{team(part)}）")
    return going


def tell_replaced(
    session: Session, one: Inspection, part: InspectedUnit, swap: tuple[str, str, str], doing: Doing
) -> None:
    """Tell who goes now in place of another, that other, and the unit, if it knows of the inspection.

    ``swap`` are the numbers of who stays away and who goes, and the reason. What the former's unit was to
    hear of all its people and has not heard yet is said anew.
    """
    out, into, reason = swap
    unit, mark = session.get_one(Unit, part.unit_id).name, f"{part.id}-{doing.now:%Y%m%d%H%M%S}"
    goes = {int(into): [f"{unit}（{team(part)}）"]} | _unheard_of(session, one, int(out), doing)
    _send(session, one, goes, f"sent-into-{mark}", doing.now, doing.means)
    _send_off(session, one, int(out), (unit, mark, reason), doing)
    if one.announced:
        text = f"{unit}：\n“{one.title}”的检查人员有变动，现为：{team(part)}。\n原因：{reason}。"
        letter = Letter(about(one), f"team-{mark}", f"检查人员变动：{one.title}", text)
        slot = doing.means.slots(doing.now, False).first  # noqa: FBT003 - not urgent
        addressed.address(session, [part.unit_id], letter, slot)


def _unheard_of(session: Session, one: Inspection, out: int, doing: Doing) -> dict[int, list[str]]:
    """Take back what an inspector's unit was to hear of its people; give that as it is now, if any."""
    people = {each.id: each.unit_id for each in session.scalars(select(Inspector))}
    to = _reached_at(session, set(people.values()), doing.now)
    left = to[people[out]]
    if not addressed.recall(session, about(one), doing.now, doing.by, only="sent", of=left):
        return {}
    return {number: said for number, said in _going(session, one).items() if to[people[number]] == left}


def _send_off(session: Session, one: Inspection, out: int, said: tuple[str, str, str], doing: Doing) -> None:
    unit, mark, reason = said
    person, urgent = session.get_one(Inspector, out), one.begun_at is not None
    to = _reached_at(session, {person.unit_id}, doing.now)[person.unit_id]
    text = f"请转告{person.name}：不再前往{unit}参加“{one.title}”，已由名单中的下一位替换。原因：{reason}。"
    letter = Letter(about(one), f"out-{mark}", f"检查人员变动：{one.title}", text, urgent=urgent)
    addressed.address(session, [to], letter, doing.means.slots(doing.now, urgent).first)


def _send(
    session: Session,
    one: Inspection,
    going: Mapping[int, Sequence[str]],
    mark: str,
    now: datetime,
    means: Means,
) -> None:
    """Write to the units of inspectors, by their numbers, where each goes."""
    urgent, sent = one.begun_at is not None, dict[int, list[str]]()
    people = session.scalars(select(Inspector).where(Inspector.id.in_(going)).order_by(Inspector.id)).all()
    to = _reached_at(session, {one.unit_id for one in people}, now)
    for person in people:
        sent.setdefault(to[person.unit_id], []).append(f"{person.name}：{'、'.join(going[person.id])}")
    letters = {unit: _sending(one, mark, lines, urgent=urgent) for unit, lines in sent.items()}
    addressed.address_each(session, letters, means.slots(now, urgent).first)


def unheard(session: Session, parts: Iterable[InspectedUnit], now: datetime) -> list[str]:
    """Give the names of those who go and whose unit has nobody to be written to."""
    numbers = {int(number) for part in parts for number, _ in part.going}
    people = session.scalars(select(Inspector).where(Inspector.id.in_(numbers)).order_by(Inspector.id)).all()
    to = _reached_at(session, {one.unit_id for one in people}, now)
    there = select(Contact.unit_id).where(Contact.active, Contact.unit_id.in_(to.values()))
    reached = set(session.scalars(there))
    return [one.name for one in people if to[one.unit_id] not in reached]


def _reached_at(session: Session, unit_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """Give for each of these units where its people are written to: there, or at the unit that carries on."""
    here = {id_: id_ for id_ in unit_ids}
    gone = select(Unit.id).where(Unit.id.in_(here), Unit.closed_on <= local_day(now))
    closed = session.scalars(gone).all()
    return here | heirs(session, closed, now) if closed else here


def recall(session: Session, one: Inspection, now: datetime, by: str) -> None:
    """Take back what has not left yet."""
    addressed.recall(session, about(one), now, by)


def team(part: InspectedUnit) -> str:
    """Give the names of those who come."""
    return "、".join(name for _, name in part.going)


def _letter(one: Inspection, part: InspectedUnit, unit: str, basis: str, now: datetime) -> Letter:
    begins = in_words(one.begins_at) if one.begins_at else ""
    text = (
        f"{unit}：\n经公开抽签，贵单位列为“{one.title}”的检查对象。\n"
        f"检查时间：{begins}起。\n检查人员：{team(part)}。\n"
        f"依据：{basis}。\n请备好相关台账，安排人员到场。"
    )
    # By when it is told: a time that was left and is come back to is told again.
    mark = f"{part.id}-{now:%Y%m%d%H%M%S}"
    return Letter(about(one), mark, f"督查检查通知：{one.title}", text)


def _sending(one: Inspection, mark: str, lines: Sequence[str], *, urgent: bool) -> Letter:
    at = one.begun_at or one.begins_at
    begins = in_words(at) if at else ""
    text = (
        f"“{one.title}”{'现在开始' if urgent else '已抽签'}，由贵单位下列人员前往检查，请即转告本人：\n"
        + "\n".join(lines)
        + f"\n开始时间：{begins}。\n因病因事不能去的，请立即告诉办公室，由名单中的下一位替换。"
    )
    return Letter(about(one), mark, f"检查人员通知：{one.title}", text, urgent=urgent)
