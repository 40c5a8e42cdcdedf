"""A person puts rules of appraisal in force, which have been tried on last year's book before.

What the trial gave is in the journal with the adoption, as a digest: whoever tries again finds the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.checks_appraisal import begins_a_year
from ..calendar.dates import ZONE, local_day
from ..obligations.errors import DubanError
from . import journal, locks
from .appraisal_sets import adopted, adopted_from
from .appraisal_simulating import simulate
from .digests import canonical
from .kept_appraisal import APPRAISAL_RULES
from .tables import AppraisalRuleSet, Finding, PlanRevision, Round, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from ..obligations.appraisal import Result
    from .appraisal_sets import Adopted, RulesText
    from .appraisal_simulating import Trial


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rules that a person would put in force: of which plan, from which local day on, where from in words."""

    slug: str
    text: RulesText
    since: date
    origin: str


def trial_year(now: datetime) -> int:
    """Give the year whose book rules must have been tried on at ``now``: the last one."""
    return local_day(now).year - 1


def try_out(session: Session, slug: str, text: RulesText, now: datetime, workdays: Workdays) -> list[Trial]:
    """Try rules on the book of :func:`trial_year`; writes nothing."""
    return simulate(session, slug, text, trial_year(now), now, workdays)


def mark(slug: str, text: RulesText, trials: Sequence[Trial]) -> str:
    """Give a digest of a trial: the plan, the rules, and what each unit had in each period, old and new."""
    said = [
        [one.period.code, unit.unit_id, *(_of(unit.old)), *(_of(unit.new))]
        for one in trials
        for unit in one.units
    ]
    return sha256(canonical([slug, text.digest, said]).encode()).hexdigest()


def adopt(
    session: Session, proposal: Proposal, now: datetime, by: str, workdays: Workdays, *, seen: str
) -> Adopted:
    """Put a set of rules in force from a local day on; the past is not touched.

    ``seen`` is the :func:`mark` of the trial on the year :func:`trial_year` that whoever adopts has before
    them. Raises :class:`DubanError` without it or where a trial gives something else by now, for a day before
    today, or today where something has opened under other rules, for one from which another set is in force
    already, for a plan that is not in the book, and where the period would change within a year.
    """
    locks.numbers(session)
    slug, text, since = proposal.slug, proposal.text, proposal.since
    opened = _opened_today(session, slug, now)
    _check(adopted(session, slug), text, since, now, opened_today=opened)
    if session.scalar(select(PlanRevision.id).where(PlanRevision.slug == slug).limit(1)) is None:
        raise DubanError(f"账簿中没有方案“{slug}”；请先启用方案，再起用它的考核规则。")
    tried = _tried(session, proposal, now, workdays, seen)
    row = AppraisalRuleSet(
        slug=slug, since=since, digest=text.digest, content=text.content, origin=proposal.origin
    )
    row.adopted_at, row.by = now, by
    session.add(row)
    session.flush()
    said = APPRAISAL_RULES.said(row) | {"tried": tried}
    journal.append(session, now, by, "appraisal.adopted", f"appraisal-rules/{row.id}", said)
    return adopted_from(row)


def _tried(
    session: Session, proposal: Proposal, now: datetime, workdays: Workdays, seen: str
) -> dict[str, object]:
    year = trial_year(now)
    trials = try_out(session, proposal.slug, proposal.text, now, workdays)
    found = mark(proposal.slug, proposal.text, trials)
    if not seen:
        raise DubanError(f"考核规则起用前须用上一年（{year}年）的账簿试算，请先试算。")
    if found != seen:
        raise DubanError(f"{year}年的账簿在您看过试算结果之后有变化，没有起用；请重新试算，看过后再起用。")
    units = {one.unit_id for trial in trials for one in trial.units}
    return {"year": year, "units": len(units), "mark": found}


def _of(result: Result | None) -> tuple[str, ...]:
    return () if result is None else (str(result.total), str(result.grade))


def _opened_today(session: Session, slug: str, now: datetime) -> bool:
    """Tell whether anything of a plan has begun on the local day of ``now``: other rules have priced it."""
    begun = datetime.combine(local_day(now), time(), ZONE).astimezone(UTC)
    opened = (
        Round.slug == slug,
        Round.opened_at.is_not(None),
        Round.opens_at >= begun,
        Round.opens_at <= now,
    )
    found = (Finding.slug == slug, Finding.entered_at >= begun)
    issued = (Sheet.series == slug, Sheet.issued_at >= begun)
    asked = (
        *(select(Round.id).where(*opened), select(Finding.id).where(*found)),
        select(Sheet.id).where(*issued),
    )
    return any(session.scalar(one.limit(1)) is not None for one in asked)


def _check(
    there: Sequence[Adopted], text: RulesText, since: date, now: datetime, *, opened_today: bool
) -> None:
    today = local_day(now)
    if since < today:
        raise DubanError(
            f"考核规则不能追溯：起用日期不能早于今天（{today}），填的是{since}；此前下达的任务仍按原规则。"
        )
    if since == today and opened_today:
        raise DubanError("考核规则不能追溯：今天已按原规则下达了任务，新规则最早从明天起用。")
    if any(one.since == since for one in there):
        raise DubanError(f"已有一组规则从{since}起用，不能再换；请另定起用日期。")
    before = max((one for one in there if one.since < since), key=lambda one: one.since, default=None)
    after = min((one for one in there if one.since > since), key=lambda one: one.since, default=None)
    for one, day in ((before, since), (after, after.since if after else since)):
        if one and one.text.rules.period != text.rules.period and not begins_a_year(day):
            raise DubanError("考核周期与前后的规则不同，只能从某年1月1日起改；请把起用日期定在1月1日。")
