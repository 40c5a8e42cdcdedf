"""What answers say of sheets: 催办单、督办单、约谈通知、通报."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from ...obligations.sheet_names import sheet_number
from ...obligations.words import Rung, SheetState
from .kinds import At, Shape
from .shapes import Page, words_of

if TYPE_CHECKING:
    from ...ledger.sheet_whole import SheetWhole


class SheetShape(Shape):
    """A numbered sheet: one matter, one unit."""

    id: int
    rung: Rung = Field(description=words_of(Rung))
    state: SheetState = Field(description=words_of(SheetState))
    reference: str | None = Field(description="文号，签发时编定；草稿为 null", examples=["督办〔2023〕3号"])
    plan: str = Field(description="方案的键")
    year: int
    number: int | None
    cause: Literal["ladder", "direct", "listing"] = Field(
        description="由来：ladder 到期未办结按规则进入、direct 直接督办、listing 挂牌督办"
    )
    reason: str = Field(description="直接督办的事由")
    obligation_id: int | None = Field(description="所涉事项")
    finding_id: int | None = Field(description="所涉隐患")
    unit_code: str
    unit: str
    matter: str = Field(description="事项")
    responsible: str = Field(description="责任人")
    lead: str = Field(description="牵头单位")
    requirement: str = Field(description="要求")
    basis: str = Field(description="依据的文件")
    clause: str = Field(description="条款")
    limit_days: int = Field(description="限几个工作日办结")
    limit_at: At | None = Field(description="期限的最后一秒；草稿为 null")
    made_at: At
    made_by: str = Field(description="起草人；duban 为程序")
    issued_at: At | None
    signed_by: str | None = Field(description="签发人；催办单由程序发出，为 duban")
    acknowledged_at: At | None
    closed_at: At | None
    closing: str | None = Field(description="办理结果")
    withdrawn_at: At | None
    withdrawn_why: str | None = Field(description="撤销或不予签发的理由")


class SheetPage(Page[SheetShape]):
    """Some sheets."""


class SheetReplyShape(Shape):
    """What a unit answered, and what the office said to it."""

    id: int
    at: At
    by: str
    text: str
    decided_at: At | None
    decided_by: str | None
    accepted: bool | None = Field(description="理由是否成立；尚未答复为 null")
    answer: str | None


class TalkShape(Shape):
    """A talk (约谈)."""

    at: At
    place: str
    attending: str
    material: str
    minutes: str | None
    minuted_at: At | None
    promised: str | None
    promised_by: At | None = Field(description="承诺的完成期限")
    followed_at: At | None
    followed: str | None


class SheetInFull(SheetShape):
    """A sheet with its replies and its talk."""

    replies: list[SheetReplyShape]
    talk: TalkShape | None


def sheet_shape(row: Any) -> SheetShape:
    """Give the shape of a row of ``sheet_list.sheets_after``."""
    return SheetShape.of(row, **_named(row))


def sheet_in_full(found: SheetWhole) -> SheetInFull:
    """Give the shape of a sheet with all that belongs to it."""
    one, unit = found.sheet, {"unit": found.unit.name, "unit_code": found.unit.code}
    replies = [SheetReplyShape.of(reply) for reply in found.replies]
    talk = TalkShape.of(found.talk) if found.talk else None
    return SheetInFull.of(one, **_named(one), **unit, replies=replies, talk=talk)


def _named(row: Any) -> dict[str, Any]:
    return {"reference": sheet_number(row.rung, row.year, row.number) or None, "plan": row.series}
