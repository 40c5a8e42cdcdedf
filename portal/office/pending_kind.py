"""One line of what waits for the office; each part of supervising gives its own, ``pending`` has them all."""

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
