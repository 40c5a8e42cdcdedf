from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from duban.obligations.errors import DubanError
from duban.obligations.moves import (
    check_accept,
    check_acknowledge,
    check_exempt,
    check_extend,
    check_return,
    check_submit,
)
from duban.obligations.outcome import ExtensionFact, ObligationFacts, SubmissionFact
from duban.obligations.words import Verdict

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2023, 1, day, hour, minute, second, tzinfo=SHANGHAI)


OWED = ObligationFacts(opens_at=at(10), due_at=at(28, 23, 59, 59), locks_at=at(30, 23, 59, 59))
SENT = replace(OWED, submissions=(SubmissionFact(at(20)),))
ACCEPTED = replace(OWED, submissions=(SubmissionFact(at(20), verdict=Verdict.ACCEPTED, verdict_at=at(21)),))
RETURNED = replace(OWED, submissions=(SubmissionFact(at(20), verdict=Verdict.RETURNED, verdict_at=at(21)),))
EXEMPT = replace(OWED, exempt_at=at(11))
EXTENDED = replace(OWED, extensions=(ExtensionFact(at(28), at(31, 23, 59, 59), at(28, 13), granted=True),))
TO_CORRECT = replace(
    OWED,
    submissions=(
        SubmissionFact(at(20), verdict=Verdict.RETURNED, verdict_at=at(30), correct_by=at(31, 23, 59, 59)),
    ),
)

Move = Callable[[ObligationFacts, datetime], None]


def submit(facts: ObligationFacts, now: datetime) -> None:
    check_submit(facts, now)


def accept(facts: ObligationFacts, now: datetime) -> None:
    check_accept(facts, now)


def send_back(facts: ObligationFacts, now: datetime) -> None:
    check_return(facts, now, reason="缺少照片说明", material=False)


def extend(facts: ObligationFacts, now: datetime) -> None:
    check_extend(facts, now, asked_at=now, until=at(31), reason="道路中断")


def exempt(facts: ObligationFacts, now: datetime) -> None:
    check_exempt(facts, now, reason="整村搬迁", approver="示例领导")


LAWFUL: list[tuple[Move, ObligationFacts, datetime]] = [
    (submit, OWED, at(20)),
    (submit, OWED, at(30, 23, 59, 59)),
    (submit, SENT, at(22)),
    (submit, RETURNED, at(22)),
    (submit, EXTENDED, at(31)),
    (submit, TO_CORRECT, at(31)),
    (submit, replace(OWED, locks_at=None), at(31)),
    (accept, SENT, at(22)),
    (accept, SENT, at(31)),
    (send_back, SENT, at(22)),
    (extend, OWED, at(28, 23, 59, 59)),
    (extend, RETURNED, at(22)),
    (exempt, OWED, at(31)),
    (exempt, SENT, at(22)),
]

UNLAWFUL: list[tuple[Move, ObligationFacts, datetime, str]] = [
    (submit, OWED, at(31, 0), "已于2023年1月30日（星期一）24时截止补报"),
    (submit, RETURNED, at(31, 0), "截止补报"),
    (submit, ACCEPTED, at(22), "已接收办结，不能再次上报"),
    (submit, EXEMPT, at(22), "已免报，不需要上报"),
    (accept, OWED, at(22), "尚未上报，没有可接收的材料"),
    (accept, ACCEPTED, at(22), "已接收办结，不能再接收"),
    (accept, RETURNED, at(22), "已退回，单位尚未重新上报"),
    (accept, EXEMPT, at(22), "已免报"),
    (send_back, OWED, at(22), "尚未上报，没有可退回的材料"),
    (send_back, ACCEPTED, at(22), "不能再退回"),
    (send_back, RETURNED, at(22), "不能退回"),
    (extend, OWED, at(29, 0), "延期须在到期前申请"),
    (extend, SENT, at(22), "已上报，不需要延期"),
    (extend, ACCEPTED, at(22), "已接收办结，不能再延期"),
    (extend, EXEMPT, at(22), "已免报，不需要延期"),
    (extend, EXTENDED, at(29), "新期限须晚于原期限2023年1月31日（星期二）24时"),
    (extend, replace(OWED, due_at=None), at(22), "没有规定期限"),
    (exempt, EXEMPT, at(22), "无需重复办理"),
    (exempt, ACCEPTED, at(22), "已接收办结，不能再免报"),
]


@pytest.mark.parametrize(("move", "facts", "now"), LAWFUL)
def test_a_lawful_move_passes_in_silence(move: Move, facts: ObligationFacts, now: datetime) -> None:
    move(facts, now)


@pytest.mark.parametrize(("move", "facts", "now", "said"), UNLAWFUL)
def test_an_unlawful_move_says_why_not(move: Move, facts: ObligationFacts, now: datetime, said: str) -> None:
    with pytest.raises(DubanError, match=said):
        move(facts, now)


def test_a_unit_signs_once() -> None:
    check_acknowledge(None)
    with pytest.raises(DubanError, match="已于2023年1月20日（星期五）12:00签收"):
        check_acknowledge(at(20))


def test_a_return_says_why_and_whether_the_fault_is_of_substance() -> None:
    with pytest.raises(DubanError, match="退回须写明原因"):
        check_return(SENT, at(22), reason="  ", material=True)
    with pytest.raises(DubanError, match="是否属于实质性问题"):
        check_return(SENT, at(22), reason="内容空白", material=None)


def test_a_limit_for_the_correction_lies_ahead() -> None:
    check_return(SENT, at(22), reason="内容空白", material=True, correct_by=at(24))
    with pytest.raises(DubanError, match="更正期限须晚于现在"):
        check_return(SENT, at(22), reason="内容空白", material=True, correct_by=at(22))


def test_a_return_after_the_lock_leaves_the_unit_time_to_answer() -> None:
    check_return(SENT, at(30, 23, 59, 59), reason="内容空白", material=True)
    with pytest.raises(DubanError) as refused:
        check_return(SENT, at(31, 0), reason="内容空白", material=True)
    assert str(refused.value) == (
        "该事项已于2023年1月30日（星期一）24时截止补报，退回后单位不能再上报；退回须同时写明更正期限。"
    )
    check_return(SENT, at(31, 0), reason="内容空白", material=True, correct_by=at(31, 18))
    check_return(replace(SENT, locks_at=None), at(31, 0), reason="内容空白", material=True)


def test_an_extension_needs_a_reason_and_a_new_moment_that_lies_ahead() -> None:
    with pytest.raises(DubanError, match="延期须写明理由"):
        check_extend(OWED, at(22), asked_at=at(22), until=at(31), reason="")
    with pytest.raises(DubanError, match="新期限须晚于原期限"):
        check_extend(OWED, at(22), asked_at=at(22), until=at(28, 23, 59, 59), reason="道路中断")
    with pytest.raises(DubanError, match="新期限须晚于现在"):
        check_extend(OWED, at(30), asked_at=at(28), until=at(29), reason="道路中断")
    with pytest.raises(DubanError, match="申请时间不能晚于现在"):
        check_extend(OWED, at(22), asked_at=at(23), until=at(31), reason="道路中断")


def test_an_extension_asked_for_in_time_may_be_decided_later() -> None:
    check_extend(OWED, at(30), asked_at=at(28), until=at(31), reason="道路中断")


def test_an_exemption_has_a_reason_and_an_approver() -> None:
    with pytest.raises(DubanError, match="免报须写明理由"):
        check_exempt(OWED, at(22), reason="", approver="示例领导")
    with pytest.raises(DubanError, match="免报须写明批准人"):
        check_exempt(OWED, at(22), reason="整村搬迁", approver=" ")


def test_what_a_clock_ahead_of_this_one_recorded_counts_all_the_same() -> None:
    a_minute_before = at(10, 23, 59)
    with pytest.raises(DubanError, match="已免报"):
        submit(replace(OWED, exempt_at=at(11, 0, 0)), a_minute_before)
    accept(replace(OWED, submissions=(SubmissionFact(at(11, 0, 0)),)), a_minute_before)
    with pytest.raises(DubanError, match="已接收"):
        send_back(ACCEPTED, at(20, 12, 1))
