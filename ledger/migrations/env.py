"""Run by Alembic: takes the steps on the connection that ``Book.migrate`` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

# SQLite cannot alter most things in place; a later step copies the table instead (batch mode).
context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
