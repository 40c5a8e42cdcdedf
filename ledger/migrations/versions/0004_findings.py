"""What checks find, and what becomes of it until it is closed."""

from __future__ import annotations

import sqlalchemy as sa

from duban.ledger.migrations.columns import (
    at,
    big,
    day,
    keep,
    key,
    make,
    number,
    refuse,
    sha,
    tables_beside,
    text,
    to,
    unique,
    where,
    words,
    yes,
)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

book = tables_beside("obligations", "units")

# fmt: off
sa.Table(
    "findings", book, key(), text("key"), text("slug"), number("year"), number("number"),
    to("unit_id", "units"),
    to("obligation_id", "obligations", big, null=True, index=True), at("entered_at"), text("entered_by"),
    text("via"), at("found_at"), text("checked_by"), text("inspectors"), text("item"), text("place"),
    text("description"), text("kind"), text("grade"), text("measures"), text("responsible"), text("clause"),
    at("first_due_at"), at("due_at"), text("state"), at("fixed_at", null=True), day("fixed_on", null=True),
    text("fixed_by", null=True), at("closed_at", null=True), text("closed_by", null=True), yes("refuted"),
    number("reopened"), yes("late"), at("asked_at", null=True), at("next_at", null=True), number("rung"),
    at("listed_at", null=True), at("delisted_at", null=True), unique("key"), unique("slug", "year", "number"),
    words("grade", "general", "grave"), words("state", "open", "fixed", "closed"),
    words("via", "desk", "phone", "paper", "link", "excel", "api"),
    sa.Index(None, "unit_id", "state", "due_at"),
    where("ix_findings_open", "state = 'open'", "due_at", "rung"),
    where("ix_findings_fixed", "state = 'fixed'", "state"),
    where("ix_findings_asked", "asked_at IS NOT NULL", "id"),
    where("ix_findings_grave", "grade = 'grave'", "slug", "state"),
    where("ix_findings_next", "next_at IS NOT NULL", "next_at"),
)
sa.Table(
    "finding_steps", book, key(), to("finding_id", "findings", index=True), at("at"), text("kind"),
    text("by"), text("people"), text("text"), at("until", null=True), day("done_on", null=True),
    to("unit_id", "units", null=True), text("grade", null=True), text("measures", null=True),
    text("responsible", null=True),
    words(
        "kind", "found", "changed", "moved", "asked", "extended", "refused", "fixed", "failed", "closed",
        "refuted", "reopened", "listed", "delisted", "reminded",
    ),
)
sa.Table(
    "finding_files", book, key(), to("finding_id", "findings"), to("step_id", "finding_steps"),
    sha("sha256"), text("name"), text("media_type"), number("size"), at("at"), text("by"),
    unique("finding_id", "sha256"), sa.Index(None, "sha256"),
)
# fmt: on
AS_FOUND = (
    *("key", "slug", "year", "number", "entered_at", "entered_by", "via", "found_at", "checked_by"),
    *("inspectors", "item", "place", "description", "kind", "clause", "first_due_at"),
)


def upgrade() -> None:
    """Make the tables and the triggers that keep them."""
    make(book)
    refuse("findings", "DELETE")
    # What the check found stays as it was written; only what became of it changes.
    refuse("findings", "UPDATE", " OR ".join(f"NEW.{name} <> OLD.{name}" for name in AS_FOUND))
    keep("finding_steps")
    keep("finding_files")


def downgrade() -> None:
    """Refuse: taking this step back would throw findings away."""
    raise NotImplementedError
