"""What is unmet, as SQL; the rule is ``obligations.ladder.climb``, and a test holds this against it.

States are spelled in literals, as the partial indexes spell them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, literal_column, or_
from sqlalchemy.orm import aliased

from .states import MISSING
from .tables import FINDING_OPEN, Finding, Obligation, Round, Sheet, SheetReply, Submission, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from ..obligations.words import Rung

ISSUED: ColumnElement[bool] = Sheet.state == literal_column("'issued'")
DRAFT: ColumnElement[bool] = Sheet.state == literal_column("'draft'")
_OWED: ColumnElement[bool] = Obligation.state == literal_column("'owed'")
_NONE: ColumnElement[int] = literal_column("0")


def unreported(by: datetime) -> ColumnElement[bool]:
    """Tell of an obligation that nothing stands and that it was due at ``by`` or before.

    Who was sent something back to correct has until the limit that was set for that.
    """
    correcting = exists().where(
        Submission.obligation_id == Obligation.id,
        Verdict.submission_id == Submission.id,
        Verdict.correct_by > by,
    )
    here = and_(MISSING, Obligation.credited_at.is_(None), Obligation.due_at <= by)
    return and_(here, or_(_OWED, ~correcting))


def unrectified(by: datetime) -> ColumnElement[bool]:
    """Tell of a finding that it is not rectified and was to be at ``by`` or before."""
    return and_(FINDING_OPEN, Finding.due_at <= by)


def on_no_rung(table: type[Obligation | Finding], by: datetime) -> ColumnElement[bool]:
    """Tell of an obligation or a finding that it was to be met at ``by`` or before and has no sheet yet."""
    unmet = unreported(by) if table is Obligation else unrectified(by)
    return and_(table.rung == _NONE, unmet)


def takes_reports(now: datetime) -> ColumnElement[bool]:
    """Tell of a round that it has opened and takes reports: else nobody could do what is urged."""
    here = and_(Round.opened_at.is_not(None), Round.locked_at.is_(None))
    return and_(here, or_(Round.locks_at.is_(None), Round.locks_at >= now))


def overrun(now: datetime) -> ColumnElement[bool]:
    """Tell of a sheet that it runs, that its time has passed, and that no reason for that was accepted."""
    excused = exists().where(SheetReply.sheet_id == Sheet.id, SheetReply.accepted.is_(True))
    return and_(ISSUED, Sheet.next_at <= now, ~excused)


def about_the_same(found: Sheet) -> list[ColumnElement[bool]]:
    """Give the conditions on sheets about the matter of one; none for a sheet that is about nothing else.

    What was issued about a finding before it came back, or while another unit answered for it, is apart.
    """
    about = ((Sheet.obligation_id, found.obligation_id), (Sheet.finding_id, found.finding_id))
    same = [column == id_ for column, id_ in about if id_ is not None]
    return [*same, Sheet.again == found.again] if same else []


def in_series(series: str) -> ColumnElement[bool]:
    """Tell of a sheet that it is of a series.

    Hidden in a sum: SQLite would read all that the series ever had, instead of what runs.
    """
    hidden: ColumnElement[str] = Sheet.series + literal_column("''")
    return hidden.in_((series,))


def has_sheet(table: type[Obligation | Finding], rung: Rung) -> ColumnElement[bool]:
    """Tell of an obligation or a finding whether it has had a sheet of this rung.

    One that the ladder once drafted counts even when it was dropped: the ladder never fires twice. For a
    finding that came back, or for which another unit answers, only what has been made since then counts.
    """
    other = aliased(Sheet)
    about = (
        (other.obligation_id == Obligation.id,)
        if table is Obligation
        else (other.finding_id == Finding.id, other.again == Finding.climbs)
    )
    lives = or_(other.cause == "ladder", other.number.is_not(None), other.state == "draft")
    return exists().where(*about, other.rung == str(rung), lives)
