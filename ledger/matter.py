"""One obligation with all that its unit and the office have said and done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from ..calendar.plan import DECIDED
from ..obligations.facts import ExtensionFact, ObligationFacts, SubmissionFact, closes_at, known
from ..obligations.outcome import standing
from ..obligations.words import State, Verdict as Word
from .tables import (
    Exemption,
    Extension,
    Obligation,
    PlanRevision,
    Remark,
    Round,
    Submission,
    Transfer,
    Upload,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..obligations.outcome import Standing


class Version(NamedTuple):
    """One version of a report, and what the office said to it, if anything yet."""

    report: Submission
    verdict: Verdict | None


class Before(NamedTuple):
    """What the unit reported the last time that it owed the same."""

    title: str
    nil: bool
    answers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Matter:
    """An obligation, its round, its plan's title, everything on record, and how it stands at a moment.

    ``closes_at`` is the last second (UTC) at which a report is taken, None while that never ends.
    """

    obligation: Obligation
    round: Round
    plan: str
    versions: tuple[Version, ...]
    extensions: tuple[Extension, ...]
    transfers: tuple[Transfer, ...]
    remarks: tuple[Remark, ...]
    uploads: tuple[Upload, ...]
    facts: ObligationFacts
    standing: Standing
    closes_at: datetime | None

    @property
    def last(self) -> Version | None:
        """Give the latest version."""
        return self.versions[-1] if self.versions else None

    @property
    def takes_nil(self) -> bool:
        """Tell whether there may be nothing to report; what a meeting decided has to be done."""
        return self.round.duty != DECIDED

    @property
    def returned(self) -> Verdict | None:
        """Give the return that waits for a correction, if one does."""
        return self.last.verdict if self.last and self.standing.state is State.RETURNED else None

    def takes_reports(self, now: datetime) -> bool:
        """Tell whether a report would be taken at ``now``."""
        done = self.standing.state in (State.ACCEPTED, State.EXEMPT)
        return not done and (self.closes_at is None or now <= self.closes_at)


def matter(session: Session, found: Obligation, now: datetime) -> Matter:
    """Give all about an obligation as of ``now``, in eight queries."""
    here, plan = _round(session, found)
    versions = _versions(session, found)
    extensions = _all(session, Extension, found)
    facts = ObligationFacts(
        opens_at=here.opens_at,
        due_at=here.due_at,
        locks_at=here.locks_at,
        submissions=tuple(_submission(one) for one in versions),
        extensions=tuple(_extension(one) for one in extensions),
        exempt_at=session.scalar(select(Exemption.at).where(Exemption.obligation_id == found.id)),
    )
    return Matter(
        obligation=found,
        round=here,
        plan=plan,
        versions=versions,
        extensions=extensions,
        transfers=_all(session, Transfer, found),
        remarks=_all(session, Remark, found),
        uploads=_all(session, Upload, found),
        facts=facts,
        standing=standing(facts, now),
        closes_at=closes_at(known(facts, now)),
    )


def last_time(session: Session, here: Round, unit_id: int) -> Before | None:
    """Give what a unit reported in the nearest earlier round of the same duty that it answered.

    What meetings decided are so many different matters, and none is the one before.
    """
    if here.duty == DECIDED:
        return None
    row = session.execute(
        select(Round.title, Submission.nil, Submission.answers)
        .join(Obligation, Obligation.round_id == Round.id)
        .join(Submission, Submission.obligation_id == Obligation.id)
        .where(
            Round.slug == here.slug,
            Round.duty == here.duty,
            Round.opens_at < here.opens_at,
            Obligation.unit_id == unit_id,
        )
        .order_by(Round.opens_at.desc(), Submission.version.desc())
        .limit(1)
    ).first()
    return None if row is None else Before(*row)


def _round(session: Session, found: Obligation) -> tuple[Round, str]:
    row = session.execute(
        select(Round, PlanRevision.title)
        .join(PlanRevision, PlanRevision.id == Round.plan_id)
        .where(Round.id == found.round_id)
    ).one()
    return row[0], row[1]


def _versions(session: Session, found: Obligation) -> tuple[Version, ...]:
    rows = session.execute(
        select(Submission, Verdict)
        .outerjoin(Verdict, Verdict.submission_id == Submission.id)
        .where(Submission.obligation_id == found.id)
        .order_by(Submission.version)
    )
    return tuple(Version(*row) for row in rows)


def _all(session: Session, table: type[Any], found: Obligation) -> tuple[Any, ...]:
    rows: Sequence[Any] = session.scalars(
        select(table).where(table.obligation_id == found.id).order_by(table.id)
    ).all()
    return tuple(rows)


def _submission(one: Version) -> SubmissionFact:
    report, verdict = one
    if verdict is None:
        return SubmissionFact(report.received_at, report.nil)
    said = Word(verdict.verdict)
    return SubmissionFact(
        report.received_at, report.nil, said, verdict.at, verdict.material, verdict.correct_by
    )


def _extension(row: Extension) -> ExtensionFact:
    return ExtensionFact(row.asked_at, row.until, row.decided_at, bool(row.granted))
