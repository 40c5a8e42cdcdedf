"""Which part of the book a count is about: rounds of a year, a plan, a stretch of days; one unit or all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..calendar.dates import ZONE
from ..obligations.errors import DubanError
from .tables import Round

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slice:
    """What to count. ``first`` and ``last`` are days of Asia/Shanghai, both included, for due moments.

    A round without a due moment counts on the day on which it opens.
    """

    year: int | None = None
    slug: str | None = None
    duty: str | None = None
    round_id: int | None = None
    unit_id: int | None = None
    first: date | None = None
    last: date | None = None

    def rounds(self, as_of: datetime) -> Select[tuple[int]]:
        """Select the rounds that the book had opened by ``as_of``."""
        return select(Round.id).where(Round.opened_at <= as_of, *self._conditions())

    def check_past(self) -> None:
        """Refuse to count too much from the facts. Raises :class:`DubanError` saying what to choose."""
        if self.round_id is None and self.unit_id is None and (self.year is None or self.slug is None):
            raise DubanError("按过去某一天统计，须先选定年份和方案，或一个期次，或一个单位。")

    def _conditions(self) -> list[ColumnElement[bool]]:
        wanted = (
            (Round.year, self.year),
            (Round.slug, self.slug),
            (Round.duty, self.duty),
            (Round.id, self.round_id),
        )
        chosen: list[ColumnElement[bool]] = [column == value for column, value in wanted if value is not None]
        counts_at = func.coalesce(Round.due_at, Round.opens_at)
        if self.first is not None:
            chosen.append(counts_at >= datetime.combine(self.first, time(), ZONE))
        if self.last is not None:
            chosen.append(counts_at < datetime.combine(self.last + DAY, time(), ZONE))
        return chosen
