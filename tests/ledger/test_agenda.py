from __future__ import annotations

import pytest
from sqlalchemy import select

from duban.ledger import agenda
from duban.ledger.book import Book
from duban.ledger.tables import JournalEntry, Stretch
from support.campaign import PLAN, actions, adopt, advance, day, local, only, round_of
from support.query_plans import plan_of


def due(book: Book, at: str) -> list[tuple[str, str, str, str, str]]:
    with book.read() as session:
        found = agenda.due(session, day(at))
    return [(one.what, one.flow, one.title, one.period, local(one.at)) for one in found]


def pass_(book: Book, number: int, at: str) -> str | None:
    with book.write() as session:
        return agenda.pass_stretch(session, number, day(at))


def stretch(book: Book, key: str) -> Stretch:
    with book.read() as session:
        return session.scalars(select(Stretch).where(Stretch.key == key)).one()


@pytest.mark.usefixtures("town")
def test_what_has_fallen_due_comes_in_order_of_time_with_the_flow_of_its_kind(book: Book) -> None:
    adopt(book)
    assert due(book, "01-21 17:00") == [
        ("round", "month", "2023年1月 · 情况报告", "2023-01", "2023-01-01 00:00:00"),
        ("round", "month", "2023年1月 · 每月检查", "2023-01", "2023-01-01 00:00:00"),
        ("round", "window", "2023年除夕夜 · 除夕夜值守", "2023/chuxi", "2023-01-16 00:00:00"),
        ("stretch", "window", "2023年 · 除夕夜", "2023", "2023-01-21 17:00:00"),
    ]


@pytest.mark.usefixtures("town")
def test_nothing_is_due_before_its_second(book: Book) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    assert due(book, "02-28 23:59") == []
    assert [one[2] for one in due(book, "03-01 00:00")] == ["2023年3月 · 每月检查"]


@pytest.mark.usefixtures("town")
def test_a_window_over_midnight_begins_and_ends_once(book: Book) -> None:
    adopt(book)
    night = stretch(book, "chuxi")
    assert pass_(book, night.id, "01-21 16:59") is None
    assert pass_(book, night.id, "01-21 17:00") == "开始"
    assert pass_(book, night.id, "01-21 17:00") is None
    assert local(stretch(book, "chuxi").next_at) == "2023-01-22 01:00:01"
    assert pass_(book, night.id, "01-22 09:00") == "结束"
    assert stretch(book, "chuxi").next_at is None
    assert actions(book)[3:] == ["window.begun", "window.ended"]


@pytest.mark.usefixtures("town")
def test_a_phase_that_passed_while_nobody_looked_begins_and_ends_in_one_go(book: Book) -> None:
    adopt(book)
    phase = stretch(book, "qianqi")
    assert pass_(book, phase.id, "05-02 09:00") == "开始、结束"
    assert local(stretch(book, "qianqi").ended_at) == "2023-05-02 09:00:00"
    with book.read() as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "phase.ended")).one()
    assert entry.detail == (
        '{"ends_at":"2023-04-30T15:59:59+00:00","plan":"jiancha","starts_at":"2023-02-28T16:00:00+00:00"}'
    )


@pytest.mark.usefixtures("town")
def test_the_loop_reads_two_indexes_and_no_table_from_end_to_end(book: Book) -> None:
    adopt(book)

    def look() -> None:
        with book.read() as session:
            agenda.due(session, day("01-01 00:00"))

    assert "ix_rounds_next_at" in plan_of(book, "FROM rounds", look)
    assert "ix_stretches_next_at" in plan_of(book, "FROM stretches", look)


@pytest.mark.usefixtures("town")
def test_what_is_done_leaves_the_agenda(book: Book) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    for at in ("03-01 00:00", "03-24 09:00", "04-04 00:00"):
        advance(book, day(at))
    assert round_of(book).next_at is None
    assert due(book, "12-31 00:00") == []


def years_due(book: Book, at: str) -> list[str]:
    with book.read() as session:
        return [one.period for one in agenda.years_due(session, day(at))]


@pytest.mark.usefixtures("town")
def test_a_year_far_ahead_does_not_keep_the_next_from_being_opened(book: Book) -> None:
    adopt(book)
    adopt(book, year=2060)
    assert years_due(book, "11-30 23:59") == []
    assert years_due(book, "12-01 00:00") == ["2024"]
    adopt(book, year=2024, now=day("12-01 00:00"))
    assert years_due(book, "12-31 23:59") == []
    assert years_due(book, "2024-11-30 23:59") == []
    assert years_due(book, "2024-12-01 00:00") == ["2025"]


@pytest.mark.usefixtures("town")
def test_years_missed_while_nobody_looked_are_opened_one_after_another(book: Book) -> None:
    adopt(book)
    assert years_due(book, "2025-06-01 00:00") == ["2024"]
    adopt(book, year=2024, now=day("2025-06-01 00:00"))
    assert years_due(book, "2025-06-01 00:00") == ["2025"]
    adopt(book, year=2025, now=day("2025-06-01 00:00"))
    assert years_due(book, "2025-06-01 00:00") == []


@pytest.mark.usefixtures("town")
def test_the_book_names_its_plans_and_every_round(book: Book) -> None:
    adopt(book)
    with book.read() as session:
        assert agenda.plans(session) == {"jiancha": [PLAN]}
        named = agenda.round_names(session)
    assert len(named) == 25
    assert ("jiancha", "yuecha", "2023-03") in named
    assert ("jiancha", "zhishou", "2023/chuxi") in named
