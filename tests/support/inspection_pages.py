"""Something on each page of inspections and look-backs, in a book that has villages and one 派出所.

A second plan, adopted on 28 March 2023: 1 is announced, has begun and one unit has its result; 2 is drawn in
secret; the first revisit is of a finding at the second village, and the first village is to make it.
"""

from __future__ import annotations

from sqlalchemy import select

from duban.ledger import inspectors, lookbacks
from duban.ledger.book import Book
from duban.ledger.inspectors import Conflict
from duban.ledger.tables import InspectedUnit, Revisit
from duban.obligations.inspecting import ConflictKind
from duban.obligations.words import Grade

from .campaign import adopt, day
from .finding_cast import fix, recheck, record
from .inspected import begin, check, doing, draw, follow, register, unit
from .small_plans import duty, plan_text

DUTIES = (
    ("ducha", "name: 定期督查, inspection: {of: cun, units: 30, team: 1, announced: true}, audience: bumen"),
    (
        "ancha",
        "name: 不定期督查, inspection: {of: cun, units: 2, team: 1, announced: false}, audience: bumen",
    ),
    ("huitoukan", "name: 开展回头看, lookback: {of: cun}"),
)
PLAN = plan_text(*(duty(f"kind: once, opens: 03-28, due: 04-20, {text}", key) for key, text in DUTIES))


def fill_inspections(book: Book, first: str, second: str, department: str = "paichusuo") -> dict[str, str]:
    """Write it all, between 28 and 29 March; gives what addresses name of the first village."""
    register(book, of=department, at="03-28 17:00")
    with book.write() as session:
        one = inspectors.locked(session, 1)
        assert one is not None
        made = Conflict(unit(book, second), ConflictKind.DECLARED, "亲属在该村任职")
        inspectors.declare(session, one, made, day("03-28 17:00"), "王文书")
    adopt(book, PLAN, day("03-28 17:00"))
    ids = [
        record(
            *(book, day("03-28 18:00")),
            unit=code,
            key=f"看{n}",
            slug="shifan",
            grade=Grade.GENERAL if n else Grade.GRAVE,
            due_at=day("04-20 23:59"),
        )
        for n, code in enumerate((second, second, first))
    ]
    for one in ids:
        fix(book, one, day("03-28 18:00"), by="村文书")
        recheck(book, one, day("03-28 18:00"))
    follow(book, day("03-28 19:00"))
    follow(book, day("03-29 08:00"))
    draw(book, "03-29 08:00", "03-29 09:00", period="2023")
    draw(book, "03-29 08:00", "04-03 09:00", "ancha", "2023")
    begin(book, "03-29 09:00", period="2023")
    check(book, second, "03-29 09:00", period="2023")
    return _assigned(book, unit(book, first))


def _assigned(book: Book, first: int) -> dict[str, str]:
    with book.write() as session:
        revisit = session.scalars(select(Revisit).order_by(Revisit.number)).first()
        assert revisit is not None
        lookbacks.assign(session, revisit, first, "周", doing("03-29 09:00"))
        part = session.scalars(select(InspectedUnit.id).where(InspectedUnit.unit_id == first)).one()
        return {"revisit": str(revisit.id), "part": str(part)}
