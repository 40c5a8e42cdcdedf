from __future__ import annotations

from dataclasses import replace
from email import message_from_string
from email.header import decode_header, make_header
from typing import TYPE_CHECKING

import pytest

from duban.notifications.channels import Channel, Letter, Sender, build
from support.sink import SmtpSink

if TYPE_CHECKING:
    from pathlib import Path


def mail(post_office: SmtpSink, tmp_path: Path, **settings: object) -> Sender:
    basic = {"host": "127.0.0.1", "port": post_office.port, "security": "none", "timeout": 0.3}
    basic |= {"from": "duban@town.example", "from_name": "示例镇打非办"}
    return build(Channel("邮件", "email", {**basic, **settings}), tmp_path)


@pytest.fixture
def letter(letter: Letter) -> Letter:
    return replace(letter, to="zhangsan@village.example")


def test_a_letter_arrives_as_plain_text_with_names_and_a_message_id_of_its_key(
    post_office: SmtpSink, letter: Letter, tmp_path: Path
) -> None:
    sender = mail(post_office, tmp_path)

    answer = sender.send(letter)
    sender.send(letter)

    assert (answer.ok, answer.text) == (True, "SMTP 250 2.0.0 Ok: queued as 4F2A1")
    first, second = (message_from_string(mailed.text) for mailed in post_office.mailed)
    assert (post_office.mailed[0].sender, post_office.mailed[0].to) == (
        "duban@town.example",
        "zhangsan@village.example",
    )
    assert str(make_header(decode_header(first["Subject"]))) == "【督办提醒】示例一村：有1项工作需办理"
    assert str(make_header(decode_header(first["From"]))) == "示例镇打非办 <duban@town.example>"
    assert str(make_header(decode_header(first["To"]))) == "张三 <zhangsan@village.example>"
    assert first.get_content_type() == "text/plain"
    assert first.get_payload(decode=True) == "2023年3月每月检查，今日截止。".encode()
    assert first.get_all("Message-ID") == second.get_all("Message-ID")
    assert first["Message-ID"].endswith("@town.example>")


def test_two_letters_have_two_message_ids(post_office: SmtpSink, letter: Letter, tmp_path: Path) -> None:
    sender = mail(post_office, tmp_path)

    sender.send(letter)
    sender.send(replace(letter, key="another"))

    assert len({message_from_string(mailed.text)["Message-ID"] for mailed in post_office.mailed}) == 2


@pytest.mark.parametrize(
    ("says", "permanent", "text"),
    [
        ({"RCPT": "550 5.1.1 no such user"}, True, "SMTP 550 5.1.1 no such user"),
        ({"RCPT": "450 4.2.1 try again later"}, False, "SMTP 450 4.2.1 try again later"),
        ({"RCPT": "552 邮箱已满"}, True, "SMTP 552 邮箱已满"),
        ({"MAIL": "553 sender refused"}, True, "SMTP 553 sender refused"),
        ({"MAIL": "421 closing"}, False, "SMTP 421 closing"),
        ({"DATA": "554 no"}, True, "SMTP 554 no"),
        ({"END": "554 spam"}, True, "SMTP 554 spam"),
        ({"END": "451 disk"}, False, "SMTP 451 disk"),
        ({"GREET": "554 go away"}, False, "SMTP 554 go away"),
        ({"GREET": "stall"}, False, "连接或等待答复超时"),
        ({"RCPT": "stall"}, False, "连接或等待答复超时"),
        ({"END": "drop"}, False, "连接中断"),
        ({"GREET": "drop"}, False, "连接中断"),
    ],
)
def test_a_5xx_is_final_and_a_4xx_is_worth_another_try(
    post_office: SmtpSink, letter: Letter, tmp_path: Path, says: dict[str, str], text: str, *, permanent: bool
) -> None:
    post_office.says = says

    answer = mail(post_office, tmp_path).send(letter)

    assert (answer.ok, answer.permanent) == (False, permanent)
    assert answer.text.startswith(text)
    assert post_office.mailed == []


def test_a_server_that_leaves_without_a_goodbye_has_still_taken_the_letter(
    post_office: SmtpSink, letter: Letter, tmp_path: Path
) -> None:
    post_office.says = {"QUIT": "drop"}

    assert mail(post_office, tmp_path).send(letter).ok


def test_a_wrong_password_is_final_and_is_not_repeated_in_the_answer(
    post_office: SmtpSink, letter: Letter, tmp_path: Path
) -> None:
    post_office.says = {
        "AUTH": "535 5.7.8 bad password hunter2%41 for duban",
        "EHLO": "250-sink\r\n250 AUTH PLAIN",
    }

    answer = mail(post_office, tmp_path, user="duban", password="hunter2%41").send(letter)

    assert (answer.ok, answer.permanent) == (False, True)
    assert answer.text == "SMTP 535 5.7.8 bad password *** for duban"


def test_a_server_without_starttls_gets_no_password(
    post_office: SmtpSink, letter: Letter, tmp_path: Path
) -> None:
    answer = mail(post_office, tmp_path, security="starttls", user="duban", password="hunter2").send(letter)

    assert (answer.ok, answer.permanent) == (False, True)
    assert answer.text.startswith("邮件服务器不支持所选的方式")
    assert "AUTH" not in post_office.commands


def test_a_server_that_is_not_there_is_temporary(letter: Letter, tmp_path: Path) -> None:
    with SmtpSink() as gone:
        pass

    answer = mail(gone, tmp_path).send(letter)

    assert (answer.ok, answer.permanent) == (False, False)
    assert answer.text.startswith("对方拒绝连接（ConnectionRefusedError")


@pytest.mark.parametrize(
    "to", ["", "张三", "13800000000", "a@b.cn, c@d.cn", "a@b.cn\nBcc: c@d.cn", "张@b.cn"]
)
def test_what_is_not_one_address_is_never_sent(
    post_office: SmtpSink, letter: Letter, tmp_path: Path, to: str
) -> None:
    answer = mail(post_office, tmp_path).send(replace(letter, to=to))

    assert (answer.ok, answer.permanent, answer.text) == (False, True, "收件人邮箱地址无效，未发送")
    assert post_office.commands == []


def test_a_subject_cannot_smuggle_in_a_header(post_office: SmtpSink, letter: Letter, tmp_path: Path) -> None:
    mail(post_office, tmp_path).send(replace(letter, subject="a\r\nBcc: c@d.cn", to_name="张\r\nX-Evil: 1"))

    message = message_from_string(post_office.mailed[0].text)
    assert message["Bcc"] is None
    assert message["X-Evil"] is None
    assert message["Subject"] == "a Bcc: c@d.cn"


def test_a_line_that_is_one_dot_does_not_end_the_letter(
    post_office: SmtpSink, letter: Letter, tmp_path: Path
) -> None:
    mail(post_office, tmp_path).send(replace(letter, body="a\n.\nb", urgent=True))

    message = message_from_string(post_office.mailed[0].text)
    assert message.get_payload(decode=True) == b"a\n.\nb"
    assert message["X-Priority"] == "1"
