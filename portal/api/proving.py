"""What a supervisor reads: overdue, counts, messages, and the journal with its proof."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from ...ledger import catalogue, journal, overdue
from ...ledger.catalogue import Cut, RoundFilters
from ...ledger.overdue import OverdueFilters, Sort, Window
from ...ledger.round_counts import count_now, count_then
from ...obligations.errors import DubanError
from ...obligations.moments import in_words
from ...obligations.outcome import Tally
from ...obligations.words import State
from ..access import Here
from ..one_proof import one_proof
from .described import LOOKING
from .kinds import SMALL, Asked, Moment, Name, Paged, SmallPaged
from .limited import Limited
from .reading import Looking, Year
from .shapes import CountPage, count_shape
from .shapes_said import (
    EntryPage,
    EntryShape,
    MessagePage,
    MessageShape,
    MessageState,
    OverduePage,
    ProofShape,
    overdue_shape,
)

router = APIRouter(route_class=Limited)


class OverdueAsked(Asked):
    """Which of what is overdue."""

    plan: Name | None = Field(None, description="方案的键")
    duty: Name | None = Field(None, description="任务的键")
    round_id: Annotated[int, Field(ge=1, le=SMALL)] | None = Field(None, description="期次编号")
    year: Year | None = Field(None, description="哪一年的期次")
    lead: Name | None = Field(None, description="牵头单位的名称")
    unit: Name | None = Field(None, description="单位代码或名称")
    state: Literal[State.OWED, State.RETURNED] | None = Field(None, description="owed 待报、returned 已退回")
    days: Annotated[int, Field(ge=0, le=36500)] = Field(0, description="至少逾期几天")
    as_of: Moment | None = Field(None, description="按过去某一时刻统计；不写则为此刻")
    sort: Sort = Field(Sort.LONGEST, description="次序")
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = Field(0, description="跳过前几条")
    limit: Annotated[int, Field(ge=1, le=200)] = Field(100, description="每页最多几条，1 至 200")

    @property
    def filters(self) -> OverdueFilters:
        """Give the filters."""
        return OverdueFilters(
            slug=self.plan,
            duty=self.duty,
            round_id=self.round_id,
            year=self.year,
            lead=self.lead,
            unit=self.unit,
            state=self.state,
            days=self.days,
        )


class CountsAsked(SmallPaged):
    """Of which rounds to count the outcomes."""

    plan: Name | None = Field(None, description="方案的键")
    duty: Name | None = Field(None, description="任务的键")
    period: Name | None = Field(None, description="期次，如 2023-03")
    year: Year | None = Field(None, description="哪一年的期次")
    unit: Name | None = Field(None, description="只计这一单位，写代码")
    as_of: Moment | None = Field(None, description="按过去某一时刻统计；不写则为此刻")


class MessagesAsked(Paged):
    """Which messages."""

    state: MessageState | None = Field(
        None, description="queued 待发、sending 正在发、sent 已发出、dead 发送失败、withdrawn 已撤回"
    )


@router.get("/overdue", summary="逾期未报", responses=LOOKING)
def overdue_now(here: Looking, asked: Annotated[OverdueAsked, Query()]) -> OverduePage:
    """Give what is overdue, now or as of any past moment, and what units were told of it."""
    as_of, today = _as_of(here, asked.as_of), asked.as_of is None
    window = Window(asked.offset, asked.limit)
    with here.read() as desk:
        which = desk.session, asked.filters, as_of
        found = overdue.page(*which, today=today, sort=asked.sort, window=window)
    return OverduePage(as_of=as_of, total=found.total, items=[overdue_shape(row) for row in found.rows])


def _as_of(here: Here, asked: datetime | None) -> datetime:
    if asked is not None and asked > here.now:
        raise DubanError(f"{in_words(asked)}还没有到，只能统计过去的时刻。")
    return here.now if asked is None else asked


@router.get("/rates", summary="完成情况", responses=LOOKING)
def rates(here: Looking, asked: Annotated[CountsAsked, Query()]) -> CountPage:
    """Give completeness and timeliness of each opened round, now or as of any past moment."""
    as_of = _as_of(here, asked.as_of)
    named = (asked.plan, asked.duty, asked.period, asked.year)
    which = RoundFilters(*named, opened_by=as_of)
    with here.read() as desk:
        found = catalogue.rounds(desk.session, which, Cut(asked.after, asked.limit))
        count = count_now if asked.as_of is None else count_then
        counted = count(desk.session, [row.id for row in found.rows], asked.unit, as_of)
    items = [count_shape(row, counted.get(row.id, Tally())) for row in found.rows]
    return CountPage(as_of=as_of, items=items, next=found.next)


@router.get("/messages", summary="发送记录", responses=LOOKING)
def messages(here: Looking, asked: Annotated[MessagesAsked, Query()]) -> MessagePage:
    """Give messages, the oldest first, with what the provider answered."""
    with here.read() as desk:
        found = catalogue.messages(desk.session, asked.state, Cut(asked.after, asked.limit))
    return MessagePage(items=[MessageShape.of(row) for row in found.rows], next=found.next)


@router.get("/journal", summary="留痕", responses=LOOKING)
def entries(here: Looking, asked: Annotated[Paged, Query()]) -> EntryPage:
    """Give entries of the journal in order, so that their chain can be followed elsewhere."""
    here.require_whole()  # a chain with gaps proves nothing
    with here.read() as desk:
        found = catalogue.entries(desk.session, Cut(asked.after, asked.limit))
    return EntryPage(items=[EntryShape.of(row) for row in found.rows], next=found.next)


@router.get("/verify", summary="核对留痕", responses=LOOKING)
def verify(here: Looking) -> ProofShape:
    """Prove the journal and the book against it. This reads the whole book: allow for minutes.

    One proof at a time; another is refused meanwhile with 409.
    """
    here.require_whole()
    with one_proof(), here.read() as desk:
        found = journal.verify(desk.session, box=here.counter.box)
        head = journal.head_line(desk.session)
    return ProofShape.of(found, reason=found.reason_zh, head=head)
