"""Cases, clues, event reports, what is watched, and who is on duty at night."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the triggers that keep them."""


def downgrade() -> None:
    """Refuse: taking this step back would throw records away."""
    raise NotImplementedError
