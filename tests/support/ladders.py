"""The ladder over a test's book, as the flow of that name climbs it, and what it left there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from duban.calendar.dates import ZONE
from duban.ledger import ladder
from duban.ledger.book import Book
from duban.ledger.ladder import Climbed
from duban.ledger.means import Means
from duban.ledger.tables import Message, Obligation, Sheet, Unit
from duban.obligations.sheet_names import sheet_number

from .campaign import PLAN, adopt, advance, day, only, slots, workdays
from .remembered import remembered

MEANS = Means(workdays(), slots)


@remembered
def open_march(book: Book, ladder: str = "", plan: str = PLAN) -> None:
    """Open March's check of the three villages, due on Friday the 24th, by these rules of the ladder."""
    adopt(book, plan + ladder)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))


@remembered
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


def sheets(book: Book, rung: str = "") -> list[Sheet]:
    """Give the sheets of a rung, or all, in the order of their numbers and of when they were made."""
    query = select(Sheet).order_by(Sheet.made_at, Sheet.series, Sheet.number, Sheet.id)
    with book.read() as session:
        return list(session.scalars(query.where(Sheet.rung == rung) if rung else query))


def listed(book: Book) -> list[tuple[str, str, str, str]]:
    """Give each sheet as its number, or the rung of a draft; to whom; its state; its limit."""
    with book.read() as session:
        names = dict(session.execute(select(Unit.id, Unit.code)).tuples().all())
    return [
        (
            sheet_number(one.rung, one.year, one.number) or one.rung,
            names[one.unit_id],
            one.state,
            moment(one.limit_at),
        )
        for one in sheets(book)
    ]


def moment(at: datetime | None) -> str:
    """Give a moment as ``03-31 23:59:59``, Asia/Shanghai; empty for none."""
    return f"{at.astimezone(ZONE):%m-%d %H:%M:%S}" if at else ""


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


def letters(book: Book) -> list[tuple[str, str, str]]:
    """Give the letters: what each is about, its subject, its text."""
    with book.read() as session:
        rows = session.execute(
            select(Message.about, Message.subject, Message.wording)
            .where(Message.about.is_not(None))
            .order_by(Message.id)
        )
        return [(about or "", subject, wording or "") for about, subject, wording in rows]
