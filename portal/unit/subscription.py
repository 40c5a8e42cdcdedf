"""What a unit owes as a calendar that phones subscribe to, and a QR code for the notice board."""

from __future__ import annotations

from datetime import datetime, time
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from ...documents.calendar_feed import FeedItem, feed
from ...documents.qr import qr_svg
from ...ledger import dates_ahead, links
from ...ledger.links import LinkRefusedError
from ...obligations.moments import SHANGHAI, whole_second
from ...obligations.words import State
from ..access import Here, counter_of, marked
from ..callers import Caller
from ..pages import page
from .visit import Own

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...ledger.dates_ahead import DateAhead

router = APIRouter(prefix="/l/{token}", include_in_schema=False)
feeds = APIRouter(prefix="/feed", include_in_schema=False)


@router.get("/calendar")
def calendar(here: Own) -> HTMLResponse:
    """Say what a subscription is."""
    return page(here, "unit/calendar.html", address="", webcal="", drawn="")


@router.post("/calendar")
def subscribe(here: Own) -> HTMLResponse:
    """Make an address to subscribe to and show it, this once."""
    address = f"{here.counter.public_url}/feed/{_made(here, 'feed')}.ics"
    webcal = f"webcal://{address.partition('://')[2]}"
    return page(
        here, "unit/calendar.html", address=address, webcal=webcal, drawn=qr_svg(webcal, "日历订阅二维码")
    )


@router.get("/qr")
def board(here: Own) -> HTMLResponse:
    """Say what the code for the notice board is."""
    return page(here, "unit/qr.html", drawn="", until=None)


@router.post("/qr")
def make_board(here: Own) -> HTMLResponse:
    """Make a link for the notice board and show its code, this once."""
    address = f"{here.counter.public_url}/l/{_made(here, 'board')}"
    until = here.now + links.LASTS["board"]
    return page(here, "unit/qr.html", drawn=qr_svg(address, f"{here.caller.unit}待办事项二维码"), until=until)


def _made(here: Here, purpose: links.Purpose) -> str:
    token = here.counter.new_token()
    with here.write() as desk:
        links.make(desk.session, here.caller.id, purpose, token, here.now, here.caller.by)
    return token


def _subscriber(request: Request) -> Here:
    """Let a calendar in by its own address; raises :class:`LinkRefusedError` for any other link."""
    counter = counter_of(request)
    now, token = counter.now(), str(request.path_params["token"])
    with counter.book.read() as session:
        opened = links.open_link(session, token, now)
    if opened.purpose != "feed":
        raise LinkRefusedError("unknown")
    caller = Caller(opened.contact_id, f"{opened.unit} {opened.contact}", None, opened.unit_id, opened.unit)
    return Here(request, counter, caller, now, token)


Subscriber = Annotated[Here, Depends(marked(_subscriber, "feed"))]


@feeds.api_route("/{token}.ics", methods=["GET", "HEAD"])
def calendar_feed(here: Subscriber, token: str) -> Response:  # noqa: ARG001 - it is in the path
    """Give the calendar, or say that it has not changed."""
    with here.read() as desk:
        changed = _changed_at(dates_ahead.last_change(desk.session), here.now)
        headers = {"cache-control": "private, max-age=3600"}
        if changed is not None:
            headers["last-modified"] = format_datetime(changed, usegmt=True)
            if _still(here.request, changed):
                return Response(status_code=304, headers=headers)
        dates = dates_ahead.dates_ahead(desk.session, here.caller.unit_id or 0, here.now)
    tag = headers["etag"] = _tag(here, dates)
    if tag in here.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    data = feed(f"{here.caller.unit}待办事项", [_item(here, one) for one in dates], _stamp(here, dates))
    return Response(data, media_type="text/calendar; charset=utf-8", headers=headers)


def _changed_at(written: datetime | None, now: datetime) -> datetime | None:
    """Give since when the calendar is as it is (UTC), or None while more may follow in the same second.

    Each day leaves out what has become old.
    """
    today = whole_second(datetime.combine(now.astimezone(SHANGHAI), time(), SHANGHAI))
    changed = max(written or today, today)
    return changed if changed < now else None


def _still(request: Request, changed: datetime) -> bool:
    seen = request.headers.get("if-modified-since")
    if seen is None or "if-none-match" in request.headers:
        return False
    try:
        return parsedate_to_datetime(seen) >= changed
    except (ValueError, TypeError):
        return False


def _tag(here: Here, dates: Sequence[DateAhead]) -> str:
    said = repr((here.counter.public_url, here.caller.unit, dates))
    return f'"{sha256(said.encode()).hexdigest()[:32]}"'


def _stamp(here: Here, dates: Sequence[DateAhead]) -> datetime:
    # The same dates are the same bytes, whenever they are asked for.
    return max((one.changed_at for one in dates), default=here.now)


def _item(here: Here, one: DateAhead) -> FeedItem:
    open_ = one.state in (None, State.OWED, State.RETURNED)
    host = here.counter.public_url.partition("://")[2].partition(":")[0]
    # A calendar's address is widely copied, so nothing in it opens the list: whoever asks is sent a link.
    return FeedItem(
        uid=f"{one.round_id}-{here.caller.unit_id}@{host}",
        title=one.title if open_ else f"{one.title}（{one.state.zh if one.state else ''}）",
        due_at=one.due_at,
        opens_at=one.opens_at,
        clause=one.clause,
        plan_title=one.plan,
        url=f"{here.counter.public_url}/lost",
        state_text=one.state.zh if one.state else "未到开始时间",
        last_modified=one.changed_at,
        sequence=one.revision * 100 + one.moves,
        provisional=one.provisional,
        alarms=None if open_ else (),
    )
