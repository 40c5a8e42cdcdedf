from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from duban.obligations import clues
from duban.obligations.clues import HopFacts, HopState, Verdict
from duban.obligations.errors import DubanError

RECEIVE, ANSWER = datetime(2023, 3, 7, 15, 59, 59, tzinfo=UTC), datetime(2023, 3, 13, 15, 59, 59, tzinfo=UTC)
AT = datetime(2023, 3, 6, 2, 0, tzinfo=UTC)
SENT = HopFacts(RECEIVE, ANSWER)
RECEIVED = HopFacts(RECEIVE, ANSWER, AT)
ENDED = HopFacts(RECEIVE, ANSWER, AT, AT)


@pytest.mark.parametrize(
    ("facts", "now", "expected"),
    [
        (SENT, RECEIVE, HopState.SENT),
        (SENT, RECEIVE + timedelta(seconds=1), HopState.UNRECEIVED),
        (SENT, ANSWER + timedelta(days=1), HopState.UNRECEIVED),
        (RECEIVED, RECEIVE + timedelta(days=1), HopState.RECEIVED),
        (RECEIVED, ANSWER, HopState.RECEIVED),
        (RECEIVED, ANSWER + timedelta(seconds=1), HopState.UNANSWERED),
        (ENDED, ANSWER + timedelta(days=9), HopState.ENDED),
    ],
)
def test_a_passing_on_is_in_time_until_the_last_second_of_its_limit(
    facts: HopFacts, now: datetime, expected: HopState
) -> None:
    assert clues.standing(facts, now) is expected


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_what_was_answered_is_never_overdue(later: timedelta) -> None:
    assert clues.standing(ENDED, AT + later) is HopState.ENDED


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (lambda: clues.check_send("", "有人兜售", ANSWER, AT), "请写明线索名称和线索内容。"),
        (lambda: clues.check_send("兜售", "", ANSWER, AT), "请写明线索名称和线索内容。"),
        (lambda: clues.check_send("兜售", "有人", AT, AT), "答复期限须晚于现在"),
        (lambda: clues.check_receive(RECEIVED), "该线索已于2023年3月6日（星期一）10:00签收"),
        (lambda: clues.check_receive(ENDED), "答复或转出，不能再办理"),
        (lambda: clues.check_answer(RECEIVED, None, "查了"), "请选择查实、查否，还是正在办理。"),
        (lambda: clues.check_answer(RECEIVED, Verdict.TRUE, " "), "请写明核查的情况。"),
        (lambda: clues.check_answer(ENDED, Verdict.TRUE, "查了"), "答复或转出，不能再办理"),
        (lambda: clues.check_pass(RECEIVED, 1, 1, "不归我们"), "不能转给本单位"),
        (lambda: clues.check_pass(RECEIVED, 1, 2, ""), "请写明转办的理由。"),
        (lambda: clues.check_pass(ENDED, 1, 2, "不归我们"), "答复或转出，不能再办理"),
    ],
)
def test_what_may_not_be_done_is_said(move: object, words: str) -> None:
    assert callable(move)
    with pytest.raises(DubanError, match=words):
        move()


def test_only_what_is_still_at_work_is_not_final() -> None:
    assert [one.final for one in (Verdict.TRUE, Verdict.FALSE, Verdict.WORKING)] == [True, True, False]
    assert clues.check_answer(SENT, Verdict.WORKING, "正在走访") is Verdict.WORKING
    clues.check_receive(SENT)
    clues.check_pass(SENT, 1, 2, "不归我们")
    clues.check_send("兜售", "有人兜售", ANSWER, AT)
    assert clues.called(2023, 4) == "线索〔2023〕4号"
