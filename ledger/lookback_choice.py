"""What a look-back visits once more: findings by rule and by lot, units that were late; and who goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, case, func, or_, select

from ..calendar.dates import local_day
from ..obligations import looking_back as rules
from ..obligations.draw import Candidate, Terms
from ..obligations.errors import DubanError
from ..obligations.looking_back import Past, Why
from ..obligations.words import FindingState, Grade
from . import lots
from .audiences import matches
from .duties import duty_of, plan_of
from .states import MISSING
from .tables import Finding, FindingStep, Obligation, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.rules_duty import LookBack as Rule
    from .tables import Lot


class _Chosen(NamedTuple):
    """A finding that is visited once more, and why."""

    finding: Finding
    why: Why


def choose(session: Session, found: Round, lot: Lot, now: datetime, by: str) -> list[dict[str, Any]]:
    """Choose what a round's look-back visits, draw the sample, and share it out; gives the columns of each.

    Raises :class:`DubanError` if the plan says nothing of a look-back for this round.
    """
    rule = _rule(session, found)
    here = matches(plan_of(session, found.plan_id).audiences[rule.of], local_day(now))
    chosen = sorted(
        _findings(session, found, lot, rule, here, now, by),
        key=lambda one: (list(Why).index(one.why), one.finding.number),
    )
    told = _told(session, [one.finding.id for one in chosen])
    rows = [_of_finding(one, told.get(one.finding.id, "")) for one in chosen]
    rows += [_of_unit(*late) for late in _late_units(session, found, here, now)]
    owners = [row["unit_id"] for row in rows]
    visitors = rules.share(lot.seed, lot.context, owners, _visitors(session, found))
    return [row | {"visitor_id": visitor} for row, visitor in zip(rows, visitors, strict=True)]


def _rule(session: Session, found: Round) -> Rule:
    duty = duty_of(session, found)
    if duty is None or duty.lookback is None:
        raise DubanError(f"方案没有规定“{found.title}”要回头看。")
    return duty.lookback


def _findings(
    session: Session,
    found: Round,
    lot: Lot,
    rule: Rule,
    here: ColumnElement[bool],
    now: datetime,
    by: str,
) -> Iterator[_Chosen]:
    """Choose findings of the plan's year: those of the rule, and a sample of the others that are closed."""
    rows = session.execute(
        select(Finding, Unit.name)
        .join(Unit, Unit.id == Finding.unit_id)
        .where(Finding.slug == found.slug, Finding.year == found.year, here)
        .order_by(Finding.number)
    )
    others: dict[str, tuple[Finding, str]] = {}
    for one, unit in rows.tuples():
        if why := rules.why(_past(one), now):
            yield _Chosen(one, why)
        elif one.state == str(FindingState.CLOSED):
            others[str(one.number)] = (one, unit)
    take = rules.sample_size(len(others), rule.sample, rule.at_least)
    units = tuple(Candidate(number, f"{unit} {one.item}") for number, (one, unit) in others.items())
    for drawn in lots.take(lot, Terms(lot.context, take, units), now, by):
        yield _Chosen(others[drawn.unit][0], Why.SAMPLED)


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


def _of_finding(one: _Chosen, told: str) -> dict[str, Any]:
    values = {"kind": "finding", "why": str(one.why), "finding_id": one.finding.id}
    return values | {"unit_id": one.finding.unit_id, "promised": f"整改要求：{one.finding.measures}{told}"}


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


def _visitors(session: Session, found: Round) -> dict[int, str]:
    """Give the units that owe the round's report, by number with their codes: it is they who visit."""
    rows = session.execute(
        select(Unit.id, Unit.code)
        .join(Obligation, Obligation.unit_id == Unit.id)
        .where(Obligation.round_id == found.id, Obligation.state != "exempt")
    )
    return dict(rows.tuples().all())
