"""What a unit is told of its findings: what to rectify by when, what a recheck lacked, and what is pressing.

A letter is addressed before the journal's entry of the same act. What is laid on one unit at once is one
letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.findings import called
from ..obligations.moments import in_words
from ..obligations.words import Grade
from . import addressed
from .addressed import Letter
from .tables import FINDING_OPEN, Finding, PlanRevision, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .means import Means
    from .tables import FindingStep

_SHOWN = 24  # characters of a place in a subject
_MOST = 20  # findings that one letter tells in full


def laid(session: Session, rows: Iterable[Finding], now: datetime, means: Means) -> None:
    """Tell each unit what has been found at it; grave findings leave at any hour."""
    by_unit: dict[int, list[Finding]] = {}
    for row in rows:
        by_unit.setdefault(row.unit_id, []).append(row)
    titles = plan_titles(session, {row.slug for found in by_unit.values() for row in found})
    names = unit_names(session, by_unit)
    letters = {unit: _laid(names[unit], found, titles) for unit, found in by_unit.items()}
    for urgent in (False, True):
        chosen = {unit: letter for unit, letter in letters.items() if letter.urgent is urgent}
        if chosen:
            addressed.address_each(session, chosen, means.slots(now, urgent).first)


def _laid(unit: str, found: Sequence[Finding], titles: Mapping[str, str]) -> Letter:
    urgent = any(row.grade == str(Grade.GRAVE) for row in found)
    opening = f"{unit}：检查发现下列隐患，请按要求整改，完成后从链接报告整改情况。"
    if len(found) == 1:
        about, subject = f"finding/{found[0].id}", f"隐患整改：{_short(found[0])}"
    else:
        about, subject = f"findings/{found[0].unit_id}", f"隐患整改：新登记{len(found)}处"
    return Letter(about, f"found-{found[0].id}", subject, _text(opening, found, titles), urgent)


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
    titles, unit = plan_titles(session, {found.slug}), session.get_one(Unit, found.unit_id).name
    text = _text(f"{unit}：{said[1]}", [found], titles)
    urgent = found.grade == str(Grade.GRAVE) and row.kind in ("failed", "reopened")
    letter = Letter(
        f"finding/{found.id}", f"{row.kind}-{row.id}", f"{said[0]}：{_short(found)}", text, urgent
    )
    addressed.address(session, [found.unit_id], letter, means.slots(row.at, urgent).first)


def reminder(unit: str, found: Sequence[Finding], titles: Mapping[str, str], now: datetime) -> Letter:
    """Give the one letter that reminds a unit of what is soon due and of what is overdue."""
    late = [row for row in found if row.due_at < now]
    soon = [row for row in found if row.due_at >= now]
    parts = [f"{len(late)}处已超过整改期限"] if late else []
    parts += [f"{len(soon)}处即将到期"] if soon else []
    said = "请抓紧整改并报告；确有困难的，请在到期前申请延期。已报告的不必再报。"
    opening = f"{unit}：有隐患{'，'.join(parts)}，{said}"
    mark = f"{now:%Y%m%d%H%M}"
    about = f"findings/{found[0].unit_id}"
    return Letter(about, mark, f"隐患整改提醒：{'，'.join(parts)}", _text(opening, [*late, *soon], titles))


def recall(session: Session, found: Finding, now: datetime, by: str) -> None:
    """Withdraw what is queued about a finding and no longer holds.

    A letter about several findings of a unit is withdrawn once none of them is open.
    """
    addressed.recall(session, f"finding/{found.id}", now, by)
    still = select(Finding.id).where(Finding.unit_id == found.unit_id, FINDING_OPEN).limit(1)
    if session.scalar(still) is None:
        addressed.recall(session, f"findings/{found.unit_id}", now, by)


def plan_titles(session: Session, slugs: Iterable[str]) -> dict[str, str]:
    """Give the titles of plans, as their latest revisions have them."""
    query = select(PlanRevision.slug, PlanRevision.title).where(PlanRevision.slug.in_(list(slugs)))
    return dict(session.execute(query.order_by(PlanRevision.id)).tuples().all())


def unit_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Give the names of units by their numbers."""
    query = select(Unit.id, Unit.name).where(Unit.id.in_(list(ids)))
    return dict(session.execute(query).tuples().all())


def _text(opening: str, found: Sequence[Finding], titles: Mapping[str, str]) -> str:
    lines = [_lines(row, titles) for row in found[:_MOST]]
    rest = [f"……共{len(found)}处，其余请点开链接查看。"] if len(found) > _MOST else []
    return "\n".join([opening, *lines, *rest])


def _lines(row: Finding, titles: Mapping[str, str]) -> str:
    grade = "（重大）" if row.grade == str(Grade.GRAVE) else ""
    basis = _in_marks(titles.get(row.slug, "")) + row.clause
    said = (
        f"【{called(row.year, row.number)}】{grade}{row.description}",
        f"地点：{row.place}" if row.place else "",
        f"整改要求：{row.measures}" if row.measures else "",
        f"整改期限：{in_words(row.due_at)}",
        f"依据：{basis}" if basis else "",
    )
    return "\n".join(filter(None, said))


def _in_marks(title: str) -> str:
    return title if not title or "《" in title else f"《{title}》"


def _short(row: Finding) -> str:
    text = row.place or row.description
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
