"""What answers say of one obligation in full, and of an act on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from ...obligations.forms import form_digest
from ...obligations.outcome import Standing
from ...obligations.words import Outcome, RemarkKind, State, Verdict, Via
from .kinds import At, Shape
from .shapes import ObligationShape

if TYPE_CHECKING:
    from ...ledger.matter import Matter, Version
    from ...ledger.tables import Exemption


class StandingShape(Shape):
    """How an obligation stands at the moment of the answer."""

    state: State
    state_zh: str
    outcome: Outcome
    outcome_zh: str
    nil: bool
    extended: bool
    due_at: At | None
    credited_at: At | None
    overdue_seconds: int | None = Field(description="认定时刻（未报则为此刻）超过期限的秒数")
    closes_at: At | None = Field(description="最后一个还收上报的时刻；一直收则为 null")
    final: bool = Field(description="为真则不再收上报")


class VerdictShape(Shape):
    """What the office decided about one version."""

    verdict: Verdict
    at: At
    by: str
    reason: str
    material: bool
    correct_by: At | None


class SubmissionShape(Shape):
    """One version of a report."""

    id: int
    version: int
    received_at: At = Field(description="服务器收到的时刻，据此认定")
    claimed_at: At | None
    nil: bool
    answers: dict[str, Any]
    note: str
    via: Via
    by: str
    sha256: str = Field(description="这一版的校验码，留痕中同样记着")


class JudgedShape(SubmissionShape):
    """One version of a report with what the office decided about it, if anything yet."""

    verdict: VerdictShape | None


class RequestShape(Shape):
    """What a unit asked for and what was answered."""

    id: int
    asked_at: At
    asked_by: str
    reason: str
    decided_at: At | None
    by: str | None
    granted: bool | None
    answer: str | None


class ExtensionShape(RequestShape):
    """A request for more time."""

    until: At


class TransferShape(RequestShape):
    """A unit's word that this is not its duty."""

    to_unit: str


class ExemptionShape(Shape):
    """Why a unit was let off."""

    at: At
    by: str = Field(description="批准人")
    reason: str


class RemarkShape(Shape):
    """Something that was said about an obligation."""

    id: int
    at: At
    kind: RemarkKind
    by: str
    text: str
    whom: str
    reached: bool | None


class FileShape(Shape):
    """A file that came for an obligation."""

    sha256: str
    name: str
    media_type: str
    size: int = Field(description="字节数")
    at: At
    by: str


class MatterShape(Shape):
    """An obligation with all that unit and office have said and done about it."""

    obligation: ObligationShape
    standing: StandingShape
    clause: str
    ask: str
    form: list[dict[str, Any]]
    form_digest: str
    submissions: list[JudgedShape]
    extensions: list[ExtensionShape]
    transfers: list[TransferShape]
    exemption: ExemptionShape | None
    remarks: list[RemarkShape]
    files: list[FileShape]


class Done(Shape):
    """How an obligation stands after an act."""

    obligation: ObligationShape


class Received(Done):
    """A report that is on record."""

    submission: SubmissionShape
    fresh: bool = Field(description="为假则此前已登记，没有重复")


class Returned(Done):
    """A report that went back."""

    notices: int = Field(description="随即产生的提醒条数")


class Remarked(Done):
    """Something said that is on record."""

    remark: RemarkShape


class Filed(Done):
    """A file that is on record."""

    file: FileShape


class RefusalShape(Shape):
    """A report that was not taken, and why not."""

    obligation: int
    unit: str
    why: str


class TakenShape(Shape):
    """What became of many reports."""

    accepted: list[int] = Field(description="已接收的事项编号")
    refused: list[RefusalShape]


class EventShape(Shape):
    """The round that an event opened."""

    round_id: int
    period: str
    title: str
    due_at: At | None
    expected: int
    notices: int
    fresh: bool = Field(description="为假则同一事件此前已登记，没有重复")


def matter_shape(found: Matter, obligation: ObligationShape, exemption: Exemption | None) -> MatterShape:
    """Give the shape of an obligation in full."""
    return MatterShape(
        obligation=obligation,
        standing=_standing(found),
        clause=found.round.clause,
        ask=found.round.ask,
        form=found.round.form,
        form_digest=form_digest(found.round.form),
        submissions=[_judged(one) for one in found.versions],
        extensions=[ExtensionShape.of(one) for one in found.extensions],
        transfers=[TransferShape.of(one) for one in found.transfers],
        exemption=None if exemption is None else ExemptionShape.of(exemption),
        remarks=[RemarkShape.of(one) for one in found.remarks],
        files=[FileShape.of(one) for one in found.uploads],
    )


def _standing(found: Matter) -> StandingShape:
    here: Standing = found.standing
    return StandingShape.of(
        here,
        state_zh=here.state.zh,
        outcome_zh=here.outcome.zh,
        due_at=here.effective_due,
        overdue_seconds=None if here.overdue_by is None else int(here.overdue_by.total_seconds()),
        closes_at=found.closes_at,
    )


def _judged(one: Version) -> JudgedShape:
    verdict = None if one.verdict is None else VerdictShape.of(one.verdict)
    return JudgedShape.of(one.report, verdict=verdict)
