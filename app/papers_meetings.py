"""A meeting's notice (会议通知) and its minutes (会议纪要) as official papers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..calendar.dates import local_day
from ..documents.meeting_event import MeetingEvent
from ..documents.official import Column, Heading, Labelled, Paper, Table, Text
from ..documents.wording import before, day_of, hours, listed
from ..ledger import duties
from ..ledger.meeting_facts import meeting_facts
from ..ledger.meetings import held
from ..obligations.errors import DubanError
from ..obligations.meetings import Coming, MeetingState
from .papers import office_of, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ..documents.official import Block
    from ..ledger.attending import Attendee
    from ..ledger.book import Session
    from ..ledger.meeting_facts import MeetingFacts
    from ..ledger.tables import Minutes
    from .papers import Office

_MOST_NAMES = 20
_ASKED = "请各单位在会前回复参会人员姓名和职务；不能参加的，请写明原因。"


def notice_paper(session: Session, meeting_id: int, now: datetime, name: str = "", phone: str = "") -> Paper:
    """Give a meeting's notice as it was sent, or its draft as it stands at ``now``.

    ``name`` and ``phone`` are the office's. Raises :class:`DubanError` when there is no such meeting, or it
    has been cancelled.
    """
    facts, office = _found(session, meeting_id, now, name, phone)
    if facts.state is MeetingState.CANCELLED:
        raise DubanError(f"“{facts.title}”已经取消，没有会议通知。")
    draft = facts.state is not MeetingState.CALLED
    return Paper(
        title=f"关于召开{facts.title}的通知",
        head=office.name if facts.number else "",
        number="" if draft else facts.number,
        to=_names(facts.attendees),
        blocks=[*_notice(facts)],
        dated=local_day(facts.notice_at if draft else facts.steps[-1].at),
        signed=office.name,
        remark=office.asked,
        draft=draft,
    )


def minutes_paper(session: Session, meeting_id: int, now: datetime, name: str = "", phone: str = "") -> Paper:
    """Give the latest version of a meeting's minutes, with what was decided and who was there.

    Raises :class:`DubanError` when there is no such meeting, or no minutes have been published.
    """
    facts, office = _found(session, meeting_id, now, name, phone)
    if not facts.minutes:
        raise DubanError(f"“{facts.title}”的会议纪要还没有印发。")
    latest = facts.minutes[-1]
    return Paper(
        title=f"{facts.title}纪要",
        blocks=[*_minuted(facts, latest)],
        dated=local_day(latest.at),
        signed=office.name,
        remark=f"第{latest.version}版，更正原因：{latest.reason}" if latest.reason else "",
    )


def event_of(facts: MeetingFacts, host: str, url: str = "") -> MeetingEvent:
    """Give a meeting as a calendar takes it over; ``host`` is who keeps it, ``url`` where more is told."""
    return MeetingEvent(
        uid=f"meeting-{facts.id}@{host}",
        title=facts.title,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        place=facts.place,
        chair=facts.chair,
        agenda=tuple(str(one["text"]) for one in facts.agenda),
        url=url,
        sequence=facts.version,
        changed_at=facts.steps[-1].at,
        called=facts.state is MeetingState.CALLED,
        cancelled=facts.state is MeetingState.CANCELLED,
    )


def host_of(url: str) -> str:
    """Give the host of the pages, by which a calendar's events are named."""
    return urlsplit(url).hostname or "localhost"


def _found(
    session: Session, meeting_id: int, now: datetime, name: str, phone: str
) -> tuple[MeetingFacts, Office]:
    here, facts = held(session, meeting_id), meeting_facts(session, meeting_id, now)
    if here is None or facts is None:
        raise DubanError("没有这次会议。")
    return facts, office_of(duties.plan_of(session, here.meeting.plan_id), name, phone)


def _names(attendees: tuple[Attendee, ...]) -> str:
    names = [one.unit for one in attendees]
    return listed(names) if 0 < len(names) <= _MOST_NAMES else "各参会单位"


def _notice(facts: MeetingFacts) -> Iterator[Block]:
    yield Text(
        f"根据{quoted(facts.plan)}{facts.clause}，定于{day_of(facts.starts_at)}召开{facts.title}。现将有关事项通知如下："
    )
    yield Heading(1, "会议时间：", f"{hours(facts.starts_at, facts.ends_at)}。")
    yield Heading(1, "会议地点：", f"{facts.place}。")
    if facts.chair:
        yield Heading(1, "召集单位：", f"{facts.chair}。")
    if facts.agenda:
        yield Heading(1, "会议议程")
        yield from (Heading(3, "", _item(one)) for one in facts.agenda)
    yield Heading(1, "有关要求")
    yield Text(_ASKED)


def _item(one: dict[str, str]) -> str:
    whose = f"（{one['unit']}提出）" if one.get("unit") else ""
    return f"{one['text'].rstrip('。；')}{whose}。"


def _minuted(facts: MeetingFacts, latest: Minutes) -> Iterator[Block]:
    when = hours(facts.starts_at, facts.ends_at)
    convened = f"由{facts.chair}召集，" if facts.chair else ""
    opening = f"{when}，{convened}在{facts.place}召开{facts.title}。"
    yield Text(f"{opening}现将会议情况纪要如下：")
    yield Text(latest.text)
    if facts.decided:
        columns = [
            *(Column("序号", 7), Column("议定事项和要求", 34, "left"), Column("牵头单位", 14)),
            *(Column("责任单位", 21, "left"), Column("完成期限", 24)),
        ]
        yield Table(columns, [*_decisions(facts)], "议定事项")
    yield from _there(facts)


def _decisions(facts: MeetingFacts) -> Iterator[tuple[str, ...]]:
    for one in facts.decided:
        text = "\n".join(filter(None, (one.text, one.requirement)))
        units = listed([unit.unit for unit in one.units], _MOST_NAMES)
        yield str(one.number), text, one.lead, units, before(one.due_at)


def _there(facts: MeetingFacts) -> Iterator[Block]:
    """Give who was there, who had leave, and who was absent without it, by unit."""
    leave = [one for one in facts.absent if one.coming is Coming.LEAVE]
    absent = [one for one in facts.absent if one.coming is not Coming.LEAVE]
    if not facts.present:
        return
    for label, some in (("出席", facts.present), ("请假", leave), ("缺席", absent)):
        if some:
            yield Labelled(label, "、".join(_who(one) for one in some))


def _who(one: Attendee) -> str:
    name = one.presence.name if one.presence and one.present else ""
    return f"{one.unit}{name}"
