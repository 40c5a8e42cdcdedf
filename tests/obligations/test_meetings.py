from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from duban.obligations import meetings
from duban.obligations.errors import DubanError
from duban.obligations.meetings import Answer, Coming, MeetingState, Sitting

SHANGHAI = timezone(timedelta(hours=8))


def at(text: str) -> datetime:
    return datetime.strptime(f"2023-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


CALLED = Sitting(MeetingState.CALLED, at("03-13 09:30"), at("03-13 11:30"), "镇政府会议室")
PLANNED = replace(CALLED, state=MeetingState.PLANNED)
CANCELLED = replace(CALLED, state=MeetingState.CANCELLED)
MINUTED = replace(CALLED, minuted_at=at("03-15 10:00"))
LATER = replace(CALLED, starts_at=at("03-14 09:30"), ends_at=at("03-14 11:30"))
COMES = Answer(Coming.COMING, "李明", "所长")


def said(check: Callable[[], object]) -> str:
    """Give what a check says; empty when it passes."""
    try:
        check()
    except DubanError as wrong:
        return str(wrong)
    return ""


@pytest.mark.parametrize(
    ("was", "to", "now", "words"),
    [
        (PLANNED, CALLED, "03-08 18:00", ""),
        (CANCELLED, CALLED, "03-08 18:00", ""),
        (CALLED, CALLED, "03-08 18:00", "会议通知已经发出，无需重复发出。"),
        (
            PLANNED,
            replace(CALLED, ends_at=at("03-13 09:30")),
            "03-08 18:00",
            "会议结束时间须晚于开始时间2023年3月13日（星期一）09:30，请核对。",
        ),
        (
            PLANNED,
            CALLED,
            "03-13 09:30",
            "会议时间须晚于现在；所填为2023年3月13日（星期一）09:30，请另定时间。",
        ),
        (PLANNED, replace(CALLED, place=" "), "03-08 18:00", "会议通知须写明地点，请填写后再发。"),
    ],
)
def test_a_notice_goes_out_once_for_a_time_ahead_and_a_known_place(
    was: Sitting, to: Sitting, now: str, words: str
) -> None:
    assert said(lambda: meetings.check_call(was, to, at(now))) == words


@pytest.mark.parametrize(
    ("was", "to", "now", "reason", "words"),
    [
        (CALLED, LATER, "03-10 09:00", "与县里会议冲突", ""),
        (CALLED, LATER, "03-10 09:00", " ", "变更会议须写明原因，各单位会收到新的通知。"),
        (PLANNED, LATER, "03-10 09:00", "冲突", "会议通知还没有发出，不能办理。"),
        (CANCELLED, LATER, "03-10 09:00", "冲突", "会议已经取消，不能办理。"),
        (
            CALLED,
            LATER,
            "03-13 09:30",
            "冲突",
            "会议已于2023年3月13日（星期一）09:30开始，不能再改期或改地点。",
        ),
        (CALLED, replace(LATER, place=""), "03-10 09:00", "冲突", "会议须写明地点，请填写。"),
    ],
)
def test_a_called_meeting_is_changed_before_it_begins_and_with_a_reason(
    was: Sitting, to: Sitting, now: str, reason: str, words: str
) -> None:
    assert said(lambda: meetings.check_change(was, to, at(now), reason)) == words


@pytest.mark.parametrize(
    ("was", "now", "reason", "words"),
    [
        (CALLED, "03-13 09:29", "防汛", ""),
        (PLANNED, "03-13 12:00", "并入下季度", ""),
        (CALLED, "03-13 09:30", "防汛", "会议已于2023年3月13日（星期一）09:30开始，不能再取消。"),
        (CANCELLED, "03-10 09:00", "防汛", "会议已经取消，无需重复办理。"),
        (CALLED, "03-10 09:00", "", "取消会议须写明原因。"),
    ],
)
def test_a_meeting_is_called_off_before_it_begins_and_with_a_reason(
    was: Sitting, now: str, reason: str, words: str
) -> None:
    assert said(lambda: meetings.check_cancel(was, at(now), reason)) == words


@pytest.mark.parametrize(
    ("sitting", "now", "answer", "words"),
    [
        (CALLED, "03-13 09:29", COMES, ""),
        (
            CALLED,
            "03-13 09:30",
            COMES,
            "会议已于2023年3月13日（星期一）09:30开始，不能再回复；请与办公室联系。",
        ),
        (PLANNED, "03-01 09:00", COMES, "会议通知还没有发出，不能办理。"),
        (CANCELLED, "03-10 09:00", COMES, "会议已经取消，不能办理。"),
        (CALLED, "03-10 09:00", Answer(Coming.COMING, "", "所长"), "请填写参会人员的姓名。"),
        (CALLED, "03-10 09:00", Answer(Coming.COMING, "李明", ""), "请填写参会人员的职务。"),
        (CALLED, "03-10 09:00", Answer(Coming.LEAVE, reason="所里值班"), ""),
        (CALLED, "03-10 09:00", Answer(Coming.LEAVE), "请假须写明原因。"),
        (CALLED, "03-10 09:00", Answer(Coming.DELEGATE, "王强", "副所长", "所长出差"), ""),
        (CALLED, "03-10 09:00", Answer(Coming.DELEGATE, "王强", "副所长"), "委托他人参加须写明原因。"),
    ],
)
def test_a_unit_answers_until_the_meeting_begins(
    sitting: Sitting, now: str, answer: Answer, words: str
) -> None:
    assert said(lambda: meetings.check_reply(sitting, at(now), answer)) == words


@pytest.mark.parametrize(
    ("sitting", "now", "words"),
    [
        (CALLED, "03-13 08:59", "只在会上签到：2023年3月13日（星期一）09:00至2023年3月13日（星期一）11:30；"),
        (CALLED, "03-13 09:00", ""),
        (CALLED, "03-13 11:30", ""),
        (CALLED, "03-13 11:31", "只在会上签到：2023年3月13日（星期一）09:00至2023年3月13日（星期一）11:30；"),
        (PLANNED, "03-13 09:30", "会议通知还没有发出，不能办理。"),
        (CANCELLED, "03-13 09:30", "会议已经取消，不能办理。"),
    ],
)
def test_one_signs_in_at_the_meeting_only(sitting: Sitting, now: str, words: str) -> None:
    answer = said(lambda: meetings.check_sign_in(sitting, at(now)))
    assert answer == (f"{words}现在不能签到。" if words.startswith("只在") else words)


@given(st.integers(-200_000, 200_000))
def test_signing_in_is_never_possible_before_or_after_the_sitting(seconds: int) -> None:
    now = (CALLED.starts_at + timedelta(seconds=seconds)).astimezone(UTC)
    assert meetings.may_sign_in(CALLED, now) is (-1800 <= seconds <= 7200)


@pytest.mark.parametrize(
    ("sitting", "now", "reason", "words"),
    [
        (CALLED, "03-13 14:00", "现场为纸质签到", ""),
        (CALLED, "03-13 11:00", "纸质签到", "会议还没有结束，请在签到时间内登记，无需补登。"),
        (CALLED, "03-13 14:00", "", "会议已经结束，补登须写明原因，如“现场为纸质签到”。"),
        (
            MINUTED,
            "03-16 14:00",
            "漏登",
            "会议纪要已于2023年3月15日（星期三）10:00印发，不能再改；确有错误的，请用“更正纪要”。",
        ),
    ],
)
def test_who_was_there_is_entered_afterwards_until_the_minutes_and_with_a_reason(
    sitting: Sitting, now: str, reason: str, words: str
) -> None:
    assert said(lambda: meetings.check_late_entry(sitting, at(now), reason)) == words


@pytest.mark.parametrize(
    ("sitting", "now", "text", "words"),
    [
        (CALLED, "03-13 11:00", "会议议定如下", ""),
        (CALLED, "03-13 09:29", "会议议定", "会议2023年3月13日（星期一）09:30才开始，还不能印发纪要。"),
        (CALLED, "03-13 12:00", " \n", "请填写会议纪要。"),
        (
            MINUTED,
            "03-16 09:00",
            "会议议定",
            "会议纪要已于2023年3月15日（星期三）10:00印发，不能再改；确有错误的，请用“更正纪要”。",
        ),
        (CANCELLED, "03-14 09:00", "会议议定", "会议已经取消，不能办理。"),
    ],
)
def test_minutes_are_published_once_and_not_before_the_meeting(
    sitting: Sitting, now: str, text: str, words: str
) -> None:
    assert said(lambda: meetings.check_publish(sitting, at(now), text)) == words


@pytest.mark.parametrize(
    ("sitting", "text", "reason", "words"),
    [
        (MINUTED, "会议议定", "单位名称写错", ""),
        (CALLED, "会议议定", "写错", "会议纪要还没有印发，无需更正。"),
        (MINUTED, "", "写错", "请填写更正后的会议纪要。"),
        (MINUTED, "会议议定", "", "更正会议纪要须写明原因；原来的一版照样保留。"),
    ],
)
def test_published_minutes_are_corrected_by_a_new_version_that_says_why(
    sitting: Sitting, text: str, reason: str, words: str
) -> None:
    assert said(lambda: meetings.check_correct(sitting, text, reason)) == words


@pytest.mark.parametrize(
    ("text", "units", "due", "words"),
    [
        ("联合清查出租房", ("派出所",), "04-10 18:00", ""),
        ("", ("派出所",), "04-10 18:00", "请写明议定事项的内容。"),
        ("联合清查出租房", (), "04-10 18:00", "议定事项“联合清查出租房”没有写责任单位。"),
        ("联合清查出租房", ("派出所",), "", "议定事项“联合清查出租房”没有写完成期限。"),
        (
            "联合清查出租房",
            ("派出所",),
            "03-13 10:00",
            "议定事项“联合清查出租房”的期限须晚于现在；所填为2023年3月13日（星期一）10:00。",
        ),
    ],
)
def test_a_decision_says_what_by_whom_and_until_when(
    text: str, units: tuple[str, ...], due: str, words: str
) -> None:
    limit = at(due) if due else None
    assert said(lambda: meetings.check_decision(text, units, limit, at("03-13 12:00"))) == words
