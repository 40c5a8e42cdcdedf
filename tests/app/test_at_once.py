"""The first start, the commands at the desk, and a clock that goes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from duban.app import at_once, clock, first_run
from duban.app.cli import app
from duban.calendar.workdays import Workdays
from duban.ledger.book import Book
from duban.ledger.journal import ClockWentBack, append, verify
from duban.ledger.tables import JournalEntry, Message, PlanYear, Round, Unit
from duban.ledger.units import import_roster
from duban.obligations.errors import DubanError
from duban.obligations.roster import Roster, UnitFact
from support import example
from support.scratch import SHANGHAI, works_at

NOW = datetime(2023, 3, 23, 10, 0, tzinfo=SHANGHAI)
run = CliRunner()


def test_an_empty_book_is_filled_with_the_example_and_this_years_plans_once(sqlite_book: Book) -> None:
    # Midnight in Shanghai is still the old year in UTC.
    midnight = datetime(2023, 1, 1, 0, 30, tzinfo=SHANGHAI)
    said = first_run.fill(sqlite_book, Workdays.load(), midnight)
    assert "示例" in said[0]
    assert len(said) == 4
    with sqlite_book.read() as session:
        years = sorted(map(tuple, session.execute(select(PlanYear.slug, PlanYear.year))))
        rounds = session.scalar(select(func.count()).select_from(Round))
    assert years == [("changzhou-ranfang", 2023), ("erong-dafei", 2023), ("gongan-dafeizhiwei", 2023)]
    assert first_run.fill(sqlite_book, Workdays.load(), midnight) == []
    with sqlite_book.read() as session:
        assert session.scalar(select(func.count()).select_from(Round)) == rounds


def test_a_book_that_somebody_has_begun_is_left_alone(sqlite_book: Book) -> None:
    with sqlite_book.write() as session:
        import_roster(session, Roster((UnitFact("zhen", "本镇", "镇"),), ()), NOW, "测试")
    assert first_run.fill(sqlite_book, Workdays.load(), NOW) == []
    with sqlite_book.read() as session:
        assert session.scalars(select(Unit.name)).all() == ["本镇"]


def test_the_book_is_brought_up_and_its_reminders_are_in_the_outbox(
    sqlite_book: Book, tmp_path: Path
) -> None:
    works = works_at(sqlite_book, tmp_path)
    example.fill(sqlite_book, NOW)
    assert len(at_once.bring_up(works, NOW).done) > 10
    sent = at_once.deliver(works, NOW)
    assert sent.sent == len([*works.outbox.rglob("*.txt")]) > 10
    assert at_once.deliver(works, NOW) == at_once.Delivered()
    assert at_once.waiting(sqlite_book)[0] == 0


def test_at_night_reminders_wait_and_it_is_known_until_when(sqlite_book: Book, tmp_path: Path) -> None:
    works = works_at(sqlite_book, tmp_path)
    night = datetime(2023, 3, 23, 22, 0, tzinfo=SHANGHAI)
    example.fill(sqlite_book, night)
    at_once.bring_up(works, night)
    assert at_once.deliver(works, night).sent == 0
    count, first = at_once.waiting(sqlite_book)
    assert count > 10
    assert first == datetime(2023, 3, 24, 8, 0, tzinfo=SHANGHAI)


def test_asked_to_stop_it_stops_after_the_one_under_way(sqlite_book: Book, tmp_path: Path) -> None:
    works = works_at(sqlite_book, tmp_path)
    example.fill(sqlite_book, NOW)
    left = iter([True, True, True])
    assert len(at_once.bring_up(works, NOW, lambda: next(left, False)).done) == 3
    assert at_once.deliver(works, NOW, lambda: False) == at_once.Delivered()


def test_a_clock_behind_the_journal_is_refused_before_anything_is_tried(
    sqlite_book: Book, tmp_path: Path
) -> None:
    works = works_at(sqlite_book, tmp_path)
    example.fill(sqlite_book, NOW)
    at_once.refuse_old_clock(sqlite_book, NOW - timedelta(seconds=120))
    late = NOW - timedelta(seconds=121)
    with pytest.raises(ClockWentBack, match="请先校准时钟"):
        at_once.bring_up(works, late)
    with pytest.raises(ClockWentBack):
        at_once.deliver(works, late)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a data folder that holds an empty book; the environment says nothing else."""
    for name in ("DUBAN_DATA", "DUBAN_DATABASE_URL", "DUBAN_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    # The commands keep Prefect to the data folder by way of the environment.
    monkeypatch.setattr(at_once, "quieten", lambda _settings: None)
    book = Book.open(f"sqlite:///{tmp_path / 'book.sqlite'}")
    book.migrate()
    book.close()
    return tmp_path


def said(*arguments: str, code: int = 0) -> str:
    result = run.invoke(app, list(arguments), env={"COLUMNS": "200"})
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def refused(*arguments: str) -> str:
    result = run.invoke(app, list(arguments))
    assert isinstance(result.exception, DubanError), result.exception
    return str(result.exception)


def opened(data: Path) -> Book:
    return Book.open(f"sqlite:///{data / 'book.sqlite'}")


def test_advance_and_deliver_at_the_desk_say_what_they_did(data: Path) -> None:
    book = opened(data)
    at_once.begin_rehearsal(book, NOW, "测试")
    example.fill(book, NOW)
    table = said("advance", "--data", str(data), "--now", "2023-03-23 10:00")
    assert "2023年3月 · 每月检查" in table
    assert "没有到期事项" in said("advance", "--data", str(data), "--now", "2023-03-23 10:00")
    assert "投递结果" in said("deliver", "--data", str(data), "--now", "2023-03-23 10:00")
    with book.read() as session:
        assert session.scalars(select(Message.state).distinct()).all() == ["sent"]
    book.close()
    said_no = refused("advance", "--data", str(data), "--now", "2023-03-22")
    assert said_no.startswith("2023年3月22日（星期三）00:00早于最近一条留痕")


def test_a_rehearsal_begins_once_and_only_in_an_empty_book(sqlite_book: Book) -> None:
    assert not at_once.is_rehearsal(sqlite_book)
    with pytest.raises(DubanError, match="--now 只能用于演练账簿"):
        at_once.refuse_chosen(sqlite_book, NOW)
    at_once.begin_rehearsal(sqlite_book, NOW, "测试")
    at_once.begin_rehearsal(sqlite_book, NOW + timedelta(days=1), "测试")
    assert at_once.is_rehearsal(sqlite_book)
    with sqlite_book.read() as session:
        entries = session.execute(select(JournalEntry.seq, JournalEntry.action, JournalEntry.actor))
        assert [tuple(entry) for entry in entries] == [(1, "rehearsal.begun", "测试")]
    at_once.refuse_chosen(sqlite_book, NOW)
    with pytest.raises(DubanError, match="账簿只能向前推进"):
        at_once.refuse_chosen(sqlite_book, NOW - timedelta(seconds=1))


def test_a_book_with_an_entry_never_becomes_a_rehearsal(sqlite_book: Book) -> None:
    example.fill(sqlite_book, NOW)
    with pytest.raises(DubanError, match="已有真实记录"):
        at_once.begin_rehearsal(sqlite_book, NOW, "测试")
    assert not at_once.is_rehearsal(sqlite_book)


def test_a_moment_in_the_future_needs_a_word_of_its_own(data: Path) -> None:
    assert "--rehearsal" in refused("advance", "--data", str(data), "--now", "2999-01-01")
    assert "没有到期事项" in said("advance", "--data", str(data), "--now", "2090-01-01", "--rehearsal")


def test_an_accepted_clock_lets_the_book_go_on_and_is_on_record(data: Path) -> None:
    book = opened(data)
    with book.write() as session:
        append(session, clock.now() + timedelta(days=1), "测试", "test", "test", {})
    assert "请先校准时钟" in refused("advance", "--data", str(data))
    assert "请写明" in refused("clock", "accept", "--data", str(data), "--reason", " ")
    assert "已记入第2条留痕" in said(
        "clock", "accept", "--data", str(data), "--reason", "时钟快了一天，已校准"
    )
    assert "没有到期事项" in said("advance", "--data", str(data))
    assert "无需确认" in refused("clock", "accept", "--data", str(data), "--reason", "再确认一次")
    with book.read() as session:
        assert (
            session.scalars(select(JournalEntry.action).order_by(JournalEntry.seq)).all()[-1]
            == "clock.accepted"
        )
        assert verify(session).ok
    book.close()


def test_up_with_a_clock_behind_the_book_says_so_and_starts_nothing(data: Path) -> None:
    book = opened(data)
    with book.write() as session:
        append(session, clock.now() + timedelta(days=1), "测试", "test", "test", {})
    book.close()
    assert "duban clock accept" in refused("up", "--data", str(data), "--port", "4999")
    assert not (data / "logs").exists()


def test_a_setting_that_is_wrong_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_PORT", "many")
    assert "DUBAN_PORT" in refused("doctor", "--data", str(data))
