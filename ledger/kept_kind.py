"""A kind of rows that an entry of the journal repeats in full; what kinds there are, ``kept`` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute

    from .tables import Base


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows of one kind: what people call one, by which actions it is entered, and which columns that tells.

    ``columns`` goes from the name in the entry's detail to the column; the first is the number by which row
    and entry find each other. ``which`` leaves out rows that have no entry yet; ``or_in`` names a kind whose
    entry says as much of a row that has none of this kind.
    """

    called: str
    actions: tuple[str, ...]
    columns: Mapping[str, InstrumentedAttribute[Any]]
    which: ColumnElement[bool] | None = None
    or_in: str = ""

    @property
    def number(self) -> str:
        """Give the name of the number in the detail."""
        return next(iter(self.columns))

    def said(self, row: Base) -> dict[str, Any]:
        """Give what the entry is to say of a row that has been flushed."""
        return {name: getattr(row, column.key) for name, column in self.columns.items()}

    def named_in(self, said: Mapping[str, Any]) -> tuple[str, ...]:
        """Give which of the columns a detail tells; older entries tell fewer."""
        return tuple(name for name in self.columns if name in said)

    def query(self) -> Select[Any]:
        """Give what the book has of these rows, under the names of the detail, in order."""
        columns = [column.label(name) for name, column in self.columns.items()]
        query = select(*columns).order_by(self.columns[self.number])
        return query if self.which is None else query.where(self.which)
