"""What is said of a meeting: notice, changes and minutes to units, and to the office what it owes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ..calendar.cues import CUE_TIME
from ..calendar.dates import ZONE
from ..obligations.meetings import because
from ..obligations.moments import in_words
from .addressed import Letter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .tables import Decision, Meeting, MeetingStep, Minutes

_MORE = "会前请点开链接回复参会人员；不能参加的，请写明原因。"


def notice(meeting: Meeting, step: MeetingStep) -> Letter:
    """Give the notice of a meeting, with its agenda."""
    text = f"定于{_when(step)}在{step.place}召开{meeting.title}，由{step.chair}召集。"
    return _letter(meeting, step, f"会议通知：{meeting.title}", [text, *_agenda(step), _MORE])


def changed(meeting: Meeting, was: MeetingStep, step: MeetingStep) -> Letter:
    """Give the notice that time or place are others than was said."""
    text = (
        f"{because(step.reason)}，原定{in_words(was.starts_at)}在{was.place}召开的{meeting.title}，"
        f"改为{_when(step)}在{step.place}召开，由{step.chair}召集。"
    )
    return _letter(
        meeting, step, f"会议变更：{meeting.title}", [text, *_agenda(step), f"改期的请重新回复。{_MORE}"]
    )


def cancelled(meeting: Meeting, step: MeetingStep) -> Letter:
    """Give the notice that a meeting is off."""
    why, at = because(step.reason), in_words(step.starts_at)
    text = f"{why}，原定{at}在{step.place}召开的{meeting.title}取消。"
    return _letter(meeting, step, f"会议取消：{meeting.title}", [text])


def minutes(meeting: Meeting, row: Minutes, decided: Sequence[Decision]) -> Letter:
    """Give what the units called are told when minutes are published, or corrected."""
    subject = f"{'会议纪要更正' if row.reason else '会议纪要'}：{meeting.title}"
    head = f"{meeting.title}纪要已印发，请点开链接查看。"
    if row.reason:
        head = f"{meeting.title}纪要有更正（{row.reason.rstrip('。')}），请点开链接查看。"
    said = [
        f"{one.number}．{one.text.rstrip('。')}（{one.lead}牵头，{in_words(one.due_at)}前）"
        for one in decided
    ]
    text = "\n".join([head, *(["议定事项：", *said] if said else [])])
    return Letter(f"meeting/{meeting.id}", f"minutes-{row.version}", subject, text)


def minutes_owed(meeting: Meeting, step: MeetingStep, *, late: bool) -> Letter:
    """Give the reminder to the office of minutes that are due today, or overdue."""
    limit = in_words(step.minutes_due_at)
    said = f"应于{limit}前印发，现已逾期" if late else f"今日到期（{limit}）"
    marked = f"minutes-{'late' if late else 'due'}-{step.version}"
    text = f"{meeting.title}的会议纪要{said}，请尽快整理印发，写明议定事项的责任单位和期限。"
    return Letter(f"meeting/{meeting.id}", marked, f"会议纪要待印发：{meeting.title}", text)


def mark(step: MeetingStep) -> str:
    """Give the mark of the letter about a step, among others about its meeting."""
    return f"notice-{step.version}"


def minutes_day(step: MeetingStep) -> datetime:
    """Give the morning (Asia/Shanghai) of the last day for the minutes."""
    return datetime.combine(step.minutes_due_at.astimezone(ZONE).date(), CUE_TIME, ZONE)


def _letter(meeting: Meeting, step: MeetingStep, subject: str, parts: Sequence[str]) -> Letter:
    return Letter(f"meeting/{meeting.id}", mark(step), subject, "\n".join(parts))


def _when(step: MeetingStep) -> str:
    ends = step.ends_at.astimezone(ZONE)
    same = ends.date() == step.starts_at.astimezone(ZONE).date()
    return f"{in_words(step.starts_at)}至{f'{ends:%H:%M}' if same else in_words(step.ends_at)}"


def _agenda(step: MeetingStep) -> list[str]:
    listed = [f"{number}．{one['text']}{_whose(one)}" for number, one in enumerate(step.agenda, 1)]
    return ["议程：", *listed] if listed else []


def _whose(one: dict[str, str]) -> str:
    return f"（{one['unit']}提出）" if one["unit"] else ""
