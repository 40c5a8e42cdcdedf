"""What a draw keeps secret lies sealed in the book until it is said; who is told of it; who replaces whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from duban.ledger.migrations.columns import (
    at,
    index_where,
    keep,
    key,
    make,
    tables_beside,
    text,
    to,
)

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

book = tables_beside("lots", "units", "inspected_units")

# fmt: off
sa.Table(
    "lot_units", book,
    sa.Column("lot_id", sa.Integer, sa.ForeignKey("lots.id"), primary_key=True, autoincrement=False),
    sa.Column("unit_id", sa.Integer, sa.ForeignKey("units.id"), primary_key=True, autoincrement=False),
)
sa.Table(
    "replacements", book, key(), to("inspected_id", "inspected_units", index=True), text("out"),
    text("into"), text("reason"), at("at"), text("by"),
)
# fmt: on


def upgrade() -> None:
    """Add the columns and tables; the flows seal what lies open, as the key is not known here."""
    op.add_column("lots", sa.Column("sealed", sa.LargeBinary))
    op.add_column("lots", at("told_at", null=True))
    op.add_column("inspected_units", sa.Column("team_now", sa.JSON))
    index_where("ix_lots_untold", "lots", "told_at IS NULL", "id")
    make(book)
    keep("lot_units")
    keep("replacements")


def downgrade() -> None:
    """Refuse: taking this step back would throw records away."""
    raise NotImplementedError
