"""The pages of a country's book, when much of April is overdue: a village's, and those of three offices."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from duban.ledger import below
from duban.ledger.tables import JournalEntry, Message, Obligation, Round, Unit
from duban.portal import site

from .asgi import get
from .country import COUNTY
from .page_list import COOKIE, FEED, TOKEN, let_in, sign_in
from .receiving import counter_over
from .report import Options, Report

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from duban.ledger.book import Book
    from duban.portal.counter import Counter

    from .books import Shelf

NOW = datetime(2026, 4, 29, 2, tzinfo=UTC)
UNIT, DESK = 0.030, 0.200  # seconds
LIMITS = {"/year/grid, one plan": 0.150}
OFFICES = {"the country's": None, "a province's": "省1", "a county's": COUNTY}
# For the whole book's people alone: docs/decisions/0019.
WHOLE = frozenset({"/journal/{seq}", "/running", "/api/v1/metrics", "/api/v1/journal"})
# Of a thousand that have fallen due 145 were never answered, as in the list of `bench pages`.
_ANSWERED = """
    UPDATE obligations SET state = 'accepted', credited_at = due_at
    WHERE due_at < '2026-04-29' AND (unit_id * CAST(104729 AS bigint) + round_id * 7919) % 1000 >= 145
"""
# What the measured delivery left has gone out long since, four weeks later.
_TRIED = """
    INSERT INTO attempts (message_id, at, ok, permanent, answer)
    SELECT id, not_before, true, false, 'HTTP 200' FROM messages WHERE state = 'queued' ORDER BY id
"""
_SENT = "UPDATE messages SET state = 'sent', sent_at = not_before, attempts = 1 WHERE state = 'queued'"


def measure(shelf: Shelf, book: Book, folder: Path, options: Options) -> None:
    """Ask each page of a book that has come through its busiest day, and print; changes the book."""
    with book.write() as session:
        session.execute(text(_ANSWERED))
        session.execute(text(_TRIED))
        session.execute(text(_SENT))
    shelf.settle(book)
    counter = counter_over(book, folder, NOW)
    with book.read() as session:
        unit = _unit(session)
    let_in(counter, unit)
    for office, code in OFFICES.items():
        _look(counter, office, code, f"{shelf.name} {shelf.version}", options)


def _look(counter: Counter, office: str, code: str | None, database: str, options: Options) -> None:
    """Ask each page as one office, and print."""
    scope, cookie = None, COOKIE
    if code is not None:
        with counter.book.read() as session:
            scope = below.scope_at(session, session.scalars(select(Unit.id).where(Unit.code == code)).one())
        cookie = f"office-{scope.unit_id}"
        sign_in(counter, cookie, scope.unit_id)
    with counter.book.read(scope) as session:
        listed, notes = _addresses(session), _notes(session)
    if scope is not None:
        units = "/l/", "/feed/"
        listed = {page: at for page, at in listed.items() if not page.startswith(units) and page not in WHOLE}
    spent = asyncio.run(_asked(site.create(counter), listed, cookie, options.pick(options.runs, 5, 1)))
    report = Report(f"pages of a country's book, {office} office · {database}", options, notes)
    for page, seconds in sorted(spent.items(), key=lambda one: -median(one[1])):
        usual = UNIT if page.startswith(("/l/", "/feed/")) else DESK
        report.under(page, seconds, LIMITS.get(page, usual))
    report.print()


def _notes(session: Session) -> list[str]:
    late = select(func.count()).select_from(Obligation)
    late = late.where(Obligation.state == "owed", Obligation.due_at < NOW)
    every = select(func.count()).select_from(Obligation)
    return [
        f"{session.scalar(every):,} obligations, {session.scalar(late):,} of them overdue, on 29 April.",
        "Seconds within the site, from the request to the last byte; medians after one unmeasured.",
    ]


async def _asked(app: object, listed: dict[str, str], cookie: str, runs: int) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {}
    for page, address in listed.items():
        answers = [await get(app, address, cookie) for _ in range(runs + 1)]  # pyright: ignore[reportArgumentType]
        wrong = [one for one in answers if one.status != 200]
        assert not wrong, f"{page} at {address}: {wrong[0].status} {wrong[0].body.decode()[-600:]}"
        spent[page] = [one.seconds for one in answers[1:]]
    return spent


def _unit(session: Session) -> int:
    """Give the first village that owes something overdue."""
    late = select(func.min(Obligation.unit_id)).select_from(Obligation).join(Unit)
    late = late.where(Unit.kind == "村", Obligation.due_at < NOW)
    return session.scalars(late.where(Obligation.state == "owed")).one() or 0


def _addresses(session: Session) -> dict[str, str]:
    unit = _unit(session)
    mine = select(Obligation.id).where(Obligation.unit_id == unit, Obligation.state == "owed")
    owed = session.scalars(mine.order_by(Obligation.due_at).limit(1)).one()
    here = select(Obligation.round_id).where(Obligation.id == owed)
    round_, slug = session.execute(select(Round.id, Round.slug).where(Round.id.in_(here))).one()
    message = session.scalars(select(func.max(Message.id)).select_from(Message)).one()
    entry = session.scalar(select(func.max(JournalEntry.seq)).select_from(JournalEntry))
    code = session.scalars(select(Unit.code).where(Unit.id == unit)).one()
    late = select(func.count()).select_from(Obligation)
    late = late.where(Obligation.state == "owed", Obligation.due_at < NOW)
    middle, plan = (session.scalar(late) or 0) // 200 * 100, f"plan={slug}&year=2026"
    return {
        "/l/{token}": f"/l/{TOKEN}",
        "/l/{token}/{obligation_id:int}": f"/l/{TOKEN}/{owed}",
        "/l/{token}/{obligation_id:int}/nil": f"/l/{TOKEN}/{owed}/nil",
        "/l/{token}/calendar": f"/l/{TOKEN}/calendar",
        "/l/{token}/meetings": f"/l/{TOKEN}/meetings",
        "/l/{token}/draws": f"/l/{TOKEN}/draws",
        "/feed/{token}.ics": f"/feed/{FEED}.ics",
        "/below": "/below",
        "/today": "/today",
        "/year": "/year?year=2026",
        "/year/grid, one plan": f"/year/grid?{plan}",
        "/year/grid, one unit": f"/year/grid?unit={unit}&year=2026",
        "/rounds": "/rounds",
        "/rounds, one plan": f"/rounds?{plan}",
        "/rounds/{round_id}": f"/rounds/{round_}",
        "/rounds/{round_id}/chase": f"/rounds/{round_}/chase",
        "/rounds/{round_id}/import": f"/rounds/{round_}/import",
        "/obligations/{obligation_id}": f"/obligations/{owed}",
        "/obligations/{obligation_id}/enter": f"/obligations/{owed}/enter",
        "/messages": "/messages",
        "/messages, one unit": f"/messages?unit={code}",
        "/messages/{message_id}": f"/messages/{message}",
        "/meetings": "/meetings",
        "/phases": "/phases",
        "/calls": "/calls",
        "/cases": "/cases",
        "/clues": "/clues",
        "/alerts": "/alerts",
        "/nights": "/nights",
        "/findings": "/findings",
        "/findings/new": "/findings/new",
        "/sheets": "/sheets",
        "/sheets/new": f"/sheets/new?obligation={owed}",
        "/papers": "/papers",
        "/units": "/units",
        "/units/{unit_id}": f"/units/{unit}",
        "/units/{unit_id}/edit": f"/units/{unit}/edit",
        "/units/{unit_id}/close": f"/units/{unit}/close",
        "/units/new": "/units/new",
        "/units/roster": "/units/roster",
        "/inspections": "/inspections?year=2026",
        "/lookbacks": "/lookbacks",
        "/channels": "/channels",
        "/channels/{channel_id}": "/channels/1",
        "/overdue": "/overdue",
        "/overdue, the middle page": f"/overdue?start={middle}",
        "/overdue, one plan": f"/overdue?{plan}",
        "/overdue, as of a past day": "/overdue?as_of=2026-04-26",
        "/rates, one plan": f"/rates?{plan}",
        "/rates, by plan": "/rates?year=2026&by=plan",
        "/appraisal": "/appraisal",
        "/journal": "/journal",
        "/journal/{seq}": f"/journal/{entry}",
        "/running": "/running",
        "/accounts": "/accounts",
        "/api/v1/plans": "/api/v1/plans",
        "/api/v1/units": "/api/v1/units",
        "/api/v1/rounds": f"/api/v1/rounds?{plan}",
        "/api/v1/rounds/{round_id}": f"/api/v1/rounds/{round_}",
        "/api/v1/rounds/{round_id}/obligations": f"/api/v1/rounds/{round_}/obligations",
        "/api/v1/obligations": f"/api/v1/obligations?unit={code}",
        "/api/v1/overdue": "/api/v1/overdue",
        "/api/v1/rates": f"/api/v1/rates?{plan}",
        "/api/v1/messages": "/api/v1/messages",
        "/api/v1/metrics": "/api/v1/metrics",
        "/api/v1/journal": "/api/v1/journal",
    }
