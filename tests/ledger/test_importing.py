from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from duban.documents.round_sheet import ReadRow
from duban.ledger import importing, journal, round_units
from duban.ledger.book import Book
from duban.ledger.importing import Fate, Imported
from duban.ledger.reports import Report, accept
from duban.ledger.tables import Obligation, Round, Submission, Unit
from duban.obligations.words import State
from support.campaign import adopt, advance, day, only, owing, return_, round_of, submit
from support.query_plans import heard

MARCH_20 = day("03-20 10:00")


@pytest.fixture
def book_in_march(book: Book, town: object) -> Book:
    """Give a book in which three villages owe March's check."""
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    return book


def line(
    number: int, unit: str, count: str = "5", *, nil: bool = False, note: str = "", by: str = ""
) -> ReadRow:
    answers = {} if nil else {"shuliang": count}
    return ReadRow(number, unit, "", nil, answers, note, by)


def march(book: Book) -> Round:
    return round_of(book, "yuecha", "2023-03")


def judge(book: Book, *lines: ReadRow, workbook: str = "w1", now: datetime = MARCH_20) -> list[Fate]:
    with book.read() as session:
        return [one.fate for one in importing.judge(session, march(book), lines, workbook, now)]


def take(
    book: Book,
    *lines: ReadRow,
    workbook: str = "w1",
    seen: dict[int, int] | None = None,
    now: datetime = MARCH_20,
) -> Imported:
    seen = {one.line: 0 for one in lines} if seen is None else seen
    found = march(book)
    with book.write() as session:
        return importing.take(session, found, lines, seen, workbook, now, "王文书")


def reports(book: Book, unit: str = "cun1") -> list[tuple[int, str, str, str]]:
    with book.read() as session:
        rows = session.scalars(
            select(Submission)
            .join(Obligation, Obligation.id == Submission.obligation_id)
            .join(Unit, Unit.id == Obligation.unit_id)
            .where(Unit.code == unit)
            .order_by(Submission.version)
        )
        return [(one.version, str(one.answers.get("shuliang", "零")), one.via, one.by) for one in rows]


def test_lines_are_taken_as_reports_by_those_who_filled_them_in(book_in_march: Book) -> None:
    done = take(book_in_march, line(6, "cun1", by="甲文书"), line(7, "cun2", nil=True), line(8, "cun3", "7"))
    assert done == Imported(("一村", "二村", "三村"), ())
    assert reports(book_in_march) == [(1, "5", "excel", "甲文书（表格，王文书导入）")]
    assert reports(book_in_march, "cun2") == [(1, "零", "excel", "王文书")]
    assert owing(book_in_march) == {"cun1": "submitted", "cun2": "submitted", "cun3": "submitted"}
    with book_in_march.read() as session:
        assert journal.verify(session).ok


def test_only_chosen_lines_are_taken(book_in_march: Book) -> None:
    assert take(book_in_march, line(6, "cun1"), line(7, "cun2"), seen={7: 0}).taken == ("二村",)
    assert owing(book_in_march)["cun1"] == "owed"


def test_the_same_workbook_twice_takes_nothing_twice(book_in_march: Book) -> None:
    take(book_in_march, line(6, "cun1"))
    assert judge(book_in_march, line(6, "cun1")) == [Fate.SAME]
    assert take(book_in_march, line(6, "cun1")) == Imported((), ())
    assert len(reports(book_in_march)) == 1


def test_not_even_after_a_return(book_in_march: Book) -> None:
    take(book_in_march, line(6, "cun1"))
    return_(book_in_march, "cun1", day("03-21 10:00"))
    assert judge(book_in_march, line(6, "cun1"), now=day("03-22 10:00")) == [Fate.SAME]
    corrected = take(book_in_march, line(6, "cun1", "6"), seen={6: 1}, now=day("03-22 10:00"))
    assert corrected.taken == ("一村",)
    assert judge(book_in_march, line(6, "cun1"), now=day("03-22 11:00")) == [Fate.SAME]
    assert [version for version, *_ in reports(book_in_march)] == [1, 2]


def test_what_the_unit_has_said_already_in_another_way_is_not_taken_again(book_in_march: Book) -> None:
    submit(book_in_march, "cun1", day("03-19 10:00"), report=Report("a1", {"shuliang": "5"}, via="link"))
    assert judge(book_in_march, line(6, "cun1"), workbook="w2") == [Fate.SAME]


def test_what_differs_from_a_report_not_judged_yet_would_replace_it(book_in_march: Book) -> None:
    submit(book_in_march, "cun1", day("03-19 10:00"))
    assert judge(book_in_march, line(6, "cun1")) == [Fate.REPLACES]
    assert take(book_in_march, line(6, "cun1"), seen={6: 1}).taken == ("一村",)
    assert [one[0] for one in reports(book_in_march)] == [1, 2]


def test_who_answered_after_the_lines_were_looked_at_is_told_and_nothing_passed_over(
    book_in_march: Book,
) -> None:
    submit(book_in_march, "cun1", day("03-20 09:59"))
    done = take(book_in_march, line(6, "cun1"), line(7, "cun2"), seen={6: 0, 7: 0})
    assert done.taken == ("二村",)
    assert done.refused[0][0] == "一村"
    assert "已经报了第1版" in done.refused[0][1]
    assert len(reports(book_in_march)) == 1


def test_a_line_that_the_rules_refuse_does_not_stop_the_others(book_in_march: Book) -> None:
    submit(book_in_march, "cun1", day("03-19 10:00"))
    with book_in_march.write() as session:
        number = session.scalars(
            select(Obligation).join(Unit, Unit.id == Obligation.unit_id).where(Unit.code == "cun1")
        ).one()
        accept(session, number, day("03-19 11:00"), "李主任")
    lines = line(6, "cun1"), line(7, "cun9"), line(8, "cun3")
    assert judge(book_in_march, *lines) == [Fate.REFUSED, Fate.REFUSED, Fate.NEW]
    done = take(book_in_march, *lines)
    assert done.taken == ("三村",)
    assert [unit for unit, _ in done.refused] == ["一村", "cun9"]
    assert "已接收办结" in done.refused[0][1]


def test_after_the_lock_every_line_is_refused_and_nothing_entered(book_in_march: Book) -> None:
    done = take(book_in_march, line(6, "cun1"), now=day("04-04 09:00"))
    assert done.taken == ()
    assert "截止补报" in done.refused[0][1]
    assert reports(book_in_march) == []


def test_an_answer_that_the_form_does_not_take_is_refused_by_name(book_in_march: Book) -> None:
    with book_in_march.read() as session:
        (found,) = importing.judge(session, march(book_in_march), [line(6, "cun1", "很多")], "w1", MARCH_20)
    assert (found.fate, "检查数量" in found.why) == (Fate.REFUSED, True)


def test_rare_characters_and_formulas_are_kept_as_they_were_written(book_in_march: Book) -> None:
    said = '=HYPERLINK("http://x")𠮷😀'
    take(book_in_march, line(6, "cun1", note=said, by="𠮷文书"))
    with book_in_march.read() as session:
        row = session.scalars(select(Submission)).one()
    assert (row.note, row.by) == (said, "𠮷文书（表格，王文书导入）")


def test_the_units_of_a_round_are_listed_with_how_they_stand(book_in_march: Book) -> None:
    submit(book_in_march, "cun2", day("03-19 10:00"))
    with book_in_march.read() as session:
        found = round_units.round_units(session, march(book_in_march).id)
    assert [(one.unit_code, one.unit, one.state) for one in found] == [
        ("cun1", "一村", State.OWED),
        ("cun2", "二村", State.SUBMITTED),
        ("cun3", "三村", State.OWED),
    ]
    assert [one.received_at == day("03-19 10:00") for one in found] == [False, True, False]


def test_many_lines_cost_no_more_statements_than_few(book_in_march: Book) -> None:
    one, two = [line(6, "cun1")], [line(7, "cun2"), line(8, "cun3")]
    few = statements(book_in_march, lambda: take(book_in_march, *one))
    assert statements(book_in_march, lambda: take(book_in_march, *two)) == few


def statements(book: Book, act: Callable[[], object]) -> int:
    with heard(book) as seen:
        act()
    return len(seen)
