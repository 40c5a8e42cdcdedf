from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import select, update

from duban.ledger import finding_importing, journal
from duban.ledger.book import Book
from duban.ledger.finding_importing import Imported
from duban.ledger.tables import Finding, Unit
from duban.obligations.finding_entry import Entry, read_entry
from support.campaign import actions, adopt, day
from support.finding_cast import MEANS, letters, record

pytestmark = pytest.mark.usefixtures("year")
NOW = day("03-10 09:00")
UNITS = {"cun1": "一村", "cun2": "二村"}


@dataclass(frozen=True)
class Line:
    line: int
    entry: Entry


@pytest.fixture
def year(book: Book, town: object) -> None:
    adopt(book)


def line(number: int, **changed: str) -> Line:
    said = {
        "found_at": "2023-03-06 10:00",
        "place": "一村小卖部",
        "description": "销售点违规存放烟花12箱",
        "item": "烟花爆竹零售点",
        "due_at": "2023-03-20",
        "unit": "一村",
        "responsible": "张三",
        **changed,
    }
    entry = read_entry(said, UNITS, NOW).entry
    assert entry is not None
    return Line(number, entry)


def take(book: Book, *lines: Line, chosen: set[int] | None = None, now: datetime = NOW) -> Imported:
    with book.write() as session:
        picked = chosen if chosen is not None else {one.line for one in lines}
        return finding_importing.take(session, "jiancha", lines, picked, now, "王芳", MEANS)


def same(book: Book, *lines: Line) -> list[bool]:
    with book.read() as session:
        return [one.same for one in finding_importing.judge(session, "jiancha", lines)]


def states(book: Book) -> list[tuple[str, str, str | None]]:
    with book.read() as session:
        rows = session.scalars(select(Finding).order_by(Finding.id))
        return [(one.place, one.state, one.closed_by) for one in rows]


def test_chosen_lines_are_taken_and_their_units_told_once(book: Book) -> None:
    lines = (line(5), line(6, place="一村仓库"), line(7, place="二村仓库", unit="二村"))
    assert take(book, *lines, chosen={5, 6}) == Imported(2, 0, 0)
    assert [place for place, *_ in states(book)] == ["一村小卖部", "一村仓库"]
    assert [subject for _, subject, _ in letters(book)] == ["隐患整改：新登记2处"]
    assert actions(book)[-1] == "findings.imported"


def test_the_same_workbook_a_second_time_takes_nothing(book: Book) -> None:
    lines = (line(5), line(6, place="一村仓库"))
    take(book, *lines)
    assert same(book, *lines, line(7, place="一村祠堂")) == [True, True, False]
    before = actions(book)
    assert take(book, *lines) == Imported(0, 0, 0)
    assert actions(book) == before


def test_what_was_registered_at_the_desk_is_not_taken_again(book: Book) -> None:
    record(book)
    assert same(book, line(5)) == [True]


def test_a_line_that_tells_of_its_rectification_waits_for_a_recheck(book: Book) -> None:
    assert take(book, line(5, fixed_on="2023-03-09", closing="已销号")) == Imported(1, 1, 0)
    assert states(book) == [("一村小卖部", "fixed", None)]
    assert letters(book) == []


def test_a_line_that_names_who_looked_again_is_closed(book: Book) -> None:
    one = line(5, fixed_on="2023-03-09", closing="已销号（2023-03-10，李强）")
    assert take(book, one) == Imported(1, 0, 1)
    assert states(book) == [("一村小卖部", "closed", "李强")]
    with book.read() as session:
        assert journal.verify(session).ok


@pytest.mark.parametrize("closer", ["张三", "甲文书", "一村"])
def test_a_line_closed_by_who_fixed_it_or_by_its_unit_waits_for_a_recheck(book: Book, closer: str) -> None:
    one = line(5, fixed_on="2023-03-09", closing=f"已销号（2023-03-10，{closer}）")
    assert take(book, one) == Imported(1, 1, 0)
    assert states(book) == [("一村小卖部", "fixed", None)]


def test_units_that_are_closed_are_not_among_those_to_choose_from(book: Book) -> None:
    with book.write() as session:
        session.execute(update(Unit).where(Unit.code == "cun3").values(closed_on=NOW.date()))
        names = finding_importing.units_by_code(session, NOW)
    assert sorted(names.values()) == ["一村", "二村", "派出所"]


def test_what_a_ledger_brings_is_late_by_the_day_that_it_names_and_none_is_none(book: Book) -> None:
    june = day("06-01 09:00")
    lines = (
        line(5, fixed_on="2023-03-09", closing="已销号（2023-03-10，李强）"),
        line(6, place="一村仓库", due_at="2023-03-08", fixed_on="2023-03-09"),
        line(7, place="一村码头", closing="查否销号（2023-03-07，李强）"),
    )
    assert take(book, *lines, now=june) == Imported(3, 1, 2)
    with book.read() as session:
        found = [
            (one.place, one.late, one.refuted)
            for one in session.scalars(select(Finding).order_by(Finding.id))
        ]
        assert journal.verify(session).reason_zh == ""
    assert found == [("一村小卖部", False, False), ("一村仓库", True, False), ("一村码头", False, True)]
    assert letters(book) == []
