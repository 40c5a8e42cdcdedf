from __future__ import annotations

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.exc import DatabaseError

from duban.ledger import attending, journal, minutes, owed, proposing, reports
from duban.ledger.book import Book
from duban.ledger.catalogue import Cut, RoundFilters, rounds
from duban.ledger.deciding import NewDecision
from duban.ledger.duties import duty_of
from duban.ledger.mine import mine
from duban.ledger.overdue_sums import duties
from duban.ledger.proposing import Draft
from duban.ledger.reports import Report
from duban.ledger.tables import JournalEntry, Round, Unit
from duban.obligations.errors import DubanError
from support.campaign import actions, cues, day, deliver, local, owing, round_of, said
from support.forgery import forge
from support.remembered import remembered
from support.sittings import (
    TEXT,
    accept,
    adopt,
    answer,
    doing,
    facts,
    lock,
    meeting_of,
    publish,
    report,
    turn,
    unit_id,
)

CLEAN = NewDecision(
    "联合清查出租房。", ("派出所", "一村"), day("04-10 23:59"), lead="派出所", requirement="逐户登记"
)
DRILL = NewDecision("各村备齐灭火器", ("二村",), day("03-31 18:00"))
HERE = {"duty": "yiding", "period": "2023-Q1/1"}


@pytest.fixture
def sat(book: Book, town: object) -> Book:
    """Give a book in which the first quarter's meeting has been held."""
    adopt(book)
    turn(book, "03-01 09:00")
    turn(book, "03-08 18:01")
    return book


@pytest.fixture
def decided(sat: Book) -> Book:
    """Give a book in which its minutes are published, with two decisions."""
    _decide(sat)
    return sat


@remembered
def _decide(book: Book) -> None:
    publish(book, meeting_of(book), "03-14 10:00", CLEAN, DRILL)


def wrong_of(book: Book, *decisions: NewDecision, at: str = "03-14 10:00") -> str:
    number = meeting_of(book)
    with pytest.raises(DubanError) as wrong:
        publish(book, number, at, *decisions)
    return str(wrong.value)


def test_a_decision_becomes_what_its_units_owe_and_they_are_told(decided: Book) -> None:
    here = round_of(decided, "yiding", "2023-Q1/1")
    assert (here.title, here.ask, here.clause, here.flow) == (
        "2023年第一季度联席会议定事项1：联合清查出租房",
        "联合清查出租房。\n要求：逐户登记",
        "三（二）四",
        "meeting",
    )
    assert (here.audience["name"], here.audience["lead"], here.expected) == ("派出所、一村", "派出所", 2)
    assert [(one["label"], one["type"]) for one in here.form] == [("办理情况", "text"), ("佐证材料", "files")]
    assert [local(at) for at in (here.due_at, here.locks_at)] == ["2023-04-10 23:59:00", ""]
    assert owing(decided, **HERE) == {"cun1": "owed", "paichusuo": "owed"}
    assert owing(decided, "yiding", "2023-Q1/2") == {"cun2": "owed"}
    assert cues(decided, **HERE) == {
        "opening": "planned",
        "upcoming": "planned",
        "due": "planned",
        "overdue": "planned",
    }
    turn(decided, "03-14 11:00")
    told = said(deliver(decided, day("03-14 11:00")))
    assert here.title in told["一村"]
    assert here.title in told["派出所"]
    assert "2023年第一季度联席会议定事项2：各村备齐灭火器" in told["二村"]


def test_minutes_are_sent_to_all_who_were_called_with_what_was_decided(decided: Book) -> None:
    sent = [one for one in deliver(decided, day("03-14 11:00")) if "会议纪要" in one.subject]
    assert sorted(one.unit for one in sent) == ["一村", "三村", "二村", "派出所"]
    assert sent[0].wording == (
        "2023年第一季度联席会纪要已印发，请点开链接查看。\n议定事项：\n"
        "1．联合清查出租房（派出所牵头，2023年4月10日（星期一）23:59前）\n"
        "2．各村备齐灭火器（二村牵头，2023年3月31日（星期五）18:00前）"
    )
    assert turn(decided, "03-21 09:00") == []


def test_what_a_meeting_decided_is_not_answered_with_nothing_to_report(decided: Book) -> None:
    with decided.write() as session:
        found = owed.find(session, "lianxi", "yiding", "2023-Q1/1", "cun1")
        nothing = Report("k1", {}, nil=True, by="一村")
        with pytest.raises(DubanError, match="会议议定事项须报告办理情况，不能零报告。"):
            reports.submit(session, found, nothing, day("03-20 09:00"))
    assert owing(decided, **HERE) == {"cun1": "owed", "paichusuo": "owed"}
    with decided.read() as session:
        one = session.scalars(select(Unit.id).where(Unit.code == "cun1")).one()
        items = {item.title: item.takes_nil for item in mine(session, one, day("03-20 09:00")).owed}
    assert items == {
        "2023年第一季度联席会议定事项1：联合清查出租房": False,
        "2023年第一季度 · 联席会": True,
        "2023年 · 各村自行开会": True,
        "2023年 · 工作方案": True,
    }


def test_the_machinery_of_reports_works_on_a_decision(decided: Book) -> None:
    report(decided, "cun1", "03-20 09:00", **HERE, said={"qingkuang": "已清查42户"})
    accept(decided, "cun1", "03-21 09:00", **HERE)
    turn(decided, "04-11 09:00")
    assert owing(decided, **HERE) == {"cun1": "accepted", "paichusuo": "owed"}
    first, second = facts(decided, meeting_of(decided), "04-12 09:00").decided
    assert (first.done, first.said) == (False, "未办结：派出所逾期2天")
    assert (second.done, second.said) == (False, "未办结：二村逾期12天")
    # What was decided never locks: it is owed until it is done.
    report(decided, "cun2", "06-20 09:00", duty="yiding", period="2023-Q1/2", said={"qingkuang": "已备齐"})
    assert facts(decided, meeting_of(decided), "06-20 09:00").decided[1].said == "已报办理情况，待接收"
    accept(decided, "cun2", "06-21 09:00", duty="yiding", period="2023-Q1/2")
    assert facts(decided, meeting_of(decided), "06-21 09:00").decided[1].said == "已办结"


def test_what_looks_up_a_duty_copes_with_one_that_the_plan_lacks(decided: Book) -> None:
    with decided.read() as session:
        assert duty_of(session, round_of(decided, "yiding", "2023-Q1/1")) is None
        found = rounds(session, RoundFilters(slug="lianxi", duty="yiding"), Cut(0, 10))
        assert [row.period for row in found.rows] == ["2023-Q1/1", "2023-Q1/2"]
        assert ("yiding", "联席会议定事项") in {(one.key, one.name) for one in duties(session, "lianxi")}
        mine_ = mine(session, unit_id(session, "cun2"), day("03-20 09:00"))
    assert "2023年第一季度联席会议定事项2：各村备齐灭火器" in [one.title for one in mine_.owed]


def test_the_next_meeting_begins_with_what_the_last_one_decided(decided: Book) -> None:
    accept_all = {"duty": "yiding", "period": "2023-Q1/2"}
    report(decided, "cun2", "03-20 09:00", **accept_all, said={"qingkuang": "已备齐"})
    accept(decided, "cun2", "03-21 09:00", **accept_all)
    turn(decided, "06-01 09:00")
    number = meeting_of(decided, "2023年第二季度联席会")
    with decided.write() as session:
        draft = Draft("占道堆放")
        proposing.propose(session, "lianxi", draft, day("06-05 09:00"), "一村", key="k", unit_id=1)
    turn(decided, "06-08 09:00")
    found = facts(decided, number, "06-08 09:00")
    assert [(one.number, one.said) for one in found.before] == [
        (1, "未办结：一村逾期59天、派出所逾期59天"),
        (2, "已办结"),
    ]
    assert [one["text"] for one in found.agenda] == [
        "上次议定事项的落实情况（2项，未办结1项）",
        "通报本季形势",
        "占道堆放",
    ]


def test_of_older_meetings_only_what_is_open_is_shown_again(decided: Book) -> None:
    for code in ("cun1", "paichusuo"):
        report(decided, code, "03-20 09:00", **HERE, said={"qingkuang": "已办"})
        accept(decided, code, "03-20 09:00", **HERE)
    turn(decided, "06-01 09:00")
    turn(decided, "06-08 09:00")
    publish(decided, meeting_of(decided, "2023年第二季度联席会"), "06-14 09:00", CLEAN_LATER)
    turn(decided, "09-01 09:00")
    found = facts(decided, meeting_of(decided, "2023年第三季度联席会"), "09-01 09:00")
    assert [(one.meeting, one.number) for one in found.before] == [
        ("2023年第一季度联席会", 2),
        ("2023年第二季度联席会", 1),
    ]


CLEAN_LATER = NewDecision("再次清查", ("派出所",), day("07-10 18:00"))


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (NewDecision("清查", ("派岀所",), day("04-10 18:00")), "没有单位“派岀所”；是否想写“派出所”？"),
        (NewDecision("清查", (), day("04-10 18:00")), "议定事项“清查”没有写责任单位。"),
        (NewDecision("清查", ("派出所",), None), "议定事项“清查”没有写完成期限。"),
        (
            NewDecision("清查", ("派出所",), day("04-10 18:00"), lead="一村"),
            "牵头单位“一村”不在责任单位之中，请一并写入责任单位。",
        ),
    ],
)
def test_a_decision_that_will_not_do_leaves_no_minutes(sat: Book, decision: NewDecision, words: str) -> None:
    assert wrong_of(sat, DRILL, decision).startswith(words)
    assert "minutes.published" not in actions(sat)
    with sat.read() as session:
        assert session.scalars(select(Round).where(Round.duty == "yiding")).all() == []


def test_minutes_are_published_once_and_a_correction_is_a_new_version(decided: Book) -> None:
    number = meeting_of(decided)
    assert wrong_of(decided).startswith("会议纪要已于2023年3月14日（星期二）10:00印发，不能再改")
    more = NewDecision("补充一项", ("三村",), day("04-20 18:00"))
    with decided.write() as session:
        here = lock(session, number)
        at = doing("03-16 09:00")
        done = minutes.correct_minutes(session, here, "更正后的纪要", "单位写错", [more], at)
    assert (done.version, done.decisions) == (2, 1)
    found = facts(decided, number, "03-16 10:00")
    assert [(one.version, one.text, one.reason) for one in found.minutes] == [
        (1, TEXT, ""),
        (2, "更正后的纪要", "单位写错"),
    ]
    assert [one.number for one in found.decided] == [1, 2, 3]
    assert owing(decided, "yiding", "2023-Q1/3") == {"cun3": "owed"}


def test_a_meeting_with_all_that_happened_is_proved(decided: Book) -> None:
    answer_and_attend(decided)
    with decided.read() as session:
        found = journal.verify(session)
    assert (found.ok, found.reason_zh) == (True, "")


@remembered
def answer_and_attend(book: Book) -> None:
    turn(book, "06-01 09:00")
    number = meeting_of(book, "2023年第二季度联席会")
    with book.write() as session:
        row = proposing.propose(session, "lianxi", Draft("占道"), day("06-05 09:00"), "一村", key="k")
        here = lock(session, number)
        at = day("06-05 10:00")
        proposing.choose(session, here, row.id, listed=True, reason="", now=at, by="王文书")
    turn(book, "06-08 09:00")
    answer(book, number, "cun1", "06-08 10:00")
    with book.write() as session:
        here = lock(session, number)
        attending.mark_present(session, here, [1], "", day("06-12 09:30"), "王文书")


@pytest.mark.parametrize(
    ("statement", "action", "reason"),
    [
        (
            "UPDATE meetings SET title = '会'",
            "meeting.made",
            "1号会议与第{}条留痕所记的不符，被改动过",
        ),
        (
            "UPDATE meeting_steps SET place = '别处' WHERE id = 1",
            "meeting.prepared",
            "1号会议安排与第{}条留痕所记的不符，被改动过",
        ),
        (
            "UPDATE meeting_proposals SET text = '别的'",
            "agenda.proposed",
            "1号议题与第{}条留痕所记的不符，被改动过",
        ),
        ("DELETE FROM meeting_choices", "agenda.listed", "第{}条留痕所记的1号议题取舍已不在账簿中"),
        (
            "UPDATE meeting_replies SET coming = 'leave'",
            "meeting.replied",
            "1号参会回复与第{}条留痕所记的不符，被改动过",
        ),
        ("DELETE FROM meeting_presences", "meeting.attended", "第{}条留痕所记的1号会议签到已不在账簿中"),
        (
            "UPDATE meeting_minutes SET text = '没有议定事项'",
            "minutes.published",
            "1号会议纪要与第{}条留痕所记的不符，被改动过",
        ),
        (
            "UPDATE decisions SET lead = '一村' WHERE id = 1",
            "decision.made",
            "1号议定事项与第{}条留痕所记的不符，被改动过",
        ),
    ],
)
def test_a_record_that_was_changed_behind_the_books_back_is_named(
    decided: Book, statement: str, action: str, reason: str
) -> None:
    answer_and_attend(decided)
    with decided.read() as session:
        first = select(JournalEntry.seq).where(JournalEntry.action == action).order_by(JournalEntry.seq)
        seq = session.scalars(first).first()
    assert forge(decided, statement) == reason.format(seq)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE meetings SET title = '会'",
        "DELETE FROM meetings",
        "UPDATE meeting_steps SET place = '别处'",
        "UPDATE meeting_minutes SET text = '没有议定事项'",
        "DELETE FROM decisions",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_said(decided: Book, statement: str) -> None:
    engine = create_engine(decided.engine.url)
    with pytest.raises(DatabaseError, match=r"append-only|只增不改"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
