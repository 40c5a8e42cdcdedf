from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from duban.ledger import addressed, attending, convening, proposing
from duban.ledger.book import Book
from duban.ledger.proposing import Draft
from duban.ledger.tables import Meeting, Message, Round
from duban.obligations.errors import DubanError
from duban.obligations.meetings import Answer, Coming, MeetingState
from support.campaign import actions, advance, day, deliver, local
from support.sittings import (
    PLAN,
    adopt,
    answer,
    arranged,
    doing,
    facts,
    lock,
    meeting_of,
    report,
    turn,
    unit_id,
)

PLACELESS = PLAN.replace("place: 镇政府会议室, ", "")
NOT_TOLD = "2023年第一季度 · 联席会：地点没有填写，会议通知待办公室发出"
MISSED = "2023年第一季度 · 联席会：会议通知没有发出，会议没有召开，请办公室另定时间或取消"


@pytest.fixture
def opened(book: Book, town: object) -> Book:
    """Give a book in which the first quarter's meeting has been prepared."""
    adopt(book)
    turn(book, "03-01 09:00")
    return book


@pytest.fixture
def called(opened: Book) -> Book:
    """Give a book in which the notice has left."""
    turn(opened, "03-08 18:01")
    return opened


def letters(book: Book, meeting_id: int) -> list[tuple[str, str, str]]:
    """Give the letters about a meeting: to which unit, about what, in which state."""
    with book.read() as session:
        return [
            (one.unit, one.subject, one.state) for one in addressed.told(session, f"meeting/{meeting_id}")
        ]


def wording(book: Book, subject: str) -> str:
    with book.read() as session:
        found = session.scalars(select(Message.wording).where(Message.subject == subject)).first()
    return found or ""


def propose(book: Book, code: str, text: str, at: str = "03-07 10:00", key: str = "k1") -> int:
    with book.write() as session:
        unit = unit_id(session, code)
        return proposing.propose(session, "lianxi", Draft(text), day(at), code, key=key, unit_id=unit).id


def test_a_meeting_is_prepared_when_its_round_opens_and_only_once(opened: Book) -> None:
    found = facts(opened, meeting_of(opened), "03-01 09:00")
    assert (found.title, found.state, found.place, found.chair) == (
        "2023年第一季度联席会",
        MeetingState.PLANNED,
        "镇政府会议室",
        "综治岗",
    )
    assert [local(at) for at in (found.starts_at, found.ends_at, found.notice_at, found.minutes_due_at)] == [
        "2023-03-13 09:30:00",
        "2023-03-13 11:30:00",
        "2023-03-08 18:00:00",
        "2023-03-20 23:59:59",
    ]
    assert [one.unit for one in found.attendees] == ["一村", "二村", "三村", "派出所"]
    assert turn(opened, "03-01 10:00") == []


def test_a_meeting_whose_round_opens_after_its_hour_is_prepared_for_the_office_to_see_to(
    book: Book, town: object
) -> None:
    adopt(book)
    assert [one for one in turn(book, "03-14 09:00") if "联席会" in one] == [
        "2023年第一季度 · 联席会：列入筹备",
        "2023年第一季度 · 联席会：会议通知没有发出，会议没有召开，请办公室另定时间或取消",
    ]
    assert turn(book, "03-14 10:00") == []


def test_what_the_units_hold_themselves_is_not_called_by_the_office(opened: Book) -> None:
    with opened.read() as session:
        titles = list(session.scalars(select(Meeting.title).order_by(Meeting.title)))
        asked = list(session.scalars(select(Round.duty).where(Round.starts_at > day("03-02 00:00"))))
    assert titles == ["2023年二村专题会", "2023年第一季度联席会"]
    assert "zikaihui" in asked


def test_reports_put_matters_before_the_meeting_and_nothing_is_no_matter(opened: Book) -> None:
    here = {"duty": "lianxihui", "period": "2023-Q1"}
    report(opened, "cun1", "03-06 10:00", **here, said={"wenti": "集镇占道堆放烟花爆竹"})
    report(opened, "cun2", "03-06 11:00", **here, said={"wenti": "无"})
    assert turn(opened, "03-06 12:00") == ["2023年第一季度 · 联席会：收到议题1条"]
    assert turn(opened, "03-06 13:00") == []
    with opened.read() as session:
        (one,) = proposing.waiting(session, "lianxi")
    assert (one.unit, one.text, one.by) == ("一村", "集镇占道堆放烟花爆竹", "cun1")


def test_the_clock_calls_the_meeting_with_all_that_waits_on_its_agenda(opened: Book) -> None:
    propose(opened, "cun3", "出租房内私存烟花爆竹，村里无权检查")
    said = turn(opened, "03-08 18:01")
    assert said == ["2023年第一季度 · 联席会：发出会议通知4封，列入议题1条"]
    number = meeting_of(opened)
    assert [unit for unit, _, _ in letters(opened, number)] == ["一村", "二村", "三村", "派出所"]
    assert wording(opened, "会议通知：2023年第一季度联席会") == (
        "定于2023年3月13日（星期一）09:30至11:30在镇政府会议室召开2023年第一季度联席会，由综治岗召集。\n"
        "议程：\n1．通报本季形势\n2．出租房内私存烟花爆竹，村里无权检查（三村提出）\n"
        "会前请点开链接回复参会人员；不能参加的，请写明原因。"
    )
    assert turn(opened, "03-08 19:00") == []


@pytest.mark.usefixtures("town")
def test_without_a_place_the_notice_waits_for_the_office(book: Book) -> None:
    adopt(book, PLACELESS)
    turn(book, "03-01 09:00")
    number = meeting_of(book)
    assert turn(book, "03-08 18:01") == [NOT_TOLD]
    assert turn(book, "03-08 19:00") == []
    with book.write() as session:
        here = lock(session, number)
        sent = convening.call(session, here, arranged(here, place="二楼会议室"), doing("03-09 09:00"))
    assert (sent.letters, sent.untold) == (4, ())
    assert facts(book, number, "03-09 09:00").place == "二楼会议室"


@pytest.mark.usefixtures("town")
def test_a_meeting_that_nobody_called_in_time_is_said_to_have_been_missed(book: Book) -> None:
    adopt(book, PLACELESS)
    turn(book, "03-01 09:00")
    turn(book, "03-08 18:01")
    assert turn(book, "03-13 10:00") == [MISSED]


def test_the_office_chooses_what_comes_on_the_agenda_and_says_why_not(opened: Book) -> None:
    first, second = propose(opened, "cun1", "一"), propose(opened, "cun2", "二", key="k2")
    number = meeting_of(opened)
    with opened.write() as session:
        here, at = lock(session, number), day("03-07 11:00")
        proposing.choose(session, here, first, listed=True, reason="", now=at, by="王文书")
        with pytest.raises(DubanError) as wrong:
            proposing.choose(session, here, second, listed=False, reason=" ", now=at, by="王文书")
        proposing.choose(session, here, second, listed=False, reason="已由派出所办理", now=at, by="王文书")
    assert str(wrong.value) == "不列入议程须写明理由，单位能看到。"
    found = facts(opened, number, "03-07 12:00")
    assert [one["text"] for one in found.agenda] == ["通报本季形势", "一"]
    with opened.read() as session:
        assert proposing.waiting(session, "lianxi") == []
        (mine,) = proposing.of_unit(session, unit_id(session, "cun2"))
    assert (mine.listed, mine.reason, mine.meeting) == (False, "已由派出所办理", "2023年第一季度联席会")


def test_the_same_proposal_sent_twice_is_one(opened: Book) -> None:
    assert propose(opened, "cun1", "一") == propose(opened, "cun1", "一")
    assert actions(opened).count("agenda.proposed") == 1


def test_a_unit_may_not_have_too_many_waiting(opened: Book) -> None:
    for number in range(20):
        propose(opened, "cun1", f"事项{number}", key=f"k{number}")
    with pytest.raises(DubanError) as wrong:
        propose(opened, "cun1", "又一项", key="more")
    assert str(wrong.value) == "本单位待定的议题已有20条，请等办公室处理后再提。"


def test_a_change_is_told_to_all_and_replies_to_other_hours_no_longer_count(called: Book) -> None:
    number = meeting_of(called)
    answer(called, number, "cun1", "03-09 10:00")
    deliver(called, day("03-09 11:00"))
    with called.write() as session:
        here = lock(session, number)
        to = arranged(here, starts_at=day("03-14 15:00"), ends_at=day("03-14 17:00"))
        sent = convening.change(session, here, to, "与县里会议冲突", doing("03-10 09:00"))
    assert sent.letters == 4
    assert wording(called, "会议变更：2023年第一季度联席会").startswith(
        "因与县里会议冲突，原定2023年3月13日（星期一）09:30在镇政府会议室召开的2023年第一季度联席会，"
        "改为2023年3月14日（星期二）15:00至17:00在镇政府会议室召开"
    )
    found = facts(called, number, "03-10 09:00")
    assert [one.unit for one in found.silent] == ["一村", "二村", "三村", "派出所"]
    assert local(found.minutes_due_at) == "2023-03-21 23:59:59"
    answer(called, number, "cun1", "03-10 10:00")
    assert [one.unit for one in facts(called, number, "03-10 10:00").answered(Coming.COMING)] == ["一村"]


def test_a_change_withdraws_the_notice_that_has_not_left(called: Book) -> None:
    number = meeting_of(called)
    with called.write() as session:
        here = lock(session, number)
        convening.change(session, here, arranged(here, place="礼堂"), "人多", doing("03-08 18:30"))
    notice, change = "会议通知：2023年第一季度联席会", "会议变更：2023年第一季度联席会"
    assert {(subject, state) for _, subject, state in letters(called, number)} == {
        (notice, "withdrawn"),
        (change, "queued"),
    }


def test_a_change_of_place_alone_leaves_the_replies_standing(called: Book) -> None:
    number = meeting_of(called)
    answer(called, number, "cun1", "03-09 10:00")
    with called.write() as session:
        here = lock(session, number)
        convening.change(session, here, arranged(here, place="礼堂"), "人多", doing("03-09 11:00"))
    assert [one.unit for one in facts(called, number, "03-09 12:00").answered()] == ["一村"]


def test_a_change_that_changes_nothing_is_refused(called: Book) -> None:
    number = meeting_of(called)
    with called.write() as session:
        here = lock(session, number)
        with pytest.raises(DubanError) as wrong:
            convening.change(session, here, arranged(here), "无", doing("03-09 11:00"))
    assert str(wrong.value) == "时间、地点和召集人都没有改动，无需重新通知。"


def test_what_is_told_on_the_evening_before_leaves_at_once(called: Book) -> None:
    number = meeting_of(called)
    deliver(called, day("03-09 09:00"))
    with called.write() as session:
        here = lock(session, number)
        convening.change(session, here, arranged(here, place="礼堂"), "停电", doing("03-12 22:00"))
    sent = deliver(called, day("03-12 22:00"))
    assert sorted(one.unit for one in sent) == ["一村", "三村", "二村", "派出所"]


def test_a_meeting_that_is_called_off_is_told_and_its_matters_wait_for_the_next(opened: Book) -> None:
    propose(opened, "cun1", "占道堆放")
    turn(opened, "03-08 18:01")
    number = meeting_of(opened)
    with opened.write() as session:
        sent = convening.cancel(session, lock(session, number), "防汛", doing("03-10 09:00"))
    assert sent is not None
    assert sent.letters == 4
    assert wording(opened, "会议取消：2023年第一季度联席会") == (
        "因防汛，原定2023年3月13日（星期一）09:30在镇政府会议室召开的2023年第一季度联席会取消。"
    )
    with opened.read() as session:
        assert [one.text for one in proposing.waiting(session, "lianxi")] == ["占道堆放"]
    with pytest.raises(DubanError) as wrong:
        answer(opened, number, "cun1", "03-10 10:00")
    assert str(wrong.value) == "会议已经取消，不能办理。"
    assert turn(opened, "03-20 10:00") == []


def test_a_meeting_that_was_called_off_may_be_called_anew(called: Book) -> None:
    number = meeting_of(called)
    with called.write() as session:
        convening.cancel(session, lock(session, number), "防汛", doing("03-10 09:00"))
    with called.write() as session:
        here = lock(session, number)
        to = arranged(here, starts_at=day("03-23 09:30"), ends_at=day("03-23 11:30"))
        convening.call(session, here, to, doing("03-16 09:00"))
    found = facts(called, number, "03-16 09:00")
    assert (found.state, found.version) == (MeetingState.CALLED, 4)


def test_no_two_meetings_have_one_number(called: Book) -> None:
    assert turn(called, "06-05 09:00") != []
    second = meeting_of(called) + 1
    with called.write() as session:
        here = lock(session, second)
        with pytest.raises(DubanError, match="文号“会议〔2023〕1号”已用于“2023年第一季度联席会”的会议通知"):
            convening.call(session, here, arranged(here, number="会议〔2023〕1号"), doing("06-05 10:00"))
        convening.call(session, here, arranged(here, number="会议〔2023〕3号"), doing("06-05 10:00"))
    turn(called, "09-05 09:00")
    with called.write() as session:
        here = lock(session, second + 1)
        to = arranged(here, starts_at=day("09-12 09:30"), ends_at=day("09-12 11:30"))
        convening.call(session, here, to, doing("09-05 10:00"))
    assert facts(called, second + 1, "09-05 10:00").number == "会议〔2023〕2号"


def test_a_unit_answers_anew_and_the_last_answer_counts(called: Book) -> None:
    number = meeting_of(called)
    answer(called, number, "cun1", "03-09 10:00")
    answer(called, number, "cun1", "03-10 10:00", Answer(Coming.LEAVE, reason="村里防汛"))
    found = facts(called, number, "03-10 10:00")
    assert [(one.unit, one.reply and one.reply.reason) for one in found.answered(Coming.LEAVE)] == [
        ("一村", "村里防汛")
    ]
    assert found.answered(Coming.COMING) == []


def test_a_unit_that_is_not_called_answers_nothing(called: Book) -> None:
    with pytest.raises(DubanError) as wrong:
        answer(called, meeting_of(called, "2023年二村专题会"), "cun1", "03-09 10:00")
    assert str(wrong.value) == "该单位不在本次会议的参会范围。"


def test_one_signs_in_at_the_meeting_and_only_once(called: Book) -> None:
    number = meeting_of(called)
    with called.write() as session:
        here, unit = lock(session, number), unit_id(session, "cun1")
        first = attending.sign_in(session, here, unit, "李明", day("03-13 09:10"), "一村 甲文书").id
        assert attending.sign_in(session, here, unit, "李明", day("03-13 09:20"), "一村 甲文书").id == first
        with pytest.raises(DubanError):
            attending.sign_in(session, here, unit_id(session, "cun2"), "王强", day("03-13 08:59"), "二村")
    found = facts(called, number, "03-13 10:00")
    assert [(one.unit, one.present) for one in found.present] == [("一村", "link")]


def test_the_office_ticks_who_is_there_and_takes_back_a_wrong_tick(called: Book) -> None:
    number = meeting_of(called)
    with called.write() as session:
        here = lock(session, number)
        one, two = unit_id(session, "cun1"), unit_id(session, "cun2")
        assert attending.mark_present(session, here, [one, two], "", day("03-13 09:20"), "王文书") == 2
        assert attending.mark_present(session, here, [one], "", day("03-13 09:25"), "王文书") == 1
    assert [one.unit for one in facts(called, number, "03-13 10:00").present] == ["一村"]


def test_who_was_there_may_be_entered_afterwards_and_is_marked_so(called: Book) -> None:
    number = meeting_of(called)
    with called.write() as session:
        here, unit = lock(session, number), unit_id(session, "cun3")
        attending.mark_present(session, here, [unit], "现场为纸质签到", day("03-13 15:00"), "王文书")
    (there,) = facts(called, number, "03-13 16:00").present
    assert (there.unit, there.present, there.presence and there.presence.reason) == (
        "三村",
        "late",
        "现场为纸质签到",
    )


def test_minutes_that_are_owed_are_asked_of_the_office_on_the_last_day_and_once_overdue(called: Book) -> None:
    assert turn(called, "03-20 08:00") == []
    assert turn(called, "03-20 09:00") == ["2023年第一季度 · 联席会：会议纪要今日到期，提醒1人"]
    assert turn(called, "03-20 10:00") == []
    assert turn(called, "03-21 00:00")[:1] == ["2023年第一季度 · 联席会：会议纪要逾期，提醒1人"]
    assert turn(called, "03-22 09:00") == []
    asked = [unit for unit, subject, _ in letters(called, meeting_of(called)) if "待印发" in subject]
    assert asked == ["派出所", "派出所"]


@pytest.mark.usefixtures("town")
def test_two_programs_at_once_prepare_and_call_a_meeting_once(book: Book) -> None:
    adopt(book)
    advance(book, day("03-08 18:01"))
    with ThreadPoolExecutor(2) as pool:
        said = [*pool.map(lambda _: turn(book, "03-08 18:01"), range(2))]
    assert sorted(line for lines in said for line in lines) == [
        "2023年 · 二村专题会：列入筹备",
        "2023年第一季度 · 联席会：列入筹备",
        "2023年第一季度 · 联席会：发出会议通知4封",
    ]
    assert actions(book).count("meeting.called") == 1
