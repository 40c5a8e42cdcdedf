"""Letters about one thing beside the digests, and how far up the ladder an obligation has come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from duban.ledger.migrations.columns import index_where

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and their indexes."""
    op.add_column("messages", sa.Column("about", sa.Text))
    op.add_column("messages", sa.Column("wording", sa.Text))
    index_where("ix_messages_about", "messages", "about IS NOT NULL", "about")
    op.add_column("obligations", sa.Column("rung", sa.Integer, nullable=False, server_default="0"))
    no_rung = "rung = 0 AND state IN ('owed', 'returned') AND credited_at IS NULL"
    by_round = ("round_id", "due_at", "unit_id", "state")
    index_where("ix_obligations_no_rung", "obligations", no_rung, *by_round)


def downgrade() -> None:
    """Refuse: taking this step back would throw away how far matters have come."""
    raise NotImplementedError
