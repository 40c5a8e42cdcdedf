"""Appraisals: a period's results, units in the order of the roster; a person publishes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...ledger import appraisal_publishing, appraisal_results, round_list
from ...ledger.means import Doing
from ...obligations.appraisal_rules import points_text
from .. import asked, flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small
from ..pages import page
from .appraisal_words import DONE, STATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import Request

    from ...ledger.appraisal_results import Progress, Run, Standing
    from ..access import Desk

router = APIRouter(prefix="/appraisal", include_in_schema=False)
LIMIT = 100


@router.get("")
def appraisals(here: Annotated[Here, Depends(may(Act.LOOK))]) -> HTMLResponse:
    """List one period's results; the latest, unless another is asked for."""
    return _show(here)


@router.post("/runs/{run_id:int}/publish")
def publish(here: Annotated[Here, Depends(may(Act.SIGN))], run_id: Small) -> Response:
    """Publish what nothing keeps back."""
    with here.write() as desk:
        if appraisal_results.run_of(desk.session, run_id) is None:
            raise AbsentError
        doing = Doing(desk.now, desk.caller.by, here.counter.means)
        done = appraisal_publishing.publish(desk.session, run_id, doing)
    if not done.results:
        return _show(here, run_id=run_id, held=done.held, status=409)
    here.counter.ring()
    return flash.went(here.request, f"/appraisal?run={run_id}", "published", done.results)


def _show(
    here: Here, *, run_id: int = 0, held: Sequence[tuple[str, str]] = (), status: int = 200
) -> HTMLResponse:
    unit, state = asked.text(here.request, "unit") or "", asked.text(here.request, "state") or ""
    start, state = asked.start(here.request), state if state in STATES else ""
    with here.read() as desk:
        runs = appraisal_results.runs(desk.session)
        run = _chosen(desk, runs, run_id or asked.whole(here.request, "run"))
        found = _found(desk, here, run, unit, state) if run else []
        plans = {one.slug: one.title for one in round_list.plans(desk.session)}
    ranked = bool(run and run.rules.text.rules.public and here.request.query_params.get("by") == "points")
    if ranked:
        found.sort(key=lambda one: -one.total)
    said = {"run": run.row.id if run else None, "unit": unit, "state": state}
    said |= {"by": "points" if ranked else None}
    return page(
        *(here, "supervise/appraisal.html"),
        status=status,
        section="appraisal",
        runs=runs,
        run=run,
        progress=_progress(runs, run),
        plans=plans,
        found=found[start : start + LIMIT],
        total=len(found),
        start=start,
        limit=LIMIT,
        address=asked.filters("/appraisal", said),
        unit=unit,
        state=state,
        ranked=ranked,
        held=held,
        open=_open(found, here),
        done=_done(here.request),
        points=points_text,
        STATES=STATES,
    )


def _found(desk: Desk, here: Here, run: Run, unit: str, state: str) -> list[Standing]:
    workdays = here.counter.means.workdays
    return appraisal_results.standings(desk.session, run, unit=unit, state=state, workdays=workdays)


def _chosen(desk: Desk, runs: Sequence[Progress], wanted: int | None) -> Run | None:
    ids = [one.run.id for one in runs]
    which = wanted if wanted in ids else next(iter(ids), None)
    return None if which is None else appraisal_results.run_of(desk.session, which)


def _progress(runs: Sequence[Progress], run: Run | None) -> Progress | None:
    return next((one for one in runs if run and one.run.id == run.row.id), None)


def _open(found: Sequence[Standing], here: Here) -> bool:
    """Tell whether some draft may be published by now."""
    return any(one.published_at is None and one.appeal_until < here.now for one in found)


def _done(request: Request) -> str:
    return flash.said(request, DONE)
