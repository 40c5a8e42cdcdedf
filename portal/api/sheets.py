"""Reading sheets."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from ...ledger import sheet_list, sheet_whole
from ...ledger.paging import Cut
from ...obligations.words import Rung, SheetState
from ..sheets_seen import sheet_of
from .described import LOOKING, LOOKING_AT_ONE
from .kinds import BIG, Name, Paged
from .limited import Limited
from .reading import Looking, Year
from .shapes_sheets import SheetInFull, SheetPage, sheet_in_full, sheet_shape

router = APIRouter(route_class=Limited)
SheetId = Annotated[int, Path(ge=1, le=BIG, description="督办文书编号")]


class SheetsAsked(Paged):
    """Which sheets."""

    plan: Name | None = Field(None, description="方案的键")
    year: Year | None = Field(None, description="文号的年份；草稿为起草的年份")
    rung: Rung | None = Field(None, description="种类")
    state: SheetState | None = Field(None, description="状态")
    unit: Name | None = Field(None, description="单位代码或名称")


@router.get("/sheets", summary="督办文书", responses=LOOKING)
def sheets(here: Looking, asked: Annotated[SheetsAsked, Query()]) -> SheetPage:
    """Give sheets, drafts too, in the order of their numbers in the book."""
    which = sheet_list.SheetFilters(asked.rung, asked.state, asked.unit, asked.plan, asked.year)
    with here.read() as desk:
        found = sheet_list.sheets_after(desk.session, which, Cut(asked.after, asked.limit))
    return SheetPage(items=[sheet_shape(row) for row in found.rows], next=found.next)


@router.get("/sheets/{sheet_id}", summary="一份督办文书", responses=LOOKING_AT_ONE)
def one_sheet(here: Looking, sheet_id: SheetId) -> SheetInFull:
    """Give a sheet with its replies and its talk."""
    with here.read() as desk:
        return sheet_in_full(sheet_whole.whole(desk.session, sheet_of(desk, sheet_id)))
