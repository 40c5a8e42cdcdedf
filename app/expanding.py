"""A plan's year, or what is wrong with it at its lines in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..calendar.expansion import expand
from ..calendar.faults import PlanFault
from ..obligations.errors import InputError

if TYPE_CHECKING:
    from ..calendar.expansion import Year
    from ..calendar.loader import Loaded
    from ..calendar.workdays import Workdays


def expanded(loaded: Loaded, year: int, workdays: Workdays) -> Year:
    """Give a plan's year. Raises :class:`InputError` with every date that cannot be, each at its line."""
    try:
        return expand(loaded.plan, year, workdays)
    except PlanFault as wrong:
        raise InputError([loaded.source.problem(fault) for fault in wrong.faults]) from wrong
