"""How a year falls on a roster: how many units each round has, and which audiences select nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .audiences import select
from .faults import Fault, nearest

if TYPE_CHECKING:
    from ..obligations.roster import Roster
    from .expansion import RoundSpec, Year


def count(opened: Year, spec: RoundSpec, roster: Roster) -> int:
    """Give how many units of the roster owe in a round, as of the day it opens."""
    return len(select(opened.plan.audiences[spec.audience], roster, spec.opens_at.date()))


def empty_audiences(opened: Year, roster: Roster) -> list[Fault]:
    """Give a fault for each audience that selects no unit of the roster in some round of the year."""
    known = [spec for spec in opened.rounds if spec.audience in opened.plan.audiences]
    empty = {spec.audience: spec for spec in reversed(known) if not count(opened, spec, roster)}
    return [nobody(opened, spec, roster) for spec in empty.values()]


def nobody(opened: Year, spec: RoundSpec, roster: Roster) -> Fault:
    """Give the fault of a round whose audience selects no unit of the roster."""
    audience = opened.plan.audiences[spec.audience]
    message = f"“{audience.name}”在名册中一个单位也没有（{spec.title}）"
    return Fault(
        ("audiences", spec.audience), message, "至少一个单位", "0 个", _meant(audience.units, roster)
    )


def _meant(names: list[str], roster: Roster) -> str | None:
    known = [unit.name for unit in roster.units]
    return next((near for name in names if (near := nearest(name, known))), None)
