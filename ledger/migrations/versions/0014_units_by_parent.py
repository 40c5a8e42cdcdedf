"""Units are found by their parent; time granted after a finding's limit lets the ladder begin anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


# The limit that a step changed is the last that one before it had set.
_LATE = """
    SELECT count(*) FROM finding_steps s
    WHERE s.finding_id = findings.id AND s.kind = 'extended' AND s.at > (
        SELECT p.until FROM finding_steps p
        WHERE p.finding_id = s.finding_id AND p.id < s.id AND p.until IS NOT NULL
          AND p.kind IN ('found', 'failed', 'reopened', 'changed', 'moved', 'extended')
        ORDER BY p.id DESC LIMIT 1
    )
"""


COUNT = sa.text(
    f"UPDATE findings SET rung = 0, climbs = climbs + ({_LATE}) WHERE ({_LATE}) > 0"  # noqa: S608 - own text
)


def upgrade() -> None:
    """Make the index, without which each level of the tree reads all units; count what was granted late."""
    op.create_index("ix_units_parent_id", "units", ["parent_id"])
    op.execute(COUNT)


def downgrade() -> None:
    """Refuse: an earlier program would count the climbs of findings otherwise."""
    raise NotImplementedError
