"""One obligation with all that was said about it, and a unit's dates for its calendar, on both databases."""

from __future__ import annotations

from sqlalchemy import select

from duban.ledger import asking, dates_ahead, owed, reports
from duban.ledger.book import Book
from duban.ledger.matter import Matter, last_time, matter
from duban.ledger.tables import Unit
from duban.obligations.words import Outcome, RemarkKind, State
from support.campaign import adopt, advance, day, local, move_in, return_, submit

from ..conftest import TOWN

CHECK = "2023年3月 · 每月检查"


def prepare(book: Book) -> None:
    move_in(book, TOWN)
    adopt(book)
    advance(book, day("03-01 09:00"))


def look(book: Book, when: str, unit: str = "cun1") -> Matter:
    with book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", unit)
        return matter(session, found, day(when))


def test_a_fresh_obligation_waits_for_its_first_report(book: Book) -> None:
    prepare(book)
    found = look(book, "03-20 09:00")
    assert (found.plan, found.round.title) == ("示例检查方案", "2023年3月 · 每月检查")
    assert (found.last, found.returned, found.standing.state) == (None, None, State.OWED)
    assert local(found.closes_at) == "2023-04-03 23:59:59"
    assert found.takes_reports(day("04-03 23:59"))
    assert not found.takes_reports(day("04-04 00:00"))


def test_what_was_said_is_all_there_in_order(book: Book) -> None:
    prepare(book)
    submit(book, "cun1", day("03-20 09:00"))
    return_(book, "cun1", day("03-20 10:00"))
    with book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        at = day("03-20 11:00")
        asking.remark(session, found, at, "一村 甲文书", kind=RemarkKind.REPLY, text="就是3处")
        asking.ask_for_time(session, found, at, "一村 甲文书", until=day("03-28 23:59"), reason="下乡")
        asking.ask_to_transfer(session, found, at, "一村 甲文书", reason="不在辖区", to_unit="派出所")
    here = look(book, "03-20 12:00")
    assert [one.report.version for one in here.versions] == [1]
    assert here.returned is not None
    assert here.returned.reason == "数字与台账不符"
    assert [one.text for one in here.remarks] == ["就是3处"]
    assert [one.reason for one in here.extensions] == ["下乡"]
    assert [one.to_unit for one in here.transfers] == ["派出所"]
    assert here.standing.outcome is Outcome.RETURNED


def test_a_matter_stands_as_the_facts_of_the_book_say(book: Book) -> None:
    prepare(book)
    submit(book, "cun1", day("03-27 09:00"))
    with book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        here = matter(session, found, day("03-27 10:00"))
        assert here.facts == reports.facts(session, found)
    assert here.standing.outcome is Outcome.LATE


def test_last_time_is_the_nearest_earlier_round_that_was_answered(book: Book) -> None:
    prepare(book)
    submit(book, "cun1", day("03-20 09:00"))
    advance(book, day("05-02 09:00"))
    with book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-05", "cun1")
        here = matter(session, found, day("05-03 09:00"))
        before = last_time(session, here.round, found.unit_id)
        first = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        assert last_time(session, matter(session, first, day("03-21 09:00")).round, first.unit_id) is None
    assert before is not None
    assert (before.title, before.nil, before.answers) == ("2023年3月 · 每月检查", False, {"shuliang": 3})


def dates(book: Book, unit: str, when: str) -> dict[str, tuple[str, State | None]]:
    with book.read() as session:
        number = session.scalars(select(Unit.id).where(Unit.code == unit)).one()
        found = dates_ahead.dates_ahead(session, number, day(when))
    return {one.title: (local(one.due_at), one.state) for one in found}


def test_the_dates_of_a_unit_are_those_that_it_owes_and_will_owe(book: Book) -> None:
    prepare(book)
    one, three = dates(book, "cun1", "03-20 09:00"), dates(book, "cun3", "03-20 09:00")
    assert one["2023年3月 · 情况报告"] == ("2023-03-24 23:59:59", State.OWED)
    assert one["2023年5月 · 情况报告"] == ("2023-05-24 23:59:59", None)
    assert "2023年5月 · 情况报告" not in three
    assert three["2023年5月 · 每月检查"] == ("2023-05-24 23:59:59", None)
    assert dates(book, "paichusuo", "03-20 09:00") == {}


def test_a_limit_for_a_correction_is_the_date_that_counts(book: Book) -> None:
    prepare(book)
    submit(book, "cun1", day("03-20 09:00"))
    why = reports.Return("数字不符", material=True, correct_by=day("03-27 18:00"))
    return_(book, "cun1", day("03-20 10:00"), why=why)
    found = dates(book, "cun1", "03-20 11:00")
    assert found["2023年3月 · 每月检查"] == ("2023-03-27 18:00:00", State.RETURNED)


def test_a_date_that_moves_with_a_return_and_back_again_is_a_change_each_time(book: Book) -> None:
    prepare(book)

    def seen(when: str) -> tuple[str, int, str]:
        with book.read() as session:
            number = session.scalars(select(Unit.id).where(Unit.code == "cun1")).one()
            [one] = [one for one in dates_ahead.dates_ahead(session, number, day(when)) if one.title == CHECK]
        return local(one.due_at)[5:16], one.moves, local(one.changed_at)[5:16]

    assert seen("03-19 09:00") == ("03-24 23:59", 0, "03-01 09:00")
    submit(book, "cun1", day("03-20 09:00"))
    assert seen("03-20 09:30") == ("03-24 23:59", 1, "03-20 09:00")
    why = reports.Return("数字不符", material=True, correct_by=day("03-27 18:00"))
    return_(book, "cun1", day("03-20 10:00"), why=why)
    assert seen("03-20 10:30") == ("03-27 18:00", 2, "03-20 10:00")
    submit(book, "cun1", day("03-21 09:00"))
    assert seen("03-21 09:30") == ("03-24 23:59", 3, "03-21 09:00")


def test_an_old_date_stays_while_its_correction_lies_ahead(book: Book) -> None:
    prepare(book)
    submit(book, "cun1", day("03-20 09:00"))
    why = reports.Return("数字不符", material=True, correct_by=day("06-15 18:00"))
    return_(book, "cun1", day("03-20 10:00"), why=why)
    found = dates(book, "cun1", "06-10 09:00")
    assert found[CHECK] == ("2023-06-15 18:00:00", State.RETURNED)
    assert "2023年3月 · 情况报告" not in found


def test_the_last_change_is_the_last_entry(book: Book) -> None:
    prepare(book)
    submit(book, "cun1", day("03-20 09:00"))
    with book.read() as session:
        assert local(dates_ahead.last_change(session)) == "2023-03-20 09:00:00"
