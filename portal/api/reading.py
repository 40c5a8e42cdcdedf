"""Reading plans, units, rounds and obligations."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from ...ledger import catalogue
from ...ledger.catalogue import Cut, ObligationFilters, RoundFilters
from ...ledger.matter import matter
from ...obligations.forms import form_digest
from ...obligations.words import State
from ..access import Act, Here, may
from .described import LOOKING, LOOKING_AT_ONE
from .kinds import SMALL, Moment, Name, ObligationId, Paged, RoundId, SmallPaged, YesWord
from .limited import Limited
from .shapes import (
    ObligationPage,
    PlanList,
    PlanShape,
    RoundInFull,
    RoundPage,
    RoundShape,
    UnitPage,
    UnitShape,
    obligation_shape,
)
from .shapes_matter import MatterShape, matter_shape

router = APIRouter(route_class=Limited)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
Year = Annotated[int, Field(ge=2000, le=2099)]


class RoundsAsked(SmallPaged):
    """Which rounds."""

    plan: Name | None = Field(None, description="方案的键")
    duty: Name | None = Field(None, description="任务的键")
    period: Name | None = Field(None, description="期次，如 2023-03")
    year: Year | None = Field(None, description="哪一年的期次")
    opened: YesWord | None = Field(None, description="true 已下达的，false 未下达的")
    due_after: Moment | None = Field(None, description="期限不早于此")
    due_before: Moment | None = Field(None, description="期限早于此")

    @property
    def filters(self) -> RoundFilters:
        """Give the filters."""
        named = (self.plan, self.duty, self.period, self.year)
        return RoundFilters(*named, opened=self.opened, due_after=self.due_after, due_before=self.due_before)


class ObligationsAsked(Paged):
    """Which obligations."""

    plan: Name | None = Field(None, description="方案的键")
    duty: Name | None = Field(None, description="任务的键")
    period: Name | None = Field(None, description="期次，如 2023-03")
    year: Year | None = Field(None, description="哪一年的期次")
    round_id: Annotated[int, Field(ge=1, le=SMALL)] | None = Field(None, description="期次编号")
    unit: Name | None = Field(None, description="单位代码")
    state: State | None = Field(None, description="办理状态")
    due_after: Moment | None = Field(None, description="期限（已计延期）不早于此")
    due_before: Moment | None = Field(None, description="期限（已计延期）早于此")

    @property
    def filters(self) -> ObligationFilters:
        """Give the filters."""
        return ObligationFilters(
            slug=self.plan,
            duty=self.duty,
            period=self.period,
            year=self.year,
            round_id=self.round_id,
            unit=self.unit,
            state=self.state,
            due_after=self.due_after,
            due_before=self.due_before,
        )


@router.get("/plans", summary="方案", responses=LOOKING)
def plans(here: Looking) -> PlanList:
    """Give every revision of every plan, with the years in which it is in force."""
    with here.read() as desk:
        rows, years = catalogue.plans(desk.session), catalogue.plan_years(desk.session)
    return PlanList(items=[PlanShape.of(row, plan=row.slug, years=years.get(row.id, [])) for row in rows])


@router.get("/units", summary="单位", responses=LOOKING)
def units(here: Looking, asked: Annotated[SmallPaged, Query()]) -> UnitPage:
    """Give units, closed ones too, in the order of their numbers."""
    with here.read() as desk:
        found = catalogue.units(desk.session, Cut(asked.after, asked.limit))
        tags = catalogue.unit_tags(desk.session, [row.id for row in found.rows])
    items = [UnitShape.of(row, tags=tags.get(row.id, [])) for row in found.rows]
    return UnitPage(items=items, next=found.next)


@router.get("/rounds", summary="期次", responses=LOOKING)
def rounds(here: Looking, asked: Annotated[RoundsAsked, Query()]) -> RoundPage:
    """Give rounds, planned ones too, in the order of their numbers."""
    with here.read() as desk:
        found = catalogue.rounds(desk.session, asked.filters, Cut(asked.after, asked.limit))
    return RoundPage(items=[RoundShape.of(one, plan=one.plan) for one in found.rows], next=found.next)


@router.get("/rounds/{round_id}", summary="一个期次", responses=LOOKING_AT_ONE)
def one_round(here: Looking, round_id: RoundId) -> RoundInFull:
    """Give a round with the form that it asks to be filled in."""
    with here.read() as desk:
        found = desk.round(round_id)
    return RoundInFull.of(found, plan=found.slug, form_digest=form_digest(found.form))


@router.get("/rounds/{round_id}/obligations", summary="一个期次的事项", responses=LOOKING_AT_ONE)
def round_obligations(here: Looking, round_id: RoundId, asked: Annotated[Paged, Query()]) -> ObligationPage:
    """Give what each unit owes in a round; none before it has opened."""
    with here.read() as desk:
        which = ObligationFilters(round_id=desk.round(round_id).id)
        found = catalogue.obligations(desk.session, which, here.now, Cut(asked.after, asked.limit))
    return ObligationPage(items=[obligation_shape(row) for row in found.rows], next=found.next)


@router.get("/obligations", summary="事项", responses=LOOKING)
def obligations(here: Looking, asked: Annotated[ObligationsAsked, Query()]) -> ObligationPage:
    """Give obligations as they stand now, in the order of their numbers."""
    with here.read() as desk:
        cut = Cut(asked.after, asked.limit)
        found = catalogue.obligations(desk.session, asked.filters, here.now, cut)
    return ObligationPage(items=[obligation_shape(row) for row in found.rows], next=found.next)


@router.get("/obligations/{obligation_id}", summary="一个事项", responses=LOOKING_AT_ONE)
def one_obligation(here: Looking, obligation_id: ObligationId) -> MatterShape:
    """Give an obligation with every version, verdict, request, remark and file."""
    with here.read() as desk:
        found = desk.obligation(obligation_id)
        row = catalogue.obligation(desk.session, found.id, here.now)
        exemption = catalogue.exemption(desk.session, found.id)
        return matter_shape(matter(desk.session, found, here.now), obligation_shape(row), exemption)
