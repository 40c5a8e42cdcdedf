"""The expected set behind a number: which obligations were counted, and to what outcome each came."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from ...ledger import rates as book
from ...ledger.rates_behind import ExpectedSet, behind
from ...obligations.errors import DubanError
from ...obligations.outcome import Tally
from ...obligations.words import Outcome
from .. import asked
from ..access import Act, Here, may
from ..pages import page
from .rates_asked import GROUPS, Question, read

if TYPE_CHECKING:
    from ...ledger.book import Session

router = APIRouter(include_in_schema=False)
LIMIT = 50
UNREADABLE = 422


@router.get("/rates/set")
def expected(here: Annotated[Here, Depends(may(Act.LOOK))]) -> HTMLResponse:
    """List the obligations that were counted, all or those of one outcome."""
    start, wrong, found, tally = asked.start(here.request), "", ExpectedSet((), 0), Tally()
    with here.read() as desk:
        question = read(desk, here.request)
        try:
            if not question.when.wrong:
                found, tally = _found(desk.session, question, start), _tally(desk.session, question)
        except DubanError as too_much:
            wrong = str(too_much)
    return page(
        here,
        "supervise/rates_set.html",
        status=UNREADABLE if question.when.wrong else 200,
        section="rates",
        question=question,
        when=question.when,
        found=found,
        tally=tally,
        start=start,
        limit=LIMIT,
        wrong=wrong,
        said=list(question.conditions()),
        address=asked.filters("/rates/set", question.said()),
        GROUPS=GROUPS,
    )


def _found(session: Session, question: Question, start: int) -> ExpectedSet:
    _, outcomes = GROUPS[question.outcome]
    when = question.when
    return behind(session, question.chosen, when.at, outcomes, today=when.today, offset=start, limit=LIMIT)


def _tally(session: Session, question: Question) -> Tally:
    """Count the whole set, so that each outcome can say how many it has."""
    counts: Counter[str] = Counter()
    for one in book.by_plan(session, question.chosen, question.when.at, today=question.when.today):
        counts.update({outcome.value: getattr(one.tally, outcome.value) for outcome in Outcome})
    return Tally(**counts)
