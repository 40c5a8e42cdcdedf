"""A rehearsal: the shipped plans, an invented township, a whole year in simulated time, a scratch folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING

from ..obligations.moments import END_OF_DAY, SHANGHAI
from . import at_once, demo_engine, first_run, wiring
from .binder import bind
from .demo_figures import Figures, figures
from .demo_folder import fresh
from .demo_year import Rehearsal
from .ledgers import Scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..tasks.works import Works
    from .demo_year import Watch

BINDER = "迎检资料.zip"
BOUND = "erong-dafei"  # the plan whose binder is written


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a rehearsal, both included (Asia/Shanghai), and the year of the plans that it is about.

    It begins as 1 January does, so that the plans are adopted before anything of theirs is due and nothing is
    left aside; it ends on 15 January, when the last report of the year (due 25 December, taken for 15 days
    more) can no longer be handed in, and the plans have opened their next year by themselves.
    """

    year: int
    first: date
    last: date


def whole_year(year: int) -> Span:
    """Give the span that lets a year begin and end."""
    return Span(year, date(year, 1, 1), date(year + 1, 1, 15))


def rehearse(folder: Path, seed: int, span: Span, watch: Watch, *, engine: bool) -> Figures:
    """Live through a year in ``folder``, wiped first if it is a demo folder, and give what came of it.

    The same seed gives the same book and the same messages, with Prefect's engine or without. Raises
    :class:`DubanError` when the folder holds anything else.
    """
    with fresh(folder), demo_engine.surroundings(folder) as settings:
        hands = demo_engine.Engine(settings, span.year) if engine else demo_engine.Plain()
        with hands:
            works = replace(wiring.works(), new_seed=seeds(seed))
            try:
                at_once.begin_rehearsal(works.book, _midnight(span.first), first_run.ACTOR)
                first_run.fill(works.book, works.workdays, _midnight(span.first))
                year = Rehearsal(works, seed, hands)
                year.go(span.first, span.last, watch)
                _bind(works, span, folder / BINDER)
                return figures(works, span, year.failed, hands.runs())
            finally:
                works.book.close()


def _bind(works: Works, span: Span, path: Path) -> None:
    """Write the binder of the first plan as of the rehearsal's last day, when that year's are signed."""
    as_of = datetime.combine(span.last, END_OF_DAY, SHANGHAI)
    with works.book.read() as session, path.open("wb") as out:
        bind(session, Scope(BOUND, span.year), as_of, path.parent / "attachments", out)


def seeds(seed: int) -> Callable[[], str]:
    """Give what gives the seeds of draws, one after another: the same year draws the same units."""
    numbers = count(1)
    return lambda: sha256(f"demo/{seed}/{next(numbers)}".encode()).hexdigest()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
