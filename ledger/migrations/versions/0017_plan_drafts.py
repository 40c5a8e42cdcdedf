"""Plans drafted from documents, and what the office decided about each proposal."""

from __future__ import annotations

import sqlalchemy as sa

from duban.ledger.migrations.columns import (
    at,
    data,
    keep,
    key,
    make,
    number,
    tables_beside,
    text,
    to,
    unique,
    words,
)

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

book = tables_beside("units")

# fmt: off
sa.Table(
    "plan_drafts", book, key(), text("key"), to("unit_id", "units", null=True, index=True), at("at"),
    text("by"), text("title"), text("name"), text("media_type"), number("size"),
    sa.Column("sha256", sa.String(64), nullable=False, index=True), number("items"), text("content"),
    sa.Column("content_sha256", sa.String(64), nullable=False), unique("key"),
)
sa.Table(
    "plan_draft_acts", book, key(), to("draft_id", "plan_drafts"), text("item"), number("n"), text("kind"),
    at("at"), text("by"), data("details"), text("reason"), unique("draft_id", "item", "n"),
    words("kind", "confirmed", "corrected", "answered", "struck", "reopened", "added", "dropped"),
)
# fmt: on


def upgrade() -> None:
    """Make the tables, whose rows are never changed."""
    make(book)
    keep("plan_drafts")
    keep("plan_draft_acts")


def downgrade() -> None:
    """Refuse: taking this step back would throw decisions away."""
    raise NotImplementedError
