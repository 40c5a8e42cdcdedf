"""One spelling for one value, and the hashes over it, so that anyone can compute them again."""

from __future__ import annotations

import json
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from ..obligations.moments import whole_second

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .tables import Submission

NO_HASH = "0" * 64  # before the first entry
# Two actions of the journal that its proof knows by name.
CLOCK_ACCEPTED = "clock.accepted"
SUBMISSION_RECEIVED = "submission.received"


def canonical(value: object) -> str:
    """Give JSON with sorted keys, no spaces, Chinese as it is; moments in UTC seconds, days as ISO 8601.

    Raises :class:`ValueError` for a naive datetime or a number that JSON cannot hold, :class:`TypeError` for
    other objects.
    """
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain
    )


def entry_hash(head: Sequence[object], detail: str, previous: str) -> str:
    """Give the SHA-256 over canonical ``[seq, at, actor, action, subject, detail, previous]``.

    ``head`` is the first five. ``detail`` is already canonical and goes in by its very characters, so that no
    change to them goes unseen.
    """
    return _sha256(f"{canonical(list(head))[:-1]},{detail},{canonical(previous)}]")


def submission_digest(row: Submission) -> str:
    """Give what ``row.sha256`` is to be, over which obligation, what was said, by whom, how and when.

    The row need not be in the book yet; what it leaves out counts as its default.
    """
    said = [bool(row.nil), row.answers or {}, row.note or "", row.via, row.by]
    return _sha256(
        canonical([row.obligation_id, row.key, row.version, row.received_at, row.claimed_at, *said])
    )


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return whole_second(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not for the record: {type(value).__name__}")
