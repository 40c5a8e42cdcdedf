from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from duban.ledger import finding_reminding, findings
from duban.ledger.book import Book
from duban.ledger.findings import Change
from duban.ledger.tables import Contact, Finding, FindingStep, Message
from support.campaign import adopt, day, look as parcels, workdays
from support.finding_cast import MEANS, fix, letters, locked, look, recheck, record, unit_id

pytestmark = pytest.mark.usefixtures("year")


@pytest.fixture
def year(book: Book, town: object) -> None:
    adopt(book)


def remind(book: Book, at: str) -> str | None:
    """Do what the clock does at this moment."""
    with book.read() as session:
        due = finding_reminding.due(session, day(at), workdays())
    if not due:
        return None
    with book.write() as session:
        return finding_reminding.remind(session, due[0], day(at), MEANS)


def said(book: Book) -> list[str]:
    with book.read() as session:
        query = select(FindingStep.text).where(FindingStep.kind == "reminded").order_by(FindingStep.id)
        return list(session.scalars(query))


def test_a_unit_is_reminded_three_workdays_before_and_once_it_is_overdue(book: Book) -> None:
    record(book)
    assert remind(book, "03-14 23:00") is None
    assert remind(book, "03-15 08:00") == "提醒1个单位，1处隐患"
    assert remind(book, "03-15 09:00") is None
    assert remind(book, "03-20 23:58") is None
    assert remind(book, "03-21 08:00") == "提醒1个单位，1处隐患"
    assert remind(book, "03-28 08:00") is None
    assert said(book) == ["到期前提醒", "超期提醒"]


def test_what_is_due_of_a_unit_at_once_is_one_letter(book: Book) -> None:
    record(book)
    record(book, key="k2", place="一村仓库", due_at=day("03-17 23:59"))
    record(book, key="k3", unit="cun2", place="二村仓库")
    before = len(letters(book))
    remind(book, "03-20 08:00")
    assert [subject for _, subject, _ in letters(book)[before:]] == [
        "隐患整改提醒：1处已超过整改期限，1处即将到期",
        "隐患整改提醒：1处即将到期",
    ]


def test_what_was_missed_meanwhile_is_said_once_as_overdue(book: Book) -> None:
    record(book)
    remind(book, "03-27 08:00")
    assert said(book) == ["超期提醒"]


def test_what_has_been_fixed_is_not_reminded_of_and_what_failed_again_is(book: Book) -> None:
    one = record(book)
    fix(book, one, day("03-10 09:00"))
    assert remind(book, "03-21 08:00") is None
    recheck(book, one, day("03-22 09:00"), passed=False, text="仍有3箱", until=day("04-10 23:59"))
    assert remind(book, "04-04 08:00") == "提醒1个单位，1处隐患"


def test_a_letter_that_waits_for_the_morning_says_what_is_open_as_it_leaves(book: Book) -> None:
    one, two = record(book), record(book, key="k2", place="一村仓库")
    remind(book, "03-15 06:00")
    fix(book, one, day("03-15 07:00"))
    [left] = [parcel for parcel in parcels(book, day("03-15 09:05")) if "提醒" in parcel.subject]
    assert left.subject == "隐患整改提醒：1处即将到期"
    assert ("一村仓库" in left.wording, "一村小卖部" in left.wording) == (True, False)
    remind(book, "03-21 06:00")
    fix(book, two, day("03-21 07:00"))
    assert [parcel for parcel in parcels(book, day("03-21 09:05")) if "提醒" in parcel.subject] == []


def test_who_answered_before_is_told_nothing_that_no_longer_holds(book: Book) -> None:
    night = record(book, day("03-06 20:00"))
    told = record(book, day("03-06 20:01"), key="k2", place="一村仓库")
    with book.write() as session:
        other = unit_id(session, "cun2")
        findings.change(
            session, locked(session, night), day("03-06 21:30"), "王芳", Change("属二村", other), MEANS
        )
    assert [(one.unit, one.subject) for one in parcels(book, day("03-07 09:05"))] == [
        ("一村", "隐患整改：新登记1处"),
        ("二村", "整改要求有变更：一村小卖部"),
    ]
    with book.write() as session:
        session.execute(update(Message).where(Message.state == "sending").values(state="sent"))
    with book.write() as session:
        findings.change(
            session, locked(session, told), day("03-07 10:00"), "王芳", Change("属二村", other), MEANS
        )
        findings.refute(session, locked(session, night), day("03-07 10:01"), "王芳", MEANS, reason="空箱")
    assert [(one.unit, one.subject) for one in parcels(book, day("03-07 10:05"))] == [
        ("一村", "不再由你单位整改：一村仓库"),
        ("二村", "整改要求有变更：一村仓库"),
        ("二村", "隐患已查否：一村小卖部"),
    ]


def test_a_unit_without_anybody_to_tell_is_noted(book: Book) -> None:
    record(book)
    with book.write() as session:
        session.execute(update(Contact).values(active=False))
    assert remind(book, "03-15 08:00") == "提醒0个单位，1处隐患"
    assert said(book) == ["到期前提醒；单位没有联系人，提醒发不到"]


def test_a_grave_finding_is_told_at_any_hour_and_another_in_the_morning(book: Book) -> None:
    night = day("03-06 23:00")
    record(book, night)
    record(book, night, key="k2", grade="grave", place="一村仓库")
    with book.read() as session:
        left = list(session.scalars(select(Message.not_before).order_by(Message.id)))
    assert [one == night for one in left] == [False, True]


def test_a_limit_that_is_near_is_reminded_of_once_it_has_passed(book: Book) -> None:
    one = record(book, due_at=day("03-07 17:30"))
    assert look(book, one).next_at == day("03-07 17:30") + timedelta(seconds=1)


def test_looking_costs_what_is_due(book: Book) -> None:
    record(book)
    with book.read() as session:
        assert finding_reminding.due(session, day("03-14 23:00"), workdays()) == []
        assert session.scalars(select(Finding.next_at)).one() == day("03-15 00:00")


def test_what_is_found_at_a_unit_before_its_letter_leaves_is_one_letter(book: Book) -> None:
    night = day("03-06 21:30")
    for number in range(3):
        record(book, night, key=f"n{number}", place=f"一村{number}号仓库")
    record(book, night, key="other", unit="cun2")
    fix(book, 2, day("03-06 21:40"))
    sent = [(one.unit, one.subject, one.wording) for one in parcels(book, day("03-07 09:05"))]
    assert [one[:2] for one in sent] == [("一村", "隐患整改：新登记2处"), ("二村", "隐患整改：一村小卖部")]
    assert [place in sent[0][2] for place in ("0号仓库", "1号仓库", "2号仓库")] == [True, False, True]
    record(book, day("03-07 09:10"), key="later")
    assert [one.subject for one in parcels(book, day("03-07 09:15"))] == ["隐患整改：一村小卖部"]
