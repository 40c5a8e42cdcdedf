from __future__ import annotations

from datetime import UTC, datetime

import pytest

from duban.notifications.channels import Channel, Letter, Sender, per_minute
from duban.notifications.letters import Answer
from duban.notifications.memory import TAKEN, MemorySender
from duban.notifications.retry import next_attempt
from duban.obligations.errors import DubanError

NOON = datetime(2023, 3, 31, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "at"),
    [
        (0, datetime(2023, 3, 31, 12, 0, tzinfo=UTC)),
        (1, datetime(2023, 3, 31, 12, 1, tzinfo=UTC)),
        (2, datetime(2023, 3, 31, 12, 5, tzinfo=UTC)),
        (3, datetime(2023, 3, 31, 12, 30, tzinfo=UTC)),
        (4, datetime(2023, 3, 31, 14, 0, tzinfo=UTC)),
        (5, datetime(2023, 3, 31, 18, 0, tzinfo=UTC)),
        (6, None),
        (7, None),
    ],
)
def test_the_pauses_grow_and_the_sixth_failure_is_the_last(attempts: int, at: datetime | None) -> None:
    assert next_attempt(attempts, NOON) == at


@pytest.mark.parametrize(
    ("channel", "limit"),
    [
        (Channel("工作群", "wecom"), 20),
        (Channel("工作群", "dingtalk"), 20),
        (Channel("工作群", "feishu", per_minute=5), 5),
        (Channel("邮件", "email"), None),
        (Channel("邮件", "email", per_minute=1), 1),
        (Channel("文件夹", "file"), None),
    ],
)
def test_a_robot_takes_twenty_a_minute_unless_told_otherwise_and_others_any_number(
    channel: Channel, limit: int | None
) -> None:
    assert per_minute(channel) == limit


def test_a_channel_that_may_never_speak_is_refused() -> None:
    with pytest.raises(DubanError, match="渠道“邮件”的每分钟条数应为不小于1的整数"):
        per_minute(Channel("邮件", "email", per_minute=0))


def test_the_memory_sender_keeps_letters_and_answers_as_told(letter: Letter) -> None:
    refusal = Answer(ok=False, permanent=True, text="机器人已停用")
    memory = MemorySender([refusal])
    sender: Sender = memory

    assert [sender.send(letter), sender.send(letter)] == [refusal, TAKEN]
    assert memory.letters == [letter, letter]
    assert memory.keys == [letter.key, letter.key]
