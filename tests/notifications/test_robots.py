from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from duban.notifications.channels import Channel, Letter, Sender, build
from duban.obligations.errors import DubanError
from support.sink import DROP, LIE, STALL, HttpSink, Reply, code, lark

if TYPE_CHECKING:
    from pathlib import Path

AT_NOON = 1_680_235_200.9


def robot(sink: HttpSink, kind: str, tmp_path: Path, **settings: object) -> Sender:
    named = {"key" if kind == "wecom" else "token": "693a91f6-7xxx", "base_url": sink.url, "timeout": 0.3}
    return build(Channel("工作群", kind, {**named, **settings}), tmp_path, lambda: AT_NOON)


def test_wecom_posts_a_text_and_calls_upon_the_mobile_number(
    sink: HttpSink, letter: Letter, tmp_path: Path
) -> None:
    sink.always = code(0, "ok")

    answer = robot(sink, "wecom", tmp_path).send(letter)

    assert (answer.ok, answer.text) == (True, "HTTP 200 errcode=0 ok")
    assert (sink.seen[0].path, sink.seen[0].query) == ("/cgi-bin/webhook/send", {"key": "693a91f6-7xxx"})
    assert sink.seen[0].json == {
        "msgtype": "text",
        "text": {
            "content": "【督办提醒】示例一村：有1项工作需办理\n2023年3月每月检查，今日截止。",
            "mentioned_mobile_list": ["13800000000"],
        },
    }


@pytest.mark.parametrize(
    ("to", "called"),
    [("+86 138-0000-0000", ["13800000000"]), ("a@b.cn", []), ("", []), ("02300000000", [])],
)
def test_only_a_mobile_number_is_called_upon(
    sink: HttpSink, letter: Letter, tmp_path: Path, to: str, called: list[str]
) -> None:
    sink.always = code(0)

    robot(sink, "wecom", tmp_path).send(replace(letter, to=to))

    assert sink.seen[0].json["text"]["mentioned_mobile_list"] == called


def test_dingtalk_signs_with_the_time_and_names_the_number_in_the_text(
    sink: HttpSink, letter: Letter, tmp_path: Path
) -> None:
    sink.always = code(0, "ok")

    assert robot(sink, "dingtalk", tmp_path, secret="SECtest").send(letter).ok

    # base64(HMAC-SHA256("SECtest", "1680235200000\nSECtest")), by openssl
    assert sink.seen[0].path == "/robot/send"
    assert sink.seen[0].query == {
        "access_token": "693a91f6-7xxx",
        "timestamp": "1680235200000",
        "sign": "wbJSarLgSB0mW34rB0SKkHy5NuaCaqPLPrt3/30FKLg=",
    }
    assert sink.seen[0].json == {
        "msgtype": "text",
        "text": {
            "content": "【督办提醒】示例一村：有1项工作需办理\n2023年3月每月检查，今日截止。\n@13800000000"
        },
        "at": {"atMobiles": ["13800000000"], "isAtAll": False},
    }


def test_feishu_signs_in_the_body(sink: HttpSink, letter: Letter, tmp_path: Path) -> None:
    sink.always = lark(0, "success")

    answer = robot(sink, "feishu", tmp_path, secret="SECtest").send(letter)

    assert (answer.ok, answer.text) == (True, "HTTP 200 code=0 success")
    assert sink.seen[0].path == "/open-apis/bot/v2/hook/693a91f6-7xxx"
    # base64(HMAC-SHA256("1680235200\nSECtest", "")), by openssl
    assert sink.seen[0].json == {
        "timestamp": "1680235200",
        "sign": "IYf+Y/DVqeRfCYTHQR+QbZv+qi3ktN32I/xtS3LuTus=",
        "msg_type": "text",
        "content": {"text": "【督办提醒】示例一村：有1项工作需办理\n2023年3月每月检查，今日截止。"},
    }


def test_an_old_feishu_robot_answers_with_its_own_field(
    sink: HttpSink, letter: Letter, tmp_path: Path
) -> None:
    sink.replies.extend(
        [Reply(200, '{"StatusCode":0,"StatusMessage":"success"}'), Reply(200, '{"StatusCode":9499}')]
    )
    sender = robot(sink, "feishu", tmp_path)

    assert sender.send(letter).ok
    assert not sender.send(letter).ok


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        ("wecom", code(93000, "invalid webhook url")),
        ("wecom", code(40058, "content exceed max length 2048")),
        ("dingtalk", code(310000, "keywords not in content")),
        ("dingtalk", code(310000, "sign not match")),
        ("dingtalk", code(300001, "token is not exist")),
        ("dingtalk", code(300005, "token is not exist")),
        ("feishu", lark(19001, "param invalid: incoming webhook access token invalid")),
        ("feishu", lark(19021, "sign match fail or timestamp is not within one hour from current time")),
        ("feishu", lark(19022, "Ip Not Allowed")),
        ("feishu", lark(19024, "Key Words Not Found")),
        ("feishu", lark(9499, "Bad Request", status=400)),
        ("feishu", lark(19999, "not yet known", status=404)),
    ],
)
def test_http_200_with_a_code_that_cannot_be_mended_is_a_final_failure(
    sink: HttpSink, letter: Letter, tmp_path: Path, kind: str, reply: Reply
) -> None:
    sink.always = reply

    answer = robot(sink, kind, tmp_path).send(letter)

    assert (answer.ok, answer.permanent) == (False, True)
    assert json.loads(reply.body)["errmsg" if kind != "feishu" else "msg"] in answer.text


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        ("wecom", code(45009, "api freq out of limit")),
        ("wecom", code(-1, "system busy")),
        ("wecom", code(123456, "not yet known")),
        ("wecom", code(0, "ok", status=502)),
        ("wecom", Reply(200, '{"errcode":false}')),
        ("dingtalk", code(130101, "send too fast, exceed 20 times per minute")),
        ("dingtalk", code(410100, "发送速度太快而限流")),
        ("dingtalk", code(300001, "send too fast")),
        ("feishu", lark(11232, "frequency limited")),
        ("feishu", lark(99991400, "request trigger frequency limit", status=400)),
        ("feishu", Reply(429, "")),
        ("feishu", LIE),
        ("wecom", Reply(200, "[]")),
        ("wecom", Reply(200, "")),
        ("wecom", Reply(204, "")),
        ("wecom", STALL),
        ("dingtalk", DROP),
    ],
)
def test_a_robot_that_is_busy_or_makes_no_sense_is_tried_again(
    sink: HttpSink, letter: Letter, tmp_path: Path, kind: str, reply: Reply
) -> None:
    sink.always = reply

    answer = robot(sink, kind, tmp_path).send(letter)

    assert (answer.ok, answer.permanent) == (False, False)
    assert answer.text


def test_a_page_that_is_not_json_is_kept_as_the_answer(
    sink: HttpSink, letter: Letter, tmp_path: Path
) -> None:
    sink.always = LIE

    answer = robot(sink, "wecom", tmp_path).send(letter)

    assert answer.text == "HTTP 200 答复中没有结果码，不能视为送达：<html>请先登录上网认证</html>"


def test_the_whole_address_may_be_given_as_the_provider_shows_it(
    sink: HttpSink, letter: Letter, tmp_path: Path
) -> None:
    sink.always = code(0)
    settings = {"url": f"{sink.url}/cgi-bin/webhook/send?key=abc"}

    assert build(Channel("工作群", "wecom", settings), tmp_path).send(letter).ok
    assert sink.seen[0].query == {"key": "abc"}


def test_a_signed_robot_without_a_clock_is_refused_when_it_is_built(tmp_path: Path) -> None:
    channel = Channel("工作群", "dingtalk", {"token": "t", "secret": "s"})

    with pytest.raises(DubanError, match="启用了加签"):
        build(channel, tmp_path)
