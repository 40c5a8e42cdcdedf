from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from duban.ledger import findings, journal
from duban.ledger.book import Book
from duban.ledger.findings import Change
from duban.ledger.tables import Finding, FindingStep
from duban.obligations.errors import DubanError
from duban.obligations.words import Grade
from support.campaign import actions, adopt, day, local
from support.finding_cast import (
    MEANS,
    MONDAY,
    SAID,
    fix,
    letters,
    locked,
    look,
    recheck,
    record,
    reopen,
    unit_id,
)

pytestmark = pytest.mark.usefixtures("year")
LATER = day("04-10 23:59")


@pytest.fixture
def year(book: Book, town: object) -> None:
    adopt(book)


def proved(book: Book) -> str:
    with book.read() as session:
        return journal.verify(session).reason_zh


def test_a_finding_has_the_next_number_of_its_plan_and_year(book: Book) -> None:
    first = record(book)
    second = record(book, key="k2", place="二村小卖部", unit="cun2")
    old = record(book, key="k3", found_at=day("2022-12-30 09:00"))
    numbers = [(look(book, one).year, look(book, one).number) for one in (first, second, old)]
    assert numbers == [(2023, 1), (2023, 2), (2022, 1)]


def test_those_who_record_at_once_leave_no_gap_and_no_number_twice(book: Book) -> None:
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda n: record(book, key=f"k{n}", place=f"第{n}处"), range(9)))
    assert sorted(look(book, one).number for one in made) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert proved(book) == ""


def test_the_same_finding_sent_twice_is_one(book: Book) -> None:
    assert record(book) == record(book)
    with book.read() as session:
        assert len(session.scalars(select(Finding)).all()) == 1
    assert len(letters(book)) == 1


def test_a_key_that_stands_for_another_finding_is_refused(book: Book) -> None:
    record(book)
    with pytest.raises(DubanError, match="识别码“k1”已用于另一处隐患"):
        record(book, description="灭火器过期")


def test_many_at_once_are_numbered_in_their_order_and_each_unit_is_told_once(book: Book) -> None:
    with book.write() as session:
        one, two = unit_id(session, "cun1"), unit_id(session, "cun2")
        said = [replace(SAID, key=f"k{n}", unit_id=unit) for n, unit in enumerate((one, two, one), 1)]
        done = findings.record_many(session, said, MONDAY, "王芳", MEANS)
    assert [(one.finding.number, one.fresh) for one in done] == [(1, True), (2, True), (3, True)]
    assert letters(book) == [
        (f"findings/{done[0].finding.unit_id}", "隐患整改：新登记2处", "queued"),
        (f"finding/{done[1].finding.id}", "隐患整改：一村小卖部", "queued"),
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"found_at": day("03-07 10:00")}, "检查时间不能晚于现在"),
        ({"due_at": day("03-06 09:00")}, "整改期限须晚于检查时间"),
        ({"due_at": day("2032-03-20 23:59")}, "不能超过三年"),
        ({"description": " "}, "请写明隐患问题描述"),
        ({"place": "长" * 201}, "最多写200字"),
        ({"slug": "meiyou"}, "没有方案“meiyou”"),
    ],
)
def test_what_cannot_be_is_not_recorded(book: Book, more: dict[str, Any], said: str) -> None:
    with pytest.raises(DubanError, match=said):
        record(book, **more)
    with book.read() as session:
        assert session.scalars(select(Finding)).all() == []


def test_a_finding_is_fixed_and_closed_by_another(book: Book) -> None:
    one = record(book)
    fix(book, one, day("03-10 09:00"))
    assert (look(book, one).state, look(book, one).fixed_by) == ("fixed", "一村 甲文书")
    recheck(book, one, day("03-13 09:00"))
    here = look(book, one)
    assert (here.state, here.closed_by, here.late, here.reopened) == ("closed", "李强", False, 0)
    assert (local(here.closed_at), str(here.fixed_on)) == ("2023-03-13 09:00:00", "2023-03-10")
    assert actions(book)[-5:] == [
        "finding.recorded",
        "finding.found",
        "messages.withdrawn",
        "finding.fixed",
        "finding.closed",
    ]
    assert proved(book) == ""


@pytest.mark.parametrize(
    ("by", "people", "said"),
    [
        ("王芳", "甲文书", "“甲文书”是这次整改的整改人"),
        ("一村 乙主任", "李强", "是整改单位“一村”的人"),
        ("王芳", " ", "请写明复查人"),
    ],
)
def test_who_fixed_it_and_its_unit_do_not_close_it(book: Book, by: str, people: str, said: str) -> None:
    one = record(book)
    fix(book, one, day("03-10 09:00"))
    with pytest.raises(DubanError, match=said):
        recheck(book, one, day("03-13 09:00"), by, people=people)
    assert look(book, one).state == "fixed"


def test_a_contact_of_the_unit_does_not_close_even_when_another_fixed(book: Book) -> None:
    one = record(book)
    fix(book, one, day("03-10 09:00"), by="王芳", people="赵六")
    with pytest.raises(DubanError, match="“甲文书”是整改单位“一村”的人"):
        recheck(book, one, day("03-13 09:00"), people="甲文书")


def test_a_failed_recheck_opens_it_again_with_a_new_limit_and_tells_the_unit(book: Book) -> None:
    one = record(book)
    fix(book, one, day("03-10 09:00"))
    recheck(book, one, day("03-13 09:00"), passed=False, text="仍有3箱未清", until=LATER)
    here = look(book, one)
    assert (here.state, local(here.due_at), local(here.first_due_at)) == (
        "open",
        "2023-04-10 23:59:00",
        "2023-03-20 23:59:00",
    )
    assert (here.fixed_at, here.fixed_on, here.fixed_by) == (None, None, None)
    assert letters(book)[-1] == (f"finding/{one}", "复查未通过：一村小卖部", "queued")
    assert proved(book) == ""


def test_a_failed_recheck_says_why_and_until_when(book: Book) -> None:
    one = record(book)
    fix(book, one, day("03-10 09:00"))
    with pytest.raises(DubanError, match="须写明哪里没有整改到位"):
        recheck(book, one, day("03-13 09:00"), passed=False, until=LATER)
    with pytest.raises(DubanError, match="请填写新的整改期限"):
        recheck(book, one, day("03-13 09:00"), passed=False, text="没有清完")


def test_a_finding_that_comes_again_is_counted(book: Book) -> None:
    one = record(book)
    for times, month in ((1, "04"), (2, "05")):
        fix(book, one, day(f"{month}-10 09:00"))
        recheck(book, one, day(f"{month}-11 09:00"))
        reopen(book, one, day(f"{month}-12 09:00"), day("12-20 23:59"))
        assert (look(book, one).state, look(book, one).reopened) == ("open", times)
    assert (look(book, one).closed_at, look(book, one).late) == (None, True)
    assert letters(book)[-1][1] == "隐患复发：一村小卖部"
    assert proved(book) == ""


def test_what_is_not_closed_does_not_come_again(book: Book) -> None:
    with pytest.raises(DubanError, match="还在整改"):
        reopen(book, record(book), day("03-10 09:00"), LATER)


def test_what_was_none_is_struck_out_with_a_reason(book: Book) -> None:
    one = record(book)
    with pytest.raises(DubanError, match="查否须写明"), book.write() as session:
        findings.refute(session, locked(session, one), MONDAY, "王芳", MEANS, reason=" ")
    with book.write() as session:
        findings.refute(session, locked(session, one), MONDAY, "王芳", MEANS, reason="经核实为空箱")
    here = look(book, one)
    assert (here.state, here.refuted, here.closed_by, here.next_at) == ("closed", True, "王芳", None)
    assert letters(book) == [(f"finding/{one}", "隐患整改：一村小卖部", "withdrawn")]
    assert proved(book) == ""


def ask(book: Book, one: int, now: datetime, until: datetime, reason: str = "要等拆除队") -> None:
    with book.write() as session:
        findings.ask(session, locked(session, one), now, "一村 甲文书", until=until, reason=reason)


def test_more_time_is_asked_for_before_the_limit_and_granted(book: Book) -> None:
    one = record(book)
    ask(book, one, day("03-18 09:00"), LATER)
    assert (local(look(book, one).asked_at), local(look(book, one).due_at)) == (
        "2023-03-18 09:00:00",
        "2023-03-20 23:59:00",
    )
    with book.write() as session:
        findings.grant(session, locked(session, one), day("03-21 09:00"), "王芳", None, MEANS)
    assert (look(book, one).asked_at, local(look(book, one).due_at)) == (None, "2023-04-10 23:59:00")
    fix(book, one, day("04-03 09:00"))
    assert look(book, one).late is False
    assert proved(book) == ""


@pytest.mark.parametrize(
    ("now", "until", "reason", "said"),
    [
        ("03-21 09:00", "04-10 23:59", "要等拆除队", "已过，不能再延期"),
        ("03-18 09:00", "03-19 23:59", "要等拆除队", "新期限须晚于原期限"),
        ("03-18 09:00", "04-10 23:59", " ", "延期须写明理由"),
    ],
)
def test_more_time_needs_to_be_in_time_later_and_reasoned(
    book: Book, now: str, until: str, reason: str, said: str
) -> None:
    one = record(book)
    with pytest.raises(DubanError, match=said):
        ask(book, one, day(now), day(until), reason)


def test_a_second_request_waits_for_the_answer_to_the_first(book: Book) -> None:
    one = record(book)
    ask(book, one, day("03-17 09:00"), LATER)
    with pytest.raises(DubanError, match="无需重复提出"):
        ask(book, one, day("03-18 09:00"), LATER)
    with book.write() as session:
        findings.refuse(
            session, locked(session, one), day("03-18 10:00"), "王芳", answer="必须当即清退", means=MEANS
        )
    assert (look(book, one).asked_at, local(look(book, one).due_at)) == (None, "2023-03-20 23:59:00")
    assert letters(book)[-1][1] == "未准延期：一村小卖部"


def test_the_desk_moves_a_limit_only_before_it_has_passed(book: Book) -> None:
    one = record(book)
    with book.write() as session:
        findings.move(
            session,
            locked(session, one),
            MONDAY,
            "王芳",
            until=day("03-09 18:00"),
            reason="临近节日",
            means=MEANS,
        )
    assert local(look(book, one).due_at) == "2023-03-09 18:00:00"
    with pytest.raises(DubanError, match="已过，不能再调整"), book.write() as session:
        findings.move(
            session, locked(session, one), day("03-10 09:00"), "王芳", until=LATER, reason="放宽", means=MEANS
        )


def change(book: Book, one: int, now: datetime, **what: object) -> None:
    with book.write() as session:
        changed = Change(**{"reason": "责任单位认定有误", **what})  # pyright: ignore[reportArgumentType]
        findings.change(session, locked(session, one), now, "王芳", changed, MEANS)


def test_another_unit_may_answer_for_it_and_is_told(book: Book) -> None:
    one = record(book)
    with book.read() as session:
        other = unit_id(session, "cun2")
    change(book, one, MONDAY, unit_id=other, grade=Grade.GRAVE)
    here = look(book, one)
    assert (here.unit_id, here.grade, here.measures) == (other, "grave", "立即清退，当场封存")
    assert letters(book)[-1][1] == "整改要求有变更：一村小卖部"
    assert proved(book) == ""


def test_what_is_to_be_done_is_not_changed_without_reason_or_after_it_was(book: Book) -> None:
    one = record(book)
    with pytest.raises(DubanError, match="变更须写明理由"):
        change(book, one, MONDAY, reason="", measures="停业整顿")
    with pytest.raises(DubanError, match="没有任何变更"):
        change(book, one, MONDAY, measures="立即清退，当场封存")
    fix(book, one, day("03-10 09:00"))
    with pytest.raises(DubanError, match="正等候复查，不能再变更整改要求"):
        change(book, one, day("03-10 10:00"), measures="停业整顿")


def test_nothing_of_what_was_found_is_changed_or_deleted(book: Book) -> None:
    one = record(book)
    for statement in (
        "UPDATE findings SET description = '没有问题'",
        "DELETE FROM findings",
        "UPDATE finding_steps SET text = '好'",
        "DELETE FROM finding_steps",
    ):
        with pytest.raises(DubanError, match="只增不改"), book.write() as session:
            session.execute(text(statement))
    assert look(book, one).description == "销售点违规存放烟花12箱"


def test_a_unit_is_next_reminded_three_workdays_before_the_limit(book: Book) -> None:
    assert local(look(book, record(book)).next_at) == "2023-03-15 00:00:00"


def test_each_step_says_who_and_what(book: Book) -> None:
    one = record(book)
    fix(book, one, day("03-10 09:00"), people="张三", text="已清退12箱")
    with book.read() as session:
        row = session.scalars(select(FindingStep).where(FindingStep.kind == "fixed")).one()
        assert (row.by, row.people, row.text, str(row.done_on)) == (
            "一村 甲文书",
            "张三",
            "已清退12箱",
            "2023-03-10",
        )
