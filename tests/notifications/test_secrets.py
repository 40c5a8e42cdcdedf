from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field, replace
from traceback import format_exception
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest

from duban.app.cli.desk import pairs
from duban.notifications.channels import Channel, Letter, build
from duban.notifications.letters import Answer
from duban.notifications.redact import redact, secrets_of
from duban.obligations.errors import DubanError
from support.sink import DROP, STALL, HttpSink, Reply, SmtpSink

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "693a91f6-7aoc/4bc4+97a0"
SECRET = "SEC0123456789abcdef"
PASSWORD = "p w%41&短"


@dataclass(frozen=True)
class Case:
    kind: str
    settings: dict[str, object] = field(default_factory=dict[str, object])


CASES = [
    Case("webhook", {"user": "duban", "password": PASSWORD, "headers": {"X-Api-Key": TOKEN}}),
    Case("wecom", {"key": TOKEN}),
    Case("dingtalk", {"token": TOKEN, "secret": SECRET}),
    Case("feishu", {"token": TOKEN, "secret": SECRET}),
]


def echoes(secrets: list[str]) -> list[Reply]:
    """Give replies in which a provider repeats the channel's own secrets, in every spelling."""
    plain, coded = " ".join(secrets), " ".join(quote(one, safe="") for one in secrets)
    plus = " ".join(quote_plus(one) for one in secrets)
    said = {"errcode": 93000, "code": 19001, "errmsg": f"bad {plain}", "msg": f"bad {coded}"}
    return [
        Reply(200, json.dumps(said)),
        Reply(403, f"forbidden {plain}"),
        Reply(500, f"https://x/robot/send?access_token={coded}&sign=abc%2B /hook/{plus}?a"),
        DROP,
        STALL,
    ]


def clean(text: str, secrets: list[str]) -> bool:
    return not any(
        spelling in text for one in secrets for spelling in (one, quote(one, safe=""), quote_plus(one))
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_not_even_an_error_shows_a_secret(
    sink: HttpSink, letter: Letter, tmp_path: Path, caplog: pytest.LogCaptureFixture, case: Case
) -> None:
    address = {"url": f"{sink.url}/in?token={SECRET}"} if case.kind == "webhook" else {"base_url": sink.url}
    channel = Channel("工作群", case.kind, {**case.settings, **address, "timeout": 0.2})
    secrets = [one for one in (TOKEN, SECRET, PASSWORD) if one in f"{case.settings} {address}"]
    replies = echoes(secrets)
    if case.kind == "webhook":
        del replies[0]  # to a generic webhook a 200 is a success
    sink.replies.extend(replies)

    with caplog.at_level(logging.DEBUG):
        sender = build(channel, tmp_path, lambda: 1_680_235_200.0)
        answers = [sender.send(letter) for _ in replies]

    assert not any(answer.ok for answer in answers)
    for answer in answers:
        assert clean(answer.text, secrets), answer.text
    assert clean(caplog.text + repr(channel) + repr(sender) + repr(vars(sender)), secrets)


def test_a_mail_server_that_repeats_the_password_is_not_repeated(
    post_office: SmtpSink, letter: Letter, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = {"host": "127.0.0.1", "port": post_office.port, "security": "none", "from": "a@b.cn"}
    channel = Channel("邮件", "email", {**settings, "user": "a", "password": "hunter2/x"})
    post_office.says = {
        "EHLO": "250-sink\r\n250 AUTH PLAIN",
        "AUTH": "535 hunter2/x aHVudGVyMi94 hunter2%2Fx",
    }

    with caplog.at_level(logging.DEBUG):
        answer = build(channel, tmp_path).send(replace(letter, to="c@d.cn"))

    assert answer.text == "SMTP 535 *** *** ***"
    assert "hunter2" not in caplog.text + repr(channel)


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"url": f"ftp://x/{SECRET}"}, "webhook"),
        ({"url": f"{SECRET}"}, "webhook"),
        ({"url": f"http://[{SECRET}"}, "webhook"),
        ({"url": f"http://x:{SECRET}/"}, "webhook"),
        ({"url": f"http://x/{SECRET} y"}, "webhook"),
        ({"url": "http://x/", "headers": {"X": f"{SECRET}\n"}}, "webhook"),
        ({"url": "http://x/", "headers": SECRET}, "webhook"),
        ({"key": [SECRET]}, "wecom"),
        ({"key": SECRET, "url": f"http://x/?key={SECRET}"}, "wecom"),
        ({"token": SECRET, "timeout": SECRET}, "dingtalk"),
        ({"token": SECRET, "ca_file": f"/nowhere/{SECRET}"}, "feishu"),
        ({"password": SECRET, "host": "x"}, "email"),
        ({"password": SECRET, "host": "x", "from": SECRET}, "email"),
        ({"pasword": SECRET}, "email"),
        ({f"https://open.feishu.cn/open-apis/bot/v2/hook/{SECRET}?x": "1"}, "feishu"),
    ],
)
def test_a_wrong_setting_is_named_but_never_repeated(
    tmp_path: Path, settings: dict[str, object], kind: str
) -> None:
    with pytest.raises(DubanError, match="渠道“渠道”") as caught:
        build(Channel("渠道", kind, settings), tmp_path)

    assert SECRET not in "".join(format_exception(caught.value)).replace(repr(settings), "")


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("tokn", "有无法识别的设置“tokn”；是否想写“token”？"),
        (
            "https://open.feishu.cn/open-apis/bot/v2/hook/abc?x",
            "有一项设置的名称无法识别；可用的有：url、token、secret、base_url、timeout、verify、ca_file",
        ),
        (
            "a_very_long_name_of_21",
            "有一项设置的名称无法识别；可用的有：url、token、secret、base_url、timeout、verify、ca_file",
        ),
        ("Token", "有一项设置的名称无法识别；是否想写“token”？"),
        ("token2", "有一项设置的名称无法识别；是否想写“token”？"),
    ],
)
def test_the_name_of_a_setting_is_repeated_only_when_it_looks_like_one(
    tmp_path: Path, setting: str, told: str
) -> None:
    with pytest.raises(DubanError) as caught:
        build(Channel("工作群", "feishu", {setting: "1"}), tmp_path)

    assert str(caught.value) == f"渠道“工作群”{told}"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("token=1", "--set token 写了两次。"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/abc?x=1", "--set 有一项 写了两次。"),
    ],
)
def test_what_is_given_twice_is_repeated_only_when_it_looks_like_a_name(given: str, told: str) -> None:
    with pytest.raises(DubanError) as caught:
        pairs([given, given], "--set")

    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("text", "clean_text"),
    [
        ("https://a/robot/send?access_token=abc&x=1", "https://a/robot/send?access_token=***&x=1"),
        ("POST /cgi-bin/webhook/send?key=1-2-3 HTTP/1.1", "POST /cgi-bin/webhook/send?key=*** HTTP/1.1"),
        (
            "https://open.feishu.cn/open-apis/bot/v2/hook/1-2",
            "https://open.feishu.cn/open-apis/bot/v2/hook/***",
        ),
        ("mailtos://duban:pw@mail.cn/x", "mailtos://***@mail.cn/x"),
        ('{"password": "x y", "to": 1}', '{"password": "*** y", "to": 1}'),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("token is not exist", "token is not exist"),
        ("keywords not in content", "keywords not in content"),
        ("sign not match", "sign not match"),
    ],
)
def test_what_looks_like_a_secret_is_masked_and_plain_words_are_not(text: str, clean_text: str) -> None:
    assert redact(text) == clean_text


def test_the_parts_of_an_address_that_identify_are_secrets() -> None:
    settings = {"url": "https://u:pw@x.cn/robot/693a91f67aoc4bc4?key=k1&b=", "timeout": 3, "password": ""}

    assert secrets_of(settings) == {"u", "pw", "693a91f67aoc4bc4", "k1"}


def test_what_apprise_logs_goes_through_the_mask(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    build(Channel("工作群", "wecom", {"key": "k"}), tmp_path)

    with caplog.at_level(logging.DEBUG, "apprise"):
        logging.getLogger("apprise").debug("POST %s", "https://x/?key=abc")

    assert caplog.messages == ["POST https://x/?key=***"]


def test_an_answer_says_nothing_of_itself_when_something_unexpected_breaks(
    letter: Letter, tmp_path: Path, sink: HttpSink
) -> None:
    def broken() -> float:
        raise LookupError(f"no clock at {SECRET}")

    channel = Channel("工作群", "dingtalk", {"token": TOKEN, "secret": SECRET, "base_url": sink.url})

    answer = build(channel, tmp_path, broken).send(letter)

    assert answer == Answer(ok=False, permanent=False, text="发送时出错（LookupError: no clock at ***）")
