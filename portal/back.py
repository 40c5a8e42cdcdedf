"""Where a browser goes after an act: back to where it came from, which is always a page of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from . import flash
from .filled import word

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.responses import RedirectResponse
    from starlette.datastructures import FormData

LONGEST = 2000
# What an address says of the moment alone, and is not worth coming back to.
PASSING = frozenset({"act", "return", "all"})
# What a page says after an act.
DONE = {
    "accept": "已接收。",
    "accept-many": "已接收{}份。",
    "return": "已退回，并已安排提醒该单位更正。",
    "return-untold": "已退回；该单位没有联系人，提醒发不到，请打电话告知。",
    "extend": "已准予延期，新期限的提醒已排定。",
    "extension": "延期申请已答复。",
    "transfer": "转办申请已答复。",
    "exempt": "已免报。",
    "note": "说明已记入。",
    "call": "电话记录已登记。",
    "enter": "已代为登记。",
}


def own_path(path: str, otherwise: str) -> str:
    """Give an address within the site as it is; anything that could lead elsewhere becomes ``otherwise``."""
    # Browsers drop tabs and line ends from addresses and read a backslash as a slash.
    plain = path.isprintable() and "\\" not in path and len(path) <= LONGEST
    return path if plain and path.startswith("/") and not path.startswith("//") else otherwise


def after(request: Request, typed: FormData, otherwise: str, done: str, *numbers: int) -> RedirectResponse:
    """Send the browser back to where the form says it came from, which tells there what was done."""
    parts = urlsplit(own_path(word(typed, "back"), otherwise))
    kept = [one for one in parse_qsl(parts.query) if one[0] not in PASSING]
    address = urlunsplit(("", "", parts.path, urlencode(kept), parts.fragment))
    return flash.went(request, address, done, *numbers)


def done_words(request: Request) -> str:
    """Give the sentence for what has just been done, if an act has led here."""
    return flash.said(request, DONE)


def here_now(request: Request) -> str:
    """Give the address of the page that is shown, so that its forms can lead back to it."""
    kept = [one for one in request.query_params.multi_items() if one[0] not in PASSING]
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")
