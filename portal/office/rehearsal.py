"""The rehearsal: what a plan's year will ask of whom, to be read, and printed on one page to be signed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from ...app.rehearsal_words import by_day, headline, sections, stretches, week, who
from ...app.rehearsing import Asked, plan_in, rehearsed, roster_in
from ...calendar import loader
from ...calendar.dates import local_day
from ...calendar.rehearsing.burden import BUDGET
from ...ledger import round_list
from ...ledger.attachments import NotStoredError
from ...obligations.errors import DubanError, InputError
from .. import asked
from ..access import Act, Here, may
from ..limits import Form
from ..pages import page
from . import strip, week_bars
from .sent_files import only_file
from .strip import Bar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ...calendar.loader import Loaded
    from ...calendar.rehearsing.rehearsal import Rehearsal
    from ...obligations.roster import Roster
    from ..access import Desk
    from ..limits import Sent

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
_REFUSED = 409


class _Choice(NamedTuple):
    """A plan that can be rehearsed; ``held`` when it is in the book, else it comes with the program."""

    slug: str
    title: str
    held: bool


class _Question(NamedTuple):
    """What the page is asked for: which plan of those there are (empty for a file), which year, how much."""

    choices: list[_Choice]
    slug: str
    year: int
    budget: int

    @property
    def held(self) -> bool:
        """Tell whether the plan asked for is in the book."""
        return any(one.held for one in self.choices if one.slug == self.slug)


@router.get("/year/rehearsal")
def rehearsal_page(here: Looking) -> HTMLResponse:
    """Rehearse a year of a plan in force, or of one that comes with the program."""
    year, budget = asked.whole(here.request, "year"), asked.whole(here.request, "budget")
    with here.read() as desk:
        choices = _choices(desk)
        question = _question(here, choices, _chosen(here, choices), year, budget)
        loaded, roster = _plan(desk, question), _roster(desk, question)
    return _show(here, question, loaded, roster) if loaded else _page(here, question)


@router.post("/year/rehearsal")
def rehearse_file(here: Looking, form: Form) -> HTMLResponse:
    """Rehearse a plan from a file that is not in force yet; nothing of it is kept."""
    with here.read() as desk:
        choices, roster = _choices(desk), roster_in(desk.session)
    question = _question(here, choices, "", form.number("year"), form.number("budget"))
    try:
        loaded = _sent(form)
    except NotStoredError:
        raise
    except DubanError as wrong:
        return _page(here, question, wrong)
    return _show(here, question, loaded, roster)


def _question(
    here: Here, choices: list[_Choice], slug: str, year: int | None, budget: int | None
) -> _Question:
    this_year = local_day(here.now).year
    return _Question(choices, slug, year or this_year, BUDGET if budget is None else budget)


def _sent(form: Sent) -> Loaded:
    name, data = only_file(form, "file")
    try:
        return loader.read(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        raise DubanError(f"{name}：不是 UTF-8 编码的方案文件（.yaml），没有读。") from None


def _choices(desk: Desk) -> list[_Choice]:
    held = [_Choice(one.slug, one.title, held=True) for one in round_list.plans(desk.session)]
    known = {one.slug for one in held}
    return [*held, *(one for one in _shipped() if one.slug not in known)]


@cache
def _shipped() -> tuple[_Choice, ...]:
    """Give the plans that come with the program, which are read once."""
    plans = (loader.load(path).plan for path in loader.shipped())
    return tuple(_Choice(one.slug, one.title, held=False) for one in plans)


def _chosen(here: Here, choices: list[_Choice]) -> str:
    """Give the plan asked for, else the first in force; empty where none is and none was asked for."""
    asked_for = asked.text(here.request, "plan")
    if any(one.slug == asked_for for one in choices):
        return asked_for or ""
    return next((one.slug for one in choices if one.held), "")


def _plan(desk: Desk, question: _Question) -> Loaded | None:
    if question.held:
        return plan_in(desk.session, question.slug, question.year)
    return loader.load(loader.find(question.slug)) if question.slug else None


def _roster(desk: Desk, question: _Question) -> Roster | None:
    # A plan that comes with the program may have the name of one at home elsewhere.
    return roster_in(desk.session, [question.slug] if question.held else [])


def _show(here: Here, question: _Question, loaded: Loaded, roster: Roster | None) -> HTMLResponse:
    wanted = Asked(question.year, question.budget, here.counter.quiet)
    try:
        found = rehearsed([loaded], wanted, here.counter.workdays, roster)
    except DubanError as wrong:
        return _page(here, question, wrong)
    over = 0 if question.held else sum(one.due_at < here.now for one in found.owing.rounds)
    return _page(here, question, plan=loaded.plan, over=over, **_facts(found, here.now))


def _facts(found: Rehearsal, now: datetime) -> dict[str, Any]:
    receiver = next(iter(found.received), "")
    said = f"{found.year}年{receiver}每周收到的上报"
    return {
        "found": found,
        "headline": headline(found),
        "stretches": stretches(found),
        "strip": strip.draw(_bars(found), found.year, now),
        "sections": sections(found),
        "receiver": receiver,
        "bars": week_bars.draw(found.received.get(receiver, {}), found.year, said),
        "most": max((one.most for one in found.burdens), default=0),
        "messages": max((len(one.days) for one in found.reminded), default=0),
        "by_day": by_day,
        "week": week,
        "who": who,
    }


def _bars(found: Rehearsal) -> Iterator[Bar]:
    for year in found.years:
        for one in year.stretches:
            days = local_day(one.starts_at), local_day(one.ends_at)
            yield Bar(year.plan.title, one.name, one.kind == "phase", *days, one.provisional)


def _page(here: Here, question: _Question, wrong: DubanError | None = None, **facts: Any) -> HTMLResponse:
    problems = wrong.problems if isinstance(wrong, InputError) else ()
    return page(
        *(here, "office/rehearsal.html"),
        status=_REFUSED if wrong else 200,
        section="year",
        choices=question.choices,
        slug=question.slug,
        year=question.year,
        budget=question.budget,
        wrong="" if wrong is None or problems else str(wrong),
        problems=problems,
        **({"found": None} | facts),
    )
