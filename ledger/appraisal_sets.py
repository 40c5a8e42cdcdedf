"""The sets of rules by which units are appraised: read from a plan, adopted by a person, in force from a day.

What was adopted is kept whole, with the audiences that it names, so that a result can be computed again
whatever becomes of the plan.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.plan import Audience
from ..calendar.rules_appraisal import AppraisalRules, Grades
from ..obligations.appraisal_rules import Band, Bonus, Item, RuleSet, Slip, Spur, Veto, frame
from ..obligations.words import Rung
from .digests import canonical
from .duties import plan_of
from .tables import AppraisalRuleSet, PlanRevision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from sqlalchemy.orm import Session

    from ..calendar.plan import Plan
    from ..obligations.appraisal_periods import Kind, Period

_SHARES = {Band.EXCELLENT: 90, Band.GOOD: 80, Band.QUALIFIED: 60}  # per cent of the full marks


@dataclass(frozen=True, slots=True)
class RulesText:
    """A set of rules with the audiences that it names, as it is kept; ``digest`` is of the whole."""

    rules: AppraisalRules
    audiences: Mapping[str, Audience]
    content: str
    digest: str

    def from_day(self, since: date) -> RuleSet:
        """Give the rules as the pure rules take them, in force from a day on."""
        return _rule_set(self.rules, since, self.digest)


@dataclass(frozen=True, slots=True)
class Adopted:
    """A set that was adopted: its number, from which day on, by whom and when (UTC), and where from."""

    id: int
    slug: str
    since: date
    origin: str
    adopted_at: datetime
    by: str
    text: RulesText

    @property
    def pure(self) -> RuleSet:
        """Give the rules as the pure rules take them."""
        return self.text.from_day(self.since)


def of_plan(plan: Plan) -> list[RulesText]:
    """Give the sets that a plan proposes, in their order."""
    return [_text_of(rules, plan.audiences) for rules in plan.appraisal]


def plans(session: Session) -> dict[str, tuple[Plan, str]]:
    """Give the latest revision of each plan in the book with its YAML, by slug."""
    latest: dict[str, PlanRevision] = {}
    for row in session.scalars(select(PlanRevision).order_by(PlanRevision.slug, PlanRevision.revision)):
        latest[row.slug] = row
    return {slug: (plan_of(session, row.id), row.content) for slug, row in latest.items()}


def _text_of(rules: AppraisalRules, audiences: Mapping[str, Audience]) -> RulesText:
    said = {
        "rules": rules.model_dump(mode="json", exclude={"since"}),
        "audiences": {key: audiences[key].model_dump(mode="json", by_alias=True) for key in rules.of},
    }
    content = canonical(said)
    named = {key: audiences[key] for key in rules.of}
    return RulesText(rules, named, content, sha256(content.encode()).hexdigest())


@lru_cache(maxsize=64)
def _read(content: str, since: date) -> RulesText:
    said = json.loads(content)
    audiences = {key: Audience.model_validate(one) for key, one in said["audiences"].items()}
    rules = AppraisalRules.model_validate(said["rules"] | {"since": since})
    return RulesText(rules, audiences, content, sha256(content.encode()).hexdigest())


def adopted(session: Session, slug: str | None = None) -> list[Adopted]:
    """Give the sets that were adopted, of a plan or of all, by the day from which they are in force."""
    query = select(AppraisalRuleSet).order_by(AppraisalRuleSet.slug, AppraisalRuleSet.since)
    if slug is not None:
        query = query.where(AppraisalRuleSet.slug == slug)
    return [adopted_from(row) for row in session.scalars(query)]


def adopted_from(row: AppraisalRuleSet) -> Adopted:
    """Give a set as the book holds it."""
    text = _read(row.content, row.since)
    return Adopted(row.id, row.slug, row.since, row.origin, row.adopted_at, row.by, text)


def kind_in(sets: Sequence[Adopted], year: int) -> Kind | None:
    """Give how long the periods of a year are; None for a year without rules."""
    found = frame([one.pure for one in sets], date(year, 1, 1), date(year, 12, 31))
    return next((one.text.rules.period for one in sets if found and one.since == found.since), None)


def frame_of(sets: Sequence[Adopted], period: Period) -> Adopted | None:
    """Give the set that says what a period is out of; None where there were no rules."""
    found = frame([one.pure for one in sets], period.first, period.last)
    return next((one for one in sets if found and one.since == found.since), None)


def _rule_set(rules: AppraisalRules, since: date, digest: str) -> RuleSet:
    items = tuple(
        Item(
            *(item.key, item.name, item.clause, item.points),
            item.points if item.base is None else item.base,
            *(item.floor, item.weight, frozenset(item.duties)),
            *(item.on_time, item.late, item.missing, item.returned),
            findings={slip: getattr(item.findings, slip.value) for slip in Slip},
            sheets={rung: getattr(item.sheets, rung.value) for rung in Rung},
        )
        for item in rules.items
    )
    bonuses = tuple(Bonus(one.key, one.name, one.clause, one.points, Spur(one.by)) for one in rules.bonus)
    vetoes = tuple(Veto(one.key, one.name, one.clause) for one in rules.veto)
    full = sum((item.points * item.weight for item in items), items[0].points * 0)
    return RuleSet(since, digest, items, _bands(rules.grades, full), bonuses, rules.bonus_most, vetoes)


def _bands(grades: Grades | None, full: Decimal) -> dict[Band, Decimal]:
    if grades is None:
        return {band: full * share / 100 for band, share in _SHARES.items()}
    return {band: getattr(grades, band.value) for band in _SHARES}
