"""People with accounts, made as an accepted invitation makes them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from duban.ledger import accounts
from duban.ledger.book import Book
from duban.ledger.tables import Account, JournalEntry
from duban.obligations.words import Role

from .campaign import day


def person(
    book: Book, name: str, role: Role = Role.OFFICE, *, shown: str = "", now: datetime | None = None
) -> int:
    """Make an account whose password's hash is no hash; gives its id."""
    new = accounts.New(name, shown or f"{name}同志", "hash")
    with book.write() as session:
        return accounts.make(session, new, role, now or day("03-20 09:00"), "测试").id


def account(book: Book, account_id: int) -> Account:
    with book.read() as session:
        return session.scalars(select(Account).where(Account.id == account_id)).one()


def entered(book: Book, *actions: str) -> list[tuple[str, str, str, str]]:
    """Give the journal's entries of these actions: actor, action, subject, detail."""
    with book.read() as session:
        columns = (JournalEntry.actor, JournalEntry.action, JournalEntry.subject, JournalEntry.detail)
        rows = session.execute(select(*columns).order_by(JournalEntry.seq)).tuples().all()
    return [row for row in rows if row[1] in actions]
