from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update

# Before Prefect is first imported.
os.environ.update(DO_NOT_TRACK="1", PREFECT_SERVER_ANALYTICS_ENABLED="false")

from duban.ledger import channels, journal, links, outbox
from duban.ledger.book import Book
from duban.ledger.channels import NewChannel
from duban.ledger.secrets import SecretBox
from duban.ledger.tables import Attempt, Channel, Contact, Cue, JournalEntry, Link, Message, Round
from duban.notifications.digest import Wording
from duban.notifications.letters import Answer, Letter
from duban.notifications.memory import MemorySender
from duban.obligations.errors import DubanError
from duban.tasks import outbox as tasks, posting
from duban.tasks.outbox import Batch
from duban.tasks.works import Works
from support.campaign import adopt, advance, day, local, messages, notices, only, submit
from support.scratch import works_at
from support.sink import HttpSink, Reply, code

MORNING = day("03-01 09:00")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    with HttpSink() as sink:
        yield sink


@pytest.fixture
def works(book: Book, town: object, tmp_path: Path) -> Works:
    """Give works over a book in which three villages are to be told of March's check."""
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, MORNING)
    return works_at(book, tmp_path)


def deliver(works: Works, now: datetime = MORNING, limit: int = 100) -> Batch:
    return tasks.deliver_batch.fn(works, now, limit)


def through(works: Works, kind: str, sink: HttpSink, *, per_minute: int | None = None, **more: Any) -> None:
    """Let every contact be reached through a channel of this kind, whose provider is the sink."""
    settings = {"key" if kind == "wecom" else "token": "机密0001", "base_url": sink.url, "timeout": 2, **more}
    with works.book.write() as session:
        channels.add(session, works.box, NewChannel("工作群", kind, per_minute, settings), MORNING, "李主任")
        session.execute(update(Contact).values(channel_id=1))
        session.execute(update(Message).values(channel_id=1))


def files(works: Works) -> list[str]:
    return sorted(str(path.relative_to(works.outbox)) for path in works.outbox.rglob("*.txt"))


def attempts(works: Works) -> list[tuple[bool, bool, str]]:
    with works.book.read() as session:
        return [
            (one.ok, one.permanent, one.answer)
            for one in session.scalars(select(Attempt).order_by(Attempt.id))
        ]


def test_a_contact_without_a_channel_is_written_to_the_outbox_folder(works: Works) -> None:
    assert deliver(works) == Batch(claimed=3, sent=3)
    assert files(works) == [f"2023-03-01/d-2023-03-01-{n}.txt" for n in (1, 2, 3)]
    text = (works.outbox / "2023-03-01/d-2023-03-01-1.txt").read_text(encoding="utf-8")
    assert "3月24日（星期五）24时前" in text
    assert "《示例检查方案》三（一）" in text
    (one, *_) = messages(works.book)
    assert (one.state, local(one.sent_at), one.answer) == (
        "sent",
        "2023-03-01 09:00:00",
        "已写入 2023-03-01/d-2023-03-01-1.txt",
    )
    assert one.subject
    assert one.subject in text
    assert deliver(works) == Batch(claimed=0)


def test_a_report_that_came_in_meanwhile_takes_the_message_back(works: Works) -> None:
    submit(works.book, "cun2", day("03-01 09:05"))
    assert deliver(works, day("03-01 09:10")) == Batch(claimed=3, sent=2, withdrawn=1)
    assert files(works) == ["2023-03-01/d-2023-03-01-1.txt", "2023-03-01/d-2023-03-01-3.txt"]


def test_two_hundred_with_an_error_code_is_no_delivery_and_is_tried_again(
    works: Works, sink: HttpSink
) -> None:
    through(works, "dingtalk", sink)
    sink.always = code(410100, "发送速度太快而限流")
    assert deliver(works) == Batch(claimed=3, retried=3)
    assert attempts(works) == [(False, False, "HTTP 200 errcode=410100 发送速度太快而限流")] * 3
    assert {local(one.not_before) for one in messages(works.book)} == {"2023-03-01 09:01:00"}
    assert notices(works.book) == {"due": 3}
    sink.always = code(0, "ok")
    assert deliver(works, day("03-01 09:02")) == Batch(claimed=3, sent=3)
    assert notices(works.book) == {"sent": 3}
    keys = [one.key for one in messages(works.book)]
    assert keys == ["d-2023-03-01-1", "d-2023-03-01-2", "d-2023-03-01-3"]


def test_what_can_never_succeed_is_a_dead_letter_at_once(works: Works, sink: HttpSink) -> None:
    through(works, "wecom", sink)
    sink.always = code(93004, "机器人被停用")
    assert deliver(works) == Batch(claimed=3, dead=3)
    assert {one.state for one in messages(works.book)} == {"dead"}
    assert "机器人被停用" in messages(works.book)[0].answer


def test_the_pauses_grow_until_the_sixth_failure_is_the_last(works: Works, sink: HttpSink) -> None:
    through(works, "wecom", sink)
    with works.book.write() as session:
        session.execute(update(Message).where(Message.id > 1).values(state="withdrawn"))
    sink.always = Reply(500, "busy")
    tried, now = list[str](), MORNING
    while (one := messages(works.book)[0]).state == "queued":
        now = max(now, one.not_before)
        if not deliver(works, now).claimed:
            now += timedelta(minutes=30)
            continue
        tried.append(local(now)[11:16])
    # Six hours after 11:36 is in office hours; the day's table is 1, 5, 30 minutes, 2 and 6 hours.
    assert tried == ["09:00", "09:01", "09:06", "09:36", "11:36", "17:36"]
    assert (one.state, one.attempts) == ("dead", 6)


def test_a_retry_that_falls_into_the_night_waits_for_the_morning(works: Works, sink: HttpSink) -> None:
    through(works, "wecom", sink)
    sink.always = Reply(500, "busy")
    assert deliver(works, day("03-01 20:59")).retried == 3
    assert deliver(works, day("03-01 21:00")) == Batch(claimed=0)
    sink.always = code(0, "ok")
    assert deliver(works, day("03-02 08:00")).sent == 3


def test_a_channel_with_wrong_settings_fails_alone(works: Works, sink: HttpSink) -> None:
    with works.book.write() as session:
        channels.add(session, works.box, NewChannel("坏的", "wecom", None, {"kye": "x"}), MORNING, "李主任")
        session.execute(update(Message).where(Message.id == 1).values(channel_id=1))
    assert deliver(works) == Batch(claimed=3, sent=2, dead=1)
    assert messages(works.book)[0].answer == "渠道“坏的”有无法识别的设置“kye”；是否想写“key”？"


def test_a_lost_key_is_said_and_stops_no_other_channel(works: Works, sink: HttpSink, tmp_path: Path) -> None:
    through(works, "wecom", sink)
    with works.book.write() as session:
        session.execute(update(Message).where(Message.id > 1).values(channel_id=None))
    other = SecretBox(b"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I=")
    assert deliver(replace(works, box=other)) == Batch(claimed=3, sent=2, dead=1)
    assert "渠道设置无法解开" in messages(works.book)[0].answer


def test_a_channel_that_was_switched_off_does_not_pretend_to_send(works: Works, sink: HttpSink) -> None:
    through(works, "wecom", sink)
    with works.book.write() as session:
        session.execute(update(Channel).values(active=False))
    assert deliver(works) == Batch(claimed=3, dead=3)
    assert messages(works.book)[0].answer == "渠道“工作群”已停用"
    assert sink.seen == []


def test_one_letter_that_cannot_be_written_does_not_hold_up_the_others(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = tasks.digest

    def digest(contact: str, *rest: Any, **more: Any) -> Wording:
        if contact == "乙文书":
            raise KeyError(contact)
        return written(contact, *rest, **more)

    monkeypatch.setattr(tasks, "digest", digest)
    assert deliver(works) == Batch(claimed=3, sent=2, dead=1)
    assert messages(works.book)[1].answer == "无法写成消息正文（KeyError），请联系维护人员"


def test_a_sender_that_breaks_is_answered_for(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    class Breaking(MemorySender):
        def send(self, letter: Letter) -> Answer:
            raise RuntimeError("机密0001")

    monkeypatch.setattr(tasks, "build", lambda *_: Breaking())
    assert deliver(works) == Batch(claimed=3, retried=3)
    assert attempts(works)[0] == (False, False, "发送程序出错：RuntimeError")


def test_a_robot_s_minute_holds_over_batches_and_held_up_is_no_attempt(works: Works, sink: HttpSink) -> None:
    through(works, "wecom", sink, per_minute=2)
    sink.always = code(0, "ok")
    assert deliver(works, limit=1) == Batch(claimed=1, sent=1)
    assert deliver(works, MORNING + timedelta(seconds=1)) == Batch(claimed=2, sent=1, held=1)
    (held,) = [one for one in messages(works.book) if one.state == "queued"]
    assert (held.attempts, local(held.not_before)) == (0, "2023-03-01 09:01:02")
    assert deliver(works, MORNING + timedelta(seconds=62)).sent == 1
    assert len(sink.seen) == 3


def test_a_robot_takes_twenty_a_minute_without_being_told(works: Works, sink: HttpSink) -> None:
    through(works, "feishu", sink)
    sink.always = Reply(200, '{"code":0,"msg":"success"}')
    with works.book.write() as session:
        contact = session.scalars(select(Message.contact_id)).first()
        session.execute(update(Round).values(title="检查"))
        for number in range(30):
            copied = Message(key=f"x{number}", contact_id=contact, channel_id=1, send_on=MORNING.date())
            copied.not_before = MORNING
            session.add(copied)
    # Three have something to say; the thirty copies are withdrawn and use up no place.
    assert deliver(works) == Batch(claimed=33, sent=3, withdrawn=30)
    with works.book.write() as session:
        assert channels.places_left(session, 1, 20, set(), MORNING) == 17


def test_two_workers_send_each_message_once(works: Works) -> None:
    ready = Barrier(2)

    def work(name: str) -> int:
        ready.wait()
        return deliver(replace(works, worker=name)).sent

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, ("甲", "乙"))) == 3
    assert len(attempts(works)) == 3


def test_a_crash_between_sending_and_writing_down_repeats_under_the_same_key(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = MemorySender()
    monkeypatch.setattr(tasks, "build", lambda *_: memory)

    def crash(*_: Any) -> None:
        raise DubanError("磁盘已满")

    with monkeypatch.context() as broken:
        broken.setattr(outbox, "record", crash)
        with pytest.raises(DubanError, match="磁盘已满"):
            deliver(replace(works, threads=1))
    assert {one.state for one in messages(works.book)} == {"sending"}
    assert tasks.sweep.fn(works, day("03-01 09:16")) == [1, 2, 3]
    assert deliver(works, day("03-01 09:16")) == Batch(claimed=3, sent=3)
    assert set(memory.keys) == {"d-2023-03-01-1", "d-2023-03-01-2", "d-2023-03-01-3"}
    assert 4 <= len(memory.keys) <= 6


def test_a_thread_sends_no_other_letter_before_its_last_answer_is_written_down(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = MemorySender()
    monkeypatch.setattr(tasks, "build", lambda *_: memory)
    record, written, unwritten = outbox.record, list[int](), list[int]()

    def slowly(session: Any, results: Any, now: datetime) -> None:
        time.sleep(0.05)  # what is on its way arrives meanwhile
        unwritten.append(len(memory.keys) - sum(written))
        record(session, results, now)
        written.append(len(results))

    monkeypatch.setattr(outbox, "record", slowly)
    copies(works, 27)
    assert deliver(replace(works, threads=4)) == Batch(claimed=30, sent=30)
    assert len(set(memory.keys)) == len(memory.keys) == 30
    assert 1 < max(unwritten) <= 4
    assert len(written) < 30, "what several threads were answered is written down at once"


def copies(works: Works, count: int) -> None:
    """Let letters that were written beforehand wait to be sent."""
    with works.book.write() as session:
        contact = session.scalars(select(Message.contact_id)).first()
        for number in range(count):
            made = Message(key=f"x{number}", contact_id=contact, send_on=MORNING.date(), purpose="notice")
            made.subject, made.wording, made.not_before = "通知", "请阅知。", MORNING
            session.add(made)


def test_a_dead_letter_is_sent_when_the_office_asks_for_it_again(works: Works, sink: HttpSink) -> None:
    through(works, "wecom", sink)
    sink.always = code(93000, "机器人不存在")
    deliver(works)
    sink.always = code(0, "ok")
    with works.book.write() as session:
        outbox.requeue_dead(session, None, day("03-01 10:00"), "李主任")
    assert deliver(works, day("03-01 10:00")) == Batch(claimed=3, sent=3)
    assert notices(works.book) == {"sent": 3}


def test_no_secret_is_in_the_book_or_in_what_is_said(works: Works, sink: HttpSink) -> None:
    through(works, "wecom", sink)
    sink.always = Reply(502, "proxy error for /cgi-bin/webhook/send?key=机密0001")
    deliver(works)
    told = repr([vars(one) for one in messages(works.book)]) + repr(attempts(works))
    assert "机密0001" not in told


def test_a_clock_that_went_back_sends_nothing(works: Works) -> None:
    with works.book.write() as session:
        journal.append(session, day("03-01 10:00"), "李主任", "x", "y", {})
    with pytest.raises(journal.ClockWentBack):
        deliver(works, day("03-01 09:05"))
    assert files(works) == []
    assert {(one.state, one.attempts) for one in messages(works.book)} == {("queued", 0)}
    assert deliver(works, day("03-01 10:00")) == Batch(claimed=3, sent=3)


def copy_of(row: Any, **changed: Any) -> Any:
    names = [column.key for column in type(row).__table__.columns if column.key != "id"]
    return type(row)(**{name: getattr(row, name) for name in names} | changed)


def test_items_that_a_robot_has_no_room_for_follow_in_a_second_message(
    book: Book, town: object, tmp_path: Path, sink: HttpSink
) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    with book.write() as session:
        first = session.scalars(select(Round).where(Round.period == "2023-03", Round.duty == "yuecha")).one()
        cues = session.scalars(select(Cue).where(Cue.round_id == first.id)).all()
        for number in range(44):
            session.add(copied := copy_of(first, period=f"x{number}", title=f"第{number}项检查"))
            session.flush()
            session.add_all([copy_of(cue, round_id=copied.id) for cue in cues])
    advance(book, MORNING)
    works = works_at(book, tmp_path)
    through(works, "wecom", sink)
    sink.always = code(0, "ok")
    assert deliver(works) == Batch(claimed=3, sent=3)
    assert notices(book) == {"due": 45, "sent": 90}
    assert deliver(works) == Batch(claimed=3, sent=3)
    assert notices(book) == {"sent": 135}
    assert deliver(works) == Batch(claimed=0)
    assert sorted(one.key for one in messages(book))[1::2] == [f"d-2023-03-01-{n}-more" for n in (1, 2, 3)]


def test_letters_that_were_swept_while_they_waited_are_not_sent(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "FRESH", 0.0)
    with works.book.write() as session:
        ids = outbox.claim(session, MORNING, works.worker, 3)
        outbox.sweep(session, day("03-01 09:16"))
    memory = MemorySender()
    letters = [Letter(f"k{n}", "", "一村", "题", "文", MORNING.date(), urgent=False) for n in ids]
    ready = [posting.Ready(n, 1, one, memory, paced=False) for n, one in zip(ids, letters, strict=True)]
    with works.book.write() as session:
        assert outbox.claim(session, day("03-01 09:16"), works.worker, 1) == [1]
    with ThreadPoolExecutor(2) as pool:
        post = posting.Post(works, day("03-01 09:16"), pool)
        post.send(ready)
        post.finish()
        assert memory.keys == []
        post.send([replace(ready[0], attempt=2)])
        post.finish()
    assert memory.keys == ["k1"]


def test_what_goes_slowly_keeps_its_claim(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    renewed: list[list[int]] = []
    hold = outbox.hold

    def watched(session: Any, claims: Any, *rest: Any) -> set[int]:
        renewed.append(sorted(id_ for id_, _ in claims))
        return hold(session, claims, *rest)

    monkeypatch.setattr(posting, "FRESH", 0.0)
    monkeypatch.setattr(outbox, "hold", watched)
    assert deliver(replace(works, threads=1)) == Batch(claimed=3, sent=3)
    assert renewed == [[1, 2, 3], [2, 3], [3]]


# Links


def with_pages(works: Works) -> Works:
    tokens = (f"token-{number}" for number in range(100))
    return replace(works, public_url="https://duban.example", new_token=lambda: next(tokens), threads=1)


def test_each_digest_carries_a_link_of_its_own_that_the_book_does_not_hold(works: Works) -> None:
    deliver(with_pages(works))
    letters = "\n".join(path.read_text("utf-8") for path in sorted(works.outbox.rglob("*.txt")))
    assert all(f"https://duban.example/l/token-{number}" in letters for number in range(3))
    assert all("token-" not in message.body for message in messages(works.book))
    assert "https://duban.example/l/……" in messages(works.book)[0].body
    with works.book.read() as session:
        assert links.open_link(session, "token-0", day("03-02 09:00")).unit == "一村"


@pytest.mark.parametrize(
    "echo",
    [
        '{"link": "https://duban.example/l/Zq3-x_Zq3-x_Zq3-x_Zq3-x_Zq3-x_2"}',
        "l=https%3A%2F%2Fduban.example%2Fl%2FZq3%2Dx%5fZq3%2Dx%5fZq3%2Dx%5fZq3%2Dx%5fZq3%2Dx%5f2",
        f"{'x' * 444}https://duban.example/l/Zq3-x_Zq3-x_Zq3-x_Zq3-x_Zq3-x_2",
        f"{'x' * 427}https%3A%2F%2Fduban.example%2Fl%2FZq3%2Dx%5FZq3%2Dx%5FZq3%2Dx%5FZq3%2Dx%5FZq3%2Dx%5F2",
    ],
    ids=["plain", "coded", "cut", "cut and coded"],
)
def test_a_link_that_a_provider_sends_back_is_not_kept(works: Works, sink: HttpSink, echo: str) -> None:
    with works.book.write() as session:
        made = NewChannel("平台", "webhook", None, {"url": f"{sink.url}/x"})
        channels.add(session, works.box, made, MORNING, "李主任")
        session.execute(update(Contact).where(Contact.id == 1).values(channel_id=1))
        session.execute(update(Message).where(Message.contact_id == 1).values(channel_id=1))
    sink.always = Reply(200, echo)
    tokens = (f"Zq3-x_Zq3-x_Zq3-x_Zq3-x_Zq3-x_{number}" for number in range(100))
    deliver(replace(with_pages(works), new_token=lambda: next(tokens)))
    assert b"/l/Zq3-x_Zq3-x_Zq3-x_Zq3-x_Zq3-x_2" in sink.seen[0].body
    with works.book.read() as session:
        told = session.scalars(select(Attempt.answer)).all()
        entered = session.scalars(select(JournalEntry.detail)).all()
    assert any("duban.example" in answer and "……" in answer for answer in told)
    assert not any("Zq3" in text for text in (*told, *entered))


def test_a_message_that_only_brings_a_new_link_says_so(works: Works) -> None:
    deliver(works)
    with works.book.write() as session:
        links.send_new(session, 2, day("03-02 23:00"))
    assert deliver(with_pages(works), day("03-02 23:00")).sent == 1
    assert messages(works.book)[-1].subject == "【督办】二村：办理链接"
    assert "https://duban.example/l/……" in messages(works.book)[-1].body
    with works.book.read() as session:
        assert links.open_link(session, "token-0", day("03-03 09:00")).contact == "乙文书"


def test_a_new_link_says_whether_the_office_sent_it_or_somebody_asked(works: Works) -> None:
    deliver(works)
    with works.book.write() as session:
        links.send_new(session, 2, day("03-02 22:59"))
        links.send_new(session, 3, day("03-02 23:00"), "王文书")
    assert deliver(with_pages(works), day("03-02 23:00")).sent == 2
    asked, by_office = (one.body for one in messages(works.book)[-2:])
    assert ("如不是您本人申请" in asked, "此链接由办公室发送。" in asked) == (True, False)
    assert ("如不是您本人申请" in by_office, "此链接由办公室发送。" in by_office) == (False, True)


def test_a_group_of_several_units_is_told_without_a_link_that_opens_one_of_them(
    works: Works, sink: HttpSink
) -> None:
    through(works, "wecom", sink)
    sink.always = code(0, "ok")
    deliver(with_pages(works))
    bodies = [message.body for message in messages(works.book) if message.state == "sent"]
    assert len(bodies) == 3
    assert all("/l/" not in body and "不在群里发填报链接" in body for body in bodies)
    with works.book.read() as session:
        assert session.scalars(select(Link)).all() == []


def test_a_group_of_one_unit_gets_the_link(works: Works, sink: HttpSink) -> None:
    through(works, "wecom", sink)
    sink.always = code(0, "ok")
    with works.book.write() as session:
        session.execute(update(Contact).where(Contact.id > 1).values(channel_id=None))
        session.execute(update(Message).where(Message.contact_id > 1).values(channel_id=None))
    deliver(with_pages(works))
    assert all("/l/……" in message.body for message in messages(works.book))


def test_a_new_link_for_somebody_in_a_group_of_several_is_left_for_the_office_to_hand_over(
    works: Works, sink: HttpSink
) -> None:
    through(works, "wecom", sink)
    with works.book.write() as session:
        links.send_new(session, 2, day("03-02 23:00"))
    assert messages(works.book)[-1].channel_id is None


def test_without_pages_a_digest_names_no_link(works: Works) -> None:
    deliver(works)
    assert "/l/" not in messages(works.book)[0].body
