"""Findings by program: registered, read, fixed and rechecked as on the pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from ...ledger import finding_list, findings
from ...ledger.finding_list import FindingFilters, Which
from ...ledger.finding_whole import whole
from ...ledger.findings import Fixed, Found, Recheck
from ...ledger.paging import Cut
from ...ledger.tables import Finding
from ...obligations.words import Grade, Via
from ..access import Act, Desk
from ..findings_seen import finding_of
from ..naming import chosen_plan, named_unit
from .described import ACTING, LOOKING, LOOKING_AT_ONE
from .kinds import SMALL, Asked, Day, Key, Moment, Name, Reason, Remark, SmallPaged, Word, Yes
from .limited import Limited
from .once import Acting, Answer, acting
from .reading import Looking, Year
from .shapes_findings import FindingInFull, FindingPage, FindingRecorded, finding_in_full, finding_shape

router = APIRouter(route_class=Limited)
Finding_ = Annotated[Acting, Depends(acting(Act.FIND))]
FindingId = Annotated[int, Path(ge=1, le=SMALL, description="隐患编号")]
_AT = "/findings/{finding_id}"
_THERE = {200: {"model": FindingRecorded, "description": "此前已登记，没有重复"}}


class FindingsAsked(SmallPaged):
    """Which findings."""

    plan: Name | None = Field(None, description="方案的键")
    year: Year | None = Field(None, description="检查的年份")
    unit: Name | None = Field(None, description="整改责任单位的代码或名称")
    which: Which | None = Field(
        None,
        description="open 整改中、overdue 超期未整改、fixed 待复查、asked 延期待答复、closed 已销号、"
        "reopened 复发过、listed 挂牌督办",
    )
    grade: Grade | None = Field(None, description="general 一般、grave 重大")
    kind: Name | None = Field(None, description="隐患类型")


class FindingAsked(Asked):
    """What a check found."""

    plan: Name = Field(description="方案的键，须在执行中", examples=["jiancha"])
    unit: Name = Field(description="整改责任单位，代码或名称", examples=["cun1"])
    found_at: Moment = Field(description="检查时间，不能晚于现在")
    description: Reason = Field(description="隐患问题描述")
    due_at: Moment = Field(description="整改期限，即最后一个按期的时刻，如某日 23:59:59")
    checked_by: Word = Field("", description="检查单位")
    inspectors: Word = Field("", description="检查人")
    item: Word = Field("", description="检查项目")
    place: Word = Field("", description="检查地点")
    kind: Word = Field("", description="隐患类型")
    grade: Grade = Field(Grade.GENERAL, description="general 一般、grave 重大")
    measures: Remark = Field("", description="整改要求（措施）")
    responsible: Word = Field("", description="整改责任人")
    clause: Word = Field("", description="依据的条款")
    key: Key | None = Field(None, description="编号：同一编号只登记一次；不写则用幂等键")


class FixedAsked(Asked):
    """That a finding has been rectified."""

    text: Reason = Field(description="整改情况")
    done_on: Day = Field(description="整改完成日期，不早于检查之日，不晚于今天")
    people: Name = Field(description="整改人；不能再由此人复查", examples=["张三"])


class RecheckAsked(Asked):
    """What looking again found."""

    passed: Yes = Field(description="是否通过；通过即销号")
    people: Name = Field(description="复查人：不得是整改人，也不得是整改责任单位的人", examples=["李强"])
    text: Remark = Field("", description="复查情况；未通过须写明哪里没有整改到位")
    until: Moment | None = Field(None, description="未通过时新的整改期限")


@router.get("/findings", summary="隐患", responses=LOOKING)
def list_findings(here: Looking, asked: Annotated[FindingsAsked, Query()]) -> FindingPage:
    """Give findings in the order of their numbers in the book."""
    chosen = asked.model_dump(exclude={"after", "limit", "plan"})
    with here.read() as desk:
        cut = Cut(asked.after, asked.limit)
        found = finding_list.after(desk.session, FindingFilters(slug=asked.plan, **chosen), here.now, cut)
        items = [
            finding_shape(row, unit, finding_list.standing_from(row).overdue(here.now))
            for _, row, unit in found.rows
        ]
    return FindingPage(items=items, next=found.next)


@router.get(_AT, summary="一处隐患", responses=LOOKING_AT_ONE)
def one_finding(here: Looking, finding_id: FindingId) -> FindingInFull:
    """Give a finding with all that happened to it."""
    with here.read() as desk:
        return _in_full(desk, finding_of(desk, finding_id))


def _in_full(desk: Desk, found: Finding) -> FindingInFull:
    told = whole(desk.session, found)
    return finding_in_full(told, told.standing.overdue(desk.now))


@router.post(
    "/findings",
    summary="登记隐患",
    status_code=201,
    response_model=FindingRecorded,
    responses=ACTING | _THERE,
)
def record_finding(acting: Finding_, asked: FindingAsked) -> Response:
    """Register a finding; the unit that is to rectify it is told."""

    def work(desk: Desk) -> Answer:
        said = asked.model_dump(exclude={"plan", "unit", "key"})
        found = Found(
            key=_key(acting, asked.key),
            slug=chosen_plan(desk, asked.plan).slug,
            unit_id=named_unit(desk, asked.unit).id,
            via=Via.API,
            **said,
        )
        done = findings.record(desk.session, found, desk.now, desk.caller.by, acting.here.counter.means)
        body = FindingRecorded(finding=_in_full(desk, done.finding), fresh=done.fresh)
        return Answer(body, 201 if done.fresh else 200, ring=done.fresh)

    return acting.once(work)


def _key(acting: Acting, asked: str | None) -> str:
    """Give the key under which the book keeps a finding: two programs may number theirs alike."""
    caller = acting.here.caller
    own = asked or acting.key or acting.here.counter.new_token()
    return f"api-{'program' if caller.program else 'person'}-{caller.id}:{own}"


@router.post(f"{_AT}/fixed", summary="登记整改完成", response_model=FindingInFull, responses=ACTING)
def fixed(acting: Finding_, finding_id: FindingId, asked: FixedAsked) -> Response:
    """Take the report that a finding has been rectified; it then waits for a recheck."""

    def work(desk: Desk) -> Answer:
        found = finding_of(desk, finding_id, lock=True)
        done = Fixed(asked.text, asked.done_on, asked.people)
        findings.fix(desk.session, found, desk.now, desk.caller.by, done)
        return Answer(_in_full(desk, found))

    return acting.once(work)


@router.post(f"{_AT}/recheck", summary="登记复查", response_model=FindingInFull, responses=ACTING)
def recheck(acting: Finding_, finding_id: FindingId, asked: RecheckAsked) -> Response:
    """Close a finding whose rectification has been looked at again, or send it back with a new limit."""

    def work(desk: Desk) -> Answer:
        found = finding_of(desk, finding_id, lock=True)
        looked = Recheck(asked.passed, asked.people, asked.text, asked.until)
        means = acting.here.counter.means
        findings.recheck(desk.session, found, desk.now, desk.caller.by, looked, means)
        return Answer(_in_full(desk, found), ring=not asked.passed)

    return acting.once(work)
