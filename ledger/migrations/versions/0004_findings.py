"""What checks find, and what becomes of it until it is closed."""

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

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

book = tables_beside("obligations", "units")

# fmt: off
sa.Table(
    "findings", book, key(), text("key"), text("slug"), number("year"), number("number"),
    to("unit_id", "units"),
    to("obligation_id", "obligations", big, null=True, index=True), at("entered_at"), text("entered_by"),
    text("via"), at("found_at"), text("checked_by"), text("inspectors"), text("item"), text("place"),
    text("description"), text("kind"), text("grade"), text("measures"), text("responsible"), text("clause"),
    at("first_due_at"), at("due_at"), text("state"), at("fixed_at", null=True), text("fixed_by", null=True),
    at("closed_at", null=True), text("closed_by", null=True), number("reopened"), number("rung"),
    at("listed_at", null=True), at("delisted_at", null=True), unique("key"), unique("slug", "year", "number"),
    words("grade", "general", "grave"), words("state", "open", "fixed", "closed"),
    sa.Index(None, "unit_id", "state", "due_at"),
    where("ix_findings_open", "state <> 'closed'", "due_at", "rung"),
    where("ix_findings_grave", "grade = 'grave'", "slug", "state"),
)
sa.Table(
    "finding_steps", book, key(), to("finding_id", "findings", index=True), at("at"), text("kind"),
    text("by"), text("text"), at("until", null=True),
    words(
        "kind", "found", "changed", "fixed", "failed", "closed", "reopened", "listed", "delisted", "extended",
        "moved", "refuted",
    ),
)
sa.Table(
    "finding_extensions", book, key(), to("finding_id", "findings", index=True), at("asked_at"),
    text("asked_by"), text("reason"), at("until"), at("decided_at", null=True), text("by", null=True),
    yes("granted", null=True), text("answer", null=True),
)
# fmt: on


def upgrade() -> None:
    """Make the tables and the triggers that keep them."""
    make(book)
    refuse("findings", "DELETE")
    keep("finding_steps")
    keep("finding_extensions", until="OLD.decided_at IS NOT NULL")


def downgrade() -> None:
    """Refuse: taking this step back would throw findings away."""
    raise NotImplementedError
