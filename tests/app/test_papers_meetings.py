"""A meeting on paper: the notice with its agenda, the minutes with what was decided and who was there."""

from __future__ import annotations

from datetime import date

import pytest

from duban.app import clock
from duban.app.papers_meetings import minutes_paper, notice_paper
from duban.documents.official import Paper, write
from duban.ledger import attending, convening, proposing, staffing
from duban.ledger.book import Book
from duban.ledger.minutes import NewDecision, correct_minutes
from duban.ledger.tables import Unit
from duban.obligations.errors import DubanError
from duban.obligations.meetings import Answer, Coming
from support.campaign import day
from support.papers import paragraphs, tables
from support.remembered import remembered
from support.sittings import (
    TEXT,
    adopt,
    answer,
    arranged,
    doing,
    lock,
    meeting_of,
    publish,
    report,
    turn,
    unit_id,
)

LIMIT = clock.end_of_day("2023-04-20")


@pytest.fixture
def march(book: Book, town: object) -> int:
    """Give the number of March's meeting, which is being prepared."""
    return _prepare(book)


@remembered
def _prepare(book: Book) -> int:
    adopt(book)
    turn(book, "03-01 09:00")
    return meeting_of(book)


def notice(book: Book, meeting_id: int, at: str) -> Paper:
    with book.read() as session:
        return notice_paper(session, meeting_id, day(at), "示例镇综治岗", "0550-1234567")


def minutes(book: Book, meeting_id: int, at: str) -> Paper:
    with book.read() as session:
        return minutes_paper(session, meeting_id, day(at), "示例镇综治岗")


def hold(book: Book, meeting_id: int) -> None:
    """Call the meeting; 一村 and 派出所 come, 二村 asks for leave, of 三村 nothing is heard."""
    turn(book, "03-08 18:01")
    answer(book, meeting_id, "cun2", "03-09 09:00", Answer(Coming.LEAVE, reason="防汛"))
    with book.write() as session:
        here = lock(session, meeting_id)
        for code, name in (("cun1", "李明"), ("paichusuo", "王强")):
            attending.sign_in(session, here, unit_id(session, code), name, day("03-13 09:20"), code)


def test_the_notice_is_a_draft_until_it_is_sent(book: Book, march: int) -> None:
    report(book, "cun2", "03-06 09:00", duty="lianxihui", period="2023-Q1", said={"wenti": "路灯不亮"})
    assert notice(book, march, "03-07 09:00").draft
    turn(book, "03-08 18:01")
    here = notice(book, march, "03-09 09:00")
    assert (here.draft, here.title, here.dated) == (
        False,
        "关于召开2023年第一季度联席会的通知",
        date(2023, 3, 8),
    )
    assert here.to == "一村、二村、三村、派出所"


def test_the_notice_says_when_where_and_what_about(book: Book, march: int) -> None:
    turn(book, "03-08 18:01")
    assert paragraphs(write(notice(book, march, "03-09 09:00"))) == [
        "示例镇综治岗",
        "会议〔2023〕1号",
        "关于召开2023年第一季度联席会的通知",
        "一村、二村、三村、派出所：",
        "根据《示例联席方案》三（二）四，定于2023年3月13日召开2023年第一季度联席会。现将有关事项通知如下：",
        "一、会议时间：2023年3月13日（星期一）上午9:30至11:30。",
        "二、会议地点：镇政府会议室。",
        "三、召集单位：综治岗。",
        "四、会议议程",
        "1.通报本季形势。",
        "五、有关要求",
        "请各单位在会前回复参会人员姓名和职务；不能参加的，请写明原因。",
        "示例镇综治岗",
        "2023年3月8日",
        "（联系电话：0550-1234567）",
    ]


def test_a_notice_with_a_number_of_its_own_has_a_head(book: Book, march: int) -> None:
    with book.write() as session:
        here = lock(session, march)
        convening.call(session, here, arranged(here, number="镇综治〔2023〕5号"), doing("03-07 09:00"))
    here = notice(book, march, "03-08 09:00")
    assert (here.head, here.number) == ("示例镇综治岗", "镇综治〔2023〕5号")


def test_a_notice_that_has_left_says_what_it_said_whatever_happens_afterwards(book: Book, march: int) -> None:
    turn(book, "03-08 18:01")
    before = write(notice(book, march, "03-09 09:00"))
    with book.write() as session:
        draft, at = proposing.Draft("路灯不亮"), day("03-09 10:00")
        asked = proposing.propose(session, "lianxi", draft, at, "王文书", key="k1")
        here = lock(session, march)
        proposing.choose(session, here, asked.id, listed=True, reason="", now=at, by="王文书")
        unit = session.get_one(Unit, unit_id(session, "cun1"))
        renamed = staffing.UnitDraft("cun1", "新一社区", "村", frozenset(), unit.parent_id)
        staffing.change_unit(session, unit, renamed, day("03-09 11:00"), "王文书")
    assert write(notice(book, march, "03-10 09:00")) == before


def test_a_change_and_the_end_of_a_meeting_have_notices_of_their_own(book: Book, march: int) -> None:
    turn(book, "03-08 18:01")
    with book.write() as session:
        here = lock(session, march)
        convening.change(session, here, arranged(here, place="二楼会议室"), "停电", doing("03-09 09:00"))
    changed = notice(book, march, "03-09 10:00")
    assert (changed.title, changed.number) == ("关于调整2023年第一季度联席会安排的通知", "")
    assert paragraphs(write(changed))[2:5] == [
        (
            "因停电，原定2023年3月13日（星期一）上午9:30在镇政府会议室召开的2023年第一季度联席会"
            "（会议〔2023〕1号通知）有调整。现将调整后的安排通知如下："
        ),
        "一、会议时间：2023年3月13日（星期一）上午9:30至11:30。",
        "二、会议地点：二楼会议室。",
    ]
    with book.write() as session:
        convening.cancel(session, lock(session, march), "防汛。", doing("03-10 09:00"))
    off = notice(book, march, "03-10 10:00")
    assert off.title == "关于取消2023年第一季度联席会的通知"
    assert paragraphs(write(off))[2] == (
        "因防汛，原定2023年3月13日（星期一）上午9:30在二楼会议室召开的2023年第一季度联席会"
        "（会议〔2023〕1号通知）取消，请各单位转告本单位参会人员。"
    )


def test_a_meeting_that_was_called_off_before_anybody_was_told_has_no_notice(book: Book, march: int) -> None:
    with book.write() as session:
        convening.cancel(session, lock(session, march), "防汛", doing("03-07 09:00"))
    with pytest.raises(DubanError, match="“2023年第一季度联席会”在发出通知前已经取消"):
        notice(book, march, "03-09 10:00")


def test_the_minutes_say_what_was_decided_and_who_was_there(book: Book, march: int) -> None:
    hold(book, march)
    decision = NewDecision("清理路边摊点", ("一村", "派出所"), LIMIT, "派出所", "每周报一次")
    publish(book, march, "03-15 09:00", decision)
    here = minutes(book, march, "03-16 09:00")
    assert (here.title, here.dated) == ("2023年第一季度联席会纪要", date(2023, 3, 15))
    assert paragraphs(write(here)) == [
        "2023年第一季度联席会纪要",
        (
            "2023年3月13日（星期一）上午9:30至11:30，由综治岗召集，在镇政府会议室召开2023年第一季度联席会。"
            "现将会议情况纪要如下："
        ),
        *TEXT.split("\n"),
        "议定事项",
        "出席：一村李明、派出所王强",
        "请假：二村",
        "缺席：三村",
        "示例镇综治岗",
        "2023年3月15日",
    ]
    (decided,) = tables(write(here))
    assert decided == [
        ["序号", "议定事项和要求", "牵头单位", "责任单位", "完成期限"],
        ["1", "清理路边摊点\n每周报一次", "派出所", "一村、派出所", "2023年4月20日前"],
    ]


def test_what_becomes_of_a_decision_later_does_not_change_the_minutes(book: Book, march: int) -> None:
    hold(book, march)
    publish(book, march, "03-15 09:00", NewDecision("清理摊点", ("一村",), LIMIT))
    before = write(minutes(book, march, "03-16 09:00"))
    with book.write() as session:
        unit = session.get_one(Unit, unit_id(session, "cun1"))
        renamed = staffing.UnitDraft("cun1", "新一社区", "村", frozenset(), unit.parent_id)
        staffing.change_unit(session, unit, renamed, day("03-17 11:00"), "王文书")
    assert write(minutes(book, march, "05-16 09:00")) == before


def test_corrected_minutes_say_why(book: Book, march: int) -> None:
    hold(book, march)
    publish(book, march, "03-15 09:00")
    with book.write() as session:
        correct_minutes(
            session, lock(session, march), "会议改定了时间。", "时间有误", [], doing("03-17 09:00")
        )
    here = minutes(book, march, "03-18 09:00")
    assert (here.remark, here.dated) == ("第2版，更正原因：时间有误", date(2023, 3, 17))
    assert "会议改定了时间。" in paragraphs(write(here))


def test_before_there_are_minutes_there_is_no_paper(book: Book, march: int) -> None:
    with pytest.raises(DubanError, match="会议纪要还没有印发"):
        minutes(book, march, "03-14 09:00")
    with pytest.raises(DubanError, match="没有这次会议"):
        minutes(book, 99, "03-14 09:00")
