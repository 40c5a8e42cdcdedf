"""The appraisal."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the triggers that keep them."""


def downgrade() -> None:
    """Refuse: taking this step back would throw records away."""
    raise NotImplementedError
