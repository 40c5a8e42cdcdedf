"""Townships share one book: units know their way from the root, plans and whoever comes in their own root."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from duban.ledger.migrations.columns import make, tables_beside, text, to

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

book = tables_beside("units")

sa.Table(
    *("plan_homes", book, sa.Column("slug", sa.Text, primary_key=True)),
    *(to("unit_id", "units", index=True), text("office_phone")),
)

ROOTED = (
    *(("accounts", "unit_id"), ("invitations", "unit_id"), ("integrations", "unit_id")),
    *(("channels", "unit_id"), ("sign_ins", "view_id")),
)
# A unit of which another is made the parent while it still hangs below that one has a way that bites its own
# tail, until the next statement has moved the other as well: the way is not carried on around.
SQLITE = (
    """
    CREATE TRIGGER units_path_new AFTER INSERT ON units BEGIN
        UPDATE units SET path = coalesce(
            (SELECT above.path FROM units above WHERE above.id = NEW.parent_id), '/') || NEW.id || '/'
        WHERE id = NEW.id;
    END
    """,
    """
    CREATE TRIGGER units_path_moved AFTER UPDATE OF parent_id ON units
    WHEN OLD.parent_id IS NOT NEW.parent_id BEGIN
        UPDATE units SET path = coalesce(
            (SELECT above.path FROM units above WHERE above.id = NEW.parent_id), '/') || NEW.id || '/'
        WHERE id = NEW.id;
    END
    """,
    """
    CREATE TRIGGER units_path_below AFTER UPDATE OF path ON units WHEN OLD.path <> NEW.path BEGIN
        UPDATE units SET path = NEW.path || id || '/'
        WHERE parent_id = NEW.id AND instr(NEW.path, '/' || id || '/') = 0;
    END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION units_path() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.path := coalesce(
            (SELECT above.path FROM units above WHERE above.id = NEW.parent_id), '/') || NEW.id || '/';
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION units_path_below() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        -- By the way that the unit has now: it runs at the end of a statement that may have moved it again.
        UPDATE units AS below SET path = above.path || below.id || '/' FROM units AS above
        WHERE above.id = NEW.id AND below.parent_id = above.id
            AND below.path <> above.path || below.id || '/'
            AND position('/' || below.id || '/' IN above.path) = 0;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER units_path BEFORE INSERT OR UPDATE OF parent_id ON units
    FOR EACH ROW EXECUTE FUNCTION units_path()
    """,
    """
    CREATE TRIGGER units_path_below AFTER INSERT OR UPDATE OF parent_id, path ON units
    FOR EACH ROW EXECUTE FUNCTION units_path_below()
    """,
)


def upgrade() -> None:
    """Let the database keep each unit's way, whoever writes; fill it; make what names a root."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    # The way is compared sign by sign, whatever language the server sorts by.
    sort = ' COLLATE "C"' if on_postgresql else ""
    op.execute(f"ALTER TABLE units ADD COLUMN path TEXT{sort} DEFAULT '' NOT NULL")
    for trigger in POSTGRESQL if on_postgresql else SQLITE:
        op.execute(trigger)
    op.execute("UPDATE units SET path = '/' || id || '/' WHERE parent_id IS NULL")
    op.create_index("ix_units_path", "units", ["path"])
    make(book)
    for table, column in ROOTED:
        named = f"CONSTRAINT fk_{table}_{column} REFERENCES units (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER {named}")


def downgrade() -> None:
    """Refuse: an earlier program would show every township to all."""
    raise NotImplementedError
