"""Locks for what has no row of its own to lock; a writer of SQLite is alone anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# Any numbers that are only ours: the keys of PostgreSQL's advisory locks.
_TREE: Final = 0x74726565
_NAMES: Final = 0x6E616D6573
_NUMBERS: Final = 0x6E756D62


def tree(session: Session) -> None:
    """Be alone, until the transaction ends, in saying which unit lies below which.

    It comes before any lock on a row: two who wait for each other's would be refused.
    """
    _alone(session, _TREE)


def names(session: Session) -> None:
    """Be alone, until the transaction ends, in giving people the names that records show."""
    _alone(session, _NAMES)


def numbers(session: Session) -> None:
    """Be alone, until the transaction ends, in numbering what is numbered without gaps."""
    _alone(session, _NUMBERS)


def _alone(session: Session, key: int) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(key)))
