"""How an obligation stands at a moment, from the facts alone (DESIGN.md §5.8 to §5.12)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from .facts import ExtensionFact, ObligationFacts, SubmissionFact, closes_at, effective_due, known
from .moments import whole_second
from .words import Outcome, State, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

__all__ = ["ExtensionFact", "ObligationFacts", "Standing", "SubmissionFact", "Tally", "standing", "tally"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an obligation stands; moments in UTC.

    `credited_at` is the moment that decides between on time and late: the first version received since the
    last return for a fault of substance, unless the unit itself replaced it after the deadline, not judged
    yet. `overdue_by` is how far that moment, or `now` where there is none,
    lies past `effective_due`; None when it does not. So a late report keeps its lateness, and what is missing
    or was returned for a fault of substance grows older. `final`: no report can change this any more, though
    a decision of the office (an exemption, an extension asked for in time) still may.
    """

    outcome: Outcome
    state: State
    nil: bool
    extended: bool
    credited_at: datetime | None
    effective_due: datetime | None
    overdue_by: timedelta | None
    final: bool


def standing(facts: ObligationFacts, now: datetime) -> Standing:
    """Tell how the obligation stands at `now` (any zone); only what was on record by then counts.

    Raises ValueError for a `now` without a zone.
    """
    now = whole_second(now)
    facts = known(facts, now)
    due = effective_due(facts)
    state, credited = _state(facts), _credited_at(facts, due)
    return Standing(
        outcome=_outcome(facts, state, now),
        state=state,
        nil=bool(facts.submissions) and facts.submissions[-1].nil,
        extended=due != facts.due_at,
        credited_at=credited,
        effective_due=due,
        overdue_by=None if state is State.EXEMPT else _past(credited or now, due),
        final=_is_final(facts, state, now),
    )


def _state(facts: ObligationFacts) -> State:
    if facts.exempt_at is not None:
        return State.EXEMPT
    if not facts.submissions:
        return State.OWED
    match facts.submissions[-1].verdict:
        case None:
            return State.SUBMITTED
        case Verdict.ACCEPTED:
            return State.ACCEPTED
        case Verdict.RETURNED:
            return State.RETURNED


def _credited_at(facts: ObligationFacts, due: datetime | None) -> datetime | None:
    """Give the moment of the first version since the last return for a fault of substance.

    A placeholder sent on time, once returned as such, earns nothing; a return for a trifle takes nothing
    away (DESIGN.md §5.10). What the unit itself replaces after `due`, before the office has judged anything,
    it has taken back: the version that replaces it counts. Replacing in time changes nothing.
    """
    credited, judged = None, False
    for submission in facts.submissions:
        if submission.verdict is Verdict.RETURNED and submission.material:
            credited, judged = None, False
            continue
        taken_back = not judged and _past(submission.received_at, due) is not None
        if credited is None or taken_back:
            credited = submission.received_at
        judged = judged or submission.verdict is not None
    return credited


def _outcome(facts: ObligationFacts, state: State, now: datetime) -> Outcome:
    if state is State.EXEMPT:
        return Outcome.EXEMPT
    if state is State.RETURNED:
        return Outcome.RETURNED
    due = effective_due(facts)
    credited = _credited_at(facts, due)
    if credited is None:
        return Outcome.PENDING if _past(now, due) is None else Outcome.MISSING
    if _past(credited, due) is not None:
        return Outcome.LATE
    if _past(credited, facts.due_at) is not None:
        return Outcome.EXTENDED
    return Outcome.NIL if facts.submissions[-1].nil else Outcome.ON_TIME


def _past(at: datetime, due: datetime | None) -> timedelta | None:
    """Tell how far `at` lies past the last second that is on time; None when it does not."""
    return at - due if due is not None and at > due else None


def _is_final(facts: ObligationFacts, state: State, now: datetime) -> bool:
    if state in {State.OWED, State.RETURNED}:
        closes = closes_at(facts)
        return closes is not None and now > closes
    return state is not State.SUBMITTED


@dataclass(frozen=True, slots=True)
class Tally:
    """How many obligations of one expected set came to each outcome; they add up to `expected`."""

    pending: int = 0
    on_time: int = 0
    late: int = 0
    missing: int = 0
    nil: int = 0
    returned: int = 0
    extended: int = 0
    exempt: int = 0

    @property
    def expected(self) -> int:
        """All obligations of the set, as frozen when the round opened."""
        return self.obliged + self.exempt

    @property
    def obliged(self) -> int:
        """The denominator of both rates: the expected set less the exempt, whoever has answered or not."""
        return self.received + self.pending + self.missing + self.returned

    @property
    def timely(self) -> int:
        """Reports that came in time: on time, nil on time, or within an extension."""
        return self.on_time + self.nil + self.extended

    @property
    def received(self) -> int:
        """Reports that stand, late ones among them; one that lies returned does not stand."""
        return self.timely + self.late

    @property
    def completeness(self) -> Fraction | None:
        """`received` over `obliged`, exact and never clamped; None where nobody is obliged."""
        return Fraction(self.received, self.obliged) if self.obliged else None

    @property
    def timeliness(self) -> Fraction | None:
        """`timely` over `obliged` (not over what was received); None where nobody is obliged."""
        return Fraction(self.timely, self.obliged) if self.obliged else None


def tally(outcomes: Iterable[Outcome]) -> Tally:
    """Count the outcomes of one expected set."""
    counts = Counter(outcomes)
    return Tally(**{outcome.value: counts[outcome] for outcome in Outcome})
