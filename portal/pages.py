"""Pages: Jinja2 templates with one look, and the words for moments that they all use."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..obligations.forms import plain_number
from ..obligations.moments import END_OF_DAY, SHANGHAI, WEEKDAYS, in_words
from ..obligations.words import Outcome, RemarkKind, Role, State, Via
from .access import Act
from .failing import UNAVAILABLE, failed
from .flash import forget

if TYPE_CHECKING:
    from .access import Here

ROOM = Path(__file__).parent
STATIC = ROOM / "static"
# What one hanzi says of an obligation, in colour, in black and white, and read aloud.
MARKS = {
    Outcome.ON_TIME: "按",
    Outcome.LATE: "迟",
    Outcome.MISSING: "漏",
    Outcome.NIL: "零",
    Outcome.RETURNED: "退",
    Outcome.EXTENDED: "延",
    Outcome.EXEMPT: "免",
    Outcome.PENDING: "未",
}

# The main pages: key, address, name, and the act that lets one open it.
NAVIGATION = (
    ("today", "/today", "今日", Act.LOOK),
    ("year", "/year/grid", "全年", Act.LOOK),
    ("overdue", "/overdue", "逾期", Act.LOOK),
    ("rates", "/rates", "完成情况", Act.LOOK),
    ("below", "/below", "下级", Act.LOOK),
    ("sheets", "/sheets", "督办", Act.LOOK),
    ("findings", "/findings", "隐患", Act.LOOK),
    ("inspections", "/inspections", "督查", Act.LOOK),
    ("papers", "/papers", "资料", Act.LOOK),
    ("meetings", "/meetings", "会议", Act.LOOK),
    ("appraisal", "/appraisal", "考核", Act.LOOK),
    ("messages", "/messages", "发送记录", Act.LOOK),
    ("journal", "/verify", "留痕", Act.LOOK),
    ("units", "/units", "单位", Act.PEOPLE),
    ("drafts", "/drafts", "方案", Act.PLAN),
    ("running", "/running", "运行", Act.PEOPLE),
    ("accounts", "/accounts", "账号", Act.RULE),
)


def page(here: Here, template: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
    """Give a page; ``here`` is in every template. Where the book has failed it is always a 503."""
    text = render(template, here=here, **facts)
    answer = HTMLResponse(text, UNAVAILABLE if failed(here.request) else status)
    forget(here.request, answer)
    return answer


def render(template: str, **facts: Any) -> str:
    """Give a template's text, everything escaped."""
    return _environment().get_template(template).render(**facts)


def go(address: str) -> RedirectResponse:
    """Send the browser to another page of ours after a form."""
    return RedirectResponse(address, 303)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        moment=moment, short=short, day=day, long=long, size=size, percent=percent, number=plain_number
    )
    words = (Act, Outcome, RemarkKind, Role, State, Via)
    everywhere: dict[str, Any] = {word.__name__: word for word in words}
    everywhere |= {"asset": asset, "MARKS": MARKS, "NAVIGATION": NAVIGATION}
    cast("dict[str, Any]", made.globals).update(everywhere)
    return made


@cache
def asset(name: str) -> str:
    """Give the address of a file of ours, which changes with its content, so that browsers may keep it."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def moment(at: datetime | None) -> str:
    """Give a moment in full, ``2023年1月29日（星期日）24时``; empty for none."""
    return "" if at is None else in_words(at)


def short(at: datetime | None) -> str:
    """Give a moment as ``01-29 24:00`` with its weekday, for a table."""
    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    hour = "24:00" if local.time() == END_OF_DAY else f"{local:%H:%M}"
    return f"{local:%m-%d} 周{WEEKDAYS[local.weekday()]} {hour}"


def day(at: datetime | None) -> str:
    """Give the day of a moment as ``2023-01-29``."""
    return "" if at is None else f"{at.astimezone(SHANGHAI):%Y-%m-%d}"


def long(by: timedelta | None) -> str:
    """Give a stretch of time in days, hours or minutes."""
    if by is None:
        return ""
    if by.days:
        return f"{by.days}天"
    minutes = int(by.total_seconds()) // 60
    return f"{minutes // 60}小时" if minutes >= 60 else f"{max(minutes, 1)}分钟"  # noqa: PLR2004 - an hour


def size(number: int) -> str:
    """Give a file's size for people."""
    return f"{number / 1_000_000:.1f} MB" if number >= 1_000_000 else f"{max(number // 1000, 1)} KB"  # noqa: PLR2004


def percent(rate: Any) -> str:
    """Give a share as whole per cent, cut off, so that 99.9 % is not shown as all; a dash for none."""
    return "—" if rate is None else f"{int(rate * 100)}%"
