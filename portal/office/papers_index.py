"""The page of what can be filed: ledgers, the binder, bulletins and summaries, each as a plain form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...app.ledgers import LEDGERS
from ...ledger import circular_list, round_list
from ...obligations.circular_names import QUARTERS, circular_number
from .. import asked, flash
from ..access import Act
from ..naming import known_units
from ..pages import page
from ..supervise.when import as_of

if TYPE_CHECKING:
    from datetime import date

    from fastapi.responses import HTMLResponse

    from ..access import Here
    from ..supervise.when import AsOf

DONE = {
    "drafted": "已起草，请核对后签发。",
    "signed": "已签发，文号和正文已存入账簿，正在发给各单位。",
    "signed-untold": "已签发，文号和正文已存入账簿；有的单位没有联系人可以通知，请另行送达。",
    "dropped": "已作废，没有签发。",
}
_REFUSED = 409


def offer(here: Here, wrong: str = "") -> HTMLResponse:
    """Offer what can be filed, with what was asked for; ``wrong`` says why that cannot be had."""
    when = as_of(here.request, here.now)
    with here.read() as desk:
        plans, years = round_list.plans(desk.session), round_list.years(desk.session)
        units = known_units(desk)
        drafts, issued = circular_list.drafts(desk.session), circular_list.issued(desk.session)
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
        drafts=drafts,
        issued=issued,
        numbered=circular_number,
        done=flash.said(here.request, DONE),
        Act=Act,
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
