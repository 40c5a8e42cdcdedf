from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import insert, select

from duban.ledger import channels, outbox
from duban.ledger.book import Book
from duban.ledger.channels import ChannelRow, NewChannel
from duban.ledger.outbox import Result
from duban.ledger.secrets import SecretBox
from duban.ledger.tables import Attempt, Channel, Contact, JournalEntry, Message
from duban.obligations.errors import DubanError
from support.campaign import day

NOON = day("03-01 12:00")
BOX = SecretBox(b"hFqBDBBQvzNmrQF1lJkL2pqzOcXvQmUuX6pvKqPqNqk=")
OTHER = SecretBox(b"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I=")
GROUP = NewChannel("工作群", "wecom", None, {"key": "机密693a91f6"})


def add(book: Book, new: NewChannel = GROUP) -> bool:
    with book.write() as session:
        return channels.add(session, BOX, new, NOON, "李主任")


def queue(book: Book, number: int) -> None:
    with book.write() as session:
        contact = session.scalars(select(Contact.id).order_by(Contact.id)).first()
        rows = [
            {
                "key": f"m{n}",
                "contact_id": contact,
                "channel_id": 1,
                "send_on": NOON.date(),
                "not_before": NOON,
            }
            for n in range(number)
        ]
        session.execute(insert(Message), rows)


def test_settings_come_back_for_the_sender_and_show_nowhere(book: Book) -> None:
    assert add(book)
    with book.read() as session:
        row = session.scalars(select(Channel)).one()
        entry = session.scalars(select(JournalEntry)).one()
        facts = channels.named(session, BOX, "工作群")
    assert facts.settings == {"key": "机密693a91f6"}
    shown = [repr(facts), repr(GROUP), entry.detail, str(row.secret)]
    assert not any("693a91f6" in one for one in shown)
    assert entry.detail == '{"kind":"wecom","per_minute":null,"settings":["key"]}'


def test_a_channel_added_again_is_replaced(book: Book) -> None:
    add(book)
    assert not add(book, NewChannel("工作群", "dingtalk", 10, {"token": "t"}))
    with book.read() as session:
        assert channels.rows(session) == [ChannelRow("工作群", "dingtalk", 10, active=True, contacts=0)]
        assert channels.named(session, BOX, "工作群").settings == {"token": "t"}


def test_an_unknown_channel_is_named_with_the_nearest(book: Book) -> None:
    add(book)
    with book.read() as session, pytest.raises(DubanError) as wrong:
        channels.named(session, BOX, "工作裙")
    assert str(wrong.value) == "没有渠道“工作裙”；是否想写“工作群”？现有：工作群。"


def test_a_channel_that_cannot_be_opened_says_why_and_stops_no_other(book: Book) -> None:
    add(book)
    with book.write() as session:
        channels.add(session, OTHER, NewChannel("邮件", "email", None, {"host": "h"}), NOON, "李主任")
        channels.add(session, BOX, NewChannel("旧群", "feishu", None, {"token": "t"}), NOON, "李主任")
        session.scalars(select(Channel).where(Channel.name == "旧群")).one().active = False
    with book.read() as session:
        found = {one.name: one.trouble for one in channels.everything(session, BOX).values()}
    assert found["工作群"] == ""
    assert found["邮件"].startswith("渠道“邮件”：渠道设置无法解开")
    assert found["旧群"] == "渠道“旧群”已停用"


@pytest.mark.usefixtures("town")
def test_a_contact_is_reached_another_way_from_now_on(book: Book) -> None:
    add(book)
    with book.write() as session:
        assert channels.use(session, ("一村", "甲文书"), "工作群", NOON, "李主任") == 0
    with book.read() as session:
        assert channels.rows(session)[0].contacts == 1
    with book.write() as session:
        channels.use(session, ("cun1", "甲文书"), "默认", NOON, "李主任")
    with book.read() as session:
        assert channels.rows(session)[0].contacts == 0


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("unit", "person", "channel", "said"),
    [
        ("一存", "甲文书", "工作群", "没有单位“一存”；是否想写“一村”？"),
        ("一村", "乙文书", "工作群", "“一村”没有联系人“乙文书”；是否想写“甲文书”？现有：甲文书。"),
        ("一村", "甲文书", "微信", "没有渠道“微信”。现有：工作群。"),
    ],
)
def test_a_wrong_name_is_said_to_be_wrong(
    book: Book, unit: str, person: str, channel: str, said: str
) -> None:
    add(book)
    with pytest.raises(DubanError) as wrong, book.write() as session:
        channels.use(session, (unit, person), channel, NOON, "李主任")
    assert str(wrong.value).startswith(said)


@pytest.mark.usefixtures("town")
def test_a_channel_that_is_out_of_use_takes_nobody(book: Book) -> None:
    with book.write() as session:
        session.add(Channel(name="旧群", kind="wecom", active=False))
    with pytest.raises(DubanError, match="渠道“旧群”已停用，请另选一个。"), book.write() as session:
        channels.use(session, ("一村", "甲文书"), "旧群", NOON, "李主任")


@pytest.mark.usefixtures("town")
def test_a_robot_s_minute_is_counted_over_all_that_was_tried_and_is_in_flight(book: Book) -> None:
    add(book)
    queue(book, 12)
    with book.write() as session:
        mine = outbox.claim(session, NOON, "甲", 5)
        assert channels.places_left(session, 1, 20, set(mine), NOON) == 20
    with book.write() as session:
        results = [Result(id_, 1, ok=id_ > 2, permanent=False, answer="", at=NOON) for id_ in mine[:3]]
        outbox.record(session, results, NOON)
    with book.write() as session:
        # Three tried, two still in flight, one of this worker's own.
        other = outbox.claim(session, NOON, "乙", 1)
        assert channels.places_left(session, 1, 20, set(other), NOON) == 15
        assert channels.places_left(session, 1, 4, set(other), NOON) == 0
        assert channels.places_left(session, 1, 20, set(other), NOON + timedelta(seconds=60)) == 15
        assert channels.places_left(session, 1, 20, set(other), NOON + timedelta(seconds=61)) == 18


@pytest.mark.usefixtures("town")
def test_the_count_goes_back_further_than_one_look(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "CHUNK", 2)
    add(book)
    queue(book, 1)
    with book.write() as session:
        rows = [{"message_id": 1, "at": NOON + timedelta(seconds=n), "ok": False} for n in range(9)]
        session.execute(insert(Attempt), rows)
    with book.write() as session:
        assert channels.places_left(session, 1, 20, set(), NOON + timedelta(seconds=30)) == 11


@pytest.mark.usefixtures("town")
def test_two_workers_share_one_robot_s_minute(book: Book) -> None:
    add(book)
    queue(book, 40)
    ready, allowed = Barrier(2), list[int]()

    def work() -> None:
        ready.wait()
        with book.write() as session:
            mine = outbox.claim(session, NOON, "甲", 20)
            places = channels.places_left(session, 1, 20, set(mine), NOON)
            outbox.release(session, mine[places:], NOON + timedelta(seconds=61))
            allowed.append(min(places, len(mine)))

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(allowed) == 20
