"""What answers say of findings (隐患)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from ...obligations.findings import StepKind, in_words
from ...obligations.words import FindingState, Grade
from .kinds import At, Shape
from .shapes import Page, words_of

if TYPE_CHECKING:
    from ...ledger.finding_whole import WholeFinding
    from ...ledger.tables import Finding, Unit


class FindingShape(Shape):
    """One finding in the columns of the paper ledger (隐患台账)."""

    id: int
    plan: str = Field(description="方案的键")
    year: int = Field(description="检查的年份")
    number: int = Field(description="序号，每个方案每年从 1 编起")
    found_at: At = Field(description="检查时间")
    checked_by: str = Field(description="检查单位")
    inspectors: str = Field(description="检查人")
    item: str = Field(description="检查项目")
    place: str = Field(description="检查地点")
    description: str = Field(description="隐患问题描述")
    kind: str = Field(description="隐患类型")
    grade: Grade = Field(description=words_of(Grade))
    measures: str = Field(description="整改要求（措施）")
    due_at: At = Field(description="整改期限的最后一秒，已计延期")
    first_due_at: At = Field(description="最初的整改期限")
    unit_code: str = Field(description="整改责任单位的代码")
    unit: str = Field(description="整改责任单位")
    responsible: str = Field(description="整改责任人")
    fixed_on: date | None = Field(description="整改完成日期")
    fixed_at: At | None = Field(description="何时报告整改完成")
    fixed_by: str | None = Field(description="整改人")
    state: FindingState = Field(description=words_of(FindingState))
    overdue: bool = Field(description="是否超期未整改")
    closed_at: At | None = Field(description="何时销号")
    closed_by: str | None = Field(description="复查人；查否的为经办人")
    refuted: bool = Field(description="是否查否（经核实不是隐患）")
    reopened: int = Field(description="复发次数")
    late: bool = Field(description="是否曾逾期整改")
    asked_at: At | None = Field(description="延期申请何时提出；没有等候答复的为 null")
    obligation_id: int | None = Field(description="随哪个事项的报告登记")
    entered_at: At
    entered_by: str


class FindingPage(Page[FindingShape]):
    """Some findings."""


class FindingStepShape(Shape):
    """One thing that happened to a finding."""

    at: At
    kind: StepKind = Field(description=words_of(StepKind))
    by: str = Field(description="经办人")
    people: str = Field(description="到场的人：整改人、复查人")
    text: str
    until: At | None = Field(description="所定或所请的期限")
    done_on: date | None


class FindingInFull(FindingShape):
    """A finding with all that happened to it."""

    closing: str = Field(description="销号情况，如台账最后一栏", examples=["已销号（2023-03-13，李强）"])
    steps: list[FindingStepShape]


class FindingRecorded(Shape):
    """A finding that was registered; ``fresh`` is false when it was there already."""

    finding: FindingInFull
    fresh: bool


def finding_shape(found: Finding, unit: Unit, overdue: bool) -> FindingShape:  # noqa: FBT001 - a fact as the rest
    """Give the shape of a finding."""
    more = {"plan": found.slug, "unit": unit.name, "unit_code": unit.code, "overdue": overdue}
    return FindingShape.of(found, **more)


def finding_in_full(whole: WholeFinding, overdue: bool) -> FindingInFull:  # noqa: FBT001 - a fact as the rest
    """Give the shape of a finding with its steps."""
    found, unit = whole.finding, whole.unit
    more = {"plan": found.slug, "unit": unit.name, "unit_code": unit.code, "overdue": overdue}
    steps = [FindingStepShape.of(one.row) for one in whole.steps]
    return FindingInFull.of(found, closing=in_words(whole.standing), steps=steps, **more)
