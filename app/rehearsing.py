"""A year of plans rehearsed for a command or a page: the plans expanded, and the roster to count with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import true

from ..calendar import loader
from ..calendar.rehearsing.rehearsal import rehearse
from ..ledger import homes, lookup, units
from ..obligations.errors import DubanError
from .expanding import expanded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.loader import Loaded
    from ..calendar.rehearsing.rehearsal import Rehearsal
    from ..calendar.slots import QuietHours
    from ..calendar.workdays import Workdays
    from ..obligations.roster import Roster


MOST_UNITS = 20_000  # a second's work


class Asked(NamedTuple):
    """What to rehearse: the year, how many reports a unit may owe in a week, and the quiet hours."""

    year: int
    budget: int
    quiet: QuietHours


def rehearsed(plans: Sequence[Loaded], asked: Asked, workdays: Workdays, roster: Roster | None) -> Rehearsal:
    """Rehearse plans together; raises :class:`DubanError` as expanding and rehearsing them do."""
    opened = [expanded(one, asked.year, workdays) for one in plans]
    return rehearse(opened, workdays, roster, asked.quiet, asked.budget)


def roster_in(session: Session, slugs: Sequence[str] = (), under: str = "") -> Roster | None:
    """Give the units of the book among which these plans find their audiences; None where there is none.

    Without plans, all that the session sees; with ``under``, the subtree of that unit (code or name), for a
    plan about to be adopted there. None too where they are so many that only audiences can be told apart.
    Raises :class:`DubanError` when the plans are at home in different places.
    """
    here = _here(session, slugs, under)
    return units.roster(session, here) if 0 < units.how_many(session, here) <= MOST_UNITS else None


def _here(session: Session, slugs: Sequence[str], under: str) -> ColumnElement[bool]:
    if under:
        return homes.at_or_below(homes.root_called(session, under).path)
    if len({homes.path_of(session, slug) for slug in slugs}) > 1:
        raise DubanError("这几个方案归不同的单位执行，不能合在一起预演，请分开预演。")
    return homes.within(session, slugs[0]) if slugs else true()


def plan_in(session: Session, slug: str, year: int) -> Loaded | None:
    """Give a plan as it is in force in that year in the book, else its latest revision; None for none."""
    found = lookup.revision(session, slug, year) or lookup.latest_revision(session, slug)
    return None if found is None else loader.read(found.content, f"{slug}.yaml")
