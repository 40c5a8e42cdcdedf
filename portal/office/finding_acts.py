"""What the desk does to a finding; each act leads back to its page, refused ones with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from ...app import clock
from ...calendar.dates import local_day
from ...ledger import addressed, finding_files, findings
from ...ledger.findings import Change, Fixed, Recheck
from ...obligations.errors import DubanError
from ...obligations.words import Grade
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small
from ..filled import Typed, word
from ..findings_seen import finding_of, photos_of
from ..limits import Form
from ..naming import named_unit
from .case import Attempt
from .findings import TOLD, show

if TYPE_CHECKING:
    from datetime import date

    from starlette.datastructures import FormData

    from ...ledger.tables import Finding
    from ..access import Desk
    from ..limits import Sent

router = APIRouter(include_in_schema=False)
Finding_ = Annotated[Here, Depends(may(Act.FIND))]


@router.post("/findings/{finding_id}/fix")
def fix(here: Finding_, finding_id: Small, sent: Form) -> Response:
    """Take down what a unit has told of its rectification, by telephone or on paper."""

    def do(desk: Desk, found: Finding) -> str:
        done = Fixed(word(sent.form, "text"), day_of(sent.form, "done_on"), _named(sent))
        photos = photos_of(here, sent)
        step = findings.fix(desk.session, found, desk.now, desk.caller.by, done)
        finding_files.attach(desk.session, step, photos)
        return "fix"

    return _do(here, finding_id, sent.form, "fix", do)


def _named(sent: Sent) -> str:
    if not (people := word(sent.form, "people")):
        raise DubanError("请写明整改人。")
    return people


@router.post("/findings/{finding_id}/recheck")
def recheck(here: Finding_, finding_id: Small, sent: Form) -> Response:
    """Close the finding, or send it back with a new limit."""

    def do(desk: Desk, found: Finding) -> str:
        passed = {"yes": True, "no": False}.get(word(sent.form, "passed"))
        if passed is None:
            raise DubanError("请选择复查通过，还是未通过。")
        until = None if passed else _until_or_none(sent.form)
        looked = Recheck(passed, word(sent.form, "people"), word(sent.form, "text"), until)
        photos = photos_of(here, sent)
        step = findings.recheck(desk.session, found, desk.now, desk.caller.by, looked, here.counter.means)
        finding_files.attach(desk.session, step, photos)
        return "closed" if passed else "failed"

    return _do(here, finding_id, sent.form, "recheck", do)


@router.post("/findings/{finding_id}/refute")
def refute(here: Finding_, finding_id: Small, typed: Typed) -> Response:
    """Strike out what was no finding."""

    def do(desk: Desk, found: Finding) -> str:
        who = (desk.now, desk.caller.by, here.counter.means)
        findings.refute(desk.session, found, *who, reason=word(typed, "reason"))
        return "refute"

    return _do(here, finding_id, typed, "refute", do)


@router.post("/findings/{finding_id}/reopen")
def reopen(here: Finding_, finding_id: Small, typed: Typed) -> Response:
    """Open a closed finding anew, because it is there again."""

    def do(desk: Desk, found: Finding) -> str:
        findings.reopen(
            *(desk.session, found, desk.now, desk.caller.by),
            reason=word(typed, "reason"),
            until=_until_or_none(typed),
            means=here.counter.means,
        )
        return "reopen"

    return _do(here, finding_id, typed, "reopen", do)


@router.post("/findings/{finding_id}/change")
def change(here: Finding_, finding_id: Small, typed: Typed) -> Response:
    """Change what is to be done, how grave it is, or who answers for it."""

    def do(desk: Desk, found: Finding) -> str:
        grade = word(typed, "grade")
        changed = Change(
            reason=word(typed, "reason"),
            unit_id=named_unit(desk, word(typed, "unit")).id,
            grade=Grade(grade) if grade in list(Grade) else None,
            measures=word(typed, "measures"),
            responsible=word(typed, "responsible"),
        )
        findings.change(desk.session, found, desk.now, desk.caller.by, changed, here.counter.means)
        return "change"

    return _do(here, finding_id, typed, "change", do)


@router.post("/findings/{finding_id}/limit")
def limit(here: Finding_, finding_id: Small, typed: Typed) -> Response:
    """Set another limit, or grant a later one without a written request."""

    def do(desk: Desk, found: Finding) -> str:
        how = {"move": findings.move, "extend": findings.extend}.get(act := word(typed, "how"))
        if how is None:
            raise DubanError("请选择调整期限，还是准予延期。")
        how(
            *(desk.session, found, desk.now, desk.caller.by),
            until=_until(typed),
            reason=word(typed, "reason"),
            means=here.counter.means,
        )
        return act

    return _do(here, finding_id, typed, "limit", do)


@router.post("/findings/{finding_id}/answer")
def answer(here: Finding_, finding_id: Small, typed: Typed) -> Response:
    """Answer a request for more time: as asked, another date, or no."""

    def do(desk: Desk, found: Finding) -> str:
        here_, means = (desk.session, found, desk.now, desk.caller.by), here.counter.means
        match word(typed, "decision"):
            case "grant":
                findings.grant(*here_, None, means)
            case "other":
                findings.grant(*here_, _until(typed), means)
            case "refuse":
                findings.refuse(*here_, answer=word(typed, "answer"), means=means)
            case _:
                raise DubanError("请选择同意、另定日期，还是不同意。")
        return "answer"

    return _do(here, finding_id, typed, "answer", do)


def _do(
    here: Here, finding_id: int, typed: FormData, act: str, do: Callable[[Desk, Finding], str]
) -> Response:
    """Do it in one transaction; what is wrong is told on the finding's page, with what was typed."""
    try:
        with here.write() as desk:
            found = finding_of(desk, finding_id, lock=True)
            done = do(desk, found)
            done += "-alone" if done in TOLD and addressed.alone(desk.session, found.unit_id) else ""
    except AbsentError:
        raise
    except DubanError as wrong:
        return show(here, finding_id, Attempt(act, typed, str(wrong)))
    here.counter.ring()
    return flash.went(here.request, f"/findings/{finding_id}", done)


def day_of(typed: FormData, name: str) -> date:
    """Give the day that was chosen; raises :class:`DubanError` for none."""
    if not (said := word(typed, name)):
        raise DubanError("请填写整改完成日期。")
    return local_day(clock.end_of_day(said))


def _until_or_none(typed: FormData) -> datetime | None:
    said = word(typed, "until")
    return clock.end_of_day(said) if said else None


def _until(typed: FormData) -> datetime:
    if (found := _until_or_none(typed)) is None:
        raise DubanError("请填写新的期限。")
    return found
