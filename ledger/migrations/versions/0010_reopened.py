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


# How often another unit came to answer for a finding is how often the unit of its steps differs from the one
# before; what has begun anew stands on no rung yet.
BEGIN_ANEW = (
    """
    UPDATE findings SET climbs = reopened + (
        SELECT COUNT(*) FROM finding_steps s WHERE s.finding_id = findings.id AND s.kind = 'changed'
        AND s.unit_id <> (SELECT b.unit_id FROM finding_steps b WHERE b.finding_id = s.finding_id
                          AND b.unit_id IS NOT NULL AND b.id < s.id ORDER BY b.id DESC LIMIT 1))
    """,
    "UPDATE findings SET rung = 0 WHERE climbs > 0",
)


def upgrade() -> None:
    """Say on each sheet how often its finding had come back, and count once for each time."""
    op.add_column("sheets", sa.Column("again", sa.Integer, nullable=False, server_default="0"))
    op.add_column("findings", sa.Column("climbs", sa.Integer, nullable=False, server_default="0"))
    for again in BEGIN_ANEW:
        op.execute(again)
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
