"""Cases, clues, event reports, what is watched, and who is on duty at night."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from duban.ledger.migrations.columns import (
    at,
    big,
    data,
    day,
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

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

book = tables_beside("findings", "obligations", "rounds", "units")

# fmt: off
sa.Table(
    "clues", book, key(), text("key"), text("slug"), number("year"), number("number"),
    to("from_unit_id", "units", null=True, index=True), at("made_at"), text("made_by"), text("title"),
    text("text"), unique("key"), unique("slug", "year", "number"),
)
sa.Table(
    "clue_hops", book, key(), to("clue_id", "clues"), number("n"),
    to("from_unit_id", "units", null=True, index=True), to("to_unit_id", "units"), at("sent_at"),
    text("sent_by"), text("note"), at("receive_by"), at("answer_by"), at("received_at", null=True),
    text("received_by", null=True), at("ended_at", null=True), at("next_at", null=True), number("reminded"),
    unique("clue_id", "n"), where("ix_clue_hops_next", "ended_at IS NULL", "next_at"),
    sa.Index(None, "to_unit_id", "ended_at"),
)
sa.Table(
    "clue_answers", book, key(), to("hop_id", "clue_hops", index=True), at("at"), text("by"),
    text("verdict"), text("text"), words("verdict", "true", "false", "working"),
)
sa.Table(
    "cases", book, key(), text("key"), text("slug"), number("year"), number("number"),
    to("unit_id", "units", index=True), to("finding_id", "findings", null=True, index=True),
    to("clue_id", "clues", null=True, index=True), text("title"), text("description"), at("opened_at"),
    text("opened_by"), text("state"), at("closed_at", null=True), text("closed_by", null=True),
    number("reopened"), unique("key"), unique("slug", "year", "number"), words("state", "open", "closed"),
    where("ix_cases_open", "state = 'open'", "id"),
)
sa.Table(
    "case_lines", book, key(), to("case_id", "cases"), text("part"), number("number"), text("text"),
    yes("settled"), unique("case_id", "part", "number"), words("part", "six", "operator"),
)
sa.Table(
    "case_steps", book, key(), to("case_id", "cases", index=True), to("line_id", "case_lines", null=True),
    at("at"), text("kind"), text("by"), text("text"), text("approver"),
    words("kind", "settled", "waived", "unsettled", "added", "closed", "reopened"),
)
sa.Table(
    "alerts", book, key(), to("round_id", "rounds"), to("unit_id", "units", null=True), at("at"), text("by"),
    text("text"), number("minutes"), number("sent"), at("next_at", null=True), unique("round_id"),
    where("ix_alerts_next", "next_at IS NOT NULL", "next_at"), sa.Index(None, "at"),
)
sa.Table(
    "alert_units", book, key(), to("alert_id", "alerts"), to("unit_id", "units", index=True),
    unique("alert_id", "unit_id"),
)
sa.Table(
    "alert_acks", book, key(), to("alert_id", "alerts"), to("unit_id", "units"), at("at"), text("by"),
    text("whom"), unique("alert_id", "unit_id", "by", "whom"),
)
sa.Table(
    "night_rosters", book, key(), to("obligation_id", "obligations", big), number("version"), at("at"),
    text("by"), data("people"), unique("obligation_id", "version"),
)
sa.Table(
    "night_summaries", book, key(), to("round_id", "rounds"), at("made_at"), text("text"), data("figures"),
    unique("round_id"),
)
sa.Table(
    "watched", book, key(), text("key"), text("slug"), text("rule"), text("kind"), text("label"),
    to("unit_id", "units"), day("since"), text("why"), text("clause"), number("every"), at("made_at"),
    text("made_by"), at("visit_by"), at("next_at", null=True), at("off_at", null=True),
    text("off_by", null=True), text("off_why", null=True), unique("key"), words("kind", "person", "place"),
    where("ix_watched_next", "off_at IS NULL", "next_at"), sa.Index(None, "unit_id", "visit_by"),
)
sa.Table(
    "visits", book, key(), to("watched_id", "watched", index=True), at("at"), text("by"), yes("seen"),
    text("result"), text("text"), words("result", "normal", "abnormal"),
)
# fmt: on

_OPEN_LINE = "EXISTS (SELECT 1 FROM case_lines WHERE case_id = NEW.id AND NOT settled)"
_CLOSED_CASE = "EXISTS (SELECT 1 FROM cases WHERE id = NEW.case_id AND state = 'closed')"


def upgrade() -> None:
    """Make the tables and the triggers that keep them; no case is closed while one of its lines is open."""
    make(book)
    for table in ("clues", "clue_answers", "case_steps", "alert_units", "alert_acks"):
        keep(table)
    for table in ("night_rosters", "night_summaries", "visits"):
        keep(table)
    for table in ("clue_hops", "cases", "case_lines", "alerts", "watched"):
        refuse(table, "DELETE")
    refuse("cases", "UPDATE", _changed("key", "slug", "year", "number", "unit_id", "title", "description"))
    refuse("case_lines", "UPDATE", _changed("case_id", "part", "number", "text"))
    refuse("clue_hops", "UPDATE", f"OLD.ended_at IS NOT NULL OR {_changed('note', 'sent_at', 'answer_by')}")
    refuse("alerts", "UPDATE", _changed("round_id", "at", "by", "text"))
    refuse("watched", "UPDATE", f"OLD.off_at IS NOT NULL OR {_changed('kind', 'label', 'since', 'why')}")
    _refuse_where("cases", "INSERT OR UPDATE", "closing", f"NEW.state = 'closed' AND {_OPEN_LINE}")
    _refuse_where("case_lines", "INSERT OR UPDATE", "closed", f"NOT NEW.settled AND {_CLOSED_CASE}")


def downgrade() -> None:
    """Refuse: taking this step back would throw records away."""
    raise NotImplementedError


def _changed(*columns: str) -> str:
    return " OR ".join(f'NEW."{column}" <> OLD."{column}"' for column in columns)


def _refuse_where(table: str, events: str, name: str, condition: str) -> None:
    """Refuse what a condition over other rows says; PostgreSQL asks it in a function, not in WHEN."""
    if op.get_bind().dialect.name == "sqlite":
        then = f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
        for event in events.split(" OR "):
            made = f"CREATE TRIGGER keep_{table}_{name}_{event.lower()} BEFORE {event} ON {table}"
            op.execute(f"{made} FOR EACH ROW WHEN {condition} {then}")
        return
    op.execute(
        f"CREATE FUNCTION keep_{table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER keep_{table}_{name} BEFORE {events} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION keep_{table}_{name}()"
    )
