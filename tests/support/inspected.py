"""A campaign with inspections and a look-back, its inspectors, and what the flows do to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, update

from duban.ledger import inspection_agenda, inspection_results, inspections, inspectors
from duban.ledger.book import Book
from duban.ledger.inspection_results import Result
from duban.ledger.means import Doing, Means
from duban.ledger.tables import InspectedUnit, Inspection, Lot, Round, Stretch, Unit
from duban.obligations.inspecting import Checked

from .campaign import PLAN, adopt, advance, day, slots, workdays
from .desk import BOX
from .remembered import remembered

SEED = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
DUTIES = """
  - key: ducha
    name: 定期督查
    kind: quarterly
    audience: bumen
    clause: 三（二）二
    source: local
    due: month 2 day 28
    inspection: {of: cun, units: 2, team: 2, announced: true}
  - key: ancha
    name: 不定期督查
    kind: quarterly
    audience: bumen
    clause: 三（二）二
    source: local
    due: month 3 day 25
    inspection: {of: cun, units: 1, team: 2, announced: false}
  - key: huitoukan
    name: 开展回头看
    kind: yearly
    audience: bumen
    clause: 四（三）
    source: local
    opens: 10-01
    due: 10-20
    lookback: {of: cun, sample: 50, at_least: 1}
"""
INSPECTED = PLAN + DUTIES.lstrip("\n")
PEOPLE = ("赵", "钱", "孙", "李")


def means(new_seed: Callable[[], str] = lambda: SEED) -> Means:
    return Means(workdays(), slots, new_seed, BOX)


def doing(at: str, by: str = "王文书", new_seed: Callable[[], str] = lambda: SEED) -> Doing:
    return Doing(day(at), by, means(new_seed))


def unit(book: Book, code: str) -> int:
    with book.read() as session:
        return session.scalars(select(Unit.id).where(Unit.code == code)).one()


def register(book: Book, *names: str, of: str = "paichusuo", at: str = "01-03 09:00") -> None:
    """Register inspectors of one unit; numbered from 1 in a new book."""
    with book.write() as session:
        for name in names or PEOPLE:
            inspectors.add(session, name, unit(book, of), day(at), "办公室")


def follow(book: Book, now: datetime, made: Means | None = None) -> list[str]:
    """Bring the rounds up to ``now``, and then do what that makes due of inspections and look-backs."""
    advance(book, now)
    done: list[str] = []
    for part in inspection_agenda.PARTS.values():
        with book.read() as session:
            due = part.due(session, now, workdays())
        for one in due:
            with book.write() as session:
                done += filter(None, [part.handle(session, one, now, made or means())])
    return done


@remembered
def begun_year(book: Book, *, reports: bool = False) -> None:
    """Adopt the plan with its inspectors registered, and open the first quarter.

    With ``reports`` the villages' own rounds open too, on which nobody will report.
    """
    register(book)
    adopt(book, INSPECTED, day("01-04 08:00"))
    if not reports:
        with book.write() as session:
            ours = ("ducha", "ancha", "huitoukan")
            session.execute(update(Round).where(Round.duty.not_in(ours)).values(next_at=None))
            session.execute(update(Stretch).values(next_at=None))
    follow(book, day("01-04 09:00"))


def inspection(book: Book, duty: str = "ducha", period: str = "2023-Q1") -> Inspection:
    with book.read() as session:
        joined = select(Inspection).join(Round, Round.id == Inspection.round_id)
        return session.scalars(joined.where(Round.duty == duty, Round.period == period)).one()


def lot(book: Book, duty: str = "ducha", period: str = "2023-Q1") -> Lot:
    with book.read() as session:
        return session.get_one(Lot, inspection(book, duty, period).lot_id)


def draw(book: Book, at: str, begins: str, duty: str = "ducha", period: str = "2023-Q1") -> None:
    number = inspection(book, duty, period).id
    with book.write() as session:
        found = inspections.locked(session, number)
        assert found is not None
        inspections.draw(session, found, day(begins), doing(at))


def begin(book: Book, at: str, duty: str = "ducha", period: str = "2023-Q1", by: str = "王文书") -> None:
    number = inspection(book, duty, period).id
    with book.write() as session:
        found = inspections.locked(session, number)
        assert found is not None
        inspections.begin(session, found, doing(at, by))


def parts(book: Book, duty: str = "ducha", period: str = "2023-Q1") -> list[tuple[str, InspectedUnit]]:
    """Give the units that the book shows as drawn, by code, in the order of the draw."""
    number = inspection(book, duty, period).id
    with book.read() as session:
        joined = select(Unit.code, InspectedUnit).join(Unit, Unit.id == InspectedUnit.unit_id)
        return list(
            session.execute(
                joined.where(InspectedUnit.inspection_id == number).order_by(InspectedUnit.place)
            ).tuples()
        )


def check(  # noqa: PLR0913 - what may differ in a test
    book: Book,
    code: str,
    at: str,
    *,
    checked: Checked = Checked.NOTHING,
    findings: tuple[int, ...] = (),
    text: str = "",
    checked_at: str = "",
    duty: str = "ducha",
    period: str = "2023-Q1",
) -> None:
    """Enter the result of one unit."""
    number = dict(parts(book, duty, period))[code].id
    came = Result(checked, day(checked_at or at), "赵、钱", text, findings)
    with book.write() as session:
        found = inspections.locked(session, inspection(book, duty, period).id)
        assert found is not None
        part = inspection_results.part(session, found, number)
        assert part is not None
        inspection_results.result(session, found, part, came, day(at), "王文书")
