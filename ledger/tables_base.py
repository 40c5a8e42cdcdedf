"""What all tables share: names of constraints, typed columns, keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import JSON, CheckConstraint, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

from .types import BigKey, UTCSecond

# Constraints have fixed names, so that a later migration can name the one it changes on both databases.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[int, mapped_column(primary_key=True)]
BigId = Annotated[int, mapped_column(BigKey, primary_key=True)]


class Base(DeclarativeBase):
    """The declarative base of the book."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UTCSecond(), str: Text(), dict[str, Any]: JSON(), list[Any]: JSON()}  # noqa: RUF012 - SQLAlchemy's own name


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """Let ``column`` hold only these words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
