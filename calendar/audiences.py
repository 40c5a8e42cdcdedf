"""Which units an audience selects, as a pure rule; ``ledger/audiences.py`` has the same rule in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from ..obligations.roster import Roster, UnitFact
    from .plan import Audience


def select(audience: Audience, roster: Roster, day: date) -> list[UnitFact]:
    """Give the units that are active on ``day`` (a day of Asia/Shanghai) and that the audience names.

    By kind (with one of the tags, if tags are given), by tag alone, or by code or name; below ``under`` at
    any depth; less ``except``.
    """
    known = {unit.code: unit for unit in roster.units}
    return [
        unit
        for unit in roster.units
        if unit.active_on(day) and _named(unit, audience) and _below(unit, audience.under, known)
    ]


def _named(unit: UnitFact, audience: Audience) -> bool:
    if _called(unit, audience.except_):
        return False
    return _called(unit, audience.units) or _of_kind(unit, audience)


def _called(unit: UnitFact, names: list[str]) -> bool:
    return unit.code in names or unit.name in names


def _of_kind(unit: UnitFact, audience: Audience) -> bool:
    tagged = not unit.tags.isdisjoint(audience.tags)
    if not audience.kinds:
        return tagged
    return unit.kind in audience.kinds and (tagged or not audience.tags)


def _below(unit: UnitFact, ancestor: str | None, known: Mapping[str, UnitFact]) -> bool:
    if ancestor is None:
        return True
    seen: set[str] = set()
    above = known.get(unit.parent or "")
    while above is not None and above.code not in seen:
        if ancestor in (above.code, above.name):
            return True
        seen.add(above.code)  # two units that were made each other's parent must not make this endless
        above = known.get(above.parent or "")
    return False
