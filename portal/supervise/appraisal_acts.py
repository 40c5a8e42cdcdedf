"""What the office does to one unit's draft: enters an appeal, answers it, puts points right with a line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from ...ledger import appraisal_appeals, appraisal_results, appraisal_tellings
from ...ledger.appraisal_appeals import Answer
from ...ledger.means import Doing
from ...obligations.appraisal_moves import read_points
from ...obligations.errors import DubanError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..appraisal_seen import line_of, locked
from ..asked import Small, number
from ..filled import Typed, word
from ..office.case import Attempt
from . import appraisal_one

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import FormData

    from ...ledger.tables import Appraisal
    from ..access import Desk

router = APIRouter(prefix="/appraisal", include_in_schema=False)
Appraising = Annotated[Here, Depends(may(Act.APPRAISE))]
LONGEST_NAME = 50


@router.post("/{appraisal_id:int}/appeal")
def appeal(here: Appraising, appraisal_id: Small, typed: Typed) -> Response:
    """Enter what a unit said against its draft by telephone, on paper or at the window."""

    def do(desk: Desk, row: Appraisal) -> None:
        who = word(typed, "who")
        if not who or len(who) > LONGEST_NAME:
            raise DubanError(f"请写明单位提出申诉的人，不超过{LONGEST_NAME}字。")
        by = f"{who}（{desk.caller.by}代为登记）"
        said = (line_of(word(typed, "line")), word(typed, "text"), replace(_doing(desk, here), by=by))
        appraisal_appeals.appeal(desk.session, row, *said)

    return _do(here, appraisal_id, typed, "appeal", do)


@router.post("/{appraisal_id:int}/answer")
def answer(here: Appraising, appraisal_id: Small, typed: Typed) -> Response:
    """Answer an appeal, with the points that it changes if it holds."""

    def do(desk: Desk, row: Appraisal) -> None:
        upheld = {"yes": True, "no": False}.get(word(typed, "upheld"))
        if upheld is None:
            raise DubanError("请选择申诉成立，还是不成立。")
        points = word(typed, "points")
        change = read_points(points) if points else None
        said = Answer(upheld, word(typed, "answer"), change, word(typed, "clause"))
        which = number(word(typed, "appeal")) or 0
        appraisal_appeals.answer(desk.session, row, which, said, _doing(desk, here))

    return _do(here, appraisal_id, typed, "answer", do)


@router.post("/{appraisal_id:int}/adjust")
def adjust(here: Appraising, appraisal_id: Small, typed: Typed) -> Response:
    """Put a draft right of the office's own accord."""

    def do(desk: Desk, row: Appraisal) -> None:
        said = (read_points(word(typed, "points")), word(typed, "why"), word(typed, "clause"))
        appraisal_appeals.adjust(desk.session, row, *said, _doing(desk, here))

    return _do(here, appraisal_id, typed, "adjust", do)


@router.post("/{appraisal_id:int}/told")
def told(here: Appraising, appraisal_id: Small, typed: Typed) -> Response:
    """Note how a unit was told that no letter could reach; its time for appeals runs from now on."""

    def do(desk: Desk, row: Appraisal) -> None:
        run = appraisal_results.run_of(desk.session, row.run_id)
        if run is None:
            raise AbsentError
        appraisal_tellings.tell(desk.session, row, run, word(typed, "how"), _doing(desk, here))

    return _do(here, appraisal_id, typed, "told", do)


def _doing(desk: Desk, here: Here) -> Doing:
    return Doing(desk.now, desk.caller.by, here.counter.means)


def _do(
    here: Here, appraisal_id: int, typed: FormData, act: str, do: Callable[[Desk, Appraisal], None]
) -> Response:
    try:
        with here.write() as desk:
            do(desk, locked(desk, appraisal_id))
    except AbsentError:
        raise
    except DubanError as wrong:
        attempt = Attempt(act, typed, str(wrong))
        return appraisal_one.show(here, appraisal_id, attempt=attempt, status=409)
    here.counter.ring()
    return flash.went(here.request, f"/appraisal/{appraisal_id}", act)
