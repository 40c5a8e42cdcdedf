"""The facts of one obligation, and which of them were known at a moment.

Every moment in a fact is brought to UTC and whole seconds when the fact is made; one without a zone is a
ValueError.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from .moments import whole_second
from .words import Verdict

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class SubmissionFact:
    """One version of a report and, once the office has judged it, the verdict.

    `received_at` is the server's time, never the time that the unit claims (DESIGN.md §5.10).
    `material` and `correct_by` belong to a return: whether the fault was of substance, and until when it may
    be corrected.
    """

    received_at: datetime
    nil: bool = False
    verdict: Verdict | None = None
    verdict_at: datetime | None = None
    material: bool = False
    correct_by: datetime | None = None

    def __post_init__(self) -> None:
        """Settle the moments; a verdict and its moment come together or not at all (ValueError)."""
        if (self.verdict is None) != (self.verdict_at is None):
            message = "a verdict and its moment come together"
            raise ValueError(message)
        _settle(self, "received_at", "verdict_at", "correct_by")


@dataclass(frozen=True, slots=True)
class ExtensionFact:
    """A request for a later due moment and, once decided (`decided_at`), whether it was granted."""

    asked_at: datetime
    until: datetime
    decided_at: datetime | None = None
    granted: bool = False

    def __post_init__(self) -> None:
        """Settle the moments."""
        _settle(self, "asked_at", "until", "decided_at")


@dataclass(frozen=True, slots=True)
class ObligationFacts:
    """All that is on record for one round and one unit; submissions in the order of their versions.

    `due_at` is the last second that is on time; `locks_at` the last second at which a late report is taken.
    Without `due_at` (a report asked for only when something happens) nothing is ever late; without `locks_at`
    a late report is always taken.
    """

    opens_at: datetime
    due_at: datetime | None
    locks_at: datetime | None = None
    submissions: tuple[SubmissionFact, ...] = ()
    extensions: tuple[ExtensionFact, ...] = ()
    exempt_at: datetime | None = None

    def __post_init__(self) -> None:
        """Settle the moments."""
        _settle(self, "opens_at", "due_at", "locks_at", "exempt_at")


def _settle(fact: object, *names: str) -> None:
    """Bring the named moments of a frozen fact to UTC and whole seconds."""
    for name in names:
        at = cast("datetime | None", getattr(fact, name))
        if at is not None:
            object.__setattr__(fact, name, whole_second(at))


def known(facts: ObligationFacts, now: datetime) -> ObligationFacts:
    """Give the facts as the book knew them at `now`: what was recorded later is not there yet.

    Everything else is computed from this alone, so a count can be done again as of any past day
    (DESIGN.md §5.12).
    """
    now = whole_second(now)
    exempt = facts.exempt_at is not None and facts.exempt_at <= now
    return replace(
        facts,
        submissions=tuple(_as_judged(one, now) for one in facts.submissions if one.received_at <= now),
        extensions=tuple(one for one in facts.extensions if _decided(one, now)),
        exempt_at=facts.exempt_at if exempt else None,
    )


def _as_judged(submission: SubmissionFact, now: datetime) -> SubmissionFact:
    """Give the submission without a verdict that came after `now`."""
    if submission.verdict_at is None or submission.verdict_at <= now:
        return submission
    return SubmissionFact(submission.received_at, nil=submission.nil)


def _decided(extension: ExtensionFact, now: datetime) -> bool:
    return extension.asked_at <= now and extension.decided_at is not None and extension.decided_at <= now


def judged_at(facts: ObligationFacts, now: datetime) -> datetime:
    """Give the moment at which a move made at `now` is judged: no earlier than what is on record already.

    A clock may be a little behind the one by which the last fact was recorded. What is on record counts all
    the same: else a report could be passed over, or one be taken of a unit that was let off.
    """
    at = [now, facts.exempt_at]
    for one in facts.submissions:
        at += [one.received_at, one.verdict_at]
    for one in facts.extensions:
        at += [one.asked_at, one.decided_at]
    return max(whole_second(one) for one in at if one is not None)


def effective_due(facts: ObligationFacts) -> datetime | None:
    """Give the due moment (UTC) after the extensions that count: granted, and asked for while there was time.

    Each extension is held against the due moment as those asked for before it had left it (DESIGN.md §5.9).
    """
    due = facts.due_at
    if due is None:
        return None
    for extension in sorted(facts.extensions, key=lambda one: one.asked_at):
        if extension.granted and extension.asked_at <= due:
            due = max(due, extension.until)
    return due


def closes_at(facts: ObligationFacts) -> datetime | None:
    """Give the last second (UTC) at which a report is still taken; None while that never ends.

    The lock of the round, unless an extension or the office's own limit for a correction reaches beyond it.
    """
    if facts.locks_at is None:
        return None
    ends = [facts.locks_at, effective_due(facts)]
    if facts.submissions and facts.submissions[-1].verdict is Verdict.RETURNED:
        ends.append(facts.submissions[-1].correct_by)
    return max(end for end in ends if end is not None)
