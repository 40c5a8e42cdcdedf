"""The ladder: which light a matter shows, and which rung follows when (DESIGN.md §5.18, §5.19).

A light is computed and time alone changes it; a rung is a sheet that was issued. The same rules hold for
what was not reported and for what was not rectified. Workdays are counted by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from .words import Light, Rung

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

RUNGS = tuple(Rung)
UNDER_DUBAN = RUNGS[1:]  # what puts a matter under supervision by name, in the light's sense


class RungRule(NamedTuple):
    """One rung: it is reached ``after`` workdays past the limit of the one below, and gives ``limit`` more.

    With ``after`` 0 it is reached as soon as that limit has passed.
    """

    rung: Rung
    after: int
    limit: int


class LightRules(NamedTuple):
    """What makes a light red: being late beyond the lock, a 督办单 or more; and near due within workdays."""

    near: int = 3
    by_lock: bool = True
    by_duban: bool = True


SOUND = LightRules()


@dataclass(frozen=True, slots=True)
class Burning:
    """What a light is computed from; moments are aware.

    ``settled``: a report stands, a rectification waits for its recheck, or nothing is owed. ``near_from`` is
    the first moment that is near ``due_at``. ``locked``: no report is taken any more. ``under_duban``: a
    督办单 or more has been issued about it.
    """

    due_at: datetime | None
    near_from: datetime | None = None
    settled: bool = False
    locked: bool = False
    under_duban: bool = False


def light(here: Burning, now: datetime, rules: LightRules = SOUND) -> Light:
    """Give the light at ``now``; what is settled, and what is never due, is green."""
    if here.settled:
        return Light.GREEN
    if rules.by_duban and here.under_duban:
        return Light.RED
    if here.due_at is not None and now > here.due_at:
        return Light.RED if rules.by_lock and here.locked else Light.YELLOW
    return Light.BLUE if here.near_from is not None and now >= here.near_from else Light.GREEN


def order(rung: Rung) -> int:
    """Give the place of a rung on the ladder, from 1."""
    return RUNGS.index(rung) + 1


def following(ladder: Sequence[RungRule], reached: int) -> RungRule | None:
    """Give the lowest rung of a ladder above what was ``reached`` (0 for none); None at its end.

    A rung that the rules leave out is no rung of that ladder.
    """
    return min(
        (one for one in ladder if order(one.rung) > reached), key=lambda one: order(one.rung), default=None
    )


@dataclass(frozen=True, slots=True)
class Climber:
    """How far up a matter is, and why it may go on.

    ``reached`` is the place of the rung on which it stands (0: its own deadline), ``fired`` what the ladder
    has ever drafted or issued about it, dropped and withdrawn ones too. ``past`` counts the whole workdays
    since the limit of where it stands, None when that has not passed. ``stands``: the sheet on which it
    stands was neither closed nor withdrawn. ``met``: what was asked has come. ``excused``: a reason was
    accepted.
    """

    reached: int = 0
    fired: Collection[Rung] = ()
    past: int | None = None
    met: bool = False
    excused: bool = False
    stands: bool = True


def climb(here: Climber, ladder: Sequence[RungRule]) -> RungRule | None:
    """Give the rung that is reached now, or None.

    The one below went unmet past its own limit without an accepted reason. Never down, never twice, never
    past a rung of the ladder; a sheet that was withdrawn takes its matter no further by itself.
    """
    if here.met or here.excused or not here.stands or here.past is None:
        return None
    step = following(ladder, here.reached)
    if step is None or step.rung in here.fired or here.past < step.after:
        return None
    return step
