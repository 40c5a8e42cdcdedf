"""The page of what can be filed: ledgers, the binder, bulletins and summaries, each as a plain form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...app.ledgers import LEDGERS
from ...ledger import round_list
from .. import asked
from ..naming import known_units
from ..pages import page
from ..supervise.when import as_of

if TYPE_CHECKING:
    from datetime import date

    from fastapi.responses import HTMLResponse

    from ..access import Here
    from ..supervise.when import AsOf

QUARTERS = range(1, 5)
_REFUSED = 409


def offer(here: Here, wrong: str = "") -> HTMLResponse:
    """Offer what can be filed, with what was asked for; ``wrong`` says why that cannot be had."""
    when = as_of(here.request, here.now)
    with here.read() as desk:
        plans, years = round_list.plans(desk.session), round_list.years(desk.session)
        units = known_units(desk)
    year, quarter = _last_quarter(when)
    return page(
        *(here, "office/papers.html"),
        status=_REFUSED if wrong else 200,
        wrong=wrong,
        when=when,
        plans=plans,
        years=years,
        units=units,
        quarters=QUARTERS,
        ledgers=LEDGERS,
        plan=asked.text(here.request, "plan"),
        unit=asked.text(here.request, "unit"),
        year=asked.whole(here.request, "year") or next((one for one in years if one <= year), None),
        quarter=asked.whole(here.request, "quarter") or quarter,
        section="papers",
    )


def _last_quarter(when: AsOf) -> tuple[int, int]:
    """Give year and number of the last quarter that is over."""
    today: date = when.now_day
    ended = (today.month - 1) // 3
    return (today.year, ended) if ended else (today.year - 1, 4)
