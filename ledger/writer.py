"""The session that writes: what it locks it reads anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import event
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from sqlalchemy.orm import ORMExecuteState


class Writer(Session):
    """A session that writes."""


@event.listens_for(Writer, "do_orm_execute", propagate=True)
def _read_anew(state: ORMExecuteState) -> None:
    # Whoever waited for a lock must judge by what the one before left, not by what was read before the wait.
    # SQLAlchemy has no public way to ask whether a statement locks.
    if getattr(state.statement, "_for_update_arg", None) is not None:
        state.update_execution_options(populate_existing=True)
