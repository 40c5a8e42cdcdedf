"""What acting on the book needs besides the book: the calendar of workdays, and when letters may leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..obligations.errors import DubanError
from .tokens import new_seed

if TYPE_CHECKING:
    from ..calendar.workdays import Workdays
    from .reminding import Slots
    from .secrets import SecretBox


@dataclass(frozen=True, slots=True)
class Means:
    """The calendar of workdays, and ``slots(now, urgent)``: when what is said at ``now`` may leave.

    ``new_seed`` gives a fresh seed for a draw, ``box`` seals what is secret of it.
    """

    workdays: Workdays
    slots: Callable[[datetime, bool], Slots]
    new_seed: Callable[[], str] = new_seed
    box: SecretBox | None = None

    @property
    def sealing(self) -> SecretBox:
        """Give what seals and opens; raises :class:`DubanError` where the book's key is not at hand."""
        if self.box is None:
            raise DubanError("这里没有账簿的密钥，不能办理抽签。")
        return self.box


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does something when (UTC), and what the book's acts need besides the book."""

    now: datetime
    by: str
    means: Means
