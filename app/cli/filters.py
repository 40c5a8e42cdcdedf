"""What is asked for by name must be in the book: a slip of the pen is not an empty answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...calendar import loader
from ...ledger import agenda, units
from ...ledger.owed import hint
from ...obligations.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...ledger.book import Session
    from ...ledger.standings import Filters


def check(session: Session, chosen: Filters) -> None:
    """Raise :class:`DubanError` naming the first filter that the book does not know, and the nearest name."""
    slug, duty, period = chosen.slug, chosen.duty, chosen.period
    if any(one is not None for one in (slug, duty, period)):
        rounds, plans = agenda.round_names(session), agenda.plans(session)
        _one_of("方案", slug, plans)
        rounds = [one for one in rounds if slug in (None, one[0])]
        if duty is not None and duty not in {one[1] for one in rounds}:
            _one_of("任务", duty, _duties(plans.values() if slug is None else [plans[slug]]))
        _one_of("期次", period, {one[2] for one in rounds if duty in (None, one[1])})
    if chosen.unit is not None:
        _check_unit(session, chosen.unit)


def _one_of(what: str, value: str | None, known: Iterable[str]) -> None:
    names = sorted(known)
    if value is not None and value not in names:
        raise DubanError(f"账簿中没有{what}“{value}”{hint(value, names)}")


def _duties(contents: Iterable[list[str]]) -> set[str]:
    """Give the duties as the plans have them: one for events has no round until something happens."""
    plans = (loader.read(content, "").plan for some in contents for content in some)
    return {duty.key for plan in plans for duty in plan.duties}


def _check_unit(session: Session, unit: str) -> None:
    known = units.roster(session).units
    if not any(unit in (one.code, one.name) for one in known):
        alike = [one.code if unit.isascii() else one.name for one in known]
        raise DubanError(f"账簿中没有单位“{unit}”{hint(unit, alike)}")
