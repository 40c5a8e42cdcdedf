"""Units are reminded of findings before the limit and once it has passed: at most once for each of the two.

A finding carries when it is next to be reminded of, so that the hourly look costs what is due. What is due of
one unit at once is one letter.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..calendar.dates import local_day
from . import addressed, journal
from .agenda import Due
from .finding_letters import reminder
from .finding_steps import note_of
from .finding_texts import plan_titles, unit_names
from .tables import FINDING_OPEN, Finding, FindingStep

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .means import Means

WHAT = "findings"
BY = "duban"
SOON, OVERDUE, UNTOLD = "到期前提醒", "超期提醒", "单位没有联系人，提醒发不到"


def due(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the one thing to do when findings are to be reminded of at ``now`` (UTC)."""
    since = session.scalar(select(func.min(Finding.next_at)).where(Finding.next_at <= now))
    if since is None:
        return []
    day = local_day(now).isoformat()
    return [Due(WHAT, "findings", f"{day} · 隐患整改提醒", "", "", day, since, 0)]


def remind(session: Session, _due: Due, now: datetime, means: Means) -> str | None:
    """Remind each unit, by one letter, of what is soon due and of what is overdue; gives how many there were.

    What has passed its limit meanwhile is reminded of once, as overdue.
    """
    found = _to_remind(session, now)
    if not found:
        return None
    by_unit: dict[int, list[Finding]] = {}
    for row in found:
        by_unit.setdefault(row.unit_id, []).append(row)
    titles, names = plan_titles(session, {row.slug for row in found}), unit_names(session, by_unit)
    letters = {unit: reminder(names[unit], rows, titles, now) for unit, rows in by_unit.items()}
    told = addressed.address_each(session, letters, means.slots(now, False).first)  # noqa: FBT003 - as slots are asked
    untold = {unit for unit, name in names.items() if name in told.untold}
    steps = _steps(session, found, untold, now)
    journal.append_many(session, now, BY, [note_of(step) for step in steps])
    return f"提醒{len(by_unit) - len(untold)}个单位，{len(found)}处隐患"


def _to_remind(session: Session, now: datetime) -> Sequence[Finding]:
    # In one order, so that two who remind at once do not wait for each other.
    query = select(Finding).where(Finding.next_at <= now, FINDING_OPEN).order_by(Finding.id)
    return session.scalars(query.with_for_update(key_share=True)).all()


def _steps(session: Session, found: Sequence[Finding], untold: set[int], now: datetime) -> list[FindingStep]:
    steps: list[FindingStep] = []
    for row in found:
        late = row.due_at < now
        row.next_at = None if late else row.due_at + timedelta(seconds=1)
        said = [OVERDUE if late else SOON, *([UNTOLD] if row.unit_id in untold else [])]
        steps.append(FindingStep(finding_id=row.id, at=now, kind="reminded", by=BY, text="；".join(said)))
    session.add_all(steps)
    session.flush()
    return steps
