from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import insert, select, update

from duban.ledger import channels
from duban.ledger.channels import ChannelFacts, NewChannel
from duban.ledger.tables import Attempt, Channel, Contact, JournalEntry, Message
from duban.obligations.words import Role
from support.campaign import day, messages
from support.desk import Desk
from support.sink import HttpSink, SmtpSink, code

KEY = "机密693a91f6"
NOON = day("03-20 12:00")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    with HttpSink() as sink:
        yield sink


def add(desk: Desk, name: str = "工作群", kind: str = "wecom", **settings: str) -> int:
    with desk.book.write() as session:
        new = NewChannel(name, kind, None, settings or {"key": KEY})
        channels.add(session, desk.counter.box, new, desk.clock.at, "测试")
        return channels.named(session, desk.counter.box, name).id


def facts(desk: Desk, name: str = "工作群") -> ChannelFacts:
    with desk.book.read() as session:
        return channels.named(session, desk.counter.box, name)


def entries(desk: Desk, action: str) -> list[str]:
    with desk.book.read() as session:
        return list(session.scalars(select(JournalEntry.detail).where(JournalEntry.action == action)))


def test_channels_are_for_the_office_alone(desk: Desk) -> None:
    number = add(desk)
    assert desk.signed_in(Role.SUPERVISOR).get("/channels").status_code == 403
    assert desk.signed_in(Role.LEADER).post(f"/channels/{number}/test").status_code == 403


def test_a_channel_is_added_and_its_secret_is_nowhere_to_be_seen(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    assert "加签密钥" in office.get("/channels/new?kind=dingtalk").text
    typed = {"kind": "dingtalk", "name": "钉钉群", "s-token": "abc123机", "s-secret": KEY, "per_minute": "10"}
    answer = office.post("/channels/new", data=typed)
    assert answer.status_code == 303
    shown = office.get(answer.headers["location"]).text
    assert "钉钉群" in shown
    assert "已保存，不显示" in shown
    assert facts(desk, "钉钉群").settings == {"token": "abc123机", "secret": KEY}
    assert facts(desk, "钉钉群").per_minute == 10
    for page in (shown, office.get("/channels").text, "".join(entries(desk, "channel.set"))):
        assert KEY not in page
        assert "abc123" not in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "wecom", "name": "群"}, "应填写 url（机器人完整地址）或 key"),
        ({"kind": "wecom", "name": "群", "s-url": "ftp://x"}, "不是有效的网址"),
        ({"kind": "webhook", "name": "群", "s-url": "file:///etc/passwd"}, "不是有效的网址"),
        (
            {"kind": "email", "name": "邮", "s-host": "smtp.x.cn", "s-from": "没有邮箱"},
            "from 应为发件邮箱地址",
        ),
        ({"kind": "wecom", "name": "", "s-key": "k"}, "请填写渠道名称"),
        ({"kind": "wecom", "name": "群", "s-key": "k", "per_minute": "-3"}, "每分钟条数应是"),
    ],
)
def test_a_channel_that_cannot_serve_is_not_kept(desk: Desk, typed: dict[str, str], said: str) -> None:
    answer = desk.signed_in(Role.OFFICE).post("/channels/new", data=typed)
    assert answer.status_code == 422
    assert said in answer.text
    with desk.book.read() as session:
        assert session.scalars(select(Channel)).all() == []


def test_a_wrong_setting_does_not_echo_the_secret(desk: Desk) -> None:
    typed = {"kind": "wecom", "name": "", "s-key": KEY}
    assert KEY not in desk.signed_in(Role.OFFICE).post("/channels/new", data=typed).text


def test_a_second_channel_of_the_name_does_not_take_its_place(desk: Desk) -> None:
    add(desk)
    answer = desk.signed_in(Role.OFFICE).post("/channels/new", data={"kind": "file", "name": "工作群"})
    assert "已有渠道“工作群”" in answer.text
    assert facts(desk).kind == "wecom"


def test_replacing_keeps_what_is_left_blank_and_takes_what_is_typed(desk: Desk) -> None:
    number = add(desk, "邮箱", "email", host="smtp.a.cn", **{"from": "a@a.cn", "user": "a", "password": KEY})
    office = desk.signed_in(Role.OFFICE)
    assert "smtp.a.cn" in office.get(f"/channels/{number}").text
    typed = {"s-host": "smtp.a.cn", "s-from": "b@a.cn", "s-security": "starttls"}
    office.post(f"/channels/{number}", data=typed)
    assert facts(desk, "邮箱").settings == {
        "host": "smtp.a.cn",
        "from": "b@a.cn",
        "security": "starttls",
        "password": KEY,
    }
    cleared = {"s-host": "smtp.b.cn", "s-from": "a@a.cn", "s-security": "ssl", "clear-password": "1"}
    office.post(f"/channels/{number}", data=cleared)
    assert "password" not in facts(desk, "邮箱").settings


MAIL = {"host": "smtp.a.cn", "port": "587", "security": "starttls", "from": "a@a.cn", "password": KEY}
HOOK = {"url": "https://a.cn/hook", "user": "a", "password": KEY}
ROBOT = {"token": "t1", "secret": KEY}


@pytest.mark.parametrize(
    ("kind", "old", "typed", "label"),
    [
        ("email", MAIL, {"host": "smtp.b.cn"}, "密码或授权码"),
        ("email", MAIL, {"port": "2525"}, "密码或授权码"),
        ("email", MAIL, {"security": "none"}, "密码或授权码"),
        ("webhook", HOOK, {"url": "https://b.cn/hook"}, "密码"),
        ("webhook", HOOK, {"url": "http://a.cn/hook"}, "密码"),
        ("dingtalk", ROBOT, {"url": "https://b.cn/robot"}, "加签密钥"),
        ("feishu", ROBOT, {"token": "t2"}, "加签密钥"),
    ],
)
def test_a_sealed_secret_does_not_go_along_to_another_place(
    desk: Desk, kind: str, old: dict[str, str], typed: dict[str, str], label: str
) -> None:
    number = add(desk, "渠道", kind, **old)
    plain = {name: said for name, said in old.items() if said != KEY and name not in {"url", "token"}}
    form = {f"s-{name}": said for name, said in (plain | typed).items()}
    office = desk.signed_in(Role.OFFICE)
    answer = office.post(f"/channels/{number}", data=form)
    assert answer.status_code == 422
    assert f"请重新填写{label}" in answer.text
    assert facts(desk, "渠道").settings == old
    secret = "s-secret" if "secret" in old else "s-password"
    assert office.post(f"/channels/{number}", data=form | {secret: "新的"}).status_code == 303
    assert KEY not in facts(desk, "渠道").settings.values()


def test_an_address_with_headers_of_its_own_is_not_changed_in_the_page(desk: Desk) -> None:
    with desk.book.write() as session:
        settings = {"url": "https://a.cn/hook", "headers": {"X-Key": KEY}}
        channels.add(session, desk.counter.box, NewChannel("接口", "webhook", None, settings), NOON, "测试")
        number = channels.named(session, desk.counter.box, "接口").id
    answer = desk.signed_in(Role.OFFICE).post(f"/channels/{number}", data={"s-url": "https://b.cn/hook"})
    assert "另设有请求头" in answer.text
    assert facts(desk, "接口").settings["url"] == "https://a.cn/hook"


def test_of_two_ways_to_name_a_robot_the_one_just_typed_stands(desk: Desk) -> None:
    number = add(desk)
    desk.signed_in(Role.OFFICE).post(f"/channels/{number}", data={"s-url": "https://robot.cn/send?key=zz"})
    assert facts(desk).settings == {"url": "https://robot.cn/send?key=zz"}


def test_a_trial_shows_that_the_provider_took_it(desk: Desk, sink: HttpSink) -> None:
    number = add(desk, key="k123456", base_url=sink.url)
    sink.always = code(0, "ok")
    shown = desk.signed_in(Role.OFFICE).post(f"/channels/{number}/test").text
    assert "对方系统已收下" in shown
    assert "收下不等于送到" in shown
    assert "试发消息" in str(sink.seen[0].json)
    assert '"ok":true' in entries(desk, "channel.tried")[0]


def test_a_trial_that_the_provider_refused_says_so_in_its_own_words(desk: Desk, sink: HttpSink) -> None:
    number = add(desk, key="k123456", base_url=sink.url)
    sink.always = code(93000, "invalid webhook url, 机器人已被移除")
    shown = desk.signed_in(Role.OFFICE).post(f"/channels/{number}/test").text
    assert "没有发成" in shown
    assert "机器人已被移除" in shown
    assert "对方系统已收下" not in shown
    assert '"ok":false' in entries(desk, "channel.tried")[0]
    assert "最近一次试发" in shown
    again = desk.signed_in(Role.ADMINISTRATOR).get(f"/channels/{number}").text
    assert "没有发过提醒等消息" in again
    assert "2023年3月20日（星期一）09:00 没有发成：" in again
    assert "机器人已被移除" in again


def test_a_trial_of_a_place_where_nobody_listens_is_no_success(desk: Desk) -> None:
    with HttpSink() as gone:
        url = gone.url
    number = add(desk, "接口", "webhook", url=f"{url}/hook")
    assert "没有发成" in desk.signed_in(Role.OFFICE).post(f"/channels/{number}/test").text


def test_a_trial_by_mail_goes_where_it_was_asked(desk: Desk) -> None:
    with SmtpSink() as post:
        settings = {"host": "127.0.0.1", "port": str(post.port), "security": "none", "from": "a@a.cn"}
        number = add(desk, "邮箱", "email", **settings)
        shown = desk.signed_in(Role.OFFICE).post(f"/channels/{number}/test", data={"to": "b@b.cn"}).text
        assert [one.to for one in post.mailed] == ["b@b.cn"]
    assert "对方系统已收下" in shown
    assert "queued as 4F2A1" in shown


def test_what_only_went_into_a_folder_is_not_called_sent(desk: Desk) -> None:
    number = add(desk, "本机", "file", folder="试")
    shown = desk.signed_in(Role.OFFICE).post(f"/channels/{number}/test").text
    assert "已写入文件夹，没有向外发送" in shown
    assert list(desk.counter.outbox.rglob("*.txt"))


def test_the_list_says_what_each_channel_was_last_answered(desk: Desk) -> None:
    number = add(desk)
    (first, *_) = messages(desk.book)
    with desk.book.write() as session:
        session.execute(update(Message).where(Message.id == first.id).values(channel_id=number, attempts=2))
        session.execute(update(Contact).where(Contact.id == first.contact_id).values(channel_id=number))
        tries = [("频率超限", False), ("好的收到", True)]
        rows = [
            {"message_id": first.id, "at": day("03-01 09:10"), "ok": ok, "answer": said} for said, ok in tries
        ]
        session.execute(insert(Attempt), rows)
    shown = desk.signed_in(Role.OFFICE).get("/channels").text
    assert "好的收到" in shown
    assert "频率超限" not in shown
    assert "2023-03-01 周三 09:10" in shown


def test_out_of_use_its_people_and_what_waits_go_another_way(desk: Desk) -> None:
    number, other = add(desk), add(desk, "备用群")
    with desk.book.write() as session:
        session.execute(update(Contact).values(channel_id=number))
        session.execute(update(Message).values(channel_id=number))
    office = desk.signed_in(Role.OFFICE)
    assert "请选择这个渠道的联系人今后改走哪个渠道" in office.post(f"/channels/{number}/off").text
    assert "请另选一个启用中的渠道" in office.post(f"/channels/{number}/off", data={"instead": number}).text
    answer = office.post(f"/channels/{number}/off", data={"instead": str(other)})
    assert "4名联系人" in office.get(answer.headers["location"]).text
    assert {one.channel_id for one in messages(desk.book)} == {other}
    assert facts(desk, "备用群").id == other
    office.post(f"/channels/{number}/on")
    with desk.book.read() as session:
        assert session.get_one(Channel, number).active


def test_a_channel_that_is_not_there_is_not_found(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    assert office.get("/channels/999").status_code == 404
    assert office.post("/channels/999/test").status_code == 404
    assert office.get("/channels/new?kind=pigeon").status_code == 404
