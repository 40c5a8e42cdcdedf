from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import func, select

from duban.ledger import reorganise, rounds
from duban.ledger.book import Book
from duban.ledger.rounds import Progress
from duban.ledger.tables import JournalEntry, Notice, Unit
from duban.ledger.units import import_roster
from duban.obligations.roster import Roster, UnitFact
from support.campaign import (
    actions,
    adopt,
    advance,
    cues,
    day,
    deliver,
    local,
    messages,
    notices,
    only,
    owing,
    round_of,
    said,
    slots,
    submit,
)
from support.query_plans import heard


def bring(book: Book, *units: UnitFact, now: str = "01-03 09:00") -> None:
    with book.write() as session:
        import_roster(session, Roster(units), day(now), "测试")


def march(book: Book) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")


@pytest.mark.usefixtures("town")
def test_a_round_opens_by_one_insert_from_select(book: Book) -> None:
    march(book)
    number = round_of(book).id
    with heard(book) as statements, book.write() as session:
        progress = rounds.catch_up(session, number, day("03-01 00:00"), slots)
    assert progress is not None
    assert progress.opened == 3
    owed = [one for one in statements if "INTO obligations" in one]
    assert len(owed) == 1
    assert "SELECT" in owed[0]
    assert owing(book) == {"cun1": "owed", "cun2": "owed", "cun3": "owed"}


@pytest.mark.usefixtures("town")
def test_who_owes_is_frozen_when_the_round_opens(book: Book) -> None:
    march(book)
    advance(book, day("03-01 00:00"))
    bring(book, UnitFact("cun4", "四村", "村"), now="03-09 09:00")
    with book.write() as session:
        first = session.scalars(select(Unit.id).where(Unit.code == "cun1")).one()
        reorganise.close(session, first, date(2023, 3, 10), day("03-09 09:00"), "王文书")
    advance(book, day("03-24 09:00"))
    assert owing(book) == {"cun1": "owed", "cun2": "owed", "cun3": "owed"}
    assert round_of(book).expected == 3


@pytest.mark.usefixtures("town")
def test_a_round_that_opens_late_asks_the_units_of_the_day_on_which_it_should_have(book: Book) -> None:
    march(book)
    bring(
        book,
        UnitFact("cun1", "一村", "村", closed_on=date(2023, 3, 1)),
        UnitFact("cun2", "二村", "村", closed_on=date(2023, 3, 2)),
        UnitFact("cun4", "四村", "村", opened_on=date(2023, 3, 1)),
        UnitFact("cun5", "五村", "村", opened_on=date(2023, 3, 2)),
    )
    advance(book, day("03-06 09:00"))
    assert owing(book) == {"cun2": "owed", "cun3": "owed", "cun4": "owed"}


@pytest.mark.usefixtures("town")
def test_a_round_goes_from_date_to_date_and_then_rests(book: Book) -> None:
    march(book)
    seen: list[tuple[str, Progress]] = []
    while (at := round_of(book).next_at) is not None:
        seen += [(local(at), done) for done in advance(book, at)]
    title = "2023年3月 · 每月检查"
    assert seen == [
        ("2023-03-01 00:00:00", Progress(title, opened=3)),
        ("2023-03-01 09:00:00", Progress(title, reminded={"opening": 3})),
        ("2023-03-21 09:00:00", Progress(title, reminded={"upcoming": 3})),
        ("2023-03-24 09:00:00", Progress(title, reminded={"due": 3})),
        ("2023-03-25 00:00:00", Progress(title, due_passed=True)),
        ("2023-03-27 09:00:00", Progress(title, reminded={"overdue": 3})),
        ("2023-04-04 00:00:00", Progress(title, locked=True)),
    ]
    assert actions(book)[3:] == [
        "round.opened",
        *("cue.fired", "cue.fired", "cue.fired"),
        "round.due",
        "cue.fired",
        "round.locked",
    ]


@pytest.mark.usefixtures("town")
def test_the_journal_says_how_the_units_stood_when_the_deadline_passed(book: Book) -> None:
    march(book)
    advance(book, day("03-02 09:00"))
    submit(book, "cun1", day("03-03 10:00"))
    advance(book, day("03-25 00:00"))
    with book.read() as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "round.due")).one()
    assert json.loads(entry.detail)["states"] == {"owed": 2, "submitted": 1}


@pytest.mark.usefixtures("town")
def test_nothing_happens_twice(book: Book) -> None:
    march(book)
    advance(book, day("03-24 09:00"))
    before = (actions(book), notices(book), len(messages(book)))
    assert advance(book, day("03-24 09:00")) == []
    with book.write() as session:
        assert rounds.catch_up(session, round_of(book).id, day("03-24 09:00"), slots) is None
    assert (actions(book), notices(book), len(messages(book))) == before


@pytest.mark.usefixtures("town")
def test_after_days_off_the_last_reminder_stands_for_those_it_has_overtaken(book: Book) -> None:
    march(book)
    (done,) = advance(book, day("03-24 10:00"))
    assert done == Progress("2023年3月 · 每月检查", opened=3, reminded={"due": 3}, superseded=2)
    assert cues(book) == {
        "opening": "superseded",
        "upcoming": "superseded",
        "due": "fired",
        "overdue": "planned",
    }
    assert notices(book) == {"due": 3}
    assert actions(book)[3:] == ["round.opened", "cues.superseded", "cue.fired"]


@pytest.mark.usefixtures("town")
def test_nobody_is_reminded_of_what_can_no_longer_be_handed_in(book: Book) -> None:
    march(book)
    (done,) = advance(book, day("04-10 09:00"))
    title = "2023年3月 · 每月检查"
    assert done == Progress(title, opened=3, superseded=4, due_passed=True, locked=True)
    assert set(cues(book).values()) == {"superseded"}
    assert messages(book) == []
    assert owing(book) == {"cun1": "owed", "cun2": "owed", "cun3": "owed"}


@pytest.mark.usefixtures("town")
def test_adopting_in_mid_year_floods_nobody(book: Book) -> None:
    adopt(book, now=day("03-22 10:00"))
    while advance(book, day("03-22 10:00")):
        pass
    sent = deliver(book, day("03-22 10:00"))
    assert said(sent) == {
        "一村": ["2023年3月 · 情况报告", "2023年3月 · 每月检查"],
        "二村": ["2023年3月 · 情况报告", "2023年3月 · 每月检查"],
        "三村": ["2023年3月 · 每月检查"],
    }
    assert len(messages(book)) == 3


@pytest.mark.usefixtures("town")
def test_two_who_catch_up_at_once_do_the_work_once(book: Book) -> None:
    march(book)
    ready, number = Barrier(2), round_of(book).id

    def go(_: int) -> Progress | None:
        ready.wait()
        with book.write() as session:
            return rounds.catch_up(session, number, day("03-01 09:00"), slots)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(go, range(2)))
    assert sorted(one is None for one in done) == [False, True]
    assert actions(book).count("round.opened") == 1
    with book.read() as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 3


@pytest.mark.usefixtures("town")
def test_two_that_bring_up_the_whole_book_at_once_never_wait_for_each_other_in_a_ring(book: Book) -> None:
    adopt(book)
    ready = Barrier(2)

    def go(_: int) -> int:
        ready.wait()
        return sum(len(advance(book, day(at))) for at in ("03-01 09:00", "03-21 09:00", "03-27 09:00"))

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(go, range(2)))
    # Seven rounds by March; two of them again on the 21st, when two of February lock; two on the 27th.
    assert sum(done) == 13
    assert actions(book).count("round.opened") == 7
