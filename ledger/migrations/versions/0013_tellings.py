"""Who could not be told of a result by letter is told by a person, which is kept."""

from __future__ import annotations

import sqlalchemy as sa

from duban.ledger.migrations.columns import at, keep, key, make, tables_beside, text, to

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

book = tables_beside("appraisals")

sa.Table(
    *("appraisal_tellings", book, key(), to("appraisal_id", "appraisals", index=True)),
    *(at("at"), text("by"), text("how")),
)


def upgrade() -> None:
    """Make the table, whose rows are never changed."""
    make(book)
    keep("appraisal_tellings")


def downgrade() -> None:
    """Refuse: taking this step back would throw away who was told."""
    raise NotImplementedError
