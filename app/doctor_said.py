"""Messages and notices: what is stuck, what never arrived, whom nobody could tell."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..ledger.outbox import STUCK_AFTER
from ..ledger.tables import Message, Notice, Obligation, Unit
from ..obligations.moments import in_words
from .doctor_finding import Finding, doubtful, few, fine, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

OVERDUE = timedelta(hours=1)


def said_findings(session: Session, now: datetime) -> Iterator[Finding]:
    """Check the outbox as of ``now``."""
    yield _waiting(session, now)
    yield _stuck(session, now)
    yield _dead(session)
    yield _nobody(session)


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Message).where(*where)) or 0


def _waiting(session: Session, now: datetime) -> Finding:
    overdue = _count(session, Message.state == "queued", Message.not_before < now - OVERDUE)
    if overdue:
        said = f"{overdue}条消息到时已超过一小时仍未投递"
        return wrong("待发消息", said, "确认 duban up 在运行；也可立即运行 duban deliver")
    last = session.scalar(select(func.max(Message.sent_at)))
    sent = f"，最近发出 {in_words(last)}" if last else ""
    return fine("待发消息", f"{_count(session, Message.state == 'queued')}条{sent}")


def _stuck(session: Session, now: datetime) -> Finding:
    stuck = _count(session, Message.state == "sending", Message.claimed_at < now - STUCK_AFTER)
    if stuck:
        return wrong("滞留消息", f"{stuck}条停在“发送中”超过15分钟", "运行 duban deliver，会收回并重新投递")
    return fine("滞留消息", "没有")


def _dead(session: Session) -> Finding:
    dead = _count(session, Message.state == "dead")
    if not dead:
        return fine("无法送达", "没有")
    answer = session.scalar(
        select(Message.answer).where(Message.state == "dead").order_by(Message.id.desc()).limit(1)
    )
    return wrong(
        "无法送达",
        f"{dead}条；最近一条的答复：{answer or '（无）'}",
        "改正渠道或联系人，再运行 duban messages retry",
    )


def _nobody(session: Session) -> Finding:
    names = list(
        session.scalars(
            select(Unit.name)
            .join(Obligation, Obligation.unit_id == Unit.id)
            .join(Notice, Notice.obligation_id == Obligation.id)
            .where(Notice.state == "no_contact", Obligation.state.in_(("owed", "returned")))
            .distinct()
            .order_by(Unit.name)
        )
    )
    if names:
        return doubtful("无人可提醒", f"有事项待报而无联系人：{few(names)}", "电话通知，并在名册中补上联系人")
    return fine("无人可提醒", "没有")
