"""What answers say of what is overdue, of messages, and of the journal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from ...obligations.words import State
from .kinds import At, Shape
from .shapes import Page, words_of

if TYPE_CHECKING:
    from ...ledger.overdue import OverdueRow
    from ...ledger.told import Reminders

MessageState = Literal["queued", "sending", "sent", "dead", "withdrawn"]


class LastWordShape(Shape):
    """The last thing that was said."""

    at: At
    by: str
    kind: str
    zh: str
    text: str
    until: At | None


class WayShape(Shape):
    """A channel through which reminders left."""

    kind: str = Field(description="渠道种类，如 wecom、email")
    name: str


class LastTryShape(Shape):
    """The last try to send a reminder through a channel."""

    at: At
    ok: bool = Field(description="为真则渠道已受理")
    answer: str = Field(description="服务商的答复")


class OverdueShape(Shape):
    """One obligation that is overdue, and what its unit was told."""

    obligation_id: int
    round_id: int
    unit_code: str
    unit: str
    plan: str
    duty: str
    period: str
    title: str
    clause: str
    lead: str
    state: State = Field(description=words_of(State))
    due_at: At
    overdue_seconds: int
    final: bool = Field(description="为真则已截止补报")
    reminded: int = Field(description="确已经由渠道发出的提醒次数")
    filed: int = Field(description="仅写入发件箱文件夹的提醒次数")
    waiting: int = Field(description="待发的提醒次数")
    last_reminded_at: At | None
    channels: list[WayShape] = Field(description="提醒经由的渠道")
    last_try: LastTryShape | None = Field(description="最近一次发送的结果；没有经渠道发送过则为 null")
    no_contact: bool = Field(description="没有可提醒的联系人")
    last_word: LastWordShape | None = Field(description="双方最后一次往来")


class OverduePage(Shape):
    """Some of what is overdue, and how many there are in all."""

    as_of: At
    total: int
    items: list[OverdueShape]


class MessageShape(Shape):
    """One message to one contact, and what became of it."""

    id: int
    state: MessageState
    purpose: str | None = Field(description="null 为提醒，link 为申请的链接，office-link 为办公室发送的链接")
    urgent: bool
    unit_code: str
    unit: str
    contact: str
    channel: str | None = Field(description="渠道名称；null 为发件箱文件夹")
    send_on: date
    not_before: At
    sent_at: At | None
    attempts: int
    subject: str
    body: str
    answer: str = Field(description="服务商的答复")


class MessagePage(Page[MessageShape]):
    """Some messages."""


class EntryShape(Shape):
    """One entry of the journal.

    ``hash`` is the SHA-256 of ``[seq,at,actor,action,subject,detail,previous]`` as JSON without spaces, in
    UTF-8: ``at`` in UTC (``2023-03-01T01:00:00+00:00``), ``detail`` by its very characters.
    """

    seq: int
    at: At
    actor: str
    action: str
    subject: str
    detail: str = Field(description="JSON 原文，校验码按其逐字计算")
    previous: str = Field(description="上一条的校验码；第一条为64个0")
    hash: str = Field(description="本条的校验码")


class EntryPage(Page[EntryShape]):
    """Some entries of the journal."""


class ProofShape(Shape):
    """What was proved of the journal and of the book against it."""

    ok: bool
    checked: int = Field(description="已核对的留痕条数")
    submissions: int = Field(description="已核对的上报份数")
    sealed: int = Field(description="尚未公开、因没有密钥而未能核对的抽签场数")
    first_broken_seq: int | None = Field(description="第一处不符在哪一条")
    reason: str = Field(description="哪里不符；核对无误则为空")
    head: str = Field(description="最后一条的编号、时间和校验码，可抄存备查")


def overdue_shape(row: OverdueRow) -> OverdueShape:
    """Give the shape of a row of the overdue list."""
    said = row.last_word
    return OverdueShape.of(
        row,
        plan=row.slug,
        overdue_seconds=int(row.overdue.total_seconds()),
        reminded=row.told.times,
        filed=row.told.filed,
        waiting=row.told.waiting,
        last_reminded_at=row.told.last_at,
        channels=[WayShape.of(way) for way in row.told.ways],
        last_try=_last_try(row.told),
        no_contact=row.told.nobody,
        last_word=None if said is None else LastWordShape.of(said),
    )


def _last_try(told: Reminders) -> LastTryShape | None:
    # What was only written to a folder reached nobody, so that it went well says nothing.
    if told.tried_at is None or told.ok is None or (told.ok and not told.times):
        return None
    return LastTryShape(at=told.tried_at, ok=told.ok, answer=told.result)
