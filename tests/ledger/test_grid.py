from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from duban.ledger import owed, reports
from duban.ledger.book import Book
from duban.ledger.facts import facts_where
from duban.ledger.grid import Grid, grid, of_unit
from duban.ledger.reports import Report
from duban.ledger.tables import Obligation, Unit
from duban.obligations.outcome import standing
from duban.obligations.roster import Roster
from support.campaign import adopt, advance, day, only, return_, submit
from support.histories import END, UNITS, fill
from support.query_plans import heard


def year_grid(book: Book, at: str, *, offset: int = 0, limit: int = 300) -> Grid:
    with book.read() as session:
        return grid(session, "jiancha", 2023, day(at), offset=offset, limit=limit)


def drawn(found: Grid) -> dict[str, str]:
    """Each unit's row, as the words of its marks."""
    return {
        unit.name: " ".join(mark.outcome.zh if mark else "–" for mark in row)
        for unit, row in zip(found.units, found.marks, strict=True)
    }


@pytest.mark.usefixtures("town")
def test_each_cell_says_how_one_unit_stands_in_one_round(book: Book) -> None:
    adopt(book)
    only(book, "yuecha", "2023-02", "2023-03", "2023-04")
    advance(book, day("02-01 00:00"))
    submit(book, "cun1", day("02-10 10:00"), period="2023-02")
    submit(book, "cun2", day("02-28 10:00"), period="2023-02")
    advance(book, day("03-01 00:00"))
    submit(book, "cun1", day("03-10 10:00"), report=Report("n", nil=True, by="甲文书"))
    submit(book, "cun2", day("03-10 10:00"))
    return_(book, "cun2", day("03-11 10:00"))
    with book.write() as session:
        three = owed.find(session, "jiancha", "yuecha", "2023-03", "cun3")
        reports.exempt(session, three, day("03-12 09:00"), "办公室", reason="搬迁", approver="李镇长")
    advance(book, day("04-01 00:00"))
    found = year_grid(book, "04-02 09:00")
    monthly = [number for number, one in enumerate(found.rounds) if one.name == "每月检查"]
    rows = {name: [row.split(" ")[number] for number in monthly] for name, row in drawn(found).items()}
    ahead = ["–"] * 8
    assert rows == {
        "一村": ["–", "按时", "零报告", "未到期", *ahead],
        "二村": ["–", "迟报", "退回", "未到期", *ahead],
        "三村": ["–", "漏报", "免报", "未到期", *ahead],
    }


@pytest.mark.usefixtures("town")
def test_columns_come_by_due_moment_and_say_what_is_still_ahead(book: Book) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))
    rounds = year_grid(book, "03-02 09:00").rounds
    assert len(rounds) == 25
    assert [one.title for one in rounds[:3]] == [
        "2023年除夕夜 · 除夕夜值守",
        "2023年1月 · 情况报告",
        "2023年1月 · 每月检查",
    ]
    assert [(one.period, one.expected, one.clause) for one in rounds if one.opened] == [
        ("2023-03", 3, "三（一）")
    ]
    assert not any(one.skipped or one.provisional for one in rounds)


@pytest.mark.usefixtures("town")
def test_only_units_that_owe_something_have_a_row_and_pages_follow_one_another(book: Book) -> None:
    adopt(book)
    only(book, "qingkuang", "2023-03")
    assert year_grid(book, "02-01 09:00") == Grid(year_grid(book, "02-01 09:00").rounds, (), (), more=False)
    advance(book, day("03-01 00:00"))
    first, second = (year_grid(book, "03-02 09:00", offset=number, limit=1) for number in (0, 1))
    assert ([one.code for one in first.units], first.more) == (["cun1"], True)
    assert ([one.code for one in second.units], second.more) == (["cun2"], False)
    with book.read() as session:
        assert grid(session, "jiancha", 2023, day("03-02 09:00"), kind="部门").units == ()
        assert len(grid(session, "jiancha", 2023, day("03-02 09:00"), kind="村").units) == 2


@pytest.mark.parametrize("seed", [19, 27])
def test_every_mark_is_what_the_rule_says(book: Book, seed: int) -> None:
    fill(book, seed)
    now = END + timedelta(days=9)
    with book.read() as session:
        facts = facts_where(session)
        for slug, columns in (("p", 3), ("q", 4)):
            found = grid(session, slug, 2023, now)
            assert (len(found.rounds), len(found.units)) == (columns, UNITS)
            for unit, row in zip(found.units, found.marks, strict=True):
                for column, mark in zip(found.rounds, row, strict=True):
                    assert mark is not None
                    owner = session.get_one(Obligation, mark.obligation_id)
                    assert (owner.unit_id, owner.round_id) == (unit.id, column.id)
                    assert mark.outcome is standing(facts[mark.obligation_id], now).outcome
            one = of_unit(session, found.units[0].id, 2023, now)
            assert {this.round.id: this.mark for this in one if this.round.slug == slug} == dict(
                zip([column.id for column in found.rounds], found.marks[0], strict=True)
            )


def test_one_units_year_covers_all_plans_and_what_is_ahead(book: Book, town: Roster) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))
    with book.read() as session:
        id_ = session.scalars(select(Unit.id).where(Unit.code == "cun3")).one()
        found = of_unit(session, id_, 2023, day("03-02 09:00"))
        assert of_unit(session, id_, 2024, day("03-02 09:00")) == ()
    assert len(found) == 25
    assert [(one.round.period, one.mark.outcome.zh) for one in found if one.mark] == [("2023-03", "未到期")]


def test_the_grid_takes_three_queries(book: Book) -> None:
    fill(book, 19)
    with heard(book) as seen, book.read() as session:
        grid(session, "p", 2023, END)
    assert len([one for one in seen if one.startswith("SELECT")]) == 3
