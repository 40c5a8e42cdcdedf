"""What stands above the overdue list, what it may be filtered by, and the journal in parts."""

from __future__ import annotations

import pytest

from duban.ledger import journal_list, overdue_sums
from duban.ledger.book import Book
from duban.ledger.journal_list import EntryFilters
from duban.ledger.overdue import OverdueFilters, Window, page
from duban.ledger.overdue_sums import Named, NamedRound, NamedUnit, Sums
from duban.obligations.roster import Roster
from support.campaign import adopt, advance, day, only, round_of, submit
from support.histories import END, fill, moments


@pytest.fixture
def march(book: Book, town: Roster) -> Book:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    submit(book, "cun1", day("03-20 09:00"))
    submit(book, "cun2", day("03-27 09:00"))
    return book


def sums(book: Book, at: str, filters: OverdueFilters | None = None, *, today: bool = False) -> Sums:
    with book.read() as session:
        return overdue_sums.sums(session, filters or OverdueFilters(), day(at), today=today)


def test_what_is_overdue_is_summed_up_for_now_and_for_a_past_day(march: Book) -> None:
    due = day("03-24 23:59").replace(second=59)
    assert sums(march, "04-10 09:00", today=True) == Sums(1, 1, due)
    assert sums(march, "03-26 23:59") == Sums(2, 2, due)
    assert sums(march, "03-26 23:59", OverdueFilters(unit="cun3")) == Sums(1, 1, due)
    assert sums(march, "03-24 12:00") == Sums(0, 0, None)


def test_the_sums_are_those_of_the_list(book: Book) -> None:
    fill(book, 11)
    with book.read() as session:
        for at in moments(11, 10):
            for filters in (OverdueFilters(), OverdueFilters(slug="q", days=3)):
                whole = page(session, filters, at, today=False, window=Window(0, 1000)).rows
                found = overdue_sums.sums(session, filters, at, today=False)
                assert found.items == len(whole)
                assert found.units == len({one.unit_id for one in whole})
                assert found.since == min((one.due_at for one in whole), default=None)
        assert overdue_sums.sums(session, OverdueFilters(), END, today=True).items > 10


def test_the_filters_offer_what_the_book_has(march: Book) -> None:
    here = round_of(march)
    with march.read() as session:
        assert overdue_sums.leads(session) == ["各部门"]
        assert Named("yuecha", "每月检查") in overdue_sums.duties(session, "jiancha")
        assert overdue_sums.duties(session, "nothing") == []
        named = NamedRound(here.id, "jiancha", "2023年3月 · 每月检查")
        assert overdue_sums.rounds(session, "jiancha", 2023, day("03-26 09:00")) == [named]
        assert overdue_sums.rounds(session, "jiancha", 2022, day("03-26 09:00")) == []
        assert overdue_sums.rounds(session, "jiancha", None, day("03-24 09:00")) == []
        assert overdue_sums.round_named(session, here.id) == named
        assert overdue_sums.round_named(session, 999) is None
        assert overdue_sums.unit_names(session) == ["一村", "二村", "三村", "派出所"]
        assert overdue_sums.unit_called(session, "三村") == NamedUnit(3, "cun3", "三村")
        assert overdue_sums.unit_called(session, "paichusuo") == NamedUnit(4, "paichusuo", "派出所")
        assert overdue_sums.unit_called(session, "八村") is None


def test_the_journal_is_read_in_parts_that_do_not_shift(march: Book) -> None:
    with march.read() as session:
        first = journal_list.entries(session, EntryFilters(), before=None, limit=2)
        assert [one.actor for one in first.rows] == ["cun2", "cun1"]
        second = journal_list.entries(session, EntryFilters(), before=first.next, limit=2)
        assert second.rows[0].seq == first.rows[-1].seq - 1
        only_one = journal_list.entries(session, EntryFilters(by="cun2"), before=None)
        assert ([one.actor for one in only_one.rows], only_one.next) == (["cun2"], None)
        assert journal_list.entry(session, first.rows[0].seq) == first.rows[0]
        assert journal_list.entry(session, 999) is None
        subject = first.rows[0].subject
        assert journal_list.named(session, first.rows)[subject] == "二村：2023年3月 · 每月检查"
        assert journal_list.named(session, []) == {}
