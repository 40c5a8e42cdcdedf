"""The sets of rules of the appraisal in words: adopted when and by whom, and what plans propose besides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...calendar.dates import local_day
from ...ledger import appraisal_adopting, appraisal_sets
from ...ledger.appraisal_adopting import Proposal
from ...obligations.errors import DubanError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..filled import Typed, word
from ..pages import page
from . import appraisal_trial
from .appraisal_words import DONE, RulesWords, in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...calendar.plan import Plan
    from ...ledger.appraisal_sets import Adopted, RulesText
    from ..access import Desk

router = APIRouter(prefix="/appraisal/rules", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SetShown:
    """One set: of which plan, from which day on, by whom and when (UTC) if it was adopted, and in words."""

    plan: str
    since: date
    until: date | None
    origin: str
    by: str
    adopted_at: datetime | None
    words: RulesWords


@router.get("")
def rules(here: Annotated[Here, Depends(may(Act.LOOK))]) -> HTMLResponse:
    """Show the sets that were adopted and those that plans propose."""
    with here.read() as desk:
        adopted, proposed = _sets(desk)
    today = local_day(here.now)
    return page(
        *(here, "supervise/appraisal_rules.html"),
        section="appraisal",
        adopted=adopted,
        proposed=proposed,
        today=today,
        done=flash.said(here.request, DONE),
    )


@router.post("")
def adopt(here: Annotated[Here, Depends(may(Act.APPRAISE))], typed: Typed) -> Response:
    """Adopt the set that was tried, from a day on."""
    digest, which = word(typed, "digest"), word(typed, "set")
    try:
        tried = appraisal_trial.tried(here, digest, which)
        with here.write() as desk:
            since = _day(word(typed, "since"))
            appraisal_adopting.adopt(
                desk.session,
                Proposal(tried.plan.slug, tried.text, since, tried.origin),
                *(desk.now, desk.caller.by, here.counter.workdays),
                seen=word(typed, "seen"),
            )
    except AbsentError:
        raise
    except DubanError as wrong:
        day = word(typed, "since")
        return appraisal_trial.show(here, digest, which, wrong=str(wrong), since=day, status=409)
    return flash.went(here.request, "/appraisal/rules", "adopted")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DubanError("请填写从哪一天起用，如 2023-07-01。") from None


def _sets(desk: Desk) -> tuple[list[SetShown], list[SetShown]]:
    sets = appraisal_sets.adopted(desk.session)
    plans = {slug: plan for slug, (plan, _) in appraisal_sets.plans(desk.session).items()}
    adopted = [
        _shown(plans[one.slug], one.text, one.since, _until(sets[n + 1 :], one.slug), one)
        for n, one in enumerate(sets)
    ]
    known = {(one.slug, one.text.digest) for one in sets}
    proposed = [
        _shown(plan, text, text.rules.since, None, None)
        for slug, plan in plans.items()
        for text in appraisal_sets.of_plan(plan)
        if (slug, text.digest) not in known
    ]
    return adopted[::-1], proposed


def _until(after: Sequence[Adopted], slug: str) -> date | None:
    return next((one.since for one in after if one.slug == slug), None)


def _shown(plan: Plan, text: RulesText, since: date, until: date | None, adopted: Adopted | None) -> SetShown:
    words = in_words(text, since, {duty.key: duty.name for duty in plan.duties})
    if adopted is None:
        return SetShown(plan.title, since, until, plan.slug, "", None, words)
    return SetShown(plan.title, since, until, adopted.origin, adopted.by, adopted.adopted_at, words)
