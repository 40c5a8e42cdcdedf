"""Where plans are at home: the subtree of units to which a plan is bound, when townships share one book."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select, true

from ..obligations.errors import DubanError
from . import journal, locks
from .granting import granted
from .tables import PlanHome, PlanRevision, PlanYear, Unit

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

_AFTER_SLASH = "0"  # the sign that follows "/", by which ways are kept apart


def after(path: str) -> str:
    """Give the first text that no longer begins with a way."""
    return path[:-1] + _AFTER_SLASH


def at_or_below(path: str) -> ColumnElement[bool]:
    """Select the units at the root whose way is ``path`` and at any depth below it."""
    # A range, which any index serves.
    return and_(Unit.path >= path, Unit.path < after(path))


def path_of(session: Session, slug: str) -> str | None:
    """Give the way of the root to which a plan is bound; None for a plan that is about the whole book."""
    home = select(Unit.path).join(PlanHome, PlanHome.unit_id == Unit.id)
    # A narrowed session must not take for unbound what is bound elsewhere.
    return session.scalar(granted(home.where(PlanHome.slug == slug)))


def _line(path: str) -> list[int]:
    """Give the numbers of a unit and of those above it, from the root on."""
    return [int(number) for number in path.split("/") if number]


def nearest(session: Session, paths: Collection[str]) -> dict[str, int]:
    """Give the nearest home above each of these units, by their ways; none where there is none."""
    above = {number for path in paths for number in _line(path)}
    bound = set(session.scalars(select(PlanHome.unit_id).where(PlanHome.unit_id.in_(above))))
    lines = {path: [number for number in _line(path) if number in bound] for path in paths}
    return {path: line[-1] for path, line in lines.items() if line}


def near(session: Session, unit_id: int | None) -> ColumnElement[bool]:
    """Select the units among which a unit finds others: those of the nearest home above it, if there is any.

    Without a unit, all.
    """
    path = None if unit_id is None else session.scalar(select(Unit.path).where(Unit.id == unit_id))
    if path is None or (home := nearest(session, [path]).get(path)) is None:
        return true()
    return at_or_below(path[: path.index(f"/{home}/")] + f"/{home}/")


def within(session: Session, slug: str) -> ColumnElement[bool]:
    """Select the units among which a plan finds its audiences and its office."""
    path = path_of(session, slug)
    return true() if path is None else at_or_below(path)


class Home(NamedTuple):
    """An office that has plans of its own, and its telephone number, which may be empty."""

    office: str
    phone: str


def homes_of(session: Session, paths: Collection[str]) -> dict[str, Home]:
    """Give the office that is nearest above each of these units, by their ways; none where there is none."""
    if not (above := nearest(session, paths)):
        return {}
    plan, home = PlanRevision, PlanHome
    query = select(home.unit_id, plan.office, home.office_phone).join(plan, plan.slug == home.slug)
    rows = session.execute(query.where(home.unit_id.in_(set(above.values()))).order_by(plan.id))
    found = {unit_id: Home(*said) for unit_id, *said in rows}
    return {path: found[unit_id] for path, unit_id in above.items() if unit_id in found}


def root_called(session: Session, said: str) -> Unit:
    """Give the unit of this code, else of this name. Raises :class:`DubanError` for none, or for several."""
    found = session.scalars(select(Unit).where(or_(Unit.code == said, Unit.name == said))).all()
    by_code = [one for one in found if one.code == said]
    if len(found) > 1 and not by_code:
        codes = "、".join(sorted(one.code for one in found))
        raise DubanError(f"叫“{said}”的单位有{len(found)}个，请写代码：{codes}。")
    if not found:
        raise DubanError(f"名册中没有代码或名称为“{said}”的单位。")
    return by_code[0] if by_code else found[0]


def roots(session: Session, most: int = 500) -> list[Unit]:
    """Give the units to which plans are bound and those above them, by code; at most so many."""
    # From the homes upwards: there are few of them, and many units that would be asked one by one.
    bound = select(Unit.path).join(PlanHome, PlanHome.unit_id == Unit.id).distinct().limit(most)
    above = {number for path in session.scalars(bound) for number in _line(path)}
    return list(session.scalars(select(Unit).where(Unit.id.in_(above)).order_by(Unit.code).limit(most)))


def bind(session: Session, slug: str, unit: Unit, phone: str, now: datetime, by: str) -> None:
    """Bind a plan to the subtree of a unit, before its first year is opened; ``phone`` is its office's.

    A second call with the same unit changes the telephone number alone. Raises :class:`DubanError` when the
    plan is in force already for the whole book, or elsewhere.
    """
    locks.tree(session)  # two who bind it at once come one after the other
    in_force = session.scalar(select(PlanYear.id).where(PlanYear.slug == slug).limit(1))
    known = session.get(PlanHome, slug)
    if known is None and in_force is not None:
        raise DubanError(f"方案“{slug}”已在全账簿执行，不能改归“{unit.name}”；请用 --as 另取一个名称启用。")
    if known is not None and known.unit_id != unit.id:
        owner = session.get_one(Unit, known.unit_id).name
        raise DubanError(f"方案“{slug}”已归“{owner}”，不能再归“{unit.name}”；请用 --as 另取一个名称启用。")
    if known is not None and phone in ("", known.office_phone):
        return
    known = known or PlanHome(slug=slug, unit_id=unit.id)
    known.office_phone = phone
    session.add(known)
    session.flush()
    detail = {"plan": slug, "unit": unit.code, "office_phone": phone}
    journal.append(session, now, by, "plan.bound", slug, detail)
