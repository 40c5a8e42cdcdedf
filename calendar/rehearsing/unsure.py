"""What is provisional in a year (暂定): the dates that the State Council's notice of days off may move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..checks import DATES
from ..phrases import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..expansion import RoundSpec, Year
    from ..plan import Duty, Plan, Stretch
    from ..plan_base import When
    from ..workdays import Workdays

_BY_THE_MOON = ("lunar", "named")  # festivals and solar terms are known long before any notice


class Moving(NamedTuple):
    """A duty or a stretch some of whose dates may move, and how many of its rounds that concerns."""

    plan: str
    name: str
    rounds: int


@dataclass(frozen=True, slots=True)
class Unsure:
    """What is sure of a year's dates, and what is not.

    ``provisional`` says that the notice of that year's days off is not known, ``source`` what its workdays
    rest on meanwhile. ``moving`` may get another date; ``firm`` have their date from the moon or the sun,
    which no notice moves, but whether that day is worked, and when reminders leave, is not known yet.
    """

    year: int
    provisional: bool
    source: str
    moving: tuple[Moving, ...]
    firm: tuple[str, ...]


def unsure(years: Sequence[Year], workdays: Workdays) -> Unsure:
    """Give what is provisional in the years of one plan or several, which are of one and the same year."""
    year = years[0].year
    provisional = workdays.provisional(year)
    moving = [one for opened in years for one in _moving(opened)]
    firm = [name for opened in years for name in _firm(opened)] if provisional else []
    return Unsure(year, provisional, workdays.source(year), tuple(moving), tuple(dict.fromkeys(firm)))


def _moving(opened: Year) -> Iterator[Moving]:
    counted: dict[str, list[RoundSpec]] = {}
    for spec in opened.rounds:
        if spec.provisional:
            counted.setdefault(spec.duty, []).append(spec)
    names = {duty.key: duty.name for duty in opened.plan.duties}
    for stretch in opened.stretches:
        if stretch.provisional:
            yield Moving(opened.plan.slug, stretch.name, 0)
    for key, specs in counted.items():
        yield Moving(opened.plan.slug, names[key], len(specs))


def _firm(opened: Year) -> Iterator[str]:
    plan = opened.plan
    lunar = [one for one in (*plan.phases, *plan.windows) if _lunar((one.starts, one.ends))]
    unsure_ = {spec.duty for spec in opened.rounds if spec.provisional}
    keys = {one.key for one in lunar}
    yield from (one.name for one in lunar)
    for duty in plan.duties:
        if duty.key not in unsure_ and _by_the_moon(plan, duty, keys):
            yield duty.name


def _by_the_moon(plan: Plan, duty: Duty, lunar: set[str]) -> bool:
    if duty.kind in ("phase", "window"):
        spans: list[Stretch] = plan.phases if duty.kind == "phase" else plan.windows
        return any(span.key in lunar for span in spans if not duty.of or span.key in duty.of)
    return _lunar(getattr(duty, name, None) for name in DATES)


def _lunar(dates: Iterable[When | None]) -> bool:
    return any(when is not None and parse(when.on).anchor in _BY_THE_MOON for when in dates)
