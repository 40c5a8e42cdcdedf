"""Inspections with their draws, and the look-back."""

from __future__ import annotations

import sqlalchemy as sa

from duban.ledger.migrations.columns import (
    at,
    data,
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

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

book = tables_beside("findings", "rounds", "units")

# fmt: off
sa.Table(
    "lots", book, key(), text("kind"), text("context"), at("made_at"), text("made_by"), sha("seed"),
    sha("commitment"), data("terms"), text("listed"), at("drawn_at", null=True), text("drawn_by", null=True),
    text("drawn_from", null=True), data("result"), text("seal", null=True), at("revealed_at", null=True),
    at("withdrawn_at", null=True), text("withdrawn_by", null=True), text("withdrawn_why", null=True),
    unique("context"), words("kind", "inspection", "lookback"),
)
sa.Table(
    "inspectors", book, key(), text("name"), to("unit_id", "units"), at("made_at"), text("made_by"),
    yes("active"),
)
sa.Table(
    "inspector_conflicts", book, key(), to("inspector_id", "inspectors", index=True),
    to("unit_id", "units"), text("kind"), day("since", null=True), day("until", null=True), text("reason"),
    at("made_at"), text("made_by"), at("ended_at", null=True), text("ended_by", null=True),
    text("ended_why", null=True), words("kind", "declared", "sat"),
)
sa.Table(
    "inspections", book, key(), to("round_id", "rounds"), to("lot_id", "lots"), text("slug"),
    number("year"), text("title"), text("clause"), yes("announced"), at("prepared_at"), text("state"),
    at("begins_at", null=True), at("begun_at", null=True), text("begun_by", null=True),
    at("closed_at", null=True), unique("round_id"), unique("lot_id"),
    words("state", "prepared", "drawn", "begun", "closed"), sa.Index(None, "slug", "year"),
    where("ix_inspections_begins", "state = 'drawn'", "begins_at"),
)
sa.Table(
    "inspected_units", book, key(), to("inspection_id", "inspections"), number("place"),
    to("unit_id", "units", index=True), data("team"), text("checked", null=True),
    at("checked_at", null=True), text("checked_by", null=True), text("text", null=True),
    at("entered_at", null=True), text("entered_by", null=True), unique("inspection_id", "unit_id"),
    words("checked", "nothing", "found", "skipped"),
)
sa.Table(
    "inspected_findings", book,
    sa.Column("finding_id", sa.Integer, sa.ForeignKey("findings.id"), primary_key=True, autoincrement=False),
    to("inspected_id", "inspected_units", index=True),
)
sa.Table(
    "seal_looks", book, key(), to("inspection_id", "inspections"), text("by"), day("day"), at("at"),
    unique("inspection_id", "by", "day"),
)
sa.Table(
    "lookbacks", book, key(), to("round_id", "rounds"), to("lot_id", "lots"), text("slug"), number("year"),
    text("title"), text("clause"), at("made_at"), at("due_at", null=True), unique("round_id"),
    unique("lot_id"), sa.Index(None, "slug", "year"),
)
sa.Table(
    "revisits", book, key(), to("lookback_id", "lookbacks"), number("number"), text("kind"), text("why"),
    to("finding_id", "findings", null=True, index=True), to("unit_id", "units"), text("promised"),
    to("visitor_id", "units", null=True), text("visitors"), text("found", null=True),
    at("visited_at", null=True), text("visited_by", null=True), text("text", null=True),
    at("until", null=True), at("entered_at", null=True), text("entered_by", null=True),
    unique("lookback_id", "number"), unique("lookback_id", "finding_id"), words("kind", "finding", "unit"),
    words("why", "grave", "reopened", "late", "sampled", "reports"),
    words("found", "true", "rebound", "false"), where("ix_revisits_open", "found IS NULL", "visitor_id"),
)
# fmt: on


def upgrade() -> None:
    """Make the tables and the triggers that keep them."""
    make(book)
    keep("lots", until="OLD.revealed_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL")
    keep("inspections", until="OLD.state = 'closed'")
    keep("inspected_units", until="OLD.checked IS NOT NULL")
    keep("inspector_conflicts", until="OLD.ended_at IS NOT NULL")
    keep("revisits", until="OLD.found IS NOT NULL")
    for table in ("inspected_findings", "seal_looks", "lookbacks"):
        keep(table)
    refuse("inspectors", "DELETE")


def downgrade() -> None:
    """Refuse: taking this step back would throw records away."""
    raise NotImplementedError
