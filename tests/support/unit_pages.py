"""What a village's browser reads from a page."""

from __future__ import annotations

import re
from typing import Any

from httpx2 import Response
from sqlalchemy import select

from duban.ledger.book import Book
from duban.ledger.tables import Submission

_HIDDEN = re.compile(r'<input type="hidden" name="(key|seen_version|seen_form)" value="([^"]*)">')


def hidden(page: Response) -> dict[str, str]:
    """Give what the form of a page carries unseen."""
    return dict(_HIDDEN.findall(page.text))


def reports(book: Book) -> list[tuple[int, bool, dict[str, Any], str, str]]:
    """Give every report in the book: version, nil, answers, the way, who."""
    with book.read() as session:
        rows = session.scalars(select(Submission).order_by(Submission.id))
        return [(row.version, row.nil, row.answers, row.via, row.by) for row in rows]
