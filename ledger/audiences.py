"""Which units an audience selects, as SQL; the same rule as ``calendar/audiences.py`` has in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from ..calendar.dates import local_day
from ..obligations.errors import DubanError
from .tables import Unit, UnitTag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session


class AudienceLike(Protocol):
    """What an audience says; a plan's own ``Audience`` has this shape."""

    @property
    def kinds(self) -> Sequence[str]:
        """Kinds of units."""
        ...

    @property
    def tags(self) -> Sequence[str]:
        """Tags, any one of which will do."""
        ...

    @property
    def units(self) -> Sequence[str]:
        """Codes or names of units to add."""
        ...

    @property
    def under(self) -> str | None:
        """Code or name of the unit below which to look."""
        ...

    @property
    def except_(self) -> Sequence[str]:
        """Codes or names of units to leave out."""
        ...


def active(day: date) -> ColumnElement[bool]:
    """Select units that exist on ``day``: from the day they open up to, and not on, the day they close."""
    begun = or_(Unit.opened_on.is_(None), Unit.opened_on <= day)
    return and_(begun, or_(Unit.closed_on.is_(None), Unit.closed_on > day))


def matches(audience: AudienceLike, day: date, here: ColumnElement[bool]) -> ColumnElement[bool]:
    """Select the units that ``audience`` names and that are active on ``day``, a local day.

    It is a WHERE over units: by kind (with one of the tags, if tags are given), by tag alone, or by code or
    name; below ``under`` at any depth; less ``except_``. ``here`` is where the plan is at home, as
    :func:`homes.within` gives it: each township has an office of the same name.
    """
    chosen = or_(_by_kind_and_tag(audience), _called(audience.units))
    return and_(here, active(day), chosen, ~_called(audience.except_), _below(audience.under, here))


def _by_kind_and_tag(audience: AudienceLike) -> ColumnElement[bool]:
    tagged = _tagged(audience.tags) if audience.tags else None
    if not audience.kinds:
        return false() if tagged is None else tagged
    kind = Unit.kind.in_(audience.kinds)
    return kind if tagged is None else and_(kind, tagged)


def _tagged(tags: Sequence[str]) -> ColumnElement[bool]:
    return Unit.id.in_(select(UnitTag.unit_id).where(UnitTag.tag.in_(tags)))


def _called(names: Sequence[str]) -> ColumnElement[bool]:
    return or_(Unit.code.in_(names), Unit.name.in_(names)) if names else false()


def _below(ancestor: str | None, here: ColumnElement[bool]) -> ColumnElement[bool]:
    if ancestor is None:
        return true()
    top = select(Unit.id).where(_called([ancestor]), here).scalar_subquery()
    below = select(Unit.id).where(Unit.parent_id.in_(top)).cte("below", recursive=True)
    # UNION, not UNION ALL: two units that were made each other's parent must not make this query endless.
    below = below.union(select(Unit.id).where(Unit.parent_id == below.c.id))
    return Unit.id.in_(select(below.c.id))


def check_there(session: Session, unit_id: int | None, now: datetime) -> None:
    """Raise :class:`DubanError` for a unit that is not there, or exists no longer at ``now``."""
    unit = None if unit_id is None else session.get(Unit, unit_id)
    if unit_id is not None and unit is None:
        raise DubanError("没有这个单位，请重新选择。")
    if unit is not None and unit.closed_on is not None and unit.closed_on <= local_day(now):
        raise DubanError(f"“{unit.name}”已于{unit.closed_on.isoformat()}撤销，请选择承接的单位。")
