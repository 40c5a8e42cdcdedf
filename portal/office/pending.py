"""What waits for the office besides reports and requests: drafts to sign, rechecks, minutes to write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...ledger.book import Session
    from ..access import Act


@dataclass(frozen=True, slots=True)
class Pending:
    """A number of things that wait, as ``3件督办单待签发``, where they are, and who may do them."""

    said: str
    count: int
    address: str
    act: Act


Provider = Callable[["Session", datetime], list[Pending]]
PROVIDERS: tuple[Provider, ...] = ()


def pending(session: Session, now: datetime) -> list[Pending]:
    """Give what waits, leaving out what there is none of."""
    return [one for provider in PROVIDERS for one in provider(session, now) if one.count]
