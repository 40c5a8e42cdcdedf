"""Column types that keep times honest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, DateTime, Integer
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeDecorator

from ..obligations.moments import whole_second

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

# SQLite numbers its rows by itself only when the key is spelled INTEGER.
BigKey = BigInteger().with_variant(Integer(), "sqlite")


class UTCSecond(TypeDecorator[datetime]):
    """A moment in UTC, in whole seconds: takes any aware datetime, gives back an aware stdlib one in UTC.

    Fractions of a second are cut off, never rounded up, so a moment never moves past a deadline.
    Stored as ``timestamptz`` on PostgreSQL and as text that sorts, ``2023-01-29 15:59:59``, on SQLite,
    whose driver would drop an offset silently. Raises :class:`ValueError` for a naive datetime.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Give the dialect's own type."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sqlite.DATETIME(truncate_microseconds=True))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into what the database keeps."""
        if value is None:
            return None
        second = whole_second(value)
        return second.replace(tzinfo=None) if dialect.name == "sqlite" else second

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn what the database keeps into an aware UTC datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
