"""A township's year as a book: 300 units, the three shipped plans, now in September; and years before it.

Rounds and who owes are made by the program itself; answers, verdicts, what was sent and what was entered are
written by statements over whole sets, in shares that depend on round and unit alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Boolean, Column, Integer, MetaData, Table, func, insert, select, text

from duban.calendar import loader
from duban.calendar.expansion import expand
from duban.calendar.workdays import Workdays
from duban.documents.roster import example_roster
from duban.flows.advance import bring_up, plainly
from duban.ledger import years
from duban.ledger.tables import Base, Cue, Obligation, PlanRevision, PlanYear, Round
from duban.ledger.types import UTCSecond
from duban.ledger.units import import_roster
from duban.obligations.roster import ContactFact, UnitFact

from .books import scratch, works
from .filling import FILLING, PAST
from .rows import PLAN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from duban.ledger.book import Book
    from duban.obligations.roster import Roster

    from .books import Shelf

NEW_YEAR = datetime(2022, 12, 31, 16, tzinfo=UTC)
NOW = datetime(2023, 9, 20, 2, tzinfo=UTC)
YEAR = 2023
MISSING = 33
WEEKS = timedelta(weeks=52)
SETS_A_YEAR = 9  # the three plans under nine names in each year of the past
SHARES = {"村": 126, "部门": 105, "社区": 27, "学校": 21, "派出所": 15}  # of 300, with ten of other kinds
# What the answers of a round are, and when they came; `number` is the same for a round in every year.
ROUNDS = Table(
    "bench_rounds",
    MetaData(),
    Column("round_id", Integer, primary_key=True),
    Column("number", Integer),
    Column("passed", Boolean),
    Column("past", Boolean),
    Column("in_time", UTCSecond),
    Column("late", UTCSecond),
    Column("body", JSON),
)
OWED = Table("bench_owed", ROUNDS.metadata, Column("number", Integer), Column("unit_id", Integer))
ROUND_COLUMNS = [column.key for column in Base.metadata.tables["rounds"].columns]


def build(
    shelf: Shelf,
    sets: int = 0,
    like: Book | None = None,
    missing: int = MISSING,
    now: datetime = NOW,
    *,
    small: bool = False,
) -> Book:
    """Make the book of one year; with ``sets``, after so many copies of the three plans in years before.

    ``like`` is the book of the one year, whose rounds and expected sets the years before repeat; ``missing``
    is how many of a thousand were never answered. The year has come as far as ``now``. A ``small`` one has
    only the units of the example.
    """
    book = shelf.new()
    shelf.hurry(book)
    with book.write() as session:
        import_roster(session, example_roster() if small else roster(), NEW_YEAR, "bench")
        ROUNDS.metadata.create_all(session.connection())
        if like is not None:
            _years_before(session, like, sets)
    _this_year(book, now)
    with book.write() as session:
        _note_rounds(session, now)
        for statement in FILLING:
            session.execute(text(statement), {"now": f"{now:%Y-%m-%d %H:%M:%S}", "missing": missing})
        ROUNDS.metadata.drop_all(session.connection())
    shelf.settle(book)
    return book


def roster() -> Roster:
    """Give the example roster, filled up with invented units of the common kinds."""
    base = example_roster()
    had = Counter(unit.kind for unit in base.units)
    names = [(kind, number) for kind, most in SHARES.items() for number in range(most - had[kind])]
    units = [UnitFact(f"{kind}{number}", f"{number}号{kind}", kind) for kind, number in names]
    contacts = [ContactFact(unit.code, "王文书", "13900000000") for unit in units]
    return replace(base, units=(*base.units, *units), contacts=(*base.contacts, *contacts))


def _this_year(book: Book, now: datetime) -> None:
    """Adopt the plans and let the program open all that has opened by now."""
    workdays = Workdays.load()
    with book.write() as session:
        for path in loader.shipped():
            read = loader.load(path)
            years.adopt(session, expand(read.plan, YEAR, workdays), read.source.text, NEW_YEAR, "bench")
    with scratch() as folder:
        assert not bring_up(works(book, folder), now, plainly).failed


def _years_before(session: Session, like: Book, sets: int) -> None:
    with like.read() as pattern:
        rounds = [dict(row) for row in pattern.execute(_opened()).mappings()]
        owed = pattern.execute(select(Obligation.round_id, Obligation.unit_id)).tuples().all()
    session.execute(insert(OWED), [{"number": number, "unit_id": unit} for number, unit in owed])
    slugs = sorted({str(row["slug"]) for row in rounds})
    plans: dict[str, int] = {}
    for number in range(1, sets + 1):
        year, name = YEAR - 1 - (number - 1) // SETS_A_YEAR, (number - 1) % SETS_A_YEAR + 1
        of = {slug: _plan(session, f"{slug}-{name}", year, plans) for slug in slugs}
        session.execute(
            insert(Round),
            [_past(row, number, year, f"{row['slug']}-{name}", of[row["slug"]]) for row in rounds],
        )
    rows = session.execute(select(Round.id, Round.opens_at)).tuples()
    cue = {"kind": "opening", "urgent": False, "state": "fired"}
    session.execute(insert(Cue), [cue | {"round_id": id_, "at": at, "fired_at": at} for id_, at in rows])
    session.execute(text(PAST))


def _opened() -> Any:
    return select(Base.metadata.tables["rounds"]).where(Round.opened_at.is_not(None)).order_by(Round.id)


def _plan(session: Session, slug: str, year: int, known: dict[str, int]) -> int:
    """Put a plan in force for a year and give its number; the same plan serves year after year."""
    if slug not in known:
        read = {"content": PLAN.replace("slug: p", f"slug: {slug}"), "sha256": "", "office": "示例镇打非办"}
        title = f"打击非法违法行为工作方案（{slug}）"
        plan = PlanRevision(slug=slug, revision=1, title=title, adopted_at=NEW_YEAR, **read)
        session.add(plan)
        session.flush()
        known[slug] = plan.id
    session.add(PlanYear(plan_id=known[slug], slug=slug, year=year, adopted_at=NEW_YEAR))
    return known[slug]


def _past(row: dict[Any, Any], number: int, year: int, slug: str, plan_id: int) -> dict[str, Any]:
    """Give a round as it was in an earlier year: on the same weekdays, and long over."""
    ago = (YEAR - year) * WEEKS
    moved = {name: at - ago for name, at in row.items() if isinstance(at, datetime)}
    told = {name: str(row[name]).replace(str(YEAR), str(year)) for name in ("title", "period")}
    done = {"next_at": None, "opened_at": row["opens_at"] - ago, "due_passed_at": moved.get("due_at")}
    over = {"locked_at": moved.get("locks_at"), "id": number * 1000 + row["id"], "plan_id": plan_id}
    return dict(row) | moved | told | done | over | {"slug": slug, "year": year}


def _note_rounds(session: Session, now: datetime) -> None:
    """Note for each round what is answered and when, for the statements that fill the book."""
    numbers: dict[tuple[str, str], int] = {}
    noted = list[dict[str, Any]]()
    for row in session.execute(_opened()).mappings():
        duty = (str(row["duty"]), str(row["period"]))
        number = row["id"] % 1000 if row["year"] < YEAR else numbers.setdefault(duty, len(numbers) + 1)
        noted.append(_answered(dict(row), now) | {"round_id": row["id"], "number": number})
    session.execute(insert(ROUNDS), noted)


def _answered(row: dict[Any, Any], now: datetime) -> dict[str, Any]:
    passed = row["due_at"] is None or row["due_at"] < now
    in_time = row["due_at"] if passed and row["due_at"] else row["opens_at"]
    late = row["locks_at"] if row["locks_at"] and row["locks_at"] < now else in_time
    body = {field["key"]: _said(field) for field in row["form"]}
    return {"passed": passed, "past": row["year"] < YEAR, "in_time": in_time, "late": late, "body": body}


def _said(field: Mapping[str, Any]) -> Any:
    match field["type"]:
        case "number":
            return int(field["min"] or 0) + 1
        case "choice":
            return field["options"][0]
        case "checklist":
            return field["options"][:2]
        case "date":
            return "2023-03-02"
        case _:
            return "已按要求落实，没有发现问题。"


def count(book: Book) -> tuple[int, int]:
    """Give how many obligations a book has, and how many of them are overdue."""
    late = select(func.count()).where(Obligation.state.in_(["owed", "returned"]), Obligation.due_at < NOW)
    with book.read() as session:
        every = session.scalar(select(func.count()).select_from(Obligation))
        return every or 0, session.scalar(late) or 0
