"""The register of inspectors (检查人员) and of whom they do not inspect (回避)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from ..calendar.dates import local_day
from ..obligations.errors import DubanError
from ..obligations.inspecting import ConflictFact, ConflictKind
from . import journal
from .asking import said
from .kept_inspections import CONFLICTS, CONFLICTS_ENDED, INSPECTORS
from .tables import Inspector, InspectorConflict, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

LONGEST_NAME = 30


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why an inspector does not inspect a unit; ``since`` and ``until`` are local days, for who sat there."""

    unit_id: int
    kind: ConflictKind
    reason: str
    since: date | None = None
    until: date | None = None


class Registered(NamedTuple):
    """An inspector with the name of their unit, and their conflicts that stand, each with the unit's name."""

    inspector: Inspector
    unit: str
    conflicts: tuple[tuple[InspectorConflict, str], ...]


def add(session: Session, name: str, unit_id: int, now: datetime, by: str) -> Inspector:
    """Register an inspector. Raises :class:`DubanError` without a name, a unit, or for one who is there."""
    called = said(name)
    if not called or len(called) > LONGEST_NAME:
        raise DubanError(f"请填写检查人员的姓名，不超过{LONGEST_NAME}个字。")
    _check_unit(session, unit_id, now)
    same = (Inspector.name == called, Inspector.unit_id == unit_id)
    if session.scalar(select(Inspector.id).where(*same)):
        raise DubanError(f"“{called}”已经登记过；停用了的，请重新启用。")
    row = Inspector(name=called, unit_id=unit_id, made_at=now, made_by=by)
    session.add(row)
    session.flush()
    journal.append(session, now, by, "inspector.added", f"inspector/{row.id}", INSPECTORS.said(row))
    return row


def locked(session: Session, inspector_id: int) -> Inspector | None:
    """Give an inspector by their number, locked until the transaction ends."""
    return session.scalar(
        select(Inspector).where(Inspector.id == inspector_id).with_for_update(key_share=True)
    )


def set_active(session: Session, found: Inspector, now: datetime, by: str, *, active: bool) -> bool:
    """Let an inspector be drawn, or no longer; gives whether that is a change."""
    if found.active == active:
        return False
    found.active = active
    action = "inspector.on" if active else "inspector.off"
    journal.append(session, now, by, action, f"inspector/{found.id}", {"inspector": found.id})
    return True


def declare(
    session: Session, found: Inspector, conflict: Conflict, now: datetime, by: str
) -> InspectorConflict:
    """Enter why an inspector does not inspect a unit.

    Raises :class:`DubanError` without a reason, for their own unit, or for days in the wrong order.
    """
    reason = said(conflict.reason)
    _check_unit(session, conflict.unit_id, now)
    if not reason:
        raise DubanError("请写明回避的理由。")
    if conflict.unit_id == found.unit_id:
        raise DubanError("本单位的人本来就不检查本单位，无需登记回避。")
    if conflict.since and conflict.until and conflict.until < conflict.since:
        raise DubanError(f"任职或驻点的止日{conflict.until}早于起日{conflict.since}，请核对。")
    row = InspectorConflict(inspector_id=found.id, unit_id=conflict.unit_id, kind=str(conflict.kind))
    sat = conflict.kind is ConflictKind.SAT
    row.since, row.until = (conflict.since, conflict.until) if sat else (None, None)
    row.reason, row.made_at, row.made_by = reason, now, by
    session.add(row)
    session.flush()
    journal.append(session, now, by, "conflict.added", f"inspector/{found.id}", CONFLICTS.said(row))
    return row


def conflict(session: Session, conflict_id: int) -> InspectorConflict | None:
    """Give a conflict by its number, locked until the transaction ends."""
    query = select(InspectorConflict).where(InspectorConflict.id == conflict_id)
    return session.scalar(query.with_for_update(key_share=True))


def end(session: Session, row: InspectorConflict, now: datetime, by: str, why: str) -> None:
    """Let a conflict stand no longer. Raises :class:`DubanError` without a reason, or when it has ended."""
    if row.ended_at is not None:
        raise DubanError("这一条回避已经解除。")
    if not (reason := said(why)):
        raise DubanError("请写明解除回避的理由。")
    row.ended_at, row.ended_by, row.ended_why = now, by, reason
    session.flush()
    journal.append(
        session, now, by, "conflict.ended", f"inspector/{row.inspector_id}", CONFLICTS_ENDED.said(row)
    )


def register(session: Session) -> list[Registered]:
    """Give all inspectors, those in use first, by number."""
    rows = session.execute(
        select(Inspector, Unit.name)
        .join(Unit, Unit.id == Inspector.unit_id)
        .order_by(Inspector.active.desc(), Inspector.id)
    ).all()
    known = _standing(session)
    return [Registered(one, unit, known.get(one.id, ())) for one, unit in rows]


def facts(session: Session) -> Mapping[int, list[ConflictFact]]:
    """Give the conflicts that stand as the rule wants them, units by their codes, by inspector."""
    rows = session.execute(
        select(InspectorConflict, Unit.code)
        .join(Unit, Unit.id == InspectorConflict.unit_id)
        .where(InspectorConflict.ended_at.is_(None))
        .order_by(InspectorConflict.id)
    )
    found: dict[int, list[ConflictFact]] = {}
    for one, code in rows:
        fact = ConflictFact(code, ConflictKind(one.kind), one.since, one.until)
        found.setdefault(one.inspector_id, []).append(fact)
    return found


def active(session: Session) -> int:
    """Count the inspectors who can be drawn."""
    return session.scalar(select(func.count()).select_from(Inspector).where(Inspector.active)) or 0


def _standing(session: Session) -> dict[int, tuple[tuple[InspectorConflict, str], ...]]:
    rows = session.execute(
        select(InspectorConflict, Unit.name)
        .join(Unit, Unit.id == InspectorConflict.unit_id)
        .where(InspectorConflict.ended_at.is_(None))
        .order_by(InspectorConflict.id)
    )
    found: dict[int, tuple[tuple[InspectorConflict, str], ...]] = {}
    for one, unit in rows:
        found[one.inspector_id] = (*found.get(one.inspector_id, ()), (one, unit))
    return found


def _check_unit(session: Session, unit_id: int, now: datetime) -> None:
    found = session.get(Unit, unit_id)
    if found is None or (found.closed_on is not None and found.closed_on <= local_day(now)):
        raise DubanError("没有这个单位，或者它已停用，请重新选择。")
