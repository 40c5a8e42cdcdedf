"""A township that begins: its units and people, and the plan that it adopts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duban.calendar import loader
from duban.calendar.expansion import expand
from duban.calendar.workdays import Workdays
from duban.ledger import years
from duban.ledger.units import import_roster
from duban.obligations.roster import ContactFact, Roster, UnitFact

from .model import PLAN, Unit, local

if TYPE_CHECKING:
    from datetime import datetime

    from duban.ledger.book import Book

    from .books import Shelf

CAST = [
    Unit("c1", "一村", "村"),
    Unit("c2", "二村", "村"),
    Unit("c3", "三村", "村"),
    Unit("p1", "派出所", "部门"),
]


def adopted(shelf: Shelf, now: datetime) -> Book:
    """Give a book with the cast in it, which has adopted the model's plan for the year that it is."""
    book, year = shelf.new(), local(now).year
    units = tuple(UnitFact(one.code, one.name, one.kind) for one in CAST)
    people = tuple(ContactFact(one.code, f"{one.name}文书") for one in CAST)
    with book.write() as session:
        import_roster(session, Roster(units, people, "名册", example=True), now, "办公室")
        plan = loader.read(PLAN, "moxing.yaml").plan
        years.adopt(session, expand(plan, year, Workdays.load()), PLAN, now, "办公室")
    return book
