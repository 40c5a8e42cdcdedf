"""The one-time link by which the first administrator comes in; printed where the program is started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..ledger import invitations
from ..ledger.tokens import new_token

if TYPE_CHECKING:
    from datetime import datetime

    from ..ledger.book import Book
    from .settings import Settings


def invite(settings: Settings, book: Book, now: datetime) -> str | None:
    """Give the address at which the first administrator sets a password; None once there is one.

    Each start makes a new one and ends the last, so that an old screen opens nothing.
    """
    token = new_token()
    with book.write() as session:
        made = invitations.first_invitation(session, token, now)
    return f"{settings.portal_url}/setup/{token}" if made else None
