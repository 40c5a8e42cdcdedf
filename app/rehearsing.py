"""A year of plans rehearsed for a command or a page: the plans expanded, and the roster to count with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..calendar import loader
from ..calendar.rehearsing.rehearsal import rehearse
from ..ledger import homes, lookup, units
from ..obligations.errors import DubanError
from .expanding import expanded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from ..calendar.loader import Loaded
    from ..calendar.rehearsing.rehearsal import Rehearsal
    from ..calendar.slots import QuietHours
    from ..calendar.workdays import Workdays
    from ..obligations.roster import Roster


class Asked(NamedTuple):
    """What to rehearse: the year, how many reports a unit may owe in a week, and the quiet hours."""

    year: int
    budget: int
    quiet: QuietHours


def rehearsed(plans: Sequence[Loaded], asked: Asked, workdays: Workdays, roster: Roster | None) -> Rehearsal:
    """Rehearse plans together; raises :class:`DubanError` as expanding and rehearsing them do."""
    opened = [expanded(one, asked.year, workdays) for one in plans]
    return rehearse(opened, workdays, roster, asked.quiet, asked.budget)


def roster_in(session: Session, slugs: Sequence[str], under: str = "") -> Roster | None:
    """Give the units of the book among which these plans find their audiences; None where there is none.

    With ``under``, the subtree of that unit (code or name), for a plan about to be adopted there. Raises
    :class:`DubanError` when the plans are at home in different places.
    """
    if under:
        here = homes.at_or_below(homes.root_called(session, under).path)
    else:
        if len({homes.path_of(session, slug) for slug in slugs}) > 1:
            raise DubanError("这几个方案归不同的单位执行，不能合在一起预演，请分开预演。")
        here = homes.within(session, slugs[0])
    found = units.roster(session, here)
    return found if found.units else None


def plan_in(session: Session, slug: str, year: int) -> Loaded | None:
    """Give a plan as it is in force in that year in the book, else its latest revision; None for none."""
    found = lookup.revision(session, slug, year) or lookup.latest_revision(session, slug)
    return None if found is None else loader.read(found.content, f"{slug}.yaml")
