"""The year: the grid of units and rounds that people open first, and the calendar of rounds and phases."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from ...calendar.dates import local_day
from ...ledger import desk_queries, grid, lookup, round_counts, round_list
from ...ledger.year_calendar import year_calendar
from .. import asked
from ..access import AbsentError, Act, Here, may
from ..pages import page
from .grid_table import table
from .strip import Bar, draw

if TYPE_CHECKING:
    from ...ledger.grid import Grid
    from ...ledger.year_calendar import CalendarRound, CalendarStretch
    from ...obligations.outcome import Tally
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
ROWS = (100, 300)
HALVES = (1, 2)
MOST_COUNTED = 40_000


@router.get("/year/grid")
def grid_page(here: Looking) -> HTMLResponse:
    """Show how each unit stands in each round of a plan's year, one mark in each cell; or one unit's year."""
    unit_id = asked.whole(here.request, "unit")
    return _whole(here) if unit_id is None else _unit(here, unit_id)


def _whole(here: Here) -> HTMLResponse:
    start, rows = asked.start(here.request), _rows(here)
    kind = asked.text(here.request, "kind")
    with here.read() as desk:
        plans, years = round_list.plans(desk.session), round_list.years(desk.session)
        year = _year(here, years)
        slug = _slug(here, desk, [one.slug for one in plans], year)
        found = grid.grid(desk.session, slug, year, here.now, kind=kind, offset=start, limit=rows)
        tallies = _tallies(desk, found) if (start or found.more) and kind is None else None
        kinds = desk_queries.unit_kinds(desk.session)
    half = asked.whole(here.request, "half")
    half = half if half in HALVES else None
    chosen = {"plan": slug, "year": year, "half": half, "kind": kind}
    chosen["rows"] = rows if rows != ROWS[0] else None
    facts: dict[str, Any] = {
        "plans": plans,
        "years": years,
        "kinds": kinds,
        "chosen": chosen,
        "plan": next((one.title for one in plans if one.slug == slug), ""),
        "table": table(found, tallies, year, here.now, half),
        "of_all": tallies is not None or not (start or found.more),
        "start": start,
        "rows": rows,
        "more": found.more,
        "address": asked.filters("/year/grid", chosen),
    }
    return page(here, "office/grid.html", section="year", **facts)


def _tallies(desk: Desk, found: Grid) -> dict[int, Tally] | None:
    """Count the rounds over all units, unless those are so many that counting takes longer than the page."""
    opened = [one for one in found.rounds if one.opened]
    if sum(one.expected or 0 for one in opened) > MOST_COUNTED:
        return None
    return round_counts.count_now(desk.session, [one.id for one in opened], None, desk.now)


def _unit(here: Here, unit_id: int) -> HTMLResponse:
    with here.read() as desk:
        unit = lookup.unit(desk.session, unit_id)
        if unit is None:
            raise AbsentError
        years = round_list.years(desk.session)
        year = _year(here, years)
        marks = grid.of_unit(desk.session, unit_id, year, here.now)
        titles = {one.slug: one.title for one in round_list.plans(desk.session)}
    owed = sorted((one for one in marks if one.mark is not None), key=lambda one: one.round.slug)
    by_plan = [
        (titles.get(slug, slug), list(some)) for slug, some in groupby(owed, lambda one: one.round.slug)
    ]
    return page(
        here, "office/grid_unit.html", section="year", unit=unit, year=year, years=years, by_plan=by_plan
    )


@router.get("/year")
def year_page(here: Looking) -> HTMLResponse:
    """Show the year's phases and windows as a picture, and month by month what falls due."""
    with here.read() as desk:
        plans, years = round_list.plans(desk.session), round_list.years(desk.session)
        year, slug = _year(here, years), asked.text(here.request, "plan")
        first, last = _days(here, year)
        found = year_calendar(desk.session, first, last, slug)
    titles = {one.slug: one.title for one in plans}
    stretches = sorted(found.stretches, key=lambda one: one.slug)  # of one plan, in the order of days
    facts: dict[str, Any] = {
        "plans": plans,
        "titles": titles,
        "years": years,
        "strip": draw((_bar(one, titles) for one in stretches), year, here.now),
        "stretches": stretches,
        "months": [(month, list(some)) for month, some in groupby(found.rounds, _month)],
    }
    today = local_day(here.now)
    facts |= {"year": year, "slug": slug, "this_month": (today.year, today.month)}
    return page(here, "office/year.html", section="year", **facts)


def _days(here: Here, year: int) -> tuple[date, date]:
    """Give the days to show: a month if one is asked for, else the year."""
    month = asked.month(here.request, "month")
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    return month, month.replace(day=monthrange(month.year, month.month)[1])


def _month(one: CalendarRound) -> tuple[int, int]:
    day = local_day(one.due_at or one.ends_at or one.opens_at)
    return day.year, day.month


def _bar(one: CalendarStretch, titles: dict[str, str]) -> Bar:
    days = local_day(one.starts_at), local_day(one.ends_at)
    return Bar(titles.get(one.slug, one.slug), one.name, one.kind == "phase", *days, one.provisional)


def _slug(here: Here, desk: Desk, slugs: list[str], year: int) -> str:
    """Give the plan asked for; else the first of which the year's grid has anything to show."""
    asked_for = asked.text(here.request, "plan")
    if asked_for in slugs:
        return asked_for
    return desk_queries.first_opened(desk.session, year) or next(iter(slugs), "")


def _year(here: Here, years: list[int]) -> int:
    this_year = local_day(here.now).year
    asked_for = asked.whole(here.request, "year")
    if asked_for in years:
        return asked_for
    return this_year if this_year in years else next(iter(years), this_year)


def _rows(here: Here) -> int:
    asked_for = asked.whole(here.request, "rows")
    return asked_for if asked_for in ROWS else ROWS[0]
