"""What the journal repeats in full of bulletins and summaries; their bytes go by their SHA-256."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import select

from .kept_kind import Kept
from .tables import Circular

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_ABOUT = {
    "circular": Circular.id,
    "kind": Circular.kind,
    "plan": Circular.slug,
    "year": Circular.year,
    "quarter": Circular.quarter,
    "title": Circular.title,
    "as_of": Circular.as_of,
    "made_at": Circular.made_at,
    "made_by": Circular.made_by,
}
CIRCULARS = Kept("{}号通报或总结", ("circular.drafted",), _ABOUT)
CIRCULARS_ISSUED = Kept(
    "{}号通报或总结的签发",
    ("circular.issued",),
    {
        **_ABOUT,
        "numbered_in": Circular.numbered_in,
        "number": Circular.number,
        "sha256": Circular.sha256,
        "issued_at": Circular.issued_at,
        "issued_by": Circular.issued_by,
    },
    Circular.issued_at.is_not(None),
)
CIRCULARS_DROPPED = Kept(
    "{}号通报或总结的作废",
    ("circular.dropped",),
    {
        "circular": Circular.id,
        "dropped_at": Circular.dropped_at,
        "dropped_by": Circular.dropped_by,
        "dropped_why": Circular.dropped_why,
    },
    Circular.dropped_at.is_not(None),
)
CIRCULAR_KINDS = (CIRCULARS, CIRCULARS_ISSUED, CIRCULARS_DROPPED)


def bytes_kept(session: Session) -> str | None:
    """Give the first issued paper whose bytes are not those that left; None when all are."""
    query = select(Circular.id, Circular.sha256, Circular.content).where(Circular.issued_at.is_not(None))
    for number, digest, content in session.execute(query.order_by(Circular.id)):
        if content is None or sha256(content).hexdigest() != digest:
            return f"{number}号通报或总结的正文与签发时的校验码不符，被改动过"
    return None
