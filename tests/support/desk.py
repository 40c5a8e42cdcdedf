"""A counter over a test's book, with a clock that the test moves, and ways to come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from fastapi.testclient import TestClient
from sqlalchemy import select

from duban.ledger import links
from duban.ledger.book import Book
from duban.ledger.secrets import SecretBox
from duban.ledger.tables import Account, Contact, Obligation, Round, SignIn, Unit
from duban.ledger.tokens import fingerprint
from duban.obligations.words import Role
from duban.portal import site
from duban.portal.counter import Counter

from .campaign import day, workdays

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Receive, Scope, Send

PUBLIC_URL = "http://testserver"
BOX = SecretBox(b"hFqBDBBQvzNmrQF1lJkL2pqzOcXvQmUuX6pvKqPqNqk=")


@dataclass
class Clock:
    """The time that pages see; a test sets it."""

    at: datetime = field(default_factory=lambda: day("03-20 09:00"))

    def __call__(self) -> datetime:
        return self.at

    def on(self, text: str) -> None:
        """Set it to ``03-24 09:00`` of 2023, Asia/Shanghai."""
        self.at = day(text)


@dataclass
class Desk:
    """The site over a book: clients that come in as somebody."""

    book: Book
    clock: Clock
    counter: Counter
    rung: list[datetime]

    def stranger(self) -> TestClient:
        """Give a browser that nobody has signed in with; it follows no redirect by itself."""
        return TestClient(_over(self.counter), base_url=PUBLIC_URL, follow_redirects=False)

    def link(self, unit: str, purpose: links.Purpose = "list") -> str:
        """Make a link for a unit's first contact; gives its token."""
        token = f"token-{unit}-{purpose}-{len(unit) * 7919:032d}"
        with self.book.write() as session:
            contact = session.scalars(
                select(Contact.id).join(Unit, Unit.id == Contact.unit_id).where(Unit.code == unit)
            ).first()
            assert contact is not None
            links.write(session, [(token, contact, None)], purpose, self.clock.at)
        return token

    def signed_in(self, role: Role, name: str = "") -> TestClient:
        """Give a browser in which a person of this role is signed in."""
        browser, token = self.stranger(), f"cookie-{role}-{name.encode().hex()}"
        with self.book.write() as session:
            account = Account(name=name or str(role), shown=name or role.zh, role=str(role))
            account.made_at = self.clock.at
            session.add(account)
            session.flush()
            row = SignIn(token_hash=fingerprint(token), account_id=account.id)
            row.made_at = row.seen_at = self.clock.at
            row.expires_at = self.clock.at + timedelta(days=365)
            session.add(row)
        browser.cookies.set("duban", token)
        browser.headers["origin"] = PUBLIC_URL
        return browser

    def obligation(self, unit: str, duty: str = "yuecha", period: str = "2023-03") -> int:
        """Give the number of what a unit owes."""
        with self.book.read() as session:
            return session.scalars(
                select(Obligation.id)
                .join(Unit, Unit.id == Obligation.unit_id)
                .join(Round, Round.id == Obligation.round_id)
                .where(Unit.code == unit, Round.duty == duty, Round.period == period)
            ).one()


@cache
def _site(public_url: str) -> FastAPI:
    # The routes of a site take a third of a second to build and are the same over every counter.
    return site.create(cast("Counter", SimpleNamespace(public_url=public_url)))


def _over(counter: Counter) -> ASGIApp:
    made = _site(counter.public_url)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        made.state.counter = counter
        await made(scope, receive, send)

    return answer


def desk_over(book: Book, folder: Path) -> Desk:
    """Put a counter over a book, with its files in a folder."""
    clock, rung = Clock(), list[datetime]()
    counter = Counter(
        book=book,
        workdays=workdays(),
        box=BOX,
        attachments=folder / "attachments",
        outbox=folder / "outbox",
        public_url=PUBLIC_URL,
        office_name="示例镇综治岗",
        office_phone="0550-1234567",
        now=clock,
        ring=lambda: rung.append(clock.at),
    )
    return Desk(book, clock, counter, rung)
