"""What a unit finds on its list besides what it owes: sheets, findings, meetings, as each part has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...ledger.book import Session


@dataclass(frozen=True, slots=True)
class Also:
    """One thing for a unit to do or to see; ``address`` follows ``/l/{token}/``, ``due_at`` is in UTC.

    ``tag`` says in a word or two what it is; ``said`` is a sentence about it; ``act`` names the button.
    """

    tag: str
    title: str
    address: str
    said: str = ""
    due_at: datetime | None = None
    act: str = "办理"


Provider = Callable[["Session", int, datetime], list[Also]]
PROVIDERS: tuple[Provider, ...] = ()


def also(session: Session, unit_id: int, now: datetime) -> list[Also]:
    """Give them all, the most pressing first; what has no limit comes last."""
    found = [one for provider in PROVIDERS for one in provider(session, unit_id, now)]
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or now))
