"""What was answered in a round as of a moment: the version of each unit that stood then, and its files."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, select

from . import unit_names
from .tables import Exemption, Obligation, Round, Submission, Unit, Upload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from .standings import Filters


class FiledRound(NamedTuple):
    """A round that had been opened by then, with the form that its reports follow."""

    id: int
    title: str
    clause: str
    form: list[Any]


class FiledAnswer(NamedTuple):
    """The version of one unit; ``files`` are the names by SHA-256 of what came with it. Moments in UTC."""

    obligation_id: int
    unit: str
    version: int
    received_at: datetime
    nil: bool
    answers: dict[str, Any]
    note: str
    by: str
    files: dict[str, str]


class FiledSilence(NamedTuple):
    """A unit that had not answered by then, and why it was let off (免报), empty if it was not."""

    unit: str
    exempt: str


def filed_rounds(
    session: Session, filters: Filters, as_of: datetime, round_id: int | None = None
) -> list[FiledRound]:
    """Give the rounds in the order of their opening; with a unit in ``filters``, those in which it owes."""
    query = select(Round.id, Round.title, Round.clause, Round.form).where(Round.opened_at <= as_of)
    wanted = {Round.slug: filters.slug, Round.year: filters.year, Round.id: round_id}
    query = query.where(*(column == value for column, value in wanted.items() if value is not None))
    if filters.unit is not None:
        owes = select(Obligation.round_id).join(Unit, Unit.id == Obligation.unit_id)
        query = query.where(Round.id.in_(owes.where(Unit.code == filters.unit)))
    return [FiledRound(*row) for row in session.execute(query.order_by(Round.opens_at, Round.id))]


def filed_answers(
    session: Session, round_id: int, as_of: datetime, unit: str | None = None
) -> Iterator[FiledAnswer]:
    """Give what stood in a round by ``as_of``, by unit; of one unit (code) if named."""
    last = (
        select(Submission.obligation_id, func.max(Submission.version).label("version"))
        .join(Obligation, Obligation.id == Submission.obligation_id)
        .where(Obligation.round_id == round_id, Submission.received_at <= as_of)
        .group_by(Submission.obligation_id)
        .subquery()
    )
    this = and_(Submission.obligation_id == last.c.obligation_id, Submission.version == last.c.version)
    query = (
        select(
            *(Submission.obligation_id, unit_names.called(session, as_of).label("unit")),
            *(Submission.version, Submission.received_at),
            *(Submission.nil, Submission.answers, Submission.note, Submission.by),
        )
        .join(last, this)
        .join(Obligation, Obligation.id == Submission.obligation_id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .order_by(Unit.code)
    )
    files = _files(session, round_id, as_of)
    for row in session.execute(query if unit is None else query.where(Unit.code == unit)):
        named = {
            column: getattr(row, column) for column in FiledAnswer._fields if column not in ("unit", "files")
        }
        yield FiledAnswer(unit=row.unit, files=files[row.obligation_id], **named)


def filed_silent(
    session: Session, round_id: int, as_of: datetime, unit: str | None = None
) -> list[FiledSilence]:
    """Give the units that had not answered in a round by ``as_of``, by code; or the one (code) if named."""
    said = select(Submission.obligation_id).where(Submission.received_at <= as_of)
    let_off = and_(Exemption.obligation_id == Obligation.id, Exemption.at <= as_of)
    query = (
        select(unit_names.called(session, as_of), func.coalesce(Exemption.reason, ""))
        .select_from(Obligation)
        .join(Unit, Unit.id == Obligation.unit_id)
        .outerjoin(Exemption, let_off)
        .where(
            Obligation.round_id == round_id,
            ~said.where(Submission.obligation_id == Obligation.id).exists(),
        )
        .order_by(Unit.code)
    )
    rows = session.execute(query if unit is None else query.where(Unit.code == unit))
    return [FiledSilence(*row) for row in rows]


def _files(session: Session, round_id: int, as_of: datetime) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    query = (
        select(Upload.obligation_id, Upload.sha256, Upload.name)
        .join(Obligation, Obligation.id == Upload.obligation_id)
        .where(Obligation.round_id == round_id, Upload.at <= as_of)
        .order_by(Upload.id)
    )
    for obligation_id, digest, name in session.execute(query):
        found[obligation_id][digest] = name
    return found
