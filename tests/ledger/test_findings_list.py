from __future__ import annotations

from datetime import datetime

import pytest

from duban.ledger import finding_list, finding_reminding, findings
from duban.ledger.book import Book
from duban.ledger.finding_list import Counts, FindingFilters
from duban.ledger.finding_rows import FindingRow, finding_rows
from duban.ledger.findings import Change
from duban.obligations.words import Grade
from support.campaign import adopt, day, workdays
from support.finding_cast import FOUND_AT, LIMIT, MEANS, fix, locked, recheck, record, reopen, unit_id
from support.query_plans import plan_of

APRIL = day("04-03 09:00")


@pytest.fixture
def six(book: Book, town: object) -> Book:
    """Give findings of every sort: 1 overdue, 2 open, 3 waiting, 4 closed, 5 come again, 6 struck out."""
    adopt(book)
    record(book)
    record(book, key="k2", unit="cun2", place="二村仓库", due_at=day("05-01 23:59"), kind="标识不清")
    three = record(book, key="k3", place="一村祠堂")
    four = record(book, key="k4", place="一村学校", grade=Grade.GRAVE)
    five = record(book, key="k5", place="一村码头", due_at=day("05-01 23:59"))
    six = record(book, key="k6", place="一村空屋")
    with book.write() as session:
        findings.refute(session, locked(session, six), day("03-07 09:00"), "王芳", MEANS, reason="空箱")
    for one in (four, five):
        fix(book, one, day("03-09 09:00"), people="张三")
    for one in (four, five):
        recheck(book, one, day("03-10 09:00"))
    fix(book, three, day("03-22 09:00"))
    reopen(book, five, day("04-01 09:00"), day("05-01 23:59"))
    return book


def places(
    book: Book, filters: FindingFilters, now: datetime = APRIL, start: int = 0, limit: int = 50
) -> list[str]:
    with book.read() as session:
        found = finding_list.listed(session, filters, now, start=start, limit=limit)
        return [one.finding.place for one in found]


def test_what_is_most_pressing_comes_first_and_the_closed_last(six: Book) -> None:
    assert places(six, FindingFilters()) == [
        *("一村小卖部", "一村祠堂", "二村仓库", "一村码头"),
        *("一村学校", "一村空屋"),
    ]
    assert places(six, FindingFilters(), start=1, limit=2) == ["一村祠堂", "二村仓库"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (FindingFilters(which="open"), ["一村小卖部", "二村仓库", "一村码头"]),
        (FindingFilters(which="overdue"), ["一村小卖部"]),
        (FindingFilters(which="fixed"), ["一村祠堂"]),
        (FindingFilters(which="closed"), ["一村学校", "一村空屋"]),
        (FindingFilters(which="reopened"), ["一村码头"]),
        (FindingFilters(unit="cun2"), ["二村仓库"]),
        (FindingFilters(unit="二村"), ["二村仓库"]),
        (FindingFilters(grade=Grade.GRAVE), ["一村学校"]),
        (FindingFilters(kind="标识不清"), ["二村仓库"]),
        (FindingFilters(text="码头"), ["一村码头"]),
        (FindingFilters(text="%"), []),
        (FindingFilters(slug="jiancha", year=2022), []),
        (FindingFilters(slug="qita"), []),
    ],
)
def test_filters_leave_what_they_name(six: Book, filters: FindingFilters, found: list[str]) -> None:
    assert places(six, filters) == found


def test_every_sort_is_counted_whatever_is_shown(six: Book) -> None:
    with six.read() as session:
        assert finding_list.counts(session, FindingFilters(which="closed"), APRIL) == Counts(
            all=6, open=3, overdue=1, fixed=1, asked=0, closed=2, reopened=1, listed=0
        )


def test_a_unit_has_what_is_open_and_what_waits_for_a_recheck(six: Book) -> None:
    with six.read() as session:
        found = finding_list.of_unit(session, unit_id(session))
        assert [one.finding.place for one in found] == ["一村小卖部", "一村祠堂", "一村码头"]
        assert finding_list.kinds(session) == ["违规储存", "标识不清"]


def rows(book: Book, as_of: datetime, filters: FindingFilters | None = None) -> list[FindingRow]:
    with book.read() as session:
        return list(finding_rows(session, filters or FindingFilters(), as_of))


def test_a_row_has_the_columns_of_the_paper_ledger(six: Book) -> None:
    assert rows(six, APRIL)[0] == FindingRow(
        number=1,
        found_at=FOUND_AT,
        checked_by="镇应急办",
        inspectors="王芳、李强",
        item="烟花爆竹零售点",
        place="一村小卖部",
        description="销售点违规存放烟花12箱",
        kind="违规储存",
        grade="一般",
        measures="立即清退，当场封存",
        due_at=LIMIT,
        unit="一村",
        responsible="张三",
        fixed_on=None,
        closing="未销号",
    )


def test_how_each_stands_is_said_in_words(six: Book) -> None:
    assert [(one.number, str(one.fixed_on or ""), one.closing) for one in rows(six, APRIL)] == [
        (1, "", "未销号"),
        (2, "", "未销号"),
        (3, "2023-03-22", "待复查"),
        (4, "2023-03-09", "已销号（2023-03-10，李强）"),
        (5, "", "未销号，复发1次"),
        (6, "", "查否销号（2023-03-07，王芳）"),
    ]


def test_a_past_day_has_what_was_known_then(six: Book) -> None:
    with six.write() as session:
        changed = Change("认定有误", unit_id=unit_id(session, "cun2"), measures="停业")
        findings.change(session, locked(session, 1), day("04-02 09:00"), "王芳", changed, MEANS)
    then = rows(six, day("03-10 08:00"))
    assert [one.closing for one in then] == [
        *("未销号", "未销号", "未销号", "待复查", "待复查"),
        "查否销号（2023-03-07，王芳）",
    ]
    assert (then[0].unit, then[0].measures) == ("一村", "立即清退，当场封存")
    assert (rows(six, APRIL)[0].unit, rows(six, APRIL)[0].measures) == ("二村", "停业")
    assert rows(six, day("03-06 09:00")) == []


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (FindingFilters(which="overdue"), [1]),
        (FindingFilters(which="reopened"), [5]),
        (FindingFilters(which="closed"), [4, 6]),
        (FindingFilters(unit="cun2"), [2]),
        (FindingFilters(grade=Grade.GRAVE), [4]),
        (FindingFilters(which="asked"), []),
        (FindingFilters(which="listed"), []),
    ],
)
def test_rows_are_filtered_by_what_was_so_then(
    six: Book, filters: FindingFilters, numbers: list[int]
) -> None:
    assert [one.number for one in rows(six, APRIL, filters)] == numbers


@pytest.mark.parametrize(
    ("part", "look", "index"),
    [
        ("min(findings.next_at)", "due", "ix_findings_next"),
        ("state = 'open'", "waiting", "ix_findings_open"),
        ("state = 'fixed'", "waiting", "ix_findings_fixed"),
        ("asked_at IS NOT NULL", "waiting", "ix_findings_asked"),
    ],
)
def test_what_is_looked_at_often_is_found_by_an_index(six: Book, part: str, look: str, index: str) -> None:
    def act() -> object:
        with six.read() as session:
            if look == "due":
                return finding_reminding.due(session, APRIL, workdays())
            return finding_list.waiting(session, APRIL)

    assert index in plan_of(six, part, act)
