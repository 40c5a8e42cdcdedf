from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import update

from duban.ledger.book import Book
from duban.ledger.rates import by_plan, by_round, by_unit
from duban.ledger.rates_behind import behind
from duban.ledger.slices import Slice
from duban.ledger.standings import Filters, Standpoint, standpoints
from duban.ledger.tables import PlanRevision, Round
from duban.obligations.errors import DubanError
from duban.obligations.outcome import Tally, tally
from duban.obligations.roster import Roster
from duban.obligations.words import Outcome
from support.campaign import adopt, advance, day, only, submit
from support.histories import END, START, UNITS, fill
from support.query_plans import heard

NOW = END + timedelta(days=9)
PLANS = {"p": (1, 2, 3), "q": (4, 5, 6, 7)}


def by_rule(book: Book, at: datetime, key: Callable[[Standpoint], Any]) -> dict[Any, Tally]:
    with book.read() as session:
        points = standpoints(session, Filters(), at)
    grouped: dict[Any, list[Outcome]] = defaultdict(list)
    for one in points:
        grouped[key(one)].append(one.standing.outcome)
    return {name: tally(some) for name, some in grouped.items()}


@pytest.mark.parametrize("seed", [19, 27])
def test_todays_counts_are_those_of_the_rule(book: Book, seed: int) -> None:
    fill(book, seed)
    with book.read() as session:
        units = by_unit(session, Slice(), NOW, today=True)
        rounds = by_round(session, Slice(), NOW, today=True)
        plans = by_plan(session, Slice(), NOW, today=True)
    assert {one.code: one.tally for one in units.rows} == by_rule(book, NOW, lambda one: one.unit_code)
    assert {one.round_id: one.tally for one in rounds.rows} == by_rule(book, NOW, lambda one: one.round.id)
    assert {one.slug: one.tally for one in plans} == by_rule(book, NOW, lambda one: one.round.plan)
    assert [(one.slug, one.title, one.year, one.rounds) for one in plans] == [
        ("p", "方案p", 2023, 3),
        ("q", "方案q", 2023, 4),
    ]
    assert sum(one.tally.expected for one in plans) == len(PLANS["p"] + PLANS["q"]) * UNITS


@pytest.mark.parametrize("seed", [20])
def test_a_past_days_counts_are_those_of_the_rule(book: Book, seed: int) -> None:
    fill(book, seed)
    at = START + timedelta(days=26)
    with book.read() as session:
        for slug in PLANS:
            chosen = Slice(year=2023, slug=slug)
            expected = {
                one.round.id: one.round for one in standpoints(session, Filters(slug=slug), at)
            }.keys()
            rounds = by_round(session, chosen, at, today=False)
            rule = by_rule(book, at, lambda one: one.round.id)
            assert {one.round_id: one.tally for one in rounds.rows} == {id_: rule[id_] for id_ in expected}
            (plan,) = by_plan(session, chosen, at, today=False)
            assert plan.tally == by_rule(book, at, lambda one: one.round.plan)[slug]
            units = by_unit(session, chosen, at, today=False)
            both = by_rule(book, at, lambda one: (one.round.plan, one.unit_code))
            assert {one.code: one.tally for one in units.rows} == {
                unit: counted for (plan_, unit), counted in both.items() if plan_ == slug
            }


@pytest.mark.parametrize("today", [True, False])
def test_behind_each_number_are_just_the_obligations_that_it_counts(book: Book, *, today: bool) -> None:
    fill(book, 27)
    at = NOW if today else START + timedelta(days=26)
    with book.read() as session:
        for number in (1, 4):
            chosen = Slice(round_id=number)
            (row,) = by_round(session, chosen, at, today=today).rows
            assert behind(session, chosen, at, today=today).total == row.tally.expected == UNITS
            for outcome in Outcome:
                found = behind(session, chosen, at, [outcome], today=today, limit=100)
                assert found.total == len(found.rows) == getattr(row.tally, outcome.value)
                assert {one.outcome for one in found.rows} <= {outcome}
        two = [Outcome.MISSING, Outcome.RETURNED]
        some = behind(session, Slice(unit_id=3), at, two, today=today)
        assert {one.unit_id for one in some.rows} == {3}
        whole = behind(session, Slice(round_id=4), at, today=today)
        second = behind(session, Slice(round_id=4), at, today=today, offset=5, limit=3)
        assert second.rows == whole.rows[5:8]
        assert [one.unit_code for one in whole.rows] == sorted(one.unit_code for one in whole.rows)


def test_what_is_counted_can_be_chosen(book: Book) -> None:
    fill(book, 19)

    def rounds(chosen: Slice) -> list[int]:
        with book.read() as session:
            return sorted(one.round_id for one in by_round(session, chosen, NOW, today=True).rows)

    assert rounds(Slice(slug="q")) == [4, 5, 6, 7]
    assert rounds(Slice(duty="a")) == [1, 4]
    assert rounds(Slice(year=2022)) == []
    assert rounds(Slice(round_id=3)) == [3]
    # Due on 11 March, 11 March, none (opens on 6 March), 16 and 26 March, 10 and 28 April.
    assert rounds(Slice(first=date(2023, 3, 6), last=date(2023, 3, 11))) == [1, 2, 3]
    assert rounds(Slice(first=date(2023, 3, 12))) == [4, 5, 6, 7]
    assert rounds(Slice(last=date(2023, 3, 6))) == [3]
    with book.read() as session:
        (one,) = by_unit(session, Slice(unit_id=3), NOW, today=True).rows
        assert (one.unit_id, one.tally.expected) == (3, 7)
        assert {row.tally.expected for row in by_round(session, Slice(unit_id=3), NOW, today=True).rows} == {
            1
        }
        assert [row.tally.expected for row in by_plan(session, Slice(unit_id=3), NOW, today=True)] == [3, 4]


def test_units_and_rounds_come_in_pages(book: Book) -> None:
    fill(book, 19)
    with book.read() as session:
        whole = by_unit(session, Slice(), NOW, today=True)
        first = by_unit(session, Slice(), NOW, today=True, limit=10)
        second = by_unit(session, Slice(), NOW, today=True, offset=10, limit=10)
        assert (first.rows + second.rows, first.more, second.more) == (whole.rows, True, False)
        rounds = by_round(session, Slice(), NOW, today=True)
        two = by_round(session, Slice(), NOW, today=True, offset=5, limit=2)
        assert (two.rows, two.more) == (rounds.rows[5:7], False)
        assert rounds.rows[-1].round_id == 3  # the one that is never due


@pytest.mark.parametrize("today", [True, False])
def test_a_plan_whose_revision_has_another_title_is_one_line(book: Book, *, today: bool) -> None:
    fill(book, 19)
    at, chosen = (NOW if today else START + timedelta(days=26)), Slice(year=2023, slug="p")
    with book.write() as session:
        revised = PlanRevision(
            slug="p", revision=2, title="方案p（修订）", office="办", content="", sha256="2"
        )
        revised.adopted_at = START
        session.add(revised)
        session.flush()
        session.execute(update(Round).where(Round.id == 1).values(plan_id=revised.id))
    with book.read() as session:
        (one,) = by_plan(session, chosen, at, today=today)
        assert (one.title, one.rounds, one.tally.expected) == ("方案p（修订）", 3, 3 * UNITS)
        assert behind(session, chosen, at, today=today).total == 3 * UNITS


@pytest.mark.parametrize("chosen", [Slice(), Slice(year=2023), Slice(slug="p"), Slice(duty="a")])
def test_too_much_is_not_counted_from_the_facts(book: Book, chosen: Slice) -> None:
    fill(book, 19)
    said = "按过去某一天统计，须先选定年份和方案，或一个期次，或一个单位。"
    with book.read() as session:
        for count in (by_unit, by_round, by_plan, behind):
            with pytest.raises(DubanError, match=said):
                count(session, chosen, END, today=False)


@pytest.mark.usefixtures("town")
def test_a_rate_has_the_expected_set_as_its_denominator(book: Book, town: Roster) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))
    submit(book, "cun1", day("03-10 10:00"))
    submit(book, "cun2", day("03-26 10:00"))
    with book.read() as session:
        (one,) = by_round(session, Slice(), day("03-27 00:00"), today=True).rows
    assert (one.title, one.period, one.clause) == ("2023年3月 · 每月检查", "2023-03", "三（一）")
    assert one.tally == Tally(on_time=1, late=1, missing=1)
    assert (one.tally.completeness, one.tally.timeliness) == (Fraction(2, 3), Fraction(1, 3))


def test_counting_takes_the_same_few_queries_whatever_is_counted(book: Book) -> None:
    fill(book, 19)
    for count, queries in ((by_unit, 3), (by_round, 2), (by_plan, 3)):
        with heard(book) as seen, book.read() as session:
            count(session, Slice(year=2023), NOW, today=True)
        assert len([one for one in seen if one.startswith("SELECT")]) == queries
