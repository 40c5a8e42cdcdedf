"""A finding that has come back climbs the ladder from its foot: each time has its own sheets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from duban.ledger.migrations.columns import refuse

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ONCE = "ux_sheets_finding_once"
OF_LADDER = sa.text("cause = 'ladder' AND finding_id IS NOT NULL")


def upgrade() -> None:
    """Say on each sheet how often its finding had come back, and count once for each time."""
    op.add_column("sheets", sa.Column("again", sa.Integer, nullable=False, server_default="0"))
    op.drop_index(ONCE, "sheets")
    op.create_index(
        ONCE,
        "sheets",
        ["finding_id", "again", "rung"],
        unique=True,
        sqlite_where=OF_LADDER,
        postgresql_where=OF_LADDER,
    )
    refuse("sheets", "UPDATE OF again", "OLD.number IS NOT NULL AND OLD.again <> NEW.again")


def downgrade() -> None:
    """Refuse: taking this step back would let one climb hide another."""
    raise NotImplementedError
