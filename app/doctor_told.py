"""Who hears of what the program says of itself: that it fails, and the journal's daily line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.dates import local_day
from ..ledger import alarms
from ..ledger.tables import Contact, Unit
from .doctor_finding import Finding, doubtful, fine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .settings import Settings


def told_findings(session: Session, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Check that somebody would be told, as the settings say, at ``now``."""
    ids = alarms.offices(session, settings.alarmed, local_day(now))
    yield _heard(session, "异常告知", "DUBAN_ALARM_TO", settings.alarmed, ids)
    if settings.keepers:
        ids = session.scalars(select(Unit.id).where(Unit.code.in_(settings.keepers))).all()
        yield _heard(session, "留痕公示", "DUBAN_PUBLISH_TO", settings.keepers, ids)


def _heard(session: Session, item: str, setting: str, codes: Sequence[str], ids: Sequence[int]) -> Finding:
    known = set(session.scalars(select(Unit.code).where(Unit.code.in_(codes))))
    unknown = [code for code in codes if code not in known]
    remedy = f"把 {setting} 设为名册中有联系人的单位的代码"
    if unknown:
        return doubtful(item, f"名册中没有这些代码：{'、'.join(unknown)}", remedy)
    reached = select(Unit.name).join(Contact, Contact.unit_id == Unit.id)
    names = session.scalars(
        reached.where(Unit.id.in_(ids), Contact.active).distinct().order_by(Unit.name)
    ).all()
    return fine(item, "、".join(names)) if names else doubtful(item, "没有人可告知", remedy)
