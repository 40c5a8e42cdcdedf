"""Statements that ask beyond what a narrowed session sees; see ``scope``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from sqlalchemy import Executable

GRANTED: Final = "duban_granted"
_Statement = TypeVar("_Statement", bound="Executable")


def granted(statement: _Statement) -> _Statement:
    """Give a statement that nothing narrows: its rows have been granted, or it asks about all on purpose."""
    return statement.execution_options(**{GRANTED: True})
