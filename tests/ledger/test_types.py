from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, MetaData, Table, func, select, text
from sqlalchemy.exc import StatementError

from duban.ledger.book import Book
from duban.ledger.tables import JournalEntry
from duban.ledger.types import UTCSecond

SHANGHAI = timezone(timedelta(hours=8))
moments = Table("moments", MetaData(), Column("at", UTCSecond))


def through(book: Book, at: datetime | None) -> datetime | None:
    with book.write() as session:
        moments.create(session.connection())
        session.execute(moments.insert().values(at=at))
        return session.scalar(select(moments.c.at))


def test_a_moment_in_shanghai_comes_back_in_utc(book: Book) -> None:
    found = through(book, datetime(2023, 1, 29, 23, 59, 59, tzinfo=SHANGHAI))
    assert found == datetime(2023, 1, 29, 15, 59, 59, tzinfo=UTC)
    assert found is not None
    assert type(found) is datetime
    assert found.tzinfo is UTC


def test_a_fraction_of_a_second_is_cut_off_so_that_it_never_passes_a_deadline(book: Book) -> None:
    found = through(book, datetime(2023, 1, 29, 23, 59, 59, 999_999, tzinfo=SHANGHAI))
    assert found == datetime(2023, 1, 29, 15, 59, 59, tzinfo=UTC)


def test_no_moment_stays_no_moment(book: Book) -> None:
    assert through(book, None) is None


def test_a_time_without_a_zone_is_refused(book: Book) -> None:
    with pytest.raises(StatementError) as refused:
        through(book, datetime(2023, 1, 29, 23, 59, 59))  # noqa: DTZ001 - what is refused
    assert isinstance(refused.value.orig, ValueError)


def test_moments_of_different_zones_sort_and_compare_by_when_they_are(book: Book) -> None:
    early = datetime(2023, 1, 29, 23, 0, tzinfo=SHANGHAI)
    late = datetime(2023, 1, 29, 15, 30, tzinfo=UTC)
    with book.write() as session:
        moments.create(session.connection())
        session.execute(moments.insert(), [{"at": late}, {"at": early}])
        assert list(session.scalars(select(moments.c.at).order_by(moments.c.at))) == [early, late]
        assert session.scalar(select(func.count()).where(moments.c.at <= early)) == 1


def test_sqlite_keeps_a_moment_as_text_that_sorts(sqlite_book: Book) -> None:
    with sqlite_book.write() as session:
        moments.create(session.connection())
        session.execute(moments.insert().values(at=datetime(2023, 1, 29, 23, 59, 59, tzinfo=SHANGHAI)))
        assert session.scalar(text("SELECT at FROM moments")) == "2023-01-29 15:59:59"


def test_every_time_in_the_book_is_a_whole_utc_second() -> None:
    assert isinstance(JournalEntry.__table__.c.at.type, UTCSecond)
