"""The rows of the paper ledger of reports (报送台账), as of a moment: what was owed, and what came when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, select

from ..obligations.sheet_names import sheet_number
from ..obligations.words import Via
from .standings import Filters, standpoints
from .tables import Obligation, Round, Sheet, Submission, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from .standings import Standpoint


class FiledReport(NamedTuple):
    """One line; moments in UTC, empty where nothing is to tell. ``sheets`` are the numbers issued by then."""

    number: int
    unit: str
    plan: str
    title: str
    clause: str
    lead: str
    opened_at: datetime
    due_at: datetime | None
    effective_due: datetime | None
    received_at: datetime | None
    version: int | None
    via: str
    by: str
    outcome: str
    state: str
    accepted_at: datetime | None
    returned: int
    reminded: int
    sheets: str


@dataclass(slots=True)
class _Came:
    """What has come for one obligation by then."""

    received_at: datetime | None = None
    version: int | None = None
    via: str = ""
    by: str = ""
    accepted_at: datetime | None = None
    returned: int = 0


def filed_reports(
    session: Session, filters: Filters, as_of: datetime, round_id: int | None = None
) -> Iterator[FiledReport]:
    """Give the lines in the order of deadlines, then of units; with ``round_id``, of that round alone."""
    points = [one for one in standpoints(session, filters, as_of) if round_id in (None, one.round.id)]
    came, sheets = _came(session, filters, as_of), _sheets(session, filters, as_of)
    for number, point in enumerate(points, start=1):
        yield _line(number, point, came[point.obligation_id], sheets[point.obligation_id])


def _line(number: int, point: Standpoint, came: _Came, sheets: list[str]) -> FiledReport:
    here, standing = point.round, point.standing
    return FiledReport(
        *(number, point.unit, here.plan, here.title, here.clause, here.lead),
        *(here.opens_at, here.due_at, standing.effective_due),
        *(came.received_at, came.version, came.via, came.by),
        *(standing.outcome.zh, standing.state.zh, came.accepted_at, came.returned, point.told.times),
        "、".join(sheets),
    )


def _came(session: Session, filters: Filters, as_of: datetime) -> dict[int, _Came]:
    by_then = and_(Verdict.submission_id == Submission.id, Verdict.at <= as_of)
    query = (
        select(
            *(Submission.obligation_id, Submission.received_at, Submission.version, Submission.via),
            *(Submission.by, Verdict.verdict, Verdict.at),
        )
        .outerjoin(Verdict, by_then)
        .where(Submission.received_at <= as_of, Submission.obligation_id.in_(_in_scope(filters)))
        .order_by(Submission.obligation_id, Submission.version)
    )
    found: dict[int, _Came] = defaultdict(_Came)
    for row in session.execute(query):
        one = found[row.obligation_id]
        one.received_at, one.version, one.via, one.by = row.received_at, row.version, Via(row.via).zh, row.by
        one.accepted_at = row.at if row.verdict == "accepted" else None
        one.returned += row.verdict == "returned"
    return found


def _sheets(session: Session, filters: Filters, as_of: datetime) -> dict[int, list[str]]:
    query = (
        select(Sheet.obligation_id, Sheet.rung, Sheet.year, Sheet.number)
        .where(Sheet.issued_at <= as_of, Sheet.obligation_id.in_(_in_scope(filters)))
        .order_by(Sheet.issued_at, Sheet.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(query):
        if row.obligation_id is not None:
            found[row.obligation_id].append(sheet_number(row.rung, row.year, row.number))
    return found


def _in_scope(filters: Filters) -> Select[tuple[int]]:
    query = select(Obligation.id).join(Round, Round.id == Obligation.round_id)
    wanted = {Round.slug: filters.slug, Round.year: filters.year, Round.duty: filters.duty}
    return query.where(*(column == value for column, value in wanted.items() if value is not None))
