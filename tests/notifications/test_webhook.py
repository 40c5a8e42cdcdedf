from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from duban.notifications.channels import Channel, Letter, Sender, build
from duban.obligations.errors import DubanError
from support.sink import DROP, STALL, HttpSink, Reply

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def sender(sink: HttpSink, tmp_path: Path) -> Sender:
    return build(Channel("短信网关", "webhook", {"url": f"{sink.url}/sms", "timeout": 0.3}), tmp_path)


def test_a_webhook_gets_the_fields_of_apprise_and_whom_the_letter_is_for(
    sender: Sender, sink: HttpSink, letter: Letter
) -> None:
    answer = sender.send(letter)

    assert (answer.ok, answer.permanent, answer.text) == (True, False, "HTTP 200 {}")
    assert sink.seen[0].path == "/sms"
    assert sink.seen[0].json == {
        "version": "1.0",
        "title": "【督办提醒】示例一村：有1项工作需办理",
        "message": "2023年3月每月检查，今日截止。",
        "attachments": [],
        "type": "info",
        "key": "2023-03-31/示例一村/张三",
        "to": "13800000000",
        "to_name": "张三",
        "day": "2023-03-31",
        "urgent": False,
    }


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://oapi.dingtalk.com/robot/send?access_token=k7f3", "dingtalk（钉钉群机器人）"),
        ("https://OAPI.dingtalk.com.:443/robot/send?access_token=k7f3", "dingtalk（钉钉群机器人）"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k7f3", "wecom（企业微信群机器人）"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/k7f3", "feishu（飞书群机器人）"),
    ],
)
def test_a_robots_address_is_no_webhook_since_its_200_is_no_delivery(
    tmp_path: Path, url: str, kind: str
) -> None:
    with pytest.raises(DubanError) as refused:
        build(Channel("工作群", "webhook", {"url": url}), tmp_path)
    assert f"请另建类型为 {kind} 的渠道" in str(refused.value)
    assert "k7f3" not in str(refused.value)


def test_a_letter_sent_again_carries_the_same_key(sender: Sender, sink: HttpSink, letter: Letter) -> None:
    sender.send(letter)
    sender.send(letter)

    keys = [seen.headers["Idempotency-Key"] for seen in sink.seen]
    assert keys == ["2023-03-31/%E7%A4%BA%E4%BE%8B%E4%B8%80%E6%9D%91/%E5%BC%A0%E4%B8%89"] * 2


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        (301, True),
        (400, True),
        (401, True),
        (404, True),
        (408, False),
        (410, True),
        (429, False),
        (500, False),
        (502, False),
        (503, False),
    ],
)
def test_a_4xx_is_final_and_a_5xx_is_worth_another_try(
    sender: Sender, sink: HttpSink, letter: Letter, status: int, *, permanent: bool
) -> None:
    sink.always = Reply(status, "余额不足", {"Location": f"{sink.url}/elsewhere"})

    answer = sender.send(letter)

    assert (answer.ok, answer.permanent) == (False, permanent)
    assert answer.text == f"HTTP {status} 余额不足"
    assert len(sink.seen) == 1


def test_a_timeout_is_temporary(sender: Sender, sink: HttpSink, letter: Letter) -> None:
    sink.always = STALL

    answer = sender.send(letter)

    assert (answer.ok, answer.permanent) == (False, False)
    assert answer.text == "连接或等待答复超时（TimeoutError: timed out）"


def test_a_dropped_connection_is_temporary(sender: Sender, sink: HttpSink, letter: Letter) -> None:
    sink.always = DROP

    answer = sender.send(letter)

    assert (answer.ok, answer.permanent) == (False, False)
    assert answer.text.startswith("连接中断（RemoteDisconnected")


def test_an_answer_that_breaks_off_is_no_delivery(sender: Sender, sink: HttpSink, letter: Letter) -> None:
    sink.always = Reply(200, '{"ok', {"Content-Length": "11"})

    answer = sender.send(letter)

    assert (answer.ok, answer.permanent) == (False, False)
    assert answer.text == "连接中断（ConnectionAbortedError: 4/11）"


def test_a_server_that_is_not_there_is_temporary(letter: Letter, tmp_path: Path) -> None:
    with HttpSink() as gone:
        url = gone.url

    answer = build(Channel("短信网关", "webhook", {"url": url}), tmp_path).send(letter)

    assert (answer.ok, answer.permanent) == (False, False)
    assert answer.text.startswith("对方拒绝连接（ConnectionRefusedError")


def test_an_answer_is_kept_to_500_characters(sender: Sender, sink: HttpSink, letter: Letter) -> None:
    sink.always = Reply(200, "好" * 100_000)

    assert len(sender.send(letter).text) == 500


def test_an_answer_is_kept_on_one_line(sender: Sender, sink: HttpSink, letter: Letter) -> None:
    sink.always = Reply(200, "a\r\n  b\tc")

    assert sender.send(letter).text == "HTTP 200 a b c"


def test_an_empty_letter_is_never_sent(sender: Sender, sink: HttpSink, letter: Letter) -> None:
    answer = sender.send(replace(letter, body=" \n"))

    assert (answer.ok, answer.permanent, answer.text) == (False, True, "消息正文为空，未发送")
    assert sink.seen == []


def test_a_webhook_shows_its_own_headers_and_password(sink: HttpSink, letter: Letter, tmp_path: Path) -> None:
    settings = {"url": sink.url, "headers": {"X-Office": "1"}, "user": "duban", "password": "s3cret"}

    build(Channel("短信网关", "webhook", settings), tmp_path).send(replace(letter, urgent=True))

    assert sink.seen[0].headers["X-Office"] == "1"
    assert sink.seen[0].headers["Authorization"] == "Basic ZHViYW46czNjcmV0"
    assert sink.seen[0].json["type"] == "warning"


def test_many_threads_may_share_one_sender(sender: Sender, sink: HttpSink, letter: Letter) -> None:
    sink.replies.extend(Reply(500 if number % 2 else 200, str(number)) for number in range(64))
    letters = [replace(letter, key=f"k{number}") for number in range(64)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(sender.send, letters))

    assert sorted(seen.json["key"] for seen in sink.seen) == sorted(one.key for one in letters)
    assert {answer.text for answer in answers} == {
        f"HTTP {500 if number % 2 else 200} {number}" for number in range(64)
    }
    assert sum(answer.ok for answer in answers) == 32
