"""Trying rules on a year of the book before anybody adopts them: from a plan in the book, or from a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Path as InPath
from fastapi.responses import HTMLResponse, Response

from ...calendar import loader
from ...calendar.dates import local_day
from ...ledger import appraisal_sets, attachments
from ...ledger.appraisal_adopting import mark, trial_year
from ...ledger.appraisal_simulating import simulate
from ...obligations.appraisal_rules import Band, points_text, signed_text
from ...obligations.errors import DubanError, InputError
from .. import asked
from ..access import AbsentError, Act, Here, may
from ..limits import Form
from ..office.sent_files import kept, only_file
from ..pages import go, page
from .appraisal_words import in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...calendar.plan import Plan
    from ...ledger.appraisal_sets import RulesText
    from ...obligations.errors import Problem

router = APIRouter(prefix="/appraisal/simulate", include_in_schema=False)
Appraising = Annotated[Here, Depends(may(Act.APPRAISE))]
Digest = Annotated[str, InPath(pattern="^[0-9a-f]{64}$")]
PATTERN_LENGTH = 64
FILE = "方案.yaml"


@dataclass(frozen=True, slots=True)
class Tried:
    """The rules that are tried: of which plan, which of its sets, and where they come from in words."""

    plan: Plan
    text: RulesText
    number: int
    sets: Sequence[RulesText]
    origin: str


@router.get("")
def ask(here: Appraising) -> HTMLResponse:
    """Show how to try rules."""
    return _ask(here)


@router.post("")
def upload(here: Appraising, form: Form) -> Response:
    """Take a plan's file, or the rules that a plan in the book proposes; nothing is adopted."""
    try:
        data = _content(here, form.one("plan")) if form.one("plan") else only_file(form, "file")[1]
        sets_of(_read(data))
    except DubanError as wrong:
        return _ask(here, wrong)
    digest = attachments.store(here.counter.attachments, data)
    year = form.number("year") or local_day(here.now).year - 1
    return go(f"/appraisal/simulate/{digest}?year={year}")


@router.get("/{digest}")
def look(here: Appraising, digest: Digest) -> HTMLResponse:
    """Show who would have had how many points in a year, old and new, and what moves."""
    return show(here, digest, asked.text(here.request, "set") or "")


def tried(here: Here, digest: str, which: str) -> Tried:
    """Give a set of a file that was sent up; the last, unless another is named by its number from 1.

    Raises :class:`AbsentError` when there is no such file, :class:`DubanError` when it has no rules.
    """
    if len(digest) != PATTERN_LENGTH or not digest.isalnum():
        raise AbsentError
    plan = _read(kept(here, digest))
    sets = sets_of(plan)
    number = asked.number(which) or len(sets)
    if number > len(sets):
        raise AbsentError
    origin = f"方案“{plan.slug}”第{plan.revision}版中的第{number}组规则"
    return Tried(plan, sets[number - 1], number, sets, origin)


def show(
    here: Here, digest: str, which: str, *, wrong: str = "", since: str = "", status: int = 200
) -> HTMLResponse:
    """Give the page of a trial; what was refused comes back with what was typed."""
    found = tried(here, digest, which)
    today = local_day(here.now)
    year = asked.whole(here.request, "year") or today.year - 1
    with here.read() as desk:
        known = found.plan.slug in appraisal_sets.plans(desk.session)
        fitting = year in asked.YEARS and year <= today.year
        rules = (desk.session, found.plan.slug, found.text, year, here.now, here.counter.workdays)
        trials = simulate(*rules) if fitting else []
    asked_for = trial_year(here.now)
    return page(
        *(here, "supervise/appraisal_trial.html"),
        status=status,
        section="appraisal",
        tried=found,
        digest=digest,
        year=year,
        trials=trials,
        trial_year=asked_for,
        seen=mark(found.plan.slug, found.text, trials) if year == asked_for else "",
        known=known,
        words=in_words(found.text, found.text.rules.since, {one.key: one.name for one in found.plan.duties}),
        since=since or f"{max(found.text.rules.since, today + timedelta(days=1))}",
        today=today,
        wrong=wrong,
        Band=Band,
        points=points_text,
        signed=signed_text,
    )


def sets_of(plan: Plan) -> Sequence[RulesText]:
    """Give the sets of a plan; raises :class:`DubanError` when it has none."""
    if not plan.appraisal:
        raise DubanError(f"方案“{plan.slug}”没有写 appraisal（考核规则），没有可以试算的。")
    return appraisal_sets.of_plan(plan)


def _content(here: Here, slug: str) -> bytes:
    with here.read() as desk:
        found = appraisal_sets.plans(desk.session).get(slug)
    if found is None:
        raise DubanError("请选择账簿中的方案，或者选择文件。")
    return found[1].encode()


def _read(data: bytes) -> Plan:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DubanError("方案文件须另存为 UTF-8 编码。") from None
    return loader.read(text, FILE).plan


def _ask(here: Here, wrong: DubanError | None = None) -> HTMLResponse:
    problems: Sequence[Problem] = wrong.problems if isinstance(wrong, InputError) else ()
    with here.read() as desk:
        plans = [plan for plan, _ in appraisal_sets.plans(desk.session).values() if plan.appraisal]
    return page(
        *(here, "supervise/appraisal_simulate.html"),
        status=422 if wrong else 200,
        section="appraisal",
        problems=problems,
        wrong="" if wrong is None or problems else str(wrong),
        plans=plans,
        year=local_day(here.now).year - 1,
    )
