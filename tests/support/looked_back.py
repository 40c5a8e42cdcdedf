"""A year with findings of each kind that a look-back chooses from, and its look-back, listed on
1 October 2023 and drawn on the 7th, the next day that is worked.

By number: 1 grave, closed in time; 2 rectified late; 3 reopened once, closed again; 4, 5, 6, 7 closed in
time; 8 open and not due yet; 9 of 派出所, which is not looked back at. 一村 has 1, 4 and 8, 二村 2 and 5,
三村 the rest.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from duban.ledger import lookbacks
from duban.ledger.book import Book
from duban.ledger.lookbacks import Visit
from duban.ledger.tables import LookBack, Lot, Revisit, Unit
from duban.obligations.looking_back import Found
from duban.obligations.words import Grade

from .campaign import day
from .finding_cast import LIMIT, fix, recheck, record, reopen
from .inspected import begun_year, follow, means
from .remembered import remembered

OF = ("cun1", "cun2", "cun3", "cun1", "cun2", "cun3", "cun3", "cun1", "paichusuo")


def write_findings(book: Book, *, reports: bool = False) -> list[int]:
    """Record and settle the findings in spring; gives their numbers in the book."""
    begun_year(book, reports=reports)
    ids: list[int] = []
    for n, code in enumerate(OF, 1):
        grade = Grade.GRAVE if n == 1 else Grade.GENERAL
        due_at = day("11-20 23:59") if n == len(OF) - 1 else LIMIT
        said = f"第{n}处隐患"
        ids.append(record(book, unit=code, key=f"k{n}", grade=grade, description=said, due_at=due_at))
    in_time = [ids[n - 1] for n in (1, 3, 4, 5, 6, 7, 9)]
    for one in in_time:
        _settle(book, one, day("03-15 09:00"))
    reopen(book, ids[2], day("03-17 09:00"), until=day("03-30 23:59"))
    _settle(book, ids[2], day("03-18 09:00"))
    _settle(book, ids[1], day("03-22 09:00"))
    return ids


def _settle(book: Book, one: int, at: datetime) -> None:
    fix(book, one, at, by="村文书")
    recheck(book, one, at)


@remembered
def looked_back(book: Book, *, reports: bool = False) -> list[int]:
    """Write the findings and make the look-back; gives the findings' numbers.

    With ``reports`` the year's other rounds open too, and as nobody reports, every village is late.
    """
    ids = write_findings(book, reports=reports)
    follow(book, day("10-01 09:00"))
    follow(book, day("10-07 09:00"))
    return ids


def lookback(book: Book) -> LookBack:
    with book.read() as session:
        return session.scalars(select(LookBack)).one()


def lot_of(book: Book) -> Lot:
    with book.read() as session:
        return session.scalars(select(Lot).where(Lot.kind == "lookback")).one()


def revisits(book: Book) -> list[Revisit]:
    with book.read() as session:
        return list(session.scalars(select(Revisit).order_by(Revisit.number)))


def revisit_of(book: Book, finding: int) -> Revisit:
    return next(one for one in revisits(book) if one.finding_id == finding)


def codes(book: Book) -> dict[int, str]:
    with book.read() as session:
        return dict(session.execute(select(Unit.id, Unit.code)).tuples().all())


def visit(  # noqa: PLR0913 - what may differ in a test
    book: Book,
    revisit: int,
    at: str = "10-09 15:00",
    *,
    found: Found = Found.TRUE,
    text: str = "现场与销号一致",
    until: str = "",
    visited_at: str = "",
    by: str = "王文书",
    people: str = "赵、钱",
) -> bool:
    limit = day(until) if until else None
    with book.write() as session:
        one = lookbacks.locked(session, revisit)
        assert one is not None
        came = Visit(found, day(visited_at or at), people, text, limit)
        return lookbacks.result(session, one, came, day(at), by, means())
