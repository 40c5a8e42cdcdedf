"""What a rehearsal says will reach people, against a book in which the year is gone through."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from duban.calendar import loader
from duban.calendar.expansion import expand
from duban.calendar.loader import PLANS, load
from duban.calendar.rehearsing.rehearsal import rehearse
from duban.calendar.slots import QuietHours
from duban.documents.roster import example_roster
from duban.ledger import owed, reports
from duban.ledger.book import Book
from duban.ledger.reports import Report
from duban.ledger.tables import Contact, Message, Obligation, Round, Unit
from support import sittings
from support.campaign import NEW_YEAR, adopt, advance, day, deliver, move_in, workdays, year_of

from ..conftest import TOWN

SLUG = "changzhou-ranfang"
TEXT = load(PLANS / f"{SLUG}.yaml").source.text
HOURS = (0, 7, 9, 12, 15, 20)  # at which something falls due in this plan


def go_through(book: Book, until: datetime, *, reporting: bool) -> None:
    """Go through the plan's season; with ``reporting`` each report comes shortly before it is due."""
    now = NEW_YEAR
    while now < until:
        later = now + timedelta(hours=1)
        while later.hour not in HOURS:
            later += timedelta(hours=1)
        advance(book, now)
        deliver(book, now + timedelta(minutes=10))
        if reporting:
            report_all(book, now + timedelta(minutes=20), later)
        now = later


def report_all(book: Book, now: datetime, by: datetime) -> None:
    with book.write() as session:
        rows = session.execute(
            select(Round.duty, Round.period, Unit.code)
            .join(Obligation, Obligation.round_id == Round.id)
            .join(Unit, Unit.id == Obligation.unit_id)
            .where(Obligation.due_at <= by, Obligation.due_at >= now, Obligation.state == "owed")
        ).all()
        for duty, period, unit in rows:
            found = owed.find(session, SLUG, duty, period, unit)
            reports.submit(session, found, Report(f"{unit}{duty}{period}", nil=True, by="乙"), now)


def sent(book: Book) -> dict[tuple[str, str], list[str]]:
    """Give the days on which messages were sent to each contact."""
    with book.read() as session:
        rows = session.execute(
            select(Unit.code, Contact.name, Message.send_on)
            .join(Contact, Contact.id == Message.contact_id)
            .join(Unit, Unit.id == Contact.unit_id)
            .where(Message.state == "sent")
        ).all()
    found: dict[tuple[str, str], list[str]] = {}
    for code, name, on in rows:
        found.setdefault((code, name), []).append(on.isoformat())
    return {who: sorted(days) for who, days in found.items()}


@pytest.mark.parametrize("reporting", [True, False])
def test_the_year_brings_each_person_the_messages_that_were_foretold(
    sqlite_book: Book,
    reporting: bool,  # noqa: FBT001 - two cases
) -> None:
    move_in(sqlite_book, example_roster())
    adopt(sqlite_book, TEXT)
    found = rehearse([year_of(TEXT)], workdays(), example_roster(), QuietHours())
    go_through(sqlite_book, day("02-28 09:00"), reporting=reporting)
    came = sent(sqlite_book)
    foretold = {
        (one.person.unit, one.person.name): [on.isoformat() for on in (one.days if reporting else one.ever)]
        for one in found.reminded
    }
    assert came == foretold


def test_calls_to_meet_come_on_the_days_that_were_foretold(sqlite_book: Book) -> None:
    book = sqlite_book
    move_in(book, TOWN)
    sittings.adopt(book)
    opened = expand(loader.read(sittings.PLAN, "lianxi.yaml").plan, 2023, workdays())
    found = rehearse([opened], workdays(), TOWN, QuietHours())
    on = NEW_YEAR + timedelta(days=1)
    while on < day("07-01 00:00"):
        for hour in (0, 9, 18):
            now = on.replace(hour=hour)
            sittings.turn(book, f"{now:%m-%d %H:%M}")
            deliver(book, now + timedelta(minutes=10))
        on += timedelta(days=1)
    came = sent(book)
    for one in found.reminded:
        if one.person.unit != "paichusuo":  # the office itself, which is also asked for minutes
            foretold = [on.isoformat() for on in one.ever if on < day("07-01 00:00").date()]
            assert came[one.person.unit, one.person.name] == foretold
