"""Completeness and timeliness per unit, round and plan, each number with the expected set behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...documents.listing import Column, write_listing
from ...ledger import rates as book
from ...obligations.errors import DubanError
from ...obligations.moments import in_words
from ...obligations.outcome import Tally
from ...obligations.words import Outcome
from .. import asked
from ..access import Act, Here, may
from ..pages import moment, page, percent
from .bar import draw
from .rates_asked import ALL_YEARS, TABS, By, Question, read
from .workbook import hand_out

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ...ledger.book import Session

router = APIRouter(include_in_schema=False)
LIMIT = 50
CHUNK = 500
UNREADABLE = 422
COUNTED = (
    *(Outcome.ON_TIME, Outcome.NIL, Outcome.EXTENDED, Outcome.LATE, Outcome.MISSING, Outcome.RETURNED),
    *(Outcome.PENDING, Outcome.EXEMPT),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is about, what the address of its expected set adds, and the counts."""

    name: str
    below: str
    asks: dict[str, Any]
    tally: Tally
    code: str = ""
    due_at: datetime | None = None


@router.get("/rates")
def rates(here: Annotated[Here, Depends(may(Act.LOOK))]) -> HTMLResponse:
    """List shares by unit in the order of the roster, by round or by plan."""
    start, wrong, lines, more = asked.start(here.request), "", list[Line](), False
    with here.read() as desk:
        question = read(desk, here.request)
        try:
            lines, more = ([], False) if question.when.wrong else _lines(desk.session, question, start, LIMIT)
        except DubanError as too_much:
            wrong = str(too_much)
    return page(
        here,
        "supervise/rates.html",
        status=UNREADABLE if question.when.wrong else 200,
        section="rates",
        question=question,
        when=question.when,
        lines=lines,
        more=more,
        start=start,
        limit=LIMIT,
        wrong=wrong,
        said=list(question.conditions()),
        address=asked.filters("/rates", question.said()),
        **_WORDS,
    )


@router.get("/rates.xlsx")
def export(here: Annotated[Here, Depends(may(Act.LOOK))]) -> Response:
    """Give all lines as a workbook; raises :class:`DubanError` when they cannot be counted as asked."""
    with here.read() as desk:
        question = read(desk, here.request)
        if question.when.wrong:
            raise DubanError(question.when.wrong)
        lines = list(_everything(desk.session, question))
    title, when = f"完成情况（{TABS[question.by]}）", question.when
    content = write_listing(
        title,
        [when.said, f"筛选：{'；'.join(question.conditions())}", "单位按名册次序排列，不作排名。"],
        _columns(question.by),
        (_cells(question.by, one) for one in lines),
        f"{here.caller.by}于{in_words(here.now)}导出",
    )
    detail = {"filters": question.said(), "as_of": when.at, "count": len(lines)}
    name = f"{title}-截至{when.day or f'{when.now_day:%Y-%m-%d}'}.xlsx"
    return hand_out(here, "rates", name, content, detail)


_WORDS: dict[str, Any] = {"COUNTED": COUNTED, "TABS": TABS, "ALL_YEARS": ALL_YEARS, "draw": draw}


def _lines(session: Session, question: Question, start: int, limit: int) -> tuple[list[Line], bool]:
    chosen, at, today = question.chosen, question.when.at, question.when.today
    match question.by:
        case By.UNIT:
            units = book.by_unit(session, chosen, at, today=today, offset=start, limit=limit)
            return [_unit(one) for one in units.rows], units.more
        case By.ROUND:
            rounds = book.by_round(session, chosen, at, today=today, offset=start, limit=limit)
            titles = {one.slug: one.title for one in question.plans}
            return [_round(one, titles.get(one.slug, one.slug)) for one in rounds.rows], rounds.more
        case By.PLAN:
            plans = book.by_plan(session, chosen, at, today=today)
            return [_plan(one) for one in plans[start : start + limit]], len(plans) > start + limit


def _everything(session: Session, question: Question) -> Iterator[Line]:
    start, more = 0, True
    while more:
        lines, more = _lines(session, question, start, CHUNK)
        yield from lines
        start += CHUNK


def _unit(one: book.UnitRate) -> Line:
    return Line(one.name, "", {"unit": one.code}, one.tally, code=one.code)


def _round(one: book.RoundRate, plan: str) -> Line:
    return Line(one.title, f"{plan} · {one.clause}", {"round": one.round_id}, one.tally, due_at=one.due_at)


def _plan(one: book.PlanRate) -> Line:
    asks = {"plan": one.slug, "year": one.year}
    return Line(one.title, f"{one.year}年，{one.rounds}期", asks, one.tally)


def _columns(by: By) -> tuple[Column, ...]:
    first = {
        By.UNIT: (Column("单位代码", 12), Column("单位", 24)),
        By.ROUND: (Column("期次", 40), Column("方案和依据", 40), Column("期限", 26)),
        By.PLAN: (Column("方案", 40), Column("年度和期数", 16)),
    }
    shares = ("应报", "已报", "完整率", "及时", "及时率")
    kinds = [Column(name, 9) if name.endswith("率") else Column(name, 8, "number") for name in shares]
    return (*first[by], *kinds, *(Column(one.zh, 8, "number") for one in COUNTED))


def _cells(by: By, one: Line) -> tuple[object, ...]:
    first = {
        By.UNIT: (one.code, one.name),
        By.ROUND: (one.name, one.below, moment(one.due_at) or "不定期"),
        By.PLAN: (one.name, one.below),
    }
    tally = one.tally
    shares = (
        *(tally.obliged, tally.received, percent(tally.completeness)),
        *(tally.timely, percent(tally.timeliness)),
    )
    return (*first[by], *shares, *(getattr(tally, outcome.value) for outcome in COUNTED))
