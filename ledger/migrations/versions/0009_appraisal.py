"""The appraisal: adopted rules, results, bonuses and vetoes, appeals, adjustments."""

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

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

book = tables_beside("units")

# fmt: off
sa.Table(
    "appraisal_rules", book, key(), text("slug"), day("since"), sha("digest"), text("content"),
    text("origin"), at("adopted_at"), text("by"), unique("slug", "since"),
)
sa.Table(
    "appraisal_runs", book, key(), text("slug"), text("period"), number("year"), text("name"),
    to("rules_id", "appraisal_rules"), at("as_of"), at("drafted_at"), number("units"),
    unique("slug", "period"),
)
sa.Table(
    "appraisals", book, key(), to("run_id", "appraisal_runs"), to("unit_id", "units"), text("total"),
    text("grade"), data("lines"), text("state"), at("appeal_until"), text("final_total", null=True),
    text("final_grade", null=True), at("published_at", null=True), text("published_by", null=True),
    unique("run_id", "unit_id"), words("state", "draft", "published"),
    words("grade", "excellent", "good", "qualified", "failed"), sa.Index(None, "unit_id"),
    where("ix_appraisals_draft", "state = 'draft'", "appeal_until"),
)
sa.Table(
    "appraisal_entries", book, key(), text("slug"), text("period"), to("unit_id", "units"), text("kind"),
    text("key"), text("name"), text("points"), text("clause"), text("reason"), text("approver"), at("at"),
    text("by"), at("signed_at", null=True), text("signed_by", null=True), at("withdrawn_at", null=True),
    text("withdrawn_by", null=True), text("withdrawn_why", null=True), words("kind", "bonus", "veto"),
    sa.Index(None, "slug", "period", "unit_id"),
    where(
        "ix_appraisal_entries_unsigned",
        "kind = 'veto' AND signed_at IS NULL AND withdrawn_at IS NULL",
        "id",
    ),
)
sa.Table(
    "appraisal_appeals", book, key(), to("appraisal_id", "appraisals"), number("line"), at("at"), text("by"),
    text("text"), at("decided_at", null=True), text("decided_by", null=True), yes("upheld", null=True),
    text("answer", null=True), unique("appraisal_id", "line"),
    where("ix_appraisal_appeals_open", "decided_at IS NULL", "id"),
)
sa.Table(
    "appraisal_adjustments", book, key(), to("appraisal_id", "appraisals", index=True),
    to("appeal_id", "appraisal_appeals", null=True), text("points"), text("why"), text("clause"), at("at"),
    text("by"),
)
# fmt: on
_DRAFTED = ("run_id", "unit_id", "total", "grade")
_ENTERED = ("slug", "period", "unit_id", "kind", "key", "points", "clause", "reason", "approver", "at", "by")


def upgrade() -> None:
    """Make the tables and the triggers that keep them: a result that was drafted is only ever added to."""
    make(book)
    for table in ("appraisal_rules", "appraisal_runs", "appraisal_adjustments"):
        keep(table)
    keep("appraisal_appeals", until="OLD.decided_at IS NOT NULL")
    refuse("appraisals", "DELETE")
    changed = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _DRAFTED)
    lines = "CAST(NEW.lines AS TEXT) <> CAST(OLD.lines AS TEXT)"
    refuse("appraisals", "UPDATE", f"OLD.state = 'published' OR {changed} OR {lines}")
    refuse("appraisal_entries", "DELETE")
    entered = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _ENTERED)
    refuse("appraisal_entries", "UPDATE", f"OLD.withdrawn_at IS NOT NULL OR {entered}")


def downgrade() -> None:
    """Refuse: taking this step back would throw results away."""
    raise NotImplementedError
