"""What a unit is told of its findings: what to rectify by when, what a recheck lacked, and what is pressing.

A letter is addressed before the journal's entry of the same act. What is laid on one unit at once is one
letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from ..obligations.findings import called
from ..obligations.words import Grade
from . import addressed, finding_texts as texts
from .addressed import Letter
from .finding_texts import plan_titles, unit_names
from .tables import Contact, Message, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .means import Means
    from .tables import Finding, FindingStep

_SHOWN = 24  # characters of a place in a subject


def laid(session: Session, rows: Iterable[Finding], now: datetime, means: Means) -> None:
    """Tell each unit what has been found at it; grave findings leave at any hour."""
    by_unit: dict[int, list[Finding]] = {}
    for row in rows:
        by_unit.setdefault(row.unit_id, []).append(row)
    titles = plan_titles(session, {row.slug for found in by_unit.values() for row in found})
    names = unit_names(session, by_unit)
    letters = {unit: _laid(names[unit], found, titles) for unit, found in by_unit.items()}
    for urgent in (False, True):
        chosen = {
            unit: letter
            for unit, letter in letters.items()
            if letter.urgent is urgent and (urgent or not _joined(session, unit, by_unit[unit][-1].id))
        }
        if chosen:
            addressed.address_each(session, chosen, means.slots(now, urgent).first)


def _joined(session: Session, unit_id: int, last: int) -> bool:
    """Let what waits for a unit's people tell of what has been found since, too; tells whether it could.

    All that is found at a unit before the letter leaves is one letter (DESIGN §5.14); it is written then.
    """
    people = set(session.scalars(select(Contact.id).where(Contact.unit_id == unit_id, Contact.active)))
    fresh = (Message.state == "queued", Message.attempts == 0, Message.urgent.is_(False))
    about = or_(Message.about == f"{texts.ABOUT}{unit_id}", Message.about.startswith("finding/"))
    query = select(Message).where(*fresh, about, Message.contact_id.in_(people)).order_by(Message.id)
    waiting = {
        one.contact_id: (one, first)
        for one in session.scalars(query.with_for_update(key_share=True))
        if (first := texts.first_found(one.key, one.about or "")) is not None
    }
    if not people or set(waiting) != people:
        return False
    for one, first in waiting.values():
        one.about = f"{texts.ABOUT}{unit_id}"
        one.key = f"a-{one.about}-{texts.mark_of(first, last)}-{one.contact_id}"
    session.flush()
    return True


def _laid(unit: str, found: Sequence[Finding], titles: Mapping[str, str]) -> Letter:
    urgent = any(row.grade == str(Grade.GRAVE) for row in found)
    said = texts.laid(unit, found, titles)
    if len(found) == 1:
        subject = f"隐患整改：{_short(found[0])}"
        return Letter(about(found[0]), f"found-{found[0].id}", subject, said.text, urgent)
    return Letter(f"{texts.ABOUT}{found[0].unit_id}", texts.found_mark(found), *said, urgent)


def failed(session: Session, found: Finding, row: FindingStep, means: Means) -> None:
    """Tell the unit that the recheck was not passed, what is lacking, and the new limit."""
    said = f"复查未通过：{row.text}。请重新整改，完成后再报。"
    _tell(session, found, row, means, ("复查未通过", said))


def reopened(session: Session, found: Finding, row: FindingStep, means: Means) -> None:
    """Tell the unit that a finding which was closed is there again."""
    said = f"已销号的隐患再次出现（第{found.reopened}次复发）：{row.text}。请重新整改，完成后再报。"
    _tell(session, found, row, means, ("隐患复发", said))


def changed(session: Session, found: Finding, row: FindingStep, means: Means) -> None:
    """Tell the unit that answers for it now what is to be done differently."""
    _tell(
        session,
        found,
        row,
        means,
        ("整改要求有变更", f"整改要求有变更：{row.text}。现要求如下，请照此整改。"),
    )


def limited(session: Session, found: Finding, row: FindingStep, means: Means) -> None:
    """Tell the unit of its new limit, or that it gets none."""
    said = {
        "extended": ("已准延期", "您单位的隐患整改已准予延期，新期限如下。"),
        "refused": ("未准延期", f"延期申请未获同意：{row.text}。请按原期限完成整改。"),
        "moved": ("整改期限有调整", f"整改期限有调整：{row.text}。新期限如下。"),
    }[row.kind]
    _tell(session, found, row, means, said)


def _tell(session: Session, found: Finding, row: FindingStep, means: Means, said: tuple[str, str]) -> None:
    titles, unit = plan_titles(session, {found.slug}), _unit_name(session, found.unit_id)
    text = texts.text(f"{unit}：{said[1]}", [found], titles)
    urgent = found.grade == str(Grade.GRAVE) and row.kind in ("failed", "reopened", "changed")
    letter = Letter(about(found), f"{row.kind}-{row.id}", f"{said[0]}：{_short(found)}", text, urgent)
    addressed.address(session, [found.unit_id], letter, means.slots(row.at, urgent).first)


def reminder(unit: str, found: Sequence[Finding], titles: Mapping[str, str], now: datetime) -> Letter:
    """Give the one letter that reminds a unit of what is soon due and of what is overdue."""
    about = f"{texts.ABOUT}{found[0].unit_id}"
    return Letter(about, texts.reminder_mark(now), *texts.reminder(unit, found, titles, now))


def taken_off(session: Session, found: Finding, was: int, row: FindingStep, means: Means) -> None:
    """Withdraw what waits for the unit that answered for a finding before; tell it if it had been told."""
    said = "已改由其他单位整改，你单位不必再办。"
    _tell_last(session, found, was, row, means, ("off", "不再由你单位整改", said))


def refuted(session: Session, found: Finding, row: FindingStep, means: Means) -> None:
    """Withdraw what waits about a finding that was none, and tell the unit if it had been told."""
    said = f"经核实不属于隐患，已查否销号，不必再整改。{row.text}"
    _tell_last(session, found, found.unit_id, row, means, ("refuted", "隐患已查否", said))


def passed(session: Session, found: Finding, row: FindingStep, means: Means) -> None:
    """Tell the unit that its rectification was looked at and all is well, if it had been told of it."""
    said = "整改情况经复查合格，已销号。请注意保持，防止反弹。"
    _tell_last(session, found, found.unit_id, row, means, ("closed", "隐患已销号", said))


def _tell_last(
    session: Session,
    found: Finding,
    unit_id: int,
    row: FindingStep,
    means: Means,
    said: tuple[str, str, str],
) -> None:
    """Withdraw what waits about a finding that a unit is done with, and say so if the unit had been told.

    ``said`` are the letter's mark, its head, and what follows the finding's name in it.
    """
    recall(session, found, row.at, row.by)
    if _heard(session, found, unit_id):
        mark, head, rest = said
        text = f"{_unit_name(session, unit_id)}：【{called(found.year, found.number)}】{rest}"
        letter = Letter(about(found), f"{mark}-{row.id}", f"{head}：{_short(found)}", text)
        addressed.address(session, [unit_id], letter, means.slots(row.at, False).first)  # noqa: FBT003 - not urgent


def _heard(session: Session, found: Finding, unit_id: int) -> bool:
    """Tell whether a letter about a finding, or about several of its unit, has left for a unit."""
    people = select(Contact.id).where(Contact.unit_id == unit_id)
    places = (about(found), f"{texts.ABOUT}{unit_id}")
    left = Message.state.in_(("sending", "sent"))
    query = select(Message.about, Message.key).where(
        Message.about.in_(places), Message.contact_id.in_(people)
    )
    return any(
        name == about(found) or texts.covers(key, found) for name, key in session.execute(query.where(left))
    )


def _unit_name(session: Session, unit_id: int) -> str:
    return session.get_one(Unit, unit_id).name


def about(found: Finding) -> str:
    """Give the word by which letters about one finding are found again."""
    return f"finding/{found.id}"


def recall(session: Session, found: Finding, now: datetime, by: str) -> None:
    """Withdraw what is queued about a finding and no longer holds.

    A letter about several findings of a unit says as it leaves what is then open.
    """
    addressed.recall(session, about(found), now, by)


def _short(row: Finding) -> str:
    text = row.place or row.description
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
