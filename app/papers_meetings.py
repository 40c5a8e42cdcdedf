"""A meeting's notices (会议通知: called, changed, called off) and its minutes (会议纪要) as official papers.

A notice says what the units were told by the step that it is about: nothing that is done to the meeting, its
agenda or its units afterwards is in it. Minutes say who was there by what was known as they were published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from ..calendar.dates import local_day
from ..documents.meeting_event import MeetingEvent
from ..documents.official import Column, Heading, Labelled, Paper, Table, Text
from ..documents.wording import before, day_of, hour, hours, listed
from ..ledger import duties
from ..ledger.meeting_facts import meeting_facts
from ..ledger.meetings import held
from ..ledger.round_units import names_then
from ..obligations.errors import DubanError
from ..obligations.meetings import Coming, MeetingMove, MeetingState, because
from .papers import office_of, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ..documents.official import Block
    from ..ledger.attending import Attendee
    from ..ledger.book import Session
    from ..ledger.meeting_facts import MeetingFacts
    from ..ledger.tables import MeetingStep, Minutes
    from .papers import Office

_MOST_NAMES = 20
_ASKED = "请各单位在会前回复参会人员姓名和职务；不能参加的，请写明原因。"
_ASKED_ANEW = f"会议改期的，请重新回复。{_ASKED}"
_CALLED, _OFF = str(MeetingMove.CALLED), str(MeetingMove.CANCELLED)
_TITLES = {
    MeetingMove.CALLED: "关于召开{}的通知",
    MeetingMove.CHANGED: "关于调整{}安排的通知",
    MeetingMove.CANCELLED: "关于取消{}的通知",
}


class _Told(NamedTuple):
    """A step of which the units were told, and the one of which they had been told before."""

    step: MeetingStep
    was: MeetingStep | None


def notice_paper(session: Session, meeting_id: int, now: datetime, name: str = "", phone: str = "") -> Paper:
    """Give the latest notice of a meeting as it was sent, or its draft as it stands at ``now``.

    ``name`` and ``phone`` are the office's. Raises :class:`DubanError` when there is no such meeting, or it
    was called off before anybody was told of it.
    """
    facts, office = _found(session, meeting_id, now, name, phone)
    if told := _told(facts):
        return _sent(session, facts, told[-1], office)
    if facts.state is MeetingState.CANCELLED:
        raise DubanError(f"“{facts.title}”在发出通知前已经取消，没有会议通知。")
    return Paper(
        title=_TITLES[MeetingMove.CALLED].format(facts.title),
        head=office.name if facts.number else "",
        to=_names([one.unit for one in facts.attendees]),
        blocks=[Text(_opening(facts, facts.starts_at)), *_arranged(facts), *_asked(_ASKED)],
        dated=local_day(facts.notice_at),
        signed=office.name,
        remark=office.asked,
        draft=True,
    )


def notice_papers(session: Session, meeting_id: int, now: datetime) -> list[Paper]:
    """Give every notice of a meeting that was sent by ``now``: the first, of each change, of its end.

    Raises :class:`DubanError` when there is no such meeting.
    """
    facts, office = _found(session, meeting_id, now, "", "")
    return [_sent(session, facts, one, office) for one in _told(facts)]


def minutes_paper(session: Session, meeting_id: int, now: datetime, name: str = "", phone: str = "") -> Paper:
    """Give the latest version of a meeting's minutes by ``now``, as the facts were when it was published.

    Raises :class:`DubanError` when there is no such meeting, or no minutes have been published.
    """
    facts, office = _found(session, meeting_id, now, name, phone)
    if not facts.minutes:
        raise DubanError(f"“{facts.title}”的会议纪要还没有印发。")
    latest = facts.minutes[-1]
    facts, _ = _found(session, meeting_id, latest.at, name, phone)
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


def _told(facts: MeetingFacts) -> list[_Told]:
    """Give the steps of which the units were told: where none was called, none is told that it is off."""
    told: list[MeetingStep] = []
    called = False
    for step in facts.steps:
        before_, called = called, step.state == str(MeetingState.CALLED)
        if before_ or called:
            told.append(step)
    return [_Told(step, was) for step, was in zip(told, (None, *told), strict=False)]


def _sent(session: Session, facts: MeetingFacts, told: _Told, office: Office) -> Paper:
    """Give a notice as it was sent; one of a change bears a number only where it was given one of its own."""
    step, was = told
    own = was is None or step.move == _CALLED or step.number != was.number
    number = step.number if own else ""
    return Paper(
        title=_TITLES[MeetingMove(step.move)].format(facts.title),
        head=office.name if number else "",
        number=number,
        to=_names(names_then(session, facts.round_id, step.at)),
        blocks=[*_notice(facts, told)],
        dated=local_day(step.at),
        signed=office.name,
        remark=office.asked,
    )


def _names(names: list[str]) -> str:
    return listed(names) if 0 < len(names) <= _MOST_NAMES else "各参会单位"


def _notice(facts: MeetingFacts, told: _Told) -> Iterator[Block]:
    step, was = told
    if was is None or step.move == _CALLED:
        yield Text(_opening(facts, step.starts_at))
        yield from (*_arranged(step), *_asked(_ASKED))
        return
    number = f"（{was.number}通知）" if was.number else ""
    before_ = f"原定{hour(was.starts_at)}在{was.place}召开的{facts.title}{number}"
    why = because(step.reason)
    if step.move == _OFF:
        yield Text(f"{why}，{before_}取消，请各单位转告本单位参会人员。")
        return
    yield Text(f"{why}，{before_}有调整。现将调整后的安排通知如下：")
    yield from (*_arranged(step), *_asked(_ASKED_ANEW))


def _opening(facts: MeetingFacts, starts_at: datetime) -> str:
    ground = f"根据{quoted(facts.plan)}{facts.clause}，定于{day_of(starts_at)}召开{facts.title}。"
    return f"{ground}现将有关事项通知如下："


def _arranged(here: MeetingFacts | MeetingStep) -> Iterator[Block]:
    """Give time, place, who calls it and the agenda, of a draft or as a step told them."""
    yield Heading(1, "会议时间：", f"{hours(here.starts_at, here.ends_at)}。")
    yield Heading(1, "会议地点：", f"{here.place}。")
    if here.chair:
        yield Heading(1, "召集单位：", f"{here.chair}。")
    if here.agenda:
        yield Heading(1, "会议议程")
        yield from (Heading(3, "", _item(one)) for one in here.agenda)


def _asked(text: str) -> Iterator[Block]:
    yield Heading(1, "有关要求")
    yield Text(text)


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
