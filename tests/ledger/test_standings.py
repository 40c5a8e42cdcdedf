from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from sqlalchemy import select, update

from duban.ledger import channels, owed, reports
from duban.ledger.book import Book
from duban.ledger.channels import NewChannel
from duban.ledger.facts import facts_where
from duban.ledger.reports import Report, Return
from duban.ledger.secrets import SecretBox
from duban.ledger.standings import Filters, Standpoint, Told, by_round, overdue, standpoints
from duban.ledger.tables import Contact, Obligation, Round
from duban.ledger.units import import_roster
from duban.obligations.errors import DubanError
from duban.obligations.outcome import Tally, standing
from duban.obligations.roster import ContactFact, Roster, UnitFact
from support.campaign import (
    NEW_YEAR,
    adopt,
    advance,
    day,
    deliver,
    local,
    only,
    return_,
    slots,
    submit,
)
from support.query_plans import plan_of

VILLAGES = Roster(
    (
        UnitFact("cun1", "一村", "村", frozenset({"沿江"})),
        UnitFact("cun2", "二村", "村"),
        UnitFact("cun3", "三村", "村"),
        UnitFact("bm", "部门", "部门"),
    ),
    (ContactFact("cun1", "甲文书"), ContactFact("cun2", "乙文书")),
)
BOX = SecretBox(b"hFqBDBBQvzNmrQF1lJkL2pqzOcXvQmUuX6pvKqPqNqk=")
MARCH = Filters(slug="jiancha", duty="yuecha", period="2023-03")


@pytest.fixture
def opened(book: Book, town: Roster) -> Book:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))
    return book


def by_robot(
    book: Book, kind: str = "wecom", values: dict[str, Any] | None = None, at: str = "03-01 00:30"
) -> None:
    """Let every contact be reached through a group's robot, or a channel of another kind."""
    with book.write() as session:
        chosen = NewChannel("工作群", kind, None, {"key": "k"} if values is None else values)
        channels.add(session, BOX, chosen, day(at), "李主任")
        session.execute(update(Contact).values(channel_id=1))


def stand(book: Book, at: str, filters: Filters = MARCH) -> list[Standpoint]:
    with book.read() as session:
        return standpoints(session, filters, day(at))


def outcomes(book: Book, at: str) -> dict[str, str]:
    return {one.unit: one.standing.outcome.zh for one in stand(book, at)}


def late(book: Book, at: str, *, today: bool = True) -> list[tuple[str, str]]:
    with book.read() as session:
        found = overdue(session, Filters(), day(at), today=today)
    return [(one.unit, str(one.standing.overdue_by)) for one in found]


def test_a_round_is_counted_as_it_stood_on_any_day(opened: Book) -> None:
    submit(opened, "cun1", day("03-10 10:00"))
    submit(opened, "cun2", day("03-24 23:59"), report=Report("k2", nil=True, by="乙文书"))
    submit(opened, "cun3", day("03-28 10:00"))
    return_(opened, "cun3", day("03-29 10:00"))
    tallies = {
        at: by_round(stand(opened, at))[0].tally
        for at in ("03-09 12:00", "03-20 12:00", "03-25 00:00", "03-28 12:00", "03-30 00:00")
    }
    assert tallies == {
        "03-09 12:00": Tally(pending=3),
        "03-20 12:00": Tally(on_time=1, pending=2),
        "03-25 00:00": Tally(on_time=1, nil=1, missing=1),
        "03-28 12:00": Tally(on_time=1, nil=1, late=1),
        "03-30 00:00": Tally(on_time=1, nil=1, returned=1),
    }


def test_a_late_report_for_march_never_turns_april_green(opened: Book) -> None:
    with opened.write() as session:
        april = session.scalars(select(Round).where(Round.duty == "yuecha", Round.period == "2023-04")).one()
        april.next_at = april.opens_at
    advance(opened, day("04-01 00:00"))
    submit(opened, "cun1", day("04-02 10:00"), period="2023-03")
    assert outcomes(opened, "04-25 00:00")["一村"] == "迟报"
    (one, *_) = stand(opened, "04-25 00:00", Filters(duty="yuecha", period="2023-04", unit="一村"))
    assert one.standing.outcome.zh == "漏报"


def test_extended_and_exempt_units_are_told_apart(opened: Book) -> None:
    at = day("03-20 09:00")
    with opened.write() as session:
        one = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        reports.extend(session, one, at, "办公室", asked_at=at, until=day("03-31 23:59"), reason="防汛")
        two = owed.find(session, "jiancha", "yuecha", "2023-03", "cun2")
        reports.exempt(session, two, at, "办公室", reason="整村搬迁", approver="李镇长")
    submit(opened, "cun1", day("03-30 10:00"))
    assert outcomes(opened, "03-19 00:00") == {"一村": "未到期", "二村": "未到期", "三村": "未到期"}
    assert outcomes(opened, "03-31 00:00") == {"一村": "延期", "二村": "免报", "三村": "漏报"}


def test_before_the_book_had_opened_a_round_there_was_nothing_to_count(opened: Book) -> None:
    assert stand(opened, "02-28 23:59") == []
    assert len(stand(opened, "03-01 00:00")) == 3


def test_units_and_rounds_are_found_by_any_of_their_names(opened: Book) -> None:
    assert [one.unit_code for one in stand(opened, "03-02 00:00", Filters(unit="二村"))] == ["cun2"]
    assert [one.unit_code for one in stand(opened, "03-02 00:00", Filters(unit="cun2", year=2023))] == [
        "cun2"
    ]
    assert stand(opened, "03-02 00:00", Filters(year=2024)) == []
    assert stand(opened, "03-02 00:00", Filters(slug="别的")) == []


def test_who_is_overdue_since_when_and_how_often_really_told(opened: Book) -> None:
    by_robot(opened)
    for at in ("03-01 09:00", "03-21 09:00"):
        advance(opened, day(at))
        deliver(opened, day(at))
    submit(opened, "cun1", day("03-22 10:00"), report=Report("k", nil=True))
    advance(opened, day("03-24 09:00"))  # made, but nobody sends it
    with opened.read() as session:
        found = overdue(session, Filters(), day("03-28 12:00"), today=True)
    assert [(one.unit, one.told.times, local(one.told.last_at), one.round.lead) for one in found] == [
        ("二村", 2, "2023-03-21 09:00:00", "各部门"),
        ("三村", 2, "2023-03-21 09:00:00", "各部门"),
    ]
    assert [str(one.standing.overdue_by) for one in found] == ["3 days, 12:00:01"] * 2
    assert found[0].round.clause == "三（一）"


def test_reminders_are_counted_as_of_the_day(opened: Book) -> None:
    by_robot(opened)
    for at in ("03-01 09:00", "03-21 09:00"):
        advance(opened, day(at))
        deliver(opened, day(at))
    told = {
        at: [one.told.times for one in stand(opened, at)]
        for at in ("03-01 08:00", "03-02 00:00", "03-22 00:00")
    }
    assert told == {"03-01 08:00": [0, 0, 0], "03-02 00:00": [1, 1, 1], "03-22 00:00": [2, 2, 2]}


def test_a_reminder_to_two_people_is_one(opened: Book) -> None:
    by_robot(opened)
    with opened.write() as session:
        import_roster(session, Roster((), (ContactFact("cun1", "戊主任"),)), day("03-01 01:00"), "测试")
    advance(opened, day("03-01 09:00"))
    deliver(opened, day("03-01 09:00"))
    assert [one.told.times for one in stand(opened, "03-02 00:00")] == [1, 1, 1]


def test_what_was_only_written_to_the_outbox_folder_reminded_nobody(opened: Book) -> None:
    advance(opened, day("03-01 09:00"))
    deliver(opened, day("03-01 09:00"))
    by_robot(opened, at="03-01 09:00")
    advance(opened, day("03-21 09:00"))
    deliver(opened, day("03-21 09:00"))
    told = {at: stand(opened, at)[0].told for at in ("03-02 00:00", "03-22 00:00")}
    assert told["03-02 00:00"] == Told(times=0, last_at=None, nobody=False, filed=1)
    assert told["03-22 00:00"] == Told(times=1, last_at=day("03-21 09:00"), nobody=False, filed=1)


def test_a_channel_that_writes_files_reminds_nobody_either(opened: Book) -> None:
    by_robot(opened, "file", {})
    advance(opened, day("03-01 09:00"))
    deliver(opened, day("03-01 09:00"))
    assert [(one.told.times, one.told.filed) for one in stand(opened, "03-02 00:00")] == [(0, 1)] * 3


def test_a_unit_without_a_contact_is_shown_as_told_by_nobody(opened: Book) -> None:
    with opened.write() as session:
        session.execute(update(Contact).where(Contact.name == "丙文书").values(active=False))
    advance(opened, day("03-01 09:00"))
    deliver(opened, day("03-01 09:00"))
    assert [one.told.nobody for one in stand(opened, "03-02 00:00")] == [False, False, True]


def test_what_came_late_and_went_back_for_a_trifle_is_not_overdue(opened: Book) -> None:
    submit(opened, "cun2", day("03-20 10:00"))
    submit(opened, "cun1", day("03-28 10:00"))
    return_(opened, "cun1", day("03-29 10:00"), why=Return("错别字", material=False))
    return_(opened, "cun2", day("03-29 11:00"), why=Return("只有标题", material=True))
    assert [unit for unit, _ in late(opened, "03-30 00:00")] == ["二村", "三村"]
    assert late(opened, "03-30 00:00") == late(opened, "03-30 00:00", today=False)


def test_what_is_overdue_today_is_read_from_the_index_of_what_is_open(opened: Book) -> None:
    assert "ix_obligations_open_due_at" in plan_of(opened, "unit_code", lambda: late(opened, "03-30 00:00"))


# A year's worth of moves in any order


@dataclass(frozen=True)
class Step:
    """One move of one unit, so many hours after the one before."""

    hours: int
    unit: str
    move: str
    flag: bool


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from([0, 1, 7, 30, 100, 250]),
        st.sampled_from(["cun1", "cun2", "cun3"]),
        st.sampled_from(["submit", "submit", "nil", "accept", "return", "extend", "exempt", "acknowledge"]),
        st.booleans(),
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def march_book(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("march") / "book.db"))
    book = Book.open(f"sqlite:///{path}")
    with book.write() as session:
        import_roster(session, VILLAGES, NEW_YEAR, "测试")
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))
    book.close()
    return path


@contextmanager
def copied(path: Path) -> Generator[Book]:
    with tempfile.TemporaryDirectory() as folder:
        book = Book.open(f"sqlite:///{shutil.copy(path, folder)}")
        yield book
        book.close()


def move(book: Book, step: Step, now: datetime, number: int) -> None:
    """Do a move if it is lawful; an unlawful one must leave no trace."""
    with suppress(DubanError), book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", step.unit)
        later = now + timedelta(days=4)
        match step.move:
            case "submit" | "nil":
                nil = step.move == "nil"
                report = Report(f"k{number}", {} if nil else {"shuliang": "1"}, nil=nil, by="甲")
                reports.submit(session, found, report, now)
            case "accept":
                reports.accept(session, found, now, "办公室")
            case "return":
                why = Return("重报", material=step.flag, correct_by=later if step.flag else None)
                reports.return_(session, found, now, "办公室", why, slots(now, urgent=False))
            case "extend":
                until = (found.due_at or now) + timedelta(days=3)
                reports.extend(session, found, now, "办公室", asked_at=now, until=until, reason="防汛")
            case "exempt" if step.flag:
                reports.exempt(session, found, now, "办公室", reason="搬迁", approver="李镇长")
            case _:
                reports.acknowledge(session, found, now, "甲")


def count(book: Book, at: datetime) -> Tally:
    with book.read() as session:
        return by_round(standpoints(session, MARCH, at))[0].tally


@settings(max_examples=15, deadline=None)
@given(steps=STEPS)
def test_columns_agree_with_the_facts_and_the_past_can_be_counted_again(
    march_book: Path, steps: list[Step]
) -> None:
    with copied(march_book) as book:
        now, counted = day("03-02 09:00"), dict[datetime, Tally]()
        for number, step in enumerate(steps):
            if step.hours:
                counted[now] = count(book, now)
            now += timedelta(hours=step.hours)
            move(book, step, now, number)
            with book.read() as session:
                rows = {row.id: row for row in session.scalars(select(Obligation))}
                for id_, facts in facts_where(session).items():
                    here, row = standing(facts, now), rows[id_]
                    columns = (row.state, row.nil, row.credited_at, row.due_at)
                    assert columns == (here.state, here.nil, here.credited_at, here.effective_due)
                listed = [one.obligation_id for one in overdue(session, Filters(), now, today=True)]
                assert listed == [one.obligation_id for one in overdue(session, Filters(), now, today=False)]
        for at, then in counted.items():
            assert count(book, at) == then
            assert then.expected == 3
