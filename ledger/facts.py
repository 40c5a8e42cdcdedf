"""Reads the facts of obligations from the book, for the pure rules to judge."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..obligations.facts import ExtensionFact, ObligationFacts, SubmissionFact
from ..obligations.words import Verdict as Word
from .tables import Exemption, Extension, Obligation, Round, Submission, Verdict

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import Session


def facts_where(session: Session, *which: ColumnElement[bool]) -> dict[int, ObligationFacts]:
    """Give the facts of each obligation that the conditions on obligations and rounds select, by its id."""
    chosen = select(Obligation.id).join(Round, Round.id == Obligation.round_id).where(*which)
    submissions = _submissions(session, chosen)
    extensions = _extensions(session, chosen)
    exempt = {
        row.obligation_id: row.at
        for row in session.execute(
            select(Exemption.obligation_id, Exemption.at).where(Exemption.obligation_id.in_(chosen))
        )
    }
    rounds = session.execute(
        select(Obligation.id, Round.opens_at, Round.due_at, Round.locks_at)
        .join(Round, Round.id == Obligation.round_id)
        .where(*which)
    )
    return {
        row.id: ObligationFacts(
            opens_at=row.opens_at,
            due_at=row.due_at,
            locks_at=row.locks_at,
            submissions=tuple(submissions.get(row.id, ())),
            extensions=tuple(extensions.get(row.id, ())),
            exempt_at=exempt.get(row.id),
        )
        for row in rounds
    }


def _submissions(session: Session, chosen: Select[tuple[int]]) -> dict[int, list[SubmissionFact]]:
    rows = session.execute(
        select(
            *(Submission.obligation_id, Submission.received_at, Submission.nil),
            *(Verdict.verdict, Verdict.at, Verdict.material, Verdict.correct_by),
        )
        .outerjoin(Verdict, Verdict.submission_id == Submission.id)
        .where(Submission.obligation_id.in_(chosen))
        .order_by(Submission.obligation_id, Submission.version)
    )
    found: dict[int, list[SubmissionFact]] = defaultdict(list)
    for row in rows:
        found[row.obligation_id].append(_submission(row))
    return found


def _submission(row: Row[Any]) -> SubmissionFact:
    if row.verdict is None:
        return SubmissionFact(row.received_at, row.nil)
    return SubmissionFact(row.received_at, row.nil, Word(row.verdict), row.at, row.material, row.correct_by)


def _extensions(session: Session, chosen: Select[tuple[int]]) -> dict[int, list[ExtensionFact]]:
    rows = session.scalars(
        select(Extension).where(Extension.obligation_id.in_(chosen)).order_by(Extension.id)
    )
    found: dict[int, list[ExtensionFact]] = defaultdict(list)
    for row in rows:
        fact = ExtensionFact(row.asked_at, row.until, row.decided_at, bool(row.granted))
        found[row.obligation_id].append(fact)
    return found
