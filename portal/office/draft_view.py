"""The page of a draft with all that it shows, also when a form on it was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ...calendar.dates import local_day
from ...calendar.reviewing.composing import Origin, compose
from ...calendar.reviewing.days import check_plan
from ...ledger import draft_units, drafts
from ...ledger.draft_units import Group
from .. import flash
from ..access import AbsentError
from ..asked import start, text
from ..filled import word
from ..pages import page
from .draft_page import KINDS, PAGE, day_in_words, shown, values_shown

if TYPE_CHECKING:
    from fastapi.responses import HTMLResponse
    from starlette.datastructures import FormData

    from ...calendar.reviewing.settling import Settled
    from ...ledger.tables import PlanDraft
    from ..access import Desk, Here

_MOST_GROUPS = 60
DONE = {
    "same": "这份文件已经读过，这就是它的草稿。",
    "read": "文件读好了：请逐项核定。",
    "dropped": "草稿已经作废。",
}
REASONS = (
    "原则要求，不另列任务",
    "已包含在其他任务中",
    "说明情况，没有要求",
    "依法履职，不需上报",
    "不归本镇办理",
)


class Trouble(NamedTuple):
    """What a form was refused for: what it was about, in which words, and what had been typed."""

    said: str
    item: str = ""
    typed: FormData | None = None
    status: int = 422
    days: tuple[str, ...] = ()


def there(desk: Desk, draft_id: int, *, lock: bool = False) -> PlanDraft:
    """Give a draft, locked if asked; raises :class:`AbsentError`."""
    found = drafts.find(desk.session, draft_id, lock=lock)
    if found is None:
        raise AbsentError
    return found


def view(here: Here, draft_id: int, trouble: Trouble | None = None) -> HTMLResponse:
    """Give the page of a draft; with ``trouble``, what a form on it was refused for, and what was typed."""
    request, counter = here.request, here.counter
    item = trouble.item if trouble else text(request, "item") or ""
    only_open = (
        word(trouble.typed, "show") if trouble and trouble.typed else text(request, "show")
    ) == "open"
    with here.read() as desk:
        row = there(desk, draft_id)
        settled = drafts.state_of(desk.session, row)
        units = _units(desk, settled)
        kinds = draft_units.kinds(desk.session, here.now)
    year = settled.head.year or local_day(here.now).year
    seen = shown(
        *(settled, year, counter.workdays, f"/drafts/{draft_id}"),
        only_open=only_open, start=start(request), item=item,
    )  # fmt: skip
    origin = Origin(row.name, row.sha256)
    amiss = check_plan(compose(settled, origin), row.name, counter.workdays) if settled.finished else []
    facts: dict[str, Any] = {"row": row, "settled": settled, "seen": seen, "year": year, "units": units}
    facts |= {"kinds": KINDS, "roster_kinds": kinds, "reasons": REASONS, "amiss": amiss, "page_size": PAGE}
    facts |= {
        "day_in_words": day_in_words,
        "trouble": trouble,
        "only_open": only_open,
        "values_shown": values_shown,
    }
    facts |= {"editing": _editing(here, trouble), "this_year": local_day(here.now).year}
    facts |= {"done": flash.said(request, DONE), "address": f"/drafts/{draft_id}"}
    return page(
        here, "office/draft.html", status=trouble.status if trouble else 200, section="drafts", **facts
    )


def _editing(here: Here, trouble: Trouble | None) -> str:
    """Give the item whose whole form is open."""
    if trouble is None or trouble.typed is None:
        return text(here.request, "open") or ""
    return trouble.item if word(trouble.typed, "do") in ("correct", "look") else ""


def _units(desk: Desk, settled: Settled) -> dict[str, tuple[int, list[str]]]:
    """Give what the roster says to each group of units that is decided."""
    return {
        one.name: draft_units.reached(desk.session, Group(one.values.kinds, one.values.units), desk.now)
        for one in settled.units[:_MOST_GROUPS]
        if not one.values.open
    }
