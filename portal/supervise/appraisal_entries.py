"""Bonuses and vetoes of a period: entered at the desk with their evidence, vetoes signed by a person."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...calendar.dates import local_day
from ...ledger import appraisal_entries, appraisal_results, appraisal_sets, lookup, overdue_sums, round_list
from ...ledger.appraisal_entries import New
from ...obligations.appraisal_moves import read_points
from ...obligations.appraisal_periods import Period, of_code, of_year
from ...obligations.appraisal_rules import Spur, points_text
from ...obligations.errors import DubanError
from .. import asked, flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small
from ..filled import Typed, word
from ..office.case import Attempt
from ..pages import page
from .appraisal_words import DONE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from starlette.datastructures import FormData

    from ...ledger.appraisal_sets import Adopted
    from ...ledger.tables import AppraisalEntry
    from ..access import Desk

router = APIRouter(prefix="/appraisal/entries", include_in_schema=False)
Appraising = Annotated[Here, Depends(may(Act.APPRAISE))]
Signing = Annotated[Here, Depends(may(Act.SIGN))]


@router.get("")
def look(here: Annotated[Here, Depends(may(Act.LOOK))]) -> HTMLResponse:
    """Show what was entered for a period; this one, unless another is asked for."""
    slug, code = asked.text(here.request, "plan") or "", asked.text(here.request, "period") or ""
    return _show(here, slug, code)


@router.post("/bonus")
def bonus(here: Appraising, typed: Typed) -> Response:
    """Enter a bonus with its evidence and approver."""

    def do(desk: Desk) -> None:
        new = _new(desk, typed, approver=word(typed, "approver"), points=read_points(word(typed, "points")))
        appraisal_entries.enter_bonus(desk.session, new, desk.now, desk.caller.by)

    return _do(here, typed, "bonus", do)


@router.post("/veto")
def veto(here: Appraising, typed: Typed) -> Response:
    """Enter a veto, to be signed."""

    def do(desk: Desk) -> None:
        appraisal_entries.enter_veto(desk.session, _new(desk, typed), desk.now, desk.caller.by)

    return _do(here, typed, "veto", do)


@router.post("/{entry_id:int}/sign")
def sign(here: Signing, entry_id: Small, typed: Typed) -> Response:
    """Sign a veto; from then on it counts."""

    def do(desk: Desk) -> None:
        found = _locked(desk, entry_id)
        appraisal_entries.sign(desk.session, found, desk.now, desk.caller.by, here.counter.means)

    return _do(here, typed, "signed", do)


@router.post("/{entry_id:int}/withdraw")
def withdraw(here: Appraising, entry_id: Small, typed: Typed) -> Response:
    """Withdraw a bonus, or a veto that nobody has signed."""

    def do(desk: Desk) -> None:
        found = _locked(desk, entry_id)
        if found.signed_at is not None:
            raise DubanError("一票否决已经签批，只能由签批人撤销。")
        said = (word(typed, "why"), desk.now, desk.caller.by)
        appraisal_entries.withdraw(desk.session, found, *said, here.counter.means)

    return _do(here, typed, "withdrawn", do)


@router.post("/{entry_id:int}/revoke")
def revoke(here: Signing, entry_id: Small, typed: Typed) -> Response:
    """Withdraw a veto that was signed, or decline to sign it."""

    def do(desk: Desk) -> None:
        found = _locked(desk, entry_id)
        if found.kind != "veto":
            raise DubanError("加分由办公室登记和撤销。")
        said = (word(typed, "why"), desk.now, desk.caller.by)
        appraisal_entries.withdraw(desk.session, found, *said, here.counter.means)

    return _do(here, typed, "withdrawn", do)


def _locked(desk: Desk, entry_id: int) -> AppraisalEntry:
    found = appraisal_entries.locked(desk.session, entry_id)
    if found is None:
        raise AbsentError
    return found


def _new(desk: Desk, typed: FormData, **more: Any) -> New:
    named = word(typed, "unit")
    unit = lookup.unit_called(desk.session, word(typed, "plan"), named) if named else None
    if unit is None:
        raise DubanError(f"没有名称或代码为“{named}”的单位，请写全称。" if named else "请写明单位。")
    said = (word(typed, "plan"), word(typed, "period"), unit.id, word(typed, "key"), word(typed, "reason"))
    return New(*said, **more)


def _do(here: Here, typed: FormData, act: str, do: Callable[[Desk], None]) -> Response:
    slug, code = word(typed, "plan"), word(typed, "period")
    try:
        with here.write() as desk:
            do(desk)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, slug, code, attempt=Attempt(act, typed, str(wrong)), status=409)
    here.counter.ring()
    return flash.went(here.request, asked.filters("/appraisal/entries", {"plan": slug, "period": code}), act)


def _show(
    here: Here, slug: str, code: str, *, attempt: Attempt | None = None, status: int = 200
) -> HTMLResponse:
    with here.read() as desk:
        sets = appraisal_sets.adopted(desk.session)
        slugs = list(dict.fromkeys(one.slug for one in sets))
        slug = slug if slug in slugs else next(iter(slugs), "")
        mine = [one for one in sets if one.slug == slug]
        drafted = {one.run.period for one in appraisal_results.runs(desk.session) if one.run.slug == slug}
        period = _period(mine, code, drafted, here)
        frame = appraisal_sets.frame_of(mine, period) if period else None
        found = appraisal_entries.entries(desk.session, slug, period.code) if period else ()
        plans = {one.slug: one.title for one in round_list.plans(desk.session)}
        units = overdue_sums.unit_names(desk.session) if here.caller.may(Act.APPRAISE) else []
    rules = frame.pure if frame else None
    return page(
        *(here, "supervise/appraisal_entries.html"),
        status=status,
        section="appraisal",
        slugs=slugs,
        slug=slug,
        plans=plans,
        period=period,
        periods=_periods(mine, here),
        bonuses=[one for one in rules.bonuses if one.spur is Spur.ENTERED] if rules else [],
        vetoes=rules.vetoes if rules else [],
        found=found,
        units=units,
        attempt=attempt,
        done=flash.said(here.request, DONE),
        points=points_text,
    )


def _period(sets: Sequence[Adopted], code: str, drafted: Collection[str], here: Here) -> Period | None:
    """Give the period that is asked for, or the first that has begun and is not drawn up yet."""
    known = _periods(sets, here)
    with suppress(ValueError):
        if code and of_code(code) in known:
            return of_code(code)
    begun = [one for one in known if one.first <= local_day(here.now)]
    waiting = [one for one in begun if one.code not in drafted]
    return next(iter(waiting[::-1] or begun), None)


def _periods(sets: Sequence[Adopted], here: Here) -> list[Period]:
    """Give the periods that have rules, the latest first, up to the end of this year."""
    years = range(sets[0].since.year, local_day(here.now).year + 1) if sets else ()
    found: list[Period] = []
    for year in years:
        kind = appraisal_sets.kind_in(sets, year)
        found += [one for one in of_year(kind, year) if appraisal_sets.frame_of(sets, one)] if kind else []
    return found[::-1]
