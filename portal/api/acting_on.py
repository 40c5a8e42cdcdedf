"""What office and programs do to an obligation: the same acts as on the pages and at the command line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response

from ...ledger import accepting, asking, catalogue, reports
from ...ledger.reports import Report, Return
from .asked import (
    AcceptAsked,
    AcceptManyAsked,
    ExemptAsked,
    ExtendAsked,
    ExtensionAsked,
    RemarkAsked,
    ReportAsked,
    ReturnAsked,
    TransferAsked,
)
from .described import ACTING
from .kinds import ObligationId, RoundId
from .limited import Limited
from .once import Acting, Answer, Chasing, Receiving
from .shapes import obligation_shape
from .shapes_matter import (
    Done,
    Received,
    RefusalShape,
    Remarked,
    RemarkShape,
    Returned,
    SubmissionShape,
    TakenShape,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...ledger.tables import Obligation
    from ..access import Desk
    from .shapes import ObligationShape

router = APIRouter(route_class=Limited)
_AT = "/obligations/{obligation_id}"
_RECEIVED = {200: {"model": Received, "description": "此前已登记，没有重复"}}


def _after(desk: Desk, found: Obligation) -> ObligationShape:
    return obligation_shape(catalogue.obligation(desk.session, found.id, desk.now))


def _once(acting: Acting, obligation_id: int, act: Callable[[Desk, Obligation], object]) -> Response:
    """Do something to an obligation, once, and answer how it stands then."""

    def work(desk: Desk) -> Answer:
        found = desk.obligation(obligation_id, lock=True)
        act(desk, found)
        return Answer(Done(obligation=_after(desk, found)))

    return acting.once(work)


@router.post(
    f"{_AT}/submissions",
    summary="登记上报",
    status_code=201,
    response_model=Received,
    responses=ACTING | _RECEIVED,
)
def submit(acting: Receiving, obligation_id: ObligationId, asked: ReportAsked) -> Response:
    """Take a report. What is not judged yet is replaced by a new version; the moment of receipt counts."""

    def work(desk: Desk) -> Answer:
        found = desk.obligation(obligation_id, lock=True)
        before = catalogue.latest_version(desk.session, found.id)
        row = reports.submit(desk.session, found, _report(acting, desk, found, asked), desk.now)
        body = Received(
            obligation=_after(desk, found), submission=SubmissionShape.of(row), fresh=row.version > before
        )
        return Answer(body, 201 if body.fresh else 200)

    return acting.once(work)


def _report(acting: Acting, desk: Desk, found: Obligation, asked: ReportAsked) -> Report:
    caller = desk.caller
    own = asked.key or acting.key
    report = Report(
        # Two programs may number their reports alike.
        key=f"api-{'program' if caller.program else 'person'}-{caller.id}:{own}" if own else "",
        answers=asked.answers,
        nil=asked.nil,
        note=asked.note,
        via="api",
        by=f"{asked.reported_by}（{caller.by}登记）" if asked.reported_by else caller.by,
        claimed_at=asked.claimed_at,
        seen_version=asked.seen_version,
        seen_form=asked.seen_form,
    )
    return report if own else replace(report, key=reports.natural_key(desk.session, found, report))


@router.post(f"{_AT}/accept", summary="接收", response_model=Done, responses=ACTING)
def accept(acting: Receiving, obligation_id: ObligationId, asked: AcceptAsked) -> Response:
    """Take the latest version, which the caller has seen."""

    def act(desk: Desk, found: Obligation) -> None:
        accepting.check_seen(desk.session, found, asked.version)
        reports.accept(desk.session, found, desk.now, desk.caller.by)

    return _once(acting, obligation_id, act)


@router.post("/rounds/{round_id}/accept", summary="批量接收", response_model=TakenShape, responses=ACTING)
def accept_many(acting: Receiving, round_id: RoundId, asked: AcceptManyAsked) -> Response:
    """Take many reports of a round at once; what cannot be taken is named, and stops no other."""

    def work(desk: Desk) -> Answer:
        seen = {one.obligation: one.version for one in asked.seen}
        round_ = desk.round(round_id)
        taken = accepting.accept_many(desk.session, round_.id, seen, desk.now, desk.caller.by)
        refused = [RefusalShape.of(one, obligation=one.obligation_id) for one in taken.refused]
        return Answer(TakenShape(accepted=list(taken.accepted), refused=refused))

    return acting.once(work)


@router.post(f"{_AT}/return", summary="退回", response_model=Returned, responses=ACTING)
def return_(acting: Receiving, obligation_id: ObligationId, asked: ReturnAsked) -> Response:
    """Send the latest version back, saying why; reminding starts again."""

    def work(desk: Desk) -> Answer:
        found = desk.obligation(obligation_id, lock=True)
        accepting.check_seen(desk.session, found, asked.version)
        why = Return(asked.reason, asked.material, asked.correct_by)
        slots = acting.here.counter.slots(desk.now, urgent=desk.round(found.round_id).urgent)
        notices = reports.return_(desk.session, found, desk.now, desk.caller.by, why, slots)
        return Answer(Returned(obligation=_after(desk, found), notices=notices), ring=True)

    return acting.once(work)


@router.post(f"{_AT}/extend", summary="准予延期", response_model=Done, responses=ACTING)
def extend(acting: Receiving, obligation_id: ObligationId, asked: ExtendAsked) -> Response:
    """Grant a later due moment that was asked for by other ways, in time."""

    def act(desk: Desk, found: Obligation) -> None:
        when = {"asked_at": asked.asked_at or desk.now, "until": asked.until}
        reports.extend(desk.session, found, desk.now, desk.caller.by, reason=asked.reason, **when)

    return _once(acting, obligation_id, act)


@router.post(f"{_AT}/extension", summary="答复延期申请", response_model=Done, responses=ACTING)
def decide_extension(acting: Receiving, obligation_id: ObligationId, asked: ExtensionAsked) -> Response:
    """Grant or refuse the request for more time that waits."""

    def act(desk: Desk, found: Obligation) -> None:
        if asked.granted:
            asking.grant_time(desk.session, found, desk.now, desk.caller.by, asked.until)
        else:
            asking.refuse_time(desk.session, found, desk.now, desk.caller.by, asked.answer)

    return _once(acting, obligation_id, act)


@router.post(f"{_AT}/exempt", summary="免报", response_model=Done, responses=ACTING)
def exempt(acting: Receiving, obligation_id: ObligationId, asked: ExemptAsked) -> Response:
    """Let a unit off a round."""

    def act(desk: Desk, found: Obligation) -> None:
        why = {"reason": asked.reason, "approver": asked.approver}
        reports.exempt(desk.session, found, desk.now, desk.caller.by, **why)

    return _once(acting, obligation_id, act)


@router.post(f"{_AT}/acknowledge", summary="登记签收", response_model=Done, responses=ACTING)
def acknowledge(acting: Receiving, obligation_id: ObligationId) -> Response:
    """Note that the unit has seen what it owes."""
    return _once(
        acting,
        obligation_id,
        lambda desk, found: reports.acknowledge(desk.session, found, desk.now, desk.caller.by),
    )


@router.post(f"{_AT}/transfer", summary="答复转办申请", response_model=Done, responses=ACTING)
def decide_transfer(acting: Receiving, obligation_id: ObligationId, asked: TransferAsked) -> Response:
    """Answer a unit's word that this is not its duty; granted, it is let off this round."""

    def act(desk: Desk, found: Obligation) -> None:
        who = desk.session, found, desk.now, desk.caller.by
        asking.decide_transfer(*who, granted=asked.granted, answer=asked.answer)

    return _once(acting, obligation_id, act)


@router.post(f"{_AT}/remarks", summary="记一笔", status_code=201, response_model=Remarked, responses=ACTING)
def remark(acting: Chasing, obligation_id: ObligationId, asked: RemarkAsked) -> Response:
    """Keep a note of the office, or a call that was made."""

    def work(desk: Desk) -> Answer:
        found = desk.obligation(obligation_id, lock=True)
        who = desk.session, found, desk.now, desk.caller.by
        said = {"text": asked.text, "whom": asked.whom}
        row = asking.remark(*who, kind=asked.kind, reached=asked.reached, **said)
        return Answer(Remarked(obligation=_after(desk, found), remark=RemarkShape.of(row)), 201)

    return acting.once(work)
