"""What the migrations after the first spell tables with; a step that has landed keeps what it said here."""

from __future__ import annotations

from typing import Any, TypeAlias

import sqlalchemy as sa
from alembic import op

Type: TypeAlias = type[sa.types.TypeEngine[Any]] | sa.types.TypeEngine[Any]

big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def tables_beside(*there: str) -> sa.MetaData:
    """Give a collection for new tables, knowing those that are there already and are referred to."""
    book = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    for name in there:
        kind = big if name in ("messages", "obligations") else sa.Integer
        sa.Table(name, book, sa.Column("id", kind, primary_key=True), info={"there": True})
    return book


def make(book: sa.MetaData) -> None:
    """Make the new tables of a collection."""
    new = [table for table in book.sorted_tables if not table.info.get("there")]
    book.create_all(op.get_bind(), tables=new, checkfirst=False)


def key(kind: Type = sa.Integer) -> sa.Column[Any]:
    """Give the numbered primary key."""
    return sa.Column("id", kind, primary_key=True)


def text(name: str, *, null: bool = False) -> sa.Column[Any]:
    """Give a text column."""
    return sa.Column(name, sa.Text, nullable=null)


def number(name: str, *, kind: Type = sa.Integer, null: bool = False) -> sa.Column[Any]:
    """Give a whole-number column."""
    return sa.Column(name, kind, nullable=null)


def yes(name: str, *, null: bool = False) -> sa.Column[Any]:
    """Give a yes-or-no column."""
    return sa.Column(name, sa.Boolean, nullable=null)


def at(name: str, *, null: bool = False, index: bool = False) -> sa.Column[Any]:
    """Give a moment in UTC."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null, index=index)


def day(name: str, *, null: bool = False) -> sa.Column[Any]:
    """Give a local day."""
    return sa.Column(name, sa.Date, nullable=null)


def sha(name: str) -> sa.Column[Any]:
    """Give a SHA-256 in hexadecimal."""
    return sa.Column(name, sa.String(64), nullable=False)


def data(name: str) -> sa.Column[Any]:
    """Give a JSON column."""
    return sa.Column(name, sa.JSON, nullable=False)


def to(
    name: str, target: str, kind: Type = sa.Integer, *, null: bool = False, index: bool = False
) -> sa.Column[Any]:
    """Give a reference to another table's id."""
    return sa.Column(name, kind, sa.ForeignKey(f"{target}.id"), nullable=null, index=index)


def unique(*columns: str) -> sa.UniqueConstraint:
    """Let no two rows have the same values here."""
    return sa.UniqueConstraint(*columns)


def words(column: str, *allowed: str) -> sa.CheckConstraint:
    """Let the column hold only these words."""
    listed = ", ".join(f"'{word}'" for word in allowed)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def where(name: str, condition: str, *columns: str, unique: bool = False) -> sa.Index:
    """Index only the rows that meet a condition."""
    only = sa.text(condition)
    return sa.Index(name, *columns, unique=unique, sqlite_where=only, postgresql_where=only)


def index_where(name: str, table: str, condition: str, *columns: str, include: tuple[str, ...] = ()) -> None:
    """Index only the rows of a table that is there which meet a condition."""
    only = sa.text(condition)
    op.create_index(
        name,
        table,
        list(columns),
        sqlite_where=only,
        postgresql_where=only,
        postgresql_include=list(include),
    )


def refuse(table: str, event: str, when: str | None = None) -> None:
    """Refuse an event on the rows of a table, always or when a condition holds of the row."""
    then = "EXECUTE FUNCTION refuse_change()"
    if op.get_bind().dialect.name == "sqlite":
        then = f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
    name, condition = f"keep_{table}_{event}".lower().replace(" ", "_"), f"WHEN ({when})" if when else ""
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition} {then}")


def keep(table: str, *, until: str | None = None) -> None:
    """Let no row of a table be deleted, nor changed: never, or not once a condition (on OLD) holds of it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER keep_{table}_truncate BEFORE TRUNCATE ON {table} "
            "EXECUTE FUNCTION refuse_change()"
        )
    refuse(table, "UPDATE", until)
    refuse(table, "DELETE")
