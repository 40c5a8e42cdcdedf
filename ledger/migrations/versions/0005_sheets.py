"""The ladder on paper: numbered sheets, the replies to them, and talks."""

from __future__ import annotations

import sqlalchemy as sa

from duban.ledger.migrations.columns import (
    at,
    big,
    keep,
    key,
    make,
    number,
    refuse,
    tables_beside,
    text,
    to,
    unique,
    where,
    words,
    yes,
)

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LADDER = "cause = 'ladder'"
OBLIGATION, FINDING = ("obligation_id", "rung"), ("finding_id", "rung")
RUNNING = ("next_at", "rung", "obligation_id", "finding_id", "series")

book = tables_beside("findings", "obligations", "units")

# fmt: off
sa.Table(
    "sheets", book, key(big), text("rung"), text("state"), text("series"), number("year"),
    number("number", null=True), text("cause"), text("reason"),
    to("obligation_id", "obligations", big, null=True, index=True),
    to("finding_id", "findings", null=True), to("unit_id", "units"), text("matter"),
    text("responsible"), text("lead"), text("requirement"), text("basis"), text("clause"),
    number("limit_days"), at("limit_at", null=True), at("made_at"), text("made_by"),
    at("issued_at", null=True),
    text("signed_by", null=True), at("acknowledged_at", null=True), text("acknowledged_by", null=True),
    at("closed_at", null=True), text("closed_by", null=True), text("closing", null=True),
    at("withdrawn_at", null=True), text("withdrawn_by", null=True), text("withdrawn_why", null=True),
    at("next_at", null=True), unique("series", "rung", "year", "number"),
    words("rung", "cuiban", "duban", "yuetan", "tongbao"),
    words("state", "draft", "issued", "closed", "withdrawn", "dropped"),
    words("cause", "ladder", "direct", "listing"),
    where("ux_sheets_obligation_once", f"{LADDER} AND obligation_id IS NOT NULL", *OBLIGATION, unique=True),
    where("ux_sheets_finding_once", f"{LADDER} AND finding_id IS NOT NULL", *FINDING, unique=True),
    where("ix_sheets_running", "state = 'issued'", *RUNNING),
    where("ix_sheets_finding", "finding_id IS NOT NULL", "finding_id"),
    where("ix_sheets_drafts", "state = 'draft'", "id"),
    sa.Index(None, "unit_id", "state"),
)
sa.Table(
    "sheet_replies", book, key(), to("sheet_id", "sheets", big, index=True), at("at"), text("by"),
    text("text"), at("decided_at", null=True), text("decided_by", null=True), yes("accepted", null=True),
    text("answer", null=True), where("ix_sheet_replies_waiting", "decided_at IS NULL", "sheet_id"),
)
sa.Table(
    "talks", book, key(), to("sheet_id", "sheets", big), at("at"), text("place"), text("attending"),
    text("material"), text("minutes", null=True), at("minuted_at", null=True), text("minuted_by", null=True),
    text("promised", null=True), at("promised_by", null=True), at("followed_at", null=True),
    text("followed_by", null=True), text("followed", null=True), unique("sheet_id"),
)
# fmt: on


# What a sheet says, from the moment at which it has a number.
ISSUED = (
    *("rung", "series", "year", "number", "cause", "reason", "unit_id", "matter", "responsible", "lead"),
    *("requirement", "basis", "clause", "limit_days", "limit_at", "made_at", "made_by", "issued_at"),
)
# What happens to it once, each with who and why.
ONCE = (
    *("signed_by", "acknowledged_at", "acknowledged_by", "closed_at", "closed_by", "closing"),
    *("withdrawn_at", "withdrawn_by", "withdrawn_why"),
)
TALK = ("at", "place", "attending", "material", "minutes", "minuted_at", "minuted_by")


def upgrade() -> None:
    """Make the tables and the triggers that keep them: what was issued keeps its number and its text."""
    make(book)
    refuse("sheets", "DELETE")
    about = " OR ".join(_other(column) for column in ("obligation_id", "finding_id"))
    refuse(
        "sheets",
        "UPDATE",
        f"{_lost(*ONCE)} OR (OLD.number IS NOT NULL AND ({_lost(*ISSUED)} OR {about})) "
        "OR (OLD.state <> 'draft' AND NEW.state IN ('draft', 'dropped') AND NEW.state <> OLD.state) "
        "OR (OLD.state IN ('closed', 'withdrawn', 'dropped') AND NEW.state <> OLD.state)",
    )
    keep("sheet_replies", until="OLD.decided_at IS NOT NULL")
    refuse("talks", "DELETE")
    refuse(
        "talks",
        "UPDATE",
        "OLD.followed_at IS NOT NULL OR (OLD.minuted_at IS NOT NULL AND "
        f"({_lost(*TALK)} OR {_other('promised')} OR {_other('promised_by')}))",
    )


def _lost(*columns: str) -> str:
    """Say in SQL that a value which was there has gone or has become another."""
    changed = "(OLD.{0} IS NOT NULL AND (NEW.{0} IS NULL OR NEW.{0} <> OLD.{0}))"
    return "(" + " OR ".join(changed.format(column) for column in columns) + ")"


def _other(column: str) -> str:
    """Say in SQL that a value has become another, also one that was not there."""
    return f"({_lost(column)} OR (OLD.{column} IS NULL AND NEW.{column} IS NOT NULL))"


def downgrade() -> None:
    """Refuse: taking this step back would throw sheets away."""
    raise NotImplementedError
