"""What answers say of plans, units, rounds, obligations and counts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from pydantic import Field

from ...ledger.catalogue import outcome_of
from ...obligations.outcome import Tally
from ...obligations.words import Outcome, State, Word
from .kinds import At, Shape

if TYPE_CHECKING:
    from fractions import Fraction

_Item = TypeVar("_Item", bound=Shape)


def words_of(words: type[Word]) -> str:
    """Give the words that a value may have, each with its Chinese."""
    return "、".join(f"{one} {one.zh}" for one in words)


class Page(Shape, Generic[_Item]):
    """A part of a long list."""

    items: list[_Item]
    next: int | None = Field(description="下一页请以此为 after；没有下一页则为 null")


class PlanShape(Shape):
    """One revision of a plan."""

    plan: str = Field(description="方案的键", examples=["jiancha"])
    revision: int = Field(description="修订次数")
    title: str
    office: str = Field(description="主管办公室")
    sha256: str = Field(description="方案原文的校验码")
    adopted_at: At
    years: list[int] = Field(description="按这一版执行的年份")


class PlanList(Shape):
    """All plans."""

    items: list[PlanShape]


class UnitShape(Shape):
    """A unit. It is there on a day when opened_on <= day < closed_on."""

    id: int
    code: str
    name: str
    kind: str = Field(description="类别，如 村、部门")
    tags: list[str]
    parent: str | None = Field(description="上级单位的代码")
    opened_on: date | None
    closed_on: date | None


class UnitPage(Page[UnitShape]):
    """Some units."""


class RoundShape(Shape):
    """One duty in one period."""

    id: int
    plan: str
    duty: str
    period: str = Field(examples=["2023-03"])
    year: int
    name: str
    title: str
    kind: str = Field(description="频次，如 monthly、event")
    clause: str = Field(description="依据：方案的条款")
    urgent: bool
    provisional: bool = Field(description="日期是否暂定（放假通知未出）")
    opens_at: At
    due_at: At | None = Field(description="最后一个按时的时刻；当日24时即 23:59:59")
    locks_at: At | None = Field(description="最后一个还收补报的时刻")
    opened_at: At | None = Field(description="何时下达；未下达则为 null")
    expected: int | None = Field(description="应报单位数，下达时定下")


class RoundPage(Page[RoundShape]):
    """Some rounds."""


class RoundInFull(RoundShape):
    """A round with what is to be handed in."""

    ask: str = Field(description="要报什么")
    receiver: str = Field(description="报给谁")
    emphasis: str = Field(description="本期重点")
    form: list[dict[str, Any]] = Field(description="表格各项：key、label、type、unit、required 等")
    form_digest: str = Field(description="表格的校验码，上报时可写入 seen_form")


class ObligationShape(Shape):
    """What one unit owes in one round."""

    id: int
    round_id: int
    plan: str
    duty: str
    period: str
    title: str
    unit_code: str
    unit: str
    state: State = Field(description=words_of(State))
    outcome: Outcome = Field(description=words_of(Outcome))
    nil: bool = Field(description="最新一版是否零报告")
    due_at: At | None = Field(description="最后一个按时的时刻，已计延期")
    credited_at: At | None = Field(description="据以认定按时与否的收到时刻")
    acknowledged_at: At | None = Field(description="何时签收")


class ObligationPage(Page[ObligationShape]):
    """Some obligations."""


Share = Annotated[float | None, Field(ge=0, le=1)]


class CountShape(Shape):
    """How many of a round came to each outcome."""

    round_id: int
    plan: str
    duty: str
    period: str
    title: str
    due_at: At | None
    expected: int = Field(description="应报，含免报")
    pending: int
    on_time: int
    late: int
    missing: int
    nil: int
    returned: int
    extended: int
    exempt: int
    obliged: int = Field(description="应报减免报，两率的分母")
    received: int
    timely: int
    completeness: Share = Field(description="完整率=received÷obliged，0 到 1；没有应报单位则为 null")
    timeliness: Share = Field(description="及时率=timely÷obliged，0 到 1；没有应报单位则为 null")


class CountPage(Page[CountShape]):
    """The counts of some rounds."""

    as_of: At = Field(description="统计时刻")


def obligation_shape(row: Any) -> ObligationShape:
    """Give the shape of a row of ``catalogue.obligations``."""
    return ObligationShape.of(row, outcome=outcome_of(row))


def count_shape(row: Any, counted: Tally) -> CountShape:
    """Give the shape of a round's row and its count."""
    sums = {name: getattr(counted, name) for name in ("expected", "obliged", "received", "timely")}
    rates = {name: _share(getattr(counted, name)) for name in ("completeness", "timeliness")}
    outcomes = {str(one): getattr(counted, one) for one in Outcome}
    return CountShape.of(row, round_id=row.id, **outcomes, **sums, **rates)


def _share(rate: Fraction | None) -> float | None:
    return None if rate is None else round(float(rate), 4)
