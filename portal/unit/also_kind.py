"""One thing besides reports on a unit's list; each part of supervising gives its own."""

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

    ``tag`` says in a word or two what it is; ``said`` is a sentence about it; ``act`` names the button. What
    is ``urgent`` stands above all else.
    """

    tag: str
    title: str
    address: str
    said: str = ""
    due_at: datetime | None = None
    act: str = "办理"
    urgent: bool = False


Provider = Callable[["Session", int, datetime], list[Also]]
