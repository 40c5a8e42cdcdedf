"""What a look-back visits once more: findings by rule and by lot, units that were late; and who goes.

The findings are those of the year, and those that were carried over into it from before. Those of the rule
are visited whoever answers for them now, be it a successor or the department that leads; the sample is drawn
from those closed in time of the units that the plan names.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, case, func, or_, select

from ..calendar.dates import ZONE, local_day
from ..obligations import draw, looking_back as rules
from ..obligations.draw import Candidate, Terms
from ..obligations.errors import DubanError
from ..obligations.looking_back import Past, Why
from ..obligations.words import FindingState, Grade
from . import lots
from .audiences import matches
from .duties import duty_of, plan_of
from .homes import within
from .lookback_owners import owners
from .states import MISSING
from .tables import Finding, FindingStep, Obligation, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.rules_duty import LookBack as Rule
    from .tables import Lot


class _Chosen(NamedTuple):
    """A finding that is visited once more, and why."""

    finding: Finding
    why: Why


def candidates(session: Session, found: Round, context: str, now: datetime) -> tuple[Terms, list[int]]:
    """Give the list of a round's sample as it is at ``now``, and the units that it concerns.

    Its ``inspectors`` are the units that owe the round, among whom the revisits are shared out by lot. Raises
    :class:`DubanError` if the plan says nothing of a look-back for this round.
    """
    rule, here = (
        _rule(session, found),
        set(session.scalars(select(Unit.id).where(_here(session, found, now)))),
    )
    names = dict(session.execute(select(Unit.id, Unit.name)).tuples().all())
    past = [one for one in _findings(session, found) if not rules.why(_past(one), now)]
    answers = owners(session, found, {one.unit_id for one in past}, now)
    others = [one for one in past if one.state == str(FindingState.CLOSED) and answers[one.unit_id] in here]
    take = rules.sample_size(len(others), rule.sample, rule.at_least)
    units = tuple(Candidate(_code(one, found), f"{names[one.unit_id]} {one.item}") for one in others)
    visitors = session.execute(
        select(Unit.code, Unit.name)
        .join(Obligation, Obligation.unit_id == Unit.id)
        .where(Obligation.round_id == found.id, Obligation.state != "exempt")
        .order_by(Unit.code)
    )
    people = tuple(Candidate(code, name) for code, name in visitors.tuples())
    return Terms(context, take, units, 0, people), sorted(here)


def choose(session: Session, found: Round, lot: Lot, now: datetime) -> list[dict[str, Any]]:
    """Choose what a round's look-back visits, with what its lot has drawn, and share it out by the same seed.

    The lot must have been revealed; gives the columns of each revisit.
    """
    past = {_code(one, found): one for one in _findings(session, found)}
    must = [_Chosen(one, why) for one in past.values() if (why := rules.why(_past(one), now))]
    known = {one.finding.id for one in must}
    drawn = [past[one.unit] for one in lots.drawn(lot.result)]
    must += [_Chosen(one, Why.SAMPLED) for one in drawn if one.id not in known]
    chosen = sorted(must, key=lambda one: (list(Why).index(one.why), one.finding.year, one.finding.number))
    told = _told(session, [one.finding.id for one in chosen])
    answers = owners(session, found, {one.finding.unit_id for one in chosen}, now)
    names = dict(session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(answers))).tuples().all())
    rows = [_of_finding(one, told.get(one.finding.id, ""), answers, names) for one in chosen]
    rows += [_of_unit(*late) for late in _late_units(session, found, _here(session, found, now), now)]
    visitors = share(session, lot, [row["unit_id"] for row in rows])
    return [row | {"visitor_id": visitor} for row, visitor in zip(rows, visitors, strict=True)]


def share(session: Session, lot: Lot, owned: Sequence[int]) -> list[int | None]:
    """Share revisits out among the units of a revealed lot, by who answers for each, in their order."""
    codes = {one.code for one in draw.read(lot.terms).inspectors}
    units = session.execute(select(Unit.id, Unit.code).where(Unit.code.in_(codes)).order_by(Unit.code))
    return rules.share(lot.seed, lot.context, owned, dict(units.tuples().all()))


def _rule(session: Session, found: Round) -> Rule:
    duty = duty_of(session, found)
    if duty is None or duty.lookback is None:
        raise DubanError(f"方案没有规定“{found.title}”要回头看。")
    return duty.lookback


def _here(session: Session, found: Round, now: datetime) -> ColumnElement[bool]:
    """Select the units that the plan wants looked back at."""
    audience = plan_of(session, found.plan_id).audiences[_rule(session, found).of]
    return matches(audience, local_day(now), within(session, found.slug))


def _findings(session: Session, found: Round) -> Sequence[Finding]:
    """Give the plan's findings of the year, and those of before that had not been closed when it began."""
    begins = datetime(found.year, 1, 1, tzinfo=ZONE)
    before = and_(Finding.year < found.year, or_(Finding.closed_at.is_(None), Finding.closed_at >= begins))
    here = (Finding.slug == found.slug, or_(Finding.year == found.year, before))
    return session.scalars(select(Finding).where(*here).order_by(Finding.year, Finding.number)).all()


def _code(one: Finding, found: Round) -> str:
    """Give the code under which a finding is drawn: its number, with the year if it was carried over."""
    return str(one.number) if one.year == found.year else f"{one.year}-{one.number}"


def _past(one: Finding) -> Past:
    state = FindingState(one.state)
    return Past(Grade(one.grade), state, one.reopened, one.first_due_at, one.fixed_at, late=one.late)


def _told(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Give what was last said of the rectification and of the close of each finding."""
    kinds = ("fixed", "closed", "refuted")
    last = select(func.max(FindingStep.id)).where(
        FindingStep.finding_id.in_(ids), FindingStep.kind.in_(kinds)
    )
    rows = session.scalars(
        select(FindingStep)
        .where(FindingStep.id.in_(last.group_by(FindingStep.finding_id, FindingStep.kind)))
        .order_by(FindingStep.id)
    )
    words = {"fixed": "整改情况", "closed": "复查销号", "refuted": "查否销号"}
    found: dict[int, str] = {}
    for step in rows:
        said = "，".join(filter(None, (step.people or step.by, step.text)))
        found[step.finding_id] = f"{found.get(step.finding_id, '')}\n{words[step.kind]}：{said}"
    return found


def _of_finding(one: _Chosen, told: str, answers: dict[int, int], names: dict[int, str]) -> dict[str, Any]:
    before, now_ = one.finding.unit_id, answers[one.finding.unit_id]
    values = {"kind": "finding", "why": str(one.why), "finding_id": one.finding.id, "unit_id": now_}
    gone = f"原整改责任单位：{names[before]}\n" if now_ != before else ""
    return values | {"promised": f"{gone}整改要求：{one.finding.measures}{told}"}


def _late_units(
    session: Session, found: Round, here: ColumnElement[bool], now: datetime
) -> list[tuple[int, int, int]]:
    """Give the units that were late with the year's reports, with how often late and how often missing.

    A report came late when the one that counts did; what is not due yet, or exempt, is neither.
    """
    late = and_(Obligation.credited_at > Obligation.due_at, Obligation.state != "exempt")
    missing = and_(MISSING, Obligation.credited_at.is_(None), Obligation.due_at < now)
    rows = session.execute(
        select(Unit.id, func.sum(case((late, 1), else_=0)), func.sum(case((missing, 1), else_=0)))
        .join(Obligation, Obligation.unit_id == Unit.id)
        .join(Round, Round.id == Obligation.round_id)
        .where(Round.slug == found.slug, Round.year == found.year, or_(late, missing), here)
        .group_by(Unit.id)
        .order_by(Unit.id)
    )
    return list(rows.tuples())


def _of_unit(unit_id: int, late: int, missing: int) -> dict[str, Any]:
    times = "、".join(f"{word}{count}次" for word, count in (("迟报", late), ("漏报", missing)) if count)
    values = {"kind": "unit", "why": str(Why.REPORTS), "finding_id": None, "unit_id": unit_id}
    return values | {"promised": f"按时报送各项任务；本年度{times}"}
