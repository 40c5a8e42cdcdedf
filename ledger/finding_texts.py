"""What letters to a unit say of its findings, and what those about several of them say as they leave.

Between its writing and its leaving a finding may be rectified, struck out, or become another unit's: of that
a letter says nothing more (DESIGN §5.15).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from ..obligations.findings import called
from ..obligations.moments import in_words
from ..obligations.words import Grade
from .tables import FINDING_OPEN, Finding, FindingStep, PlanRevision, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

ABOUT = "findings/"
_FOUND = "found"
_MINUTE = "%Y%m%d%H%M"
_MOST = 20  # findings that one letter tells in full


class Said(NamedTuple):
    """What a letter says."""

    subject: str
    text: str


def found_mark(found: Sequence[Finding]) -> str:
    """Give the mark of the letter about findings that were recorded together: their numbers run on."""
    return mark_of(found[0].id, found[-1].id)


def mark_of(first: int, last: int) -> str:
    """Give the mark of the letter about what was found at a unit from one number to another."""
    return f"{_FOUND}-{first}-{last}"


def first_found(key: str, about: str) -> int | None:
    """Give the first of what a letter tells as newly found; None for a letter that tells something else."""
    what, *numbers = _mark(key, about).split("-")
    return int(numbers[0]) if what == _FOUND and numbers else None


def reminder_mark(now: datetime) -> str:
    """Give the mark of a reminder of ``now``."""
    return now.astimezone(UTC).strftime(_MINUTE)


def covers(key: str, found: Finding) -> bool:
    """Tell whether the letter of a key is about findings among which this one was recorded."""
    about = key.removeprefix("a-").rpartition("-")[0]
    what, *numbers = about.removeprefix(ABOUT).split("-")[1:] or [""]
    return what == _FOUND and int(numbers[0]) <= found.id <= int(numbers[1])


def _mark(key: str, about: str) -> str:
    return key.removeprefix(f"a-{about}-").rsplit("-", 1)[0]


def laid(unit: str, found: Sequence[Finding], titles: Mapping[str, str]) -> Said:
    """Say to a unit what has been found at it."""
    opening = f"{unit}：检查发现下列隐患，请按要求整改，完成后从链接报告整改情况。"
    return Said(f"隐患整改：新登记{len(found)}处", text(opening, found, titles))


def reminder(unit: str, found: Sequence[Finding], titles: Mapping[str, str], now: datetime) -> Said:
    """Remind a unit of what is soon due and of what is overdue."""
    late = [row for row in found if row.due_at < now]
    soon = [row for row in found if row.due_at >= now]
    parts = [f"{len(late)}处已超过整改期限"] if late else []
    parts += [f"{len(soon)}处即将到期"] if soon else []
    said = "请抓紧整改并报告；确有困难的，请在到期前申请延期。已报告的不必再报。"
    opening = f"{unit}：有隐患{'，'.join(parts)}，{said}"
    return Said(f"隐患整改提醒：{'，'.join(parts)}", text(opening, [*late, *soon], titles))


def as_they_leave(session: Session, rows: Iterable[Row[Any]], now: datetime) -> dict[int, Said | None]:
    """Give what each letter about several findings says at ``now``, by message; None where nothing is left.

    A row has the message's id, key and about, and its contact's unit_id and unit.
    """
    found: dict[int, Said | None] = {}
    for row in rows:
        if row.about is not None and row.about.startswith(ABOUT):
            found[row.id] = _now(session, _mark(row.key, row.about), row, now)
    return found


def _now(session: Session, mark: str, row: Row[Any], now: datetime) -> Said | None:
    mine = select(Finding).where(Finding.unit_id == row.unit_id, FINDING_OPEN).order_by(Finding.id)
    new = mark.startswith(_FOUND)
    found = session.scalars(_recorded(mine, mark) if new else _reminded(mine, mark)).all()
    if not found:
        return None
    titles = plan_titles(session, {one.slug for one in found})
    return laid(row.unit, found, titles) if new else reminder(row.unit, found, titles, now)


def _recorded(mine: Select[tuple[Finding]], mark: str) -> Select[tuple[Finding]]:
    _, first, last = mark.split("-")
    return mine.where(Finding.id.between(int(first), int(last)))


def _reminded(mine: Select[tuple[Finding]], mark: str) -> Select[tuple[Finding]]:
    at = datetime.strptime(mark, _MINUTE).replace(tzinfo=UTC)
    steps = select(FindingStep.finding_id).where(
        FindingStep.kind == "reminded", FindingStep.at >= at, FindingStep.at < at + timedelta(minutes=1)
    )
    return mine.where(Finding.id.in_(steps))


def plan_titles(session: Session, slugs: Iterable[str]) -> dict[str, str]:
    """Give the titles of plans, as their latest revisions have them."""
    query = select(PlanRevision.slug, PlanRevision.title).where(PlanRevision.slug.in_(list(slugs)))
    return dict(session.execute(query.order_by(PlanRevision.id)).tuples().all())


def unit_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Give the names of units by their numbers."""
    query = select(Unit.id, Unit.name).where(Unit.id.in_(list(ids)))
    return dict(session.execute(query).tuples().all())


def text(opening: str, found: Sequence[Finding], titles: Mapping[str, str]) -> str:
    """Give an opening, then each finding in some lines, the first twenty."""
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
