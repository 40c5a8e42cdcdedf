"""What an office sees when townships share one book: a subtree of units and the plans bound to its root.

A session that is narrowed sees nothing else, whatever a page asks: each statement gets the condition of
every table that it reads. The condition is each table's own (the plan's slug, the unit's way from the root),
or that of the row which it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Table, and_, column, event, exists, literal_column, or_, select, true
from sqlalchemy.orm import Session, with_loader_criteria
from sqlalchemy.sql.util import find_tables

from .granting import GRANTED
from .homes import after
from .tables import Base, Channel, Unit
from .writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState

_KEY: Final = "duban_scope"
# Nobody's in particular: counters, tries to come in, draws (seen through what was drawn for), the journal,
# which has a rule of its own.
FREE: Final = frozenset({"journal", "journal_head", "knocks", "lots", "lot_units"})
# Through which reference a row belongs to something that has a condition, the first that a table has.
_BELONGS: Final = (
    *("obligation_id", "submission_id", "round_id", "stretch_id", "finding_id", "sheet_id", "meeting_id"),
    *("inspection_id", "lookback_id", "inspected_id", "alert_id", "case_id", "clue_id", "hop_id", "run_id"),
    *("appraisal_id", "watched_id", "contact_id", "message_id", "inspector_id", "account_id"),
    *("integration_id", "draft_id", "unit_id"),
)
# Of these a township has so few that they are listed; of others each row is asked about.
_FEW: Final = frozenset({"rounds", "units", "contacts", "stretches", "accounts", "integrations"})


@dataclass(frozen=True, slots=True)
class Scope:
    """The root of a subtree: its number, name and way, and the plans that are bound to it by slug.

    ``office`` and ``phone`` are those of the latest of these plans; ``deeper`` tells whether plans are bound
    to units further below.
    """

    unit_id: int
    name: str
    path: str
    slugs: tuple[str, ...]
    office: str = ""
    phone: str = ""
    deeper: bool = False


class Narrowed(Session):
    """A session that reads what one scope has."""


class NarrowedWriter(Writer):
    """A session that writes, seeing what one scope has."""


def narrow(session: Session, scope: Scope | None) -> None:
    """Let a narrowed session see this scope and nothing else; without one, the whole book."""
    if scope is not None:
        session.info[_KEY] = scope, _narrowing(scope)


def root_of(session: Session) -> int | None:
    """Give the root of what a session sees, to which belongs what it makes; None for the whole book."""
    scope = scope_of(session)
    return None if scope is None else scope.unit_id


def scope_of(session: Session) -> Scope | None:
    """Give the scope that a session sees; None for the whole book."""
    return session.info[_KEY][0] if _KEY in session.info else None


@event.listens_for(Narrowed, "do_orm_execute")
@event.listens_for(NarrowedWriter, "do_orm_execute")
def _within_scope(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_column_load or state.execution_options.get(GRANTED):
        return
    if state.is_orm_statement:
        state.statement = state.statement.options(state.session.info[_KEY][1])
    elif strange := {table.name for table in _read(state.statement)} - FREE:
        # Nothing narrows a bare table: rather no page than another township's.
        raise AssertionError(f"not narrowed: {', '.join(sorted(strange))}")


def _read(statement: Any) -> list[Table]:
    found = find_tables(
        statement, include_joins=True, include_selects=True, include_crud=True, check_columns=True
    )
    return [table for table in found if isinstance(table, Table)]


def _narrowing(scope: Scope) -> LoaderCriteriaOption:
    low, high, slugs = scope.path, after(scope.path), scope.slugs
    # SQLAlchemy keeps what it makes of the rule and puts these three in anew: they are named one by one.
    return with_loader_criteria(Base, lambda model: _belonging(model, low, high, slugs), include_aliases=True)


def condition(model: type[Base], scope: Scope) -> ColumnElement[bool]:
    """Give the condition under which a row of a table belongs to a scope."""
    return _belonging(model, scope.path, after(scope.path), scope.slugs)


def _belonging(model: Any, low: str, high: str, slugs: Sequence[str]) -> ColumnElement[bool]:
    """Give the condition for a class, or an alias of one; for the base of all, one that names all three."""
    table = getattr(model, "__table__", None)
    if table is None:
        return and_(column("path") >= low, column("path") < high, column("slug").in_(slugs))
    return _rule(table, lambda name: getattr(model, name), low, high, slugs)


def _rule(
    table: Table, of: Callable[[str], Any], low: str, high: str, slugs: Sequence[str]
) -> ColumnElement[bool]:
    if table.name in FREE:
        return true()
    if table is Unit.__table__:
        return and_(of("path") >= low, of("path") < high)
    for own in ("slug", "series"):
        if own in table.columns:
            return of(own).in_(slugs)
    name, parent = belongs(table)
    theirs = _rule(parent, parent.columns.__getitem__, low, high, slugs)
    if parent.name in _FEW:
        among = of(name).in_(select(parent.c.id).where(theirs))
        return or_(of(name).is_(None), among) if table is Channel.__table__ else among
    return exists(literal_column("1")).where(parent.c.id == of(name), theirs).correlate_except(parent)


@cache
def belongs(table: Table) -> tuple[str, Table]:
    """Give through which column a row of a table belongs to which other table's row."""
    # Who is invited anew has no account yet.
    order = ("unit_id",) if table.name == "invitations" else _BELONGS
    name = next(name for name in order if name in table.columns)
    [key] = table.columns[name].foreign_keys
    return name, key.column.table
