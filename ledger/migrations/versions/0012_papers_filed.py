"""Papers that were signed and numbered are kept as they left: a quarter's bulletin, a year's summary."""

from __future__ import annotations

import sqlalchemy as sa

from duban.ledger.migrations.columns import (
    at,
    keep,
    key,
    make,
    number,
    tables_beside,
    text,
    unique,
    where,
    words,
)

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

book = tables_beside()

# fmt: off
sa.Table(
    "circulars", book, key(), text("kind"), text("slug"), number("year"), number("quarter"), text("title"),
    at("as_of"), at("made_at"), text("made_by"), text("state"), number("numbered_in", null=True),
    number("number", null=True), sa.Column("sha256", sa.String(64), nullable=True),
    sa.Column("content", sa.LargeBinary, nullable=True), at("issued_at", null=True),
    text("issued_by", null=True), at("dropped_at", null=True), text("dropped_by", null=True),
    text("dropped_why", null=True), unique("slug", "kind", "numbered_in", "number"),
    words("kind", "bulletin", "summary"), words("state", "draft", "issued", "dropped"),
    where("ux_circulars_standing", "state <> 'dropped'", "slug", "year", "quarter", unique=True),
    where("ix_circulars_drafts", "state = 'draft'", "id"),
)
# fmt: on


def upgrade() -> None:
    """Make the table, and the triggers that keep what is no draft any more."""
    make(book)
    keep("circulars", until="OLD.state <> 'draft'")


def downgrade() -> None:
    """Refuse: taking this step back would throw issued papers away."""
    raise NotImplementedError
