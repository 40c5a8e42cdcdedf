"""The whole book: units, plans, rounds, obligations, outbox, journal, and triggers that keep records.

Tables are spelled out here, not taken from the models: the models go on changing, this step does not.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import sqlalchemy as sa
from alembic import op

Type: TypeAlias = type[sa.types.TypeEngine[Any]] | sa.types.TypeEngine[Any]

revision = "0001"
down_revision = None
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
APPEND_ONLY = ("journal", "submissions", "verdicts", "exemptions", "attempts")


def key(kind: Type = sa.Integer) -> sa.Column[Any]:
    """Give the numbered primary key."""
    return sa.Column("id", kind, primary_key=True)


def text(name: str, *, null: bool = False) -> sa.Column[Any]:
    """Give a text column."""
    return sa.Column(name, sa.Text, nullable=null)


def number(name: str, *, null: bool = False) -> sa.Column[Any]:
    """Give a whole-number column."""
    return sa.Column(name, sa.Integer, nullable=null)


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


# fmt: off
sa.Table(
    "units", book, key(), text("code"), text("name"), text("kind"), to("parent_id", "units", null=True),
    day("opened_on", null=True), day("closed_on", null=True), unique("code"),
)
sa.Table(
    "unit_tags", book, sa.Column("unit_id", sa.Integer, sa.ForeignKey("units.id"), primary_key=True),
    sa.Column("tag", sa.Text, primary_key=True, index=True),
)
sa.Table(
    "channels", book, key(), text("name"), text("kind"), sa.Column("secret", sa.LargeBinary),
    number("per_minute", null=True), yes("active"), unique("name"),
    words("kind", "file", "email", "webhook", "wecom", "dingtalk", "feishu"),
)
sa.Table(
    "contacts", book, key(), to("unit_id", "units"), text("name"), text("phone"), text("email"),
    to("channel_id", "channels", null=True), yes("active"), unique("unit_id", "name"),
)
sa.Table(
    "plans", book, key(), text("slug"), number("revision"), text("title"), text("office"), text("content"),
    text("sha256"), at("adopted_at"), unique("slug", "revision"),
)
sa.Table(
    "plan_years", book, key(), to("plan_id", "plans"), text("slug"), number("year"), at("adopted_at"),
    yes("renews"), unique("slug", "year"),
)
sa.Table(
    "stretches", book, key(), to("plan_id", "plans"), text("slug"), text("kind"), text("key"), number("year"),
    text("name"), at("starts_at"), at("ends_at"), text("source"), text("clause"), yes("provisional"),
    at("next_at", null=True, index=True), at("begun_at", null=True), at("ended_at", null=True),
    unique("slug", "kind", "key", "year"), words("kind", "phase", "window"),
)
sa.Table(
    "rounds", book, key(), to("plan_id", "plans"), text("slug"), text("duty"), text("period"), number("year"),
    text("name"), text("kind"), text("flow"), text("title"), at("opens_at"), at("due_at", null=True),
    at("locks_at", null=True), at("starts_at", null=True), at("ends_at", null=True), yes("provisional"),
    text("source"), text("clause"), text("emphasis"), text("ask"), text("receiver"), yes("urgent"),
    data("audience"), data("form"), at("next_at", null=True, index=True),
    at("opened_at", null=True), at("due_passed_at", null=True), at("locked_at", null=True),
    at("skipped_at", null=True), number("expected", null=True), unique("slug", "duty", "period"),
    words("flow", "year", "quarter", "month", "meeting", "phase", "window"),
)
sa.Table(
    "cues", book, key(), to("round_id", "rounds"), at("at"), text("kind"), yes("urgent"), text("state"),
    at("fired_at", null=True), unique("round_id", "at", "kind"),
    words("state", "planned", "fired", "superseded"),
)
sa.Table(
    "obligations", book, key(big), to("round_id", "rounds"), to("unit_id", "units"), at("due_at", null=True),
    text("state"), at("credited_at", null=True), yes("nil"), at("acknowledged_at", null=True),
    unique("round_id", "unit_id"), words("state", "owed", "submitted", "returned", "accepted", "exempt"),
    sa.Index(None, "unit_id", "state"),
    where("ix_obligations_open_due_at", "state IN ('owed', 'returned')", "due_at"),
)
sa.Table(
    "submissions", book, key(big), to("obligation_id", "obligations", big), text("key"), number("version"),
    at("received_at"), at("claimed_at", null=True), yes("nil"), data("answers"), text("note"), text("via"),
    text("by"), text("sha256"), unique("key"), unique("obligation_id", "version"),
    words("via", "desk", "phone", "paper", "link", "excel"),
)
sa.Table(
    "verdicts", book, key(), to("submission_id", "submissions", big), text("verdict"), at("at"), text("by"),
    text("reason"), yes("material"), at("correct_by", null=True), unique("submission_id"),
    words("verdict", "accepted", "returned"),
)
sa.Table(
    "extensions", book, key(), to("obligation_id", "obligations", big, index=True), at("asked_at"),
    text("asked_by"), text("reason"), at("until"), at("decided_at", null=True), text("by", null=True),
    yes("granted", null=True),
)
sa.Table(
    "exemptions", book, key(), to("obligation_id", "obligations", big), at("at"), text("by"), text("reason"),
    unique("obligation_id"),
)
sa.Table(
    "messages", book, key(big), text("key"), to("contact_id", "contacts"),
    to("channel_id", "channels", null=True), day("send_on"), yes("urgent"), at("not_before"), text("state"),
    number("attempts"), at("claimed_at", null=True), text("claimed_by", null=True),
    at("sent_at", null=True), text("subject"), text("body"), text("answer"), unique("key"),
    words("state", "queued", "sending", "sent", "dead", "withdrawn"),
    where("ix_messages_queued", "state = 'queued'", "not_before"),
    where("ix_messages_sending", "state = 'sending'", "claimed_at"),
)
sa.Table(
    "notices", book, key(big), to("cue_id", "cues"), to("obligation_id", "obligations", big, index=True),
    to("contact_id", "contacts", null=True), to("message_id", "messages", big, null=True, index=True),
    text("state"), at("created_at"), unique("cue_id", "obligation_id", "contact_id"),
    words("state", "due", "sent", "withdrawn", "superseded", "no_contact"),
    where("ux_notices_nobody", "contact_id IS NULL", "cue_id", "obligation_id", unique=True),
)
sa.Table(
    "attempts", book, key(), to("message_id", "messages", big, index=True), at("at"), yes("ok"),
    yes("permanent"), text("answer"),
)
sa.Table(
    "journal", book, sa.Column("seq", big, primary_key=True, autoincrement=False), at("at"), text("actor"),
    text("action"), text("subject"), text("detail"), sha("previous"), sha("hash"),
)
head = sa.Table(
    "journal_head", book, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", big, nullable=False), sha("hash"), at("at", null=True),
    sa.CheckConstraint("id = 1", name="single"),
)
# fmt: on


def refuse(table: str, event: str, when: str | None = None) -> None:
    """Refuse an event on the rows of a table, always or when a condition holds of the row."""
    then = "EXECUTE FUNCTION refuse_change()"
    if op.get_bind().dialect.name == "sqlite":
        then = f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
    name, condition = f"keep_{table}_{event}".lower(), f"WHEN ({when})" if when else ""
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition} {then}")


def refuse_truncate(table: str) -> None:
    """Refuse PostgreSQL's TRUNCATE, which no row trigger sees."""
    op.execute(
        f"CREATE TRIGGER keep_{table}_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
    )


def upgrade() -> None:
    """Make the tables, the head of the journal and the triggers."""
    book.create_all(op.get_bind(), checkfirst=False)
    op.execute(head.insert().values(id=1, seq=0, hash="0" * 64))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME; END $$"
        )
        for table in (*APPEND_ONLY, "extensions", "journal_head"):
            refuse_truncate(table)
    for table in APPEND_ONLY:
        refuse(table, "UPDATE")
        refuse(table, "DELETE")
    refuse("extensions", "UPDATE", "OLD.decided_at IS NOT NULL")
    refuse("extensions", "DELETE")
    # The head only ever moves on, by one entry or by a batch.
    refuse("journal_head", "UPDATE", "NEW.seq <= OLD.seq")
    refuse("journal_head", "DELETE")


def downgrade() -> None:
    """Refuse: taking this step back would throw the book away."""
    raise NotImplementedError
