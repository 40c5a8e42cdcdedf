from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from sqlalchemy import select, update

from duban.ledger import asking, channels, owed, reports, staffing
from duban.ledger.book import Book
from duban.ledger.channels import NewChannel
from duban.ledger.letters import NOTICE_STATES, letter
from duban.ledger.outbox import Result, record
from duban.ledger.reports import Report, Return
from duban.ledger.secrets import SecretBox
from duban.ledger.story import Story, story
from duban.ledger.story_events import events
from duban.ledger.tables import Contact, Message, Obligation, Round, Unit
from duban.obligations.roster import Roster
from duban.obligations.words import RemarkKind
from support.campaign import SHANGHAI, adopt, advance, day, deliver, look, only, return_, submit
from support.query_plans import heard

BOX = SecretBox(b"hFqBDBBQvzNmrQF1lJkL2pqzOcXvQmUuX6pvKqPqNqk=")


@pytest.fixture
def opened(book: Book, town: Roster) -> Book:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))
    return book


def number(book: Book, unit: str = "cun1", period: str = "2023-03") -> int:
    with book.read() as session:
        return session.scalars(
            select(Obligation.id)
            .join(Unit)
            .join(Round)
            .where(Unit.code == unit, Round.duty == "yuecha", Round.period == period)
        ).one()


def told(book: Book, at: str, unit: str = "cun1") -> Story:
    with book.read() as session:
        found = story(session, number(book, unit), day(at))
    assert found is not None
    return found


def lines(book: Book, at: str, unit: str = "cun1") -> list[str]:
    """What happened after the plan was adopted, a line each: when, who, what and what goes with it."""
    return [
        " ".join(
            part
            for part in (
                f"{one.at.astimezone(SHANGHAI):%m-%d %H:%M}",
                one.who,
                one.what_zh,
                f"| {one.detail_zh}" if one.detail_zh else "",
            )
            if part
        )
        for one in events(told(book, at, unit))
    ]


BEGIN = [
    "01-03 09:00 办公室 启用《示例检查方案》第1版 | 本事项的依据：三（一）",
    "03-01 00:00 系统 下达任务“2023年3月 · 每月检查” | 应报单位3个；期限为2023年3月24日（星期五）24时",
]


def test_a_report_that_was_returned_and_made_good_is_told_from_clause_to_acceptance(opened: Book) -> None:
    with opened.write() as session:
        one = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        reports.acknowledge(session, one, day("03-02 08:00"), "甲文书")
    submit(
        opened, "cun1", day("03-10 10:00"), report=Report("a", {"shuliang": "3"}, note="初稿", by="甲文书")
    )
    limit = day("03-14 00:00") - timedelta(seconds=1)
    return_(opened, "cun1", day("03-11 09:00"), why=Return("缺台账", material=True, correct_by=limit))
    again = Report("b", nil=True, via="phone", by="李干事", claimed_at=day("03-12 08:00"))
    submit(opened, "cun1", day("03-12 09:00"), report=again)
    with opened.write() as session:
        one = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        reports.accept(session, one, day("03-13 09:00"), "李主任")
        asking.remark(session, one, day("03-14 09:00"), "李主任", kind=RemarkKind.NOTE, text="已归档")
    whole = lines(opened, "03-15 00:00")
    assert [one for one in whole if "退回更正" not in one] == [
        *BEGIN,
        "03-02 08:00 甲文书 签收",
        "03-10 10:00 甲文书 上报（第1版，窗口） | 初稿",
        "03-11 09:00 办公室 退回第1版（实质性问题） | 缺台账；请于2023年3月13日（星期一）24时前更正",
        "03-12 09:00 李干事 零报告（第2版，电话） | 自称2023年3月12日（星期日）08:00报出",
        "03-13 09:00 李主任 接收第2版",
        "03-14 09:00 李主任 办公室说明 | 已归档",
    ]


def test_a_provisional_deadline_is_told_as_one(opened: Book) -> None:
    with opened.write() as session:
        session.execute(update(Round).values(provisional=True))
    assert lines(opened, "03-02 00:00")[1].endswith("期限为2023年3月24日（星期五）24时（暂定）")


def test_the_story_of_a_past_day_ends_on_it(opened: Book) -> None:
    submit(opened, "cun1", day("03-10 10:00"))
    return_(opened, "cun1", day("03-11 09:00"))
    assert lines(opened, "03-09 00:00") == BEGIN
    assert lines(opened, "03-10 12:00") == [*BEGIN, "03-10 10:00 cun1 上报（第1版，窗口）"]
    assert told(opened, "03-10 12:00").matter.standing.outcome.zh == "按时"


def test_requests_calls_and_exemptions_are_told_with_their_answers(opened: Book) -> None:
    with opened.write() as session:
        one = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        asking.ask_for_time(
            session, one, day("03-20 09:00"), "甲文书", until=day("03-30 12:00"), reason="防汛"
        )
        asking.grant_time(session, one, day("03-20 10:00"), "李主任", day("03-28 12:00"))
        asking.remark(
            *(session, one, day("03-21 09:00"), "李干事"),
            kind=RemarkKind.CALL,
            text="说下周报",
            whom="甲文书",
            reached=True,
        )
        reports.exempt(session, one, day("03-22 09:00"), "李干事", reason="整村搬迁", approver="李镇长")
    assert lines(opened, "03-31 00:00") == [
        *BEGIN,
        "03-20 09:00 甲文书 申请延期至2023年3月30日（星期四）12:00 | 防汛",
        "03-20 10:00 李主任 同意延期至2023年3月28日（星期二）12:00",
        "03-21 09:00 李干事 电话联系甲文书（已接通） | 说下周报",
        "03-22 09:00 李镇长 批准免报 | 整村搬迁",
    ]


def test_a_request_that_was_entered_later_is_told_as_the_clerks_word_and_only_from_then_on(
    opened: Book,
) -> None:
    with opened.write() as session:
        one = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        asked, until = day("03-15 08:00"), day("03-30 12:00")
        at = day("03-20 10:00")
        reports.extend(session, one, at, "王文书", asked_at=asked, until=until, reason="防汛")
    assert lines(opened, "03-19 00:00") == BEGIN
    assert lines(opened, "03-21 00:00") == [
        *BEGIN,
        (
            "03-20 10:00 王文书 经办人自述：单位于2023年3月15日（星期三）08:00"
            "申请延期至2023年3月30日（星期四）12:00 | 防汛"
        ),
        "03-20 10:00 王文书 同意延期至2023年3月30日（星期四）12:00",
    ]


def test_a_deadline_that_nobody_met_is_told_and_so_is_the_lock(opened: Book) -> None:
    advance(opened, day("04-04 00:00"))
    assert [one for one in lines(opened, "04-05 00:00", "cun2") if "提醒" not in one] == [
        *BEGIN,
        "03-25 00:00 系统 期限已过，没有收到上报",
        "04-04 00:00 系统 截止补报",
    ]


def by_robot(book: Book) -> None:
    with book.write() as session:
        channels.add(
            session, BOX, NewChannel("工作群", "wecom", None, {"key": "k"}), day("03-01 00:30"), "李"
        )
        session.execute(update(Contact).values(channel_id=1))


def test_every_reminder_is_told_with_every_try_and_the_providers_answers(opened: Book) -> None:
    by_robot(opened)
    advance(opened, day("03-01 09:00"))
    at, retry = day("03-01 09:05"), day("03-01 09:20")
    refused = [
        Result(one.id, one.attempt, ok=False, permanent=False, answer="45009", at=at, retry_at=retry)
        for one in look(opened, at)
    ]
    with opened.write() as session:
        record(session, refused, at)
    deliver(opened, day("03-01 09:30"))
    assert lines(opened, "03-02 00:00")[2:] == [
        (
            "03-01 09:30 系统 任务下达：发给甲文书（企业微信·工作群） | "
            "2023年3月1日（星期三）09:05第1次发送，没有发出：45009；"
            "2023年3月1日（星期三）09:30第2次发送，渠道已受理：好"
        )
    ]
    (one,) = told(opened, "03-02 00:00").reminders
    assert (one.contact, one.channel, one.state, one.message_state) == ("甲文书", "工作群", "sent", "sent")
    assert [(tried.ok, tried.answer) for tried in one.tries] == [(False, "45009"), (True, "好")]
    (earlier,) = told(opened, "03-01 09:10").reminders
    assert ([tried.ok for tried in earlier.tries], earlier.sent_at) == ([False], None)


def test_what_was_only_written_to_the_folder_and_what_reached_nobody_is_said_so(opened: Book) -> None:
    with opened.write() as session:
        session.execute(update(Contact).where(Contact.name == "丙文书").values(active=False))
    advance(opened, day("03-01 09:00"))
    deliver(opened, day("03-01 09:00"))
    assert lines(opened, "03-02 00:00")[2] == (
        "03-01 09:00 系统 任务下达：写入发件箱文件夹，待人工转给甲文书，没有直接送达 | "
        "2023年3月1日（星期三）09:00第1次发送，渠道已受理：好"
    )
    assert lines(opened, "03-02 00:00", "cun3")[2:] == ["03-01 09:00 系统 任务下达：单位没有联系人，无法提醒"]


def test_a_reminder_that_the_report_overtook_is_told_as_not_sent(opened: Book) -> None:
    by_robot(opened)
    advance(opened, day("03-01 09:00"))
    submit(opened, "cun1", day("03-01 09:05"))
    deliver(opened, day("03-01 09:10"))
    assert lines(opened, "03-02 00:00")[2] == "03-01 09:00 系统 任务下达（甲文书）：已撤回，没有发出"


def test_a_reminder_to_a_contact_who_was_switched_off_says_nothing_of_a_report(opened: Book) -> None:
    by_robot(opened)
    advance(opened, day("03-01 09:00"))
    with opened.write() as session:
        contact = session.scalars(select(Contact).where(Contact.name == "甲文书")).one()
        staffing.switch_off(session, contact, day("03-01 09:05"), "王文书")
        (message,) = session.scalars(select(Message.id).where(Message.contact_id == contact.id))
        named = letter(session, message)
    assert lines(opened, "03-02 00:00")[2] == "03-01 09:00 系统 任务下达（甲文书）：已撤回，没有发出"
    assert named is not None
    assert [NOTICE_STATES[one.state] for one in named.named] == ["已撤回，未发出"]


def test_each_event_names_its_entry_in_the_journal(opened: Book) -> None:
    submit(opened, "cun1", day("03-10 10:00"))
    return_(opened, "cun1", day("03-11 09:00"))
    found = told(opened, "03-12 00:00")
    entries = {one.seq: one for one in found.entries}
    named = [(one.what_zh[:2], entries[one.seq].action) for one in events(found) if one.seq is not None]
    assert named == [
        ("启用", "plan.adopted"),
        ("下达", "round.opened"),
        ("上报", "submission.received"),
        ("退回", "cue.fired"),
        ("退回", "submission.returned"),
    ]
    assert found.entries[-1].at == day("03-11 09:00").astimezone(UTC)


def test_entries_of_other_units_and_of_rounds_with_the_same_title_are_not_in_it(opened: Book) -> None:
    submit(opened, "cun2", day("03-10 10:00"))
    other = (Round.duty == "qingkuang") & (Round.period == "2023-03")
    with opened.write() as session:
        same = session.scalars(select(Round).where(other)).one()
        same.title, same.next_at = "2023年3月 · 每月检查", same.opens_at
    advance(opened, day("03-10 11:00"))
    assert [one.action for one in told(opened, "03-11 00:00").entries] == [
        "plan.adopted",
        "year.opened",
        "round.opened",
        "cue.fired",
    ]


def test_a_number_that_is_not_in_the_book_has_no_story(opened: Book) -> None:
    with opened.read() as session:
        assert story(session, 999_999, day("03-02 00:00")) is None


def test_a_story_takes_the_same_few_queries_however_long_it_is(opened: Book) -> None:
    counts: list[int] = []
    for hour in (10, 11):
        submit(opened, "cun1", day(f"03-10 {hour}:00"))
        id_ = number(opened)
        with heard(opened) as seen, opened.read() as session:
            story(session, id_, day("03-12 00:00"))
        counts.append(len([one for one in seen if one.startswith("SELECT")]))
    assert counts == [14, 14]
