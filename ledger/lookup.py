"""One row by its number, for the pages; whether the caller may see it is theirs to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, or_, select

from .homes import within
from .tables import Obligation, PlanRevision, PlanYear, Round, Submission, Unit, Upload

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def obligation(session: Session, obligation_id: int, *, lock: bool = False) -> Obligation | None:
    """Give an obligation by its number; with ``lock``, locked until the transaction ends."""
    query = select(Obligation).where(Obligation.id == obligation_id)
    return session.scalar(query.with_for_update(key_share=True) if lock else query)


_OBLIGATIONS, _ROUNDS = Obligation.__table__, Round.__table__
# Built once and without objects: every report that is sent asks for it.
_FORM = (
    select(_OBLIGATIONS.c.unit_id, _ROUNDS.c.form)
    .join(_ROUNDS, _ROUNDS.c.id == _OBLIGATIONS.c.round_id)
    .where(_OBLIGATIONS.c.id == bindparam("id"))
)


def form(session: Session, obligation_id: int) -> tuple[int, list[Any]] | None:
    """Give the unit that owes and the form of what it owes."""
    row = session.execute(_FORM, {"id": obligation_id}).one_or_none()
    return None if row is None else (row.unit_id, row.form)


def submission(session: Session, submission_id: int) -> Submission | None:
    """Give one version of a report by its number."""
    return session.get(Submission, submission_id)


def upload(session: Session, obligation_id: int, sha256: str) -> Upload | None:
    """Give a file by the obligation that it came for and its SHA-256."""
    here = Upload.obligation_id == obligation_id
    return session.scalar(select(Upload).where(here, Upload.sha256 == sha256))


def round_(session: Session, round_id: int) -> Round | None:
    """Give a round by its number."""
    return session.get(Round, round_id)


def unit(session: Session, unit_id: int) -> Unit | None:
    """Give a unit by its number."""
    return session.get(Unit, unit_id)


def unit_called(session: Session, slug: str, name: str) -> Unit | None:
    """Give a unit of where a plan is at home by its code, else by its name."""
    called = and_(within(session, slug), or_(Unit.code == name, Unit.name == name))
    return session.scalar(select(Unit).where(called).order_by(Unit.code != name, Unit.id).limit(1))


def revision(session: Session, slug: str, year: int) -> PlanRevision | None:
    """Give the revision under which a plan is in force in a year."""
    query = select(PlanRevision).join(PlanYear, PlanYear.plan_id == PlanRevision.id)
    return session.scalar(query.where(PlanYear.slug == slug, PlanYear.year == year))


def latest_revision(session: Session, slug: str) -> PlanRevision | None:
    """Give the latest revision of a plan that is in the book."""
    query = select(PlanRevision).where(PlanRevision.slug == slug).order_by(PlanRevision.revision.desc())
    return session.scalar(query.limit(1))


def revision_by(session: Session, slug: str, at: datetime) -> int:
    """Give the number of the last revision of a plan that the book had at a moment, else of the first."""
    query = select(PlanRevision.id, PlanRevision.adopted_at).where(PlanRevision.slug == slug)
    rows = session.execute(query.order_by(PlanRevision.revision)).tuples().all()
    return next((id_ for id_, adopted_at in reversed(rows) if adopted_at <= at), rows[0][0])
