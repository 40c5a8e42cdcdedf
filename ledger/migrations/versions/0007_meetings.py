"""Joint meetings, their decisions, and the gates of phases."""

from __future__ import annotations

import sqlalchemy as sa

from duban.ledger.migrations.columns import (
    at,
    big,
    data,
    keep,
    key,
    make,
    number,
    refuse,
    tables_beside,
    text,
    to,
    unique,
    where,
    words,
    yes,
)

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

book = tables_beside("obligations", "plans", "rounds", "stretches", "units")

# fmt: off
sa.Table(
    "meetings", book, key(), to("round_id", "rounds"), to("plan_id", "plans"), text("slug"), number("year"),
    text("title"), at("made_at"), at("next_at", null=True, index=True), number("gathered", kind=big),
    unique("round_id"), sa.Index(None, "slug"),
)
sa.Table(
    "meeting_steps", book, key(), to("meeting_id", "meetings"), number("version"), at("at"), text("by"),
    text("move"), text("state"), text("reason"), text("number"), at("starts_at"), at("ends_at"),
    text("place"), text("chair"), data("agenda"), at("notice_at"), at("minutes_due_at"),
    unique("meeting_id", "version"), words("move", "prepared", "arranged", "called", "changed", "cancelled"),
    words("state", "planned", "called", "cancelled"),
)
sa.Table(
    "meeting_proposals", book, key(), text("key"), text("slug"),
    to("unit_id", "units", null=True, index=True),
    to("obligation_id", "obligations", big, null=True, index=True), at("at"), text("by"), text("text"),
    text("tried"), text("wanted"), unique("key"), sa.Index(None, "slug"),
)
sa.Table(
    "meeting_choices", book, key(), to("proposal_id", "meeting_proposals", index=True),
    to("meeting_id", "meetings", index=True), at("at"), text("by"), yes("listed"), text("reason"),
)
sa.Table(
    "meeting_replies", book, key(), to("meeting_id", "meetings"), to("unit_id", "units"), number("version"),
    at("at"), text("by"), text("coming"), text("name"), text("post"), text("reason"),
    words("coming", "coming", "delegate", "leave"), sa.Index(None, "meeting_id", "unit_id"),
)
sa.Table(
    "meeting_presences", book, key(), to("meeting_id", "meetings"), to("unit_id", "units"), at("at"),
    text("by"), text("how"), yes("present"), text("name"), text("reason"),
    words("how", "link", "desk", "late"), sa.Index(None, "meeting_id", "unit_id"),
)
sa.Table(
    "meeting_minutes", book, key(), to("meeting_id", "meetings"), number("version"), at("at"), text("by"),
    text("text"), text("reason"), unique("meeting_id", "version"),
)
sa.Table(
    "decisions", book, key(), to("meeting_id", "meetings"),
    to("minutes_id", "meeting_minutes", index=True), number("number"), to("round_id", "rounds"), at("at"),
    text("by"), text("text"), text("requirement"), text("lead"), data("units"), at("due_at"),
    unique("meeting_id", "number"), unique("round_id"),
)
sa.Table(
    "gates", book, key(), to("stretch_id", "stretches"), text("edge"), number("number"), text("need"),
    text("duty"), text("state"), number("lacking"), data("units"), at("made_at"), at("checked_at"),
    at("settled_at", null=True), text("settled_by", null=True), text("reason", null=True),
    unique("stretch_id", "edge", "number"), words("edge", "enter", "leave"),
    words("need", "received", "accepted", "no_grave_finding", "no_open_finding"),
    words("state", "open", "met", "passed"), where("ix_gates_open", "state = 'open'", "checked_at"),
)
# fmt: on


def upgrade() -> None:
    """Make the tables and the triggers that keep them: what was said of a meeting is only added to."""
    make(book)
    refuse("meetings", "DELETE")
    same = ("round_id", "plan_id", "year", "slug", "title", "made_at")
    refuse("meetings", "UPDATE", " OR ".join(f"NEW.{name} <> OLD.{name}" for name in same))
    for table in ("steps", "proposals", "choices", "replies", "presences", "minutes"):
        keep(f"meeting_{table}")
    keep("decisions")
    keep("gates", until="OLD.settled_at IS NOT NULL")


def downgrade() -> None:
    """Refuse: taking this step back would throw records away."""
    raise NotImplementedError
