"""What is queued is found in the order in which it leaves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NAME, QUEUED = "ix_messages_queued", sa.text("state = 'queued'")


def upgrade() -> None:
    """Make the index anew: by time alone, the whole queue was put in order for each batch that was taken."""
    op.drop_index(NAME, "messages")
    columns = ["urgent", "not_before", "id"]
    op.create_index(NAME, "messages", columns, sqlite_where=QUEUED, postgresql_where=QUEUED)


def downgrade() -> None:
    """Make the index of before."""
    op.drop_index(NAME, "messages")
    op.create_index(NAME, "messages", ["not_before"], sqlite_where=QUEUED, postgresql_where=QUEUED)
