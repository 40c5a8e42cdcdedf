"""The counter: who may come in and how, what unit and office say to each other, the files that come along."""

from __future__ import annotations

from typing import Any, TypeAlias

import sqlalchemy as sa
from alembic import op

Type: TypeAlias = type[sa.types.TypeEngine[Any]] | sa.types.TypeEngine[Any]

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

book = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROLES = ("office", "supervisor", "leader", "administrator")
APPEND_ONLY = ("remarks", "uploads")
VIA = ("desk", "phone", "paper", "link", "excel")


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


def sha(name: str) -> sa.Column[Any]:
    """Give a SHA-256 in hexadecimal."""
    return sa.Column(name, sa.String(64), nullable=False)


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


# What the new tables refer to; they are there already.
for name, kind in (("contacts", sa.Integer), ("messages", big), ("obligations", big)):
    sa.Table(name, book, sa.Column("id", kind, primary_key=True))
THERE = ("contacts", "messages", "obligations")

# fmt: off
sa.Table(
    "links", book, key(), sha("token_hash"), to("contact_id", "contacts", index=True), text("purpose"),
    to("message_id", "messages", big, null=True), at("made_at"), at("expires_at"),
    at("revoked_at", null=True), unique("token_hash"), words("purpose", "list", "board", "feed"),
)
sa.Table(
    "accounts", book, key(), text("name"), text("shown"), text("role"), text("password"),
    sa.Column("totp", sa.LargeBinary), number("totp_step", kind=big, null=True), yes("active"), at("made_at"),
    unique("name"), words("role", *ROLES),
)
sa.Table(
    "sign_ins", book, key(), sha("token_hash"), to("account_id", "accounts", index=True), text("device"),
    at("made_at"), at("seen_at"), at("expires_at"), at("revoked_at", null=True), unique("token_hash"),
)
sa.Table(
    "knocks", book, key(), text("what"), text("address"), at("at"), yes("ok"),
    sa.Index(None, "what", "at"), sa.Index(None, "address", "at"),
)
sa.Table(
    "invitations", book, key(), sha("token_hash"), text("role"), to("account_id", "accounts", null=True),
    at("made_at"), text("made_by"), at("expires_at"), at("used_at", null=True), unique("token_hash"),
    words("role", *ROLES),
)
sa.Table(
    "integrations", book, key(), text("name"), text("role"), sha("token_hash"), at("made_at"),
    text("made_by"), at("revoked_at", null=True), unique("name"), unique("token_hash"), words("role", *ROLES),
)
sa.Table(
    "replays", book, key(), to("integration_id", "integrations"), text("key"), sha("request_hash"),
    number("status"), text("body"), at("at", index=True), unique("integration_id", "key"),
)
sa.Table(
    "remarks", book, key(), to("obligation_id", "obligations", big, index=True), at("at", index=True),
    text("kind"), text("by"), text("text"), text("whom"), yes("reached", null=True),
    words("kind", "reply", "note", "call"),
)
sa.Table(
    "transfers", book, key(), to("obligation_id", "obligations", big, index=True), at("asked_at"),
    text("asked_by"), text("reason"), text("to_unit"), at("decided_at", null=True), text("by", null=True),
    yes("granted", null=True), text("answer", null=True),
)
sa.Table(
    "uploads", book, key(big), to("obligation_id", "obligations", big), sha("sha256"), text("name"),
    text("media_type"), number("size"), at("at"), text("by"), unique("obligation_id", "sha256"),
    sa.Index(None, "sha256"),
)
# fmt: on


def refuse(table: str, event: str, when: str | None = None) -> None:
    """Refuse an event on the rows of a table, always or when a condition holds of the row."""
    then = "EXECUTE FUNCTION refuse_change()"
    if op.get_bind().dialect.name == "sqlite":
        then = f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
    name, condition = f"keep_{table}_{event}".lower(), f"WHEN ({when})" if when else ""
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition} {then}")


def keep() -> None:
    """Let records stay as they were made."""
    if op.get_bind().dialect.name == "postgresql":
        for table in (*APPEND_ONLY, "transfers"):
            op.execute(
                f"CREATE TRIGGER keep_{table}_truncate BEFORE TRUNCATE ON {table} "
                "EXECUTE FUNCTION refuse_change()"
            )
    for table in APPEND_ONLY:
        refuse(table, "UPDATE")
        refuse(table, "DELETE")
    refuse("transfers", "UPDATE", "OLD.decided_at IS NOT NULL")
    refuse("transfers", "DELETE")


def let_programs_report() -> None:
    """Let a report come by the API too."""
    name, column = "ck_submissions_via", "via"
    if op.get_bind().dialect.name == "postgresql":
        allowed = ", ".join(f"'{word}'" for word in (*VIA, "api"))
        op.execute(f"ALTER TABLE submissions DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE submissions ADD CONSTRAINT {name} CHECK ({column} IN ({allowed}))")
        return
    # SQLite cannot alter a constraint. Copying the table would fire the triggers that keep it; its manual
    # (lang_altertable, section 7) allows the text of the schema to be rewritten where no row changes.
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema=ON")
    op.execute(
        "UPDATE sqlite_master SET sql = replace(sql, '''excel'')', '''excel'', ''api'')') "
        "WHERE type = 'table' AND name = 'submissions'"
    )
    op.execute(f"PRAGMA schema_version={version + 1}")
    op.execute("PRAGMA writable_schema=OFF")


def index_where(name: str, table: str, condition: str, *columns: str, include: tuple[str, ...] = ()) -> None:
    """Index only the rows that meet a condition."""
    only = sa.text(condition)
    op.create_index(
        name,
        table,
        list(columns),
        sqlite_where=only,
        postgresql_where=only,
        postgresql_include=list(include),
    )


def index() -> None:
    """Make what lists and counts read instead of the tables themselves."""
    op.create_index("ix_journal_subject", "journal", ["subject"])
    op.create_index("ix_contacts_channel_id", "contacts", ["channel_id"])
    op.create_index("ix_messages_contact_id", "messages", ["contact_id"])
    op.create_index("ix_rounds_year_slug", "rounds", ["year", "slug"])
    op.create_index("ix_rounds_due_at_id", "rounds", ["due_at", "id"])
    op.create_index("ix_rounds_plan_id_duty", "rounds", ["plan_id", "duty"])
    op.drop_index("ix_obligations_unit_id_state", "obligations")
    op.create_index("ix_obligations_unit_id_state_due_at", "obligations", ["unit_id", "state", "due_at"])
    standing = ["round_id", "credited_at", "state", "due_at", "nil", "unit_id"]
    op.create_index("ix_obligations_standing", "obligations", standing, postgresql_include=["id"])
    index_where("ix_obligations_waiting", "obligations", "state = 'submitted'", "round_id")
    index_where(
        "ix_obligations_returned", "obligations", "state = 'returned'", "round_id", "state", "unit_id"
    )
    op.create_index("ix_verdicts_correct_by", "verdicts", ["correct_by"])
    op.create_index("ix_extensions_until", "extensions", ["until"])
    index_where("ix_rounds_unlocked", "rounds", "locked_at IS NULL AND opened_at IS NOT NULL", "due_at")
    index_where("ix_messages_dead", "messages", "state = 'dead'", "id")
    index_where("ix_messages_withdrawn", "messages", "state = 'withdrawn'", "id")
    op.create_index("ix_messages_channel_id_id", "messages", ["channel_id", "id"])
    op.create_index("ix_messages_send_on_id", "messages", ["send_on", "id"])
    op.drop_index("ix_obligations_open_due_at", "obligations")
    late = ("due_at", "round_id", "unit_id", "state", "credited_at")
    is_open = "state IN ('owed', 'returned')"
    index_where("ix_obligations_open_due_at", "obligations", is_open, *late, include=("id",))


def upgrade() -> None:
    """Make the new tables, the triggers that keep them, and what older tables want for the pages."""
    new = [table for table in book.sorted_tables if table.name not in THERE]
    book.create_all(op.get_bind(), tables=new, checkfirst=False)
    keep()
    op.add_column("extensions", sa.Column("answer", sa.Text))
    op.add_column("messages", sa.Column("purpose", sa.Text))
    index()
    let_programs_report()


def downgrade() -> None:
    """Refuse: taking this step back would throw reports' files and remarks away."""
    raise NotImplementedError
