"""The ladder over a test's book, as the flow of that name climbs it, and what it left there."""

from __future__ import annotations

from sqlalchemy import select

from duban.calendar.dates import ZONE
from duban.ledger import ladder
from duban.ledger.book import Book
from duban.ledger.ladder import Climbed
from duban.ledger.means import Means
from duban.ledger.tables import Obligation, Sheet, Unit
from duban.obligations.sheet_names import sheet_number

from .campaign import advance, day, slots, workdays

MEANS = Means(workdays(), slots)


def climb(book: Book, at: str) -> list[Climbed]:
    """Bring the book up to a moment, and climb what is due then."""
    now = day(at)
    advance(book, now)
    with book.read() as session:
        due = ladder.series_due(session, now, workdays())
    done: list[Climbed] = []
    for series in due:
        with book.write() as session:
            done.append(ladder.climb(session, series, now, MEANS))
    return done


def sheets(book: Book) -> list[Sheet]:
    """Give every sheet, in the order in which they were made."""
    with book.read() as session:
        return list(session.scalars(select(Sheet).order_by(Sheet.id)))


def listed(book: Book) -> list[tuple[str, str, str, str | None]]:
    """Give each sheet as its rung or number, to whom, its state and its limit (month, day, hour)."""
    with book.read() as session:
        rows = session.execute(
            select(Sheet, Unit.code)
            .join(Unit, Unit.id == Sheet.unit_id)
            .order_by(Sheet.made_at, Sheet.number, Sheet.id)
        ).all()
    return [
        (sheet_number(one.rung, one.year, one.number) or one.rung, unit, one.state, moment(one.limit_at))
        for one, unit in rows
    ]


def moment(at: object) -> str | None:
    return f"{at.astimezone(ZONE):%m-%d %H:%M}" if hasattr(at, "astimezone") else None  # pyright: ignore


def rungs(book: Book) -> dict[str, int]:
    """Give the rung of each unit's obligation that is on one, by unit code."""
    with book.read() as session:
        rows = session.execute(
            select(Unit.code, Obligation.rung)
            .join(Obligation, Obligation.unit_id == Unit.id)
            .where(Obligation.rung > 0)
            .order_by(Unit.code)
        )
        return dict(rows.tuples().all())
