"""All rounds, filtered, each with what has come and what has not."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from ...calendar.dates import local_day
from ...ledger import round_list
from ...ledger.round_list import Progress, RoundFilters
from .. import asked
from ..access import Act, Here, may
from ..pages import page

if TYPE_CHECKING:
    from fastapi import Request

router = APIRouter(include_in_schema=False)
LIMIT = 50


@router.get("/rounds")
def rounds(here: Annotated[Here, Depends(may(Act.LOOK))]) -> HTMLResponse:
    """List rounds by plan, year, month and progress."""
    chosen, start = _filters(here.request), asked.start(here.request)
    with here.read() as desk:
        rows, total = round_list.listed(desk.session, chosen, here.now, offset=start, limit=LIMIT)
        plans, years = round_list.plans(desk.session), round_list.years(desk.session)
    month = f"{chosen.month:%Y-%m}" if chosen.month else ""
    address = asked.filters(
        "/rounds",
        {"plan": chosen.slug, "year": chosen.year, "month": month, "progress": chosen.progress},
    )
    facts: dict[str, Any] = {"rows": rows, "total": total, "start": start, "limit": LIMIT, "address": address}
    choices: dict[str, Any] = {
        "plans": plans,
        "years": years,
        "chosen": chosen,
        "month": month,
        "Progress": Progress,
    }
    this_year = local_day(here.now).year
    return page(here, "office/rounds.html", section="year", this_year=this_year, **facts, **choices)


def _filters(request: Request) -> RoundFilters:
    progress = None
    with suppress(ValueError):
        progress = Progress(request.query_params.get("progress", ""))
    return RoundFilters(
        slug=asked.text(request, "plan"),
        year=asked.whole(request, "year"),
        month=asked.month(request, "month"),
        progress=progress,
    )
