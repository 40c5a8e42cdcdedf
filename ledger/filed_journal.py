"""An excerpt of the journal as of a moment, and the check codes of the whole chain up to then."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from .filed_bulk import bulk
from .filed_subjects import subjects
from .scope_subjects import narrowed
from .tables import JournalEntry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .filed_scope import Filed

CHUNK: Final = 1000
# Who signed in, and whom the office watches, is no matter of a file that leaves the house.
_PRIVATE: Final = (
    *("sign_in.", "password.", "totp.", "account.", "invitation.", "integration.", "link", "contact."),
    *("watch", "night.roster"),
)
_OF_A_ROW: Final = re.compile(r"[a-z-]+/[0-9]+")


def excerpt(session: Session, filed: Filed) -> Iterator[bytes]:
    """Give the entries about what is filed, one line of JSON each: not those of other plans or years.

    What concerns the whole book (its units, its clock) is told with the whole campaign. An entry about many
    at once is given whole, as its check code is over all of it. Left out are those about accounts, links,
    contacts and what is watched, and where townships share the book what concerns all of them.
    """
    entry, loose = JournalEntry.__table__.c, bulk(session, filed)
    query = select(*entry).where(
        *(entry.at <= filed.as_of, or_(entry.subject.in_(subjects(filed)), loose.subjects)),
        *(~entry.action.startswith(one) for one in _PRIVATE),
    )
    query = narrowed(session, query.order_by(entry.seq)).execution_options(yield_per=CHUNK)
    for row in session.execute(query):
        row_named = _OF_A_ROW.fullmatch(row.subject) and row.action != "year.opened"
        if not row_named and not loose.tells(row.action, row.subject, row.detail):
            continue
        said = {
            "seq": row.seq,
            "at": row.at.isoformat(),
            "actor": row.actor,
            "action": row.action,
            "subject": row.subject,
            "detail": row.detail,
            "previous": row.previous,
            "hash": row.hash,
        }
        yield f"{json.dumps(said, ensure_ascii=False)}\n".encode()


def chain(session: Session, as_of: datetime) -> Iterator[bytes]:
    """Give number and check code of every entry up to ``as_of``, one line each."""
    entry = JournalEntry.__table__.c
    query = select(entry.seq, entry.hash).where(entry.at <= as_of).order_by(entry.seq)
    for row in session.execute(query.execution_options(yield_per=CHUNK)):
        yield f"{row.seq} {row.hash}\n".encode()
