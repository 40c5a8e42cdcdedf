"""Under which subjects the journal has all about a plan's year, a unit in it, or one of its rounds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import String, and_, cast, literal, or_, select, union_all

from .tables import (
    Alert,
    AlertUnit,
    Appraisal,
    AppraisalEntry,
    AppraisalRuleSet,
    AppraisalRun,
    Case,
    Choice,
    Circular,
    Clue,
    ClueHop,
    Finding,
    Inspection,
    Inspector,
    LookBack,
    Meeting,
    NightSummary,
    Obligation,
    Proposal,
    Round,
    Sheet,
    Stretch,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, CompoundSelect, Select
    from sqlalchemy.orm import InstrumentedAttribute

    from .filed_scope import Filed


def subjects(filed: Filed) -> CompoundSelect[tuple[str]]:
    """Select the subjects that name a row which belongs to it, as ``sheet/12``."""
    nights = _named("night", Round.id).where(Round.id.in_(filed.rounds()))
    return union_all(nights, *_shared(filed))


def lettered(filed: Filed) -> CompoundSelect[tuple[str]]:
    """Select what letters name that belongs to it: the same, but a night goes by its summary."""
    nights = _named("night", NightSummary.id).where(NightSummary.round_id.in_(filed.rounds()))
    return union_all(nights, *_shared(filed))


def _shared(filed: Filed) -> Iterator[Select[tuple[str]]]:
    yield _named("obligation", Obligation.id).where(Obligation.id.in_(filed.obligations()))
    yield _named("round", Round.id).where(Round.id.in_(filed.rounds()))
    yield _named("finding", Finding.id).where(Finding.id.in_(filed.findings()))
    yield _named("sheet", Sheet.id).where(*filed.sheets())
    yield _named("meeting", Meeting.id).where(_met(filed))
    yield _named("proposal", Proposal.id).where(_proposed(filed))
    yield _named("inspection", Inspection.id).where(Inspection.id.in_(filed.inspections()))
    yield _named("lookback", LookBack.id).where(LookBack.id.in_(filed.lookbacks()))
    yield _named("alert", Alert.id).where(_sounded(filed))
    yield _named("case", Case.id).where(_opened(filed))
    if filed.round_id is None:
        yield _named("clue", Clue.id).where(_passed(filed))
        yield from _appraised(filed)
        yield _named("unit", Unit.id).where(Unit.id.in_(filed.units()))
    if filed.whole:
        yield _named("circular", Circular.id).where(Circular.slug == filed.slug, Circular.year == filed.year)
        stretches = (Stretch.slug == filed.slug, Stretch.year == filed.year)
        yield _named("stretch", Stretch.id).where(*stretches)
        yield _named("inspector", Inspector.id)


def _named(kind: str, number: InstrumentedAttribute[int]) -> Select[tuple[str]]:
    return select(literal(f"{kind}/") + cast(number, String))


def _met(filed: Filed) -> ColumnElement[bool]:
    here = and_(Meeting.slug == filed.slug, Meeting.year == filed.year)
    return here if filed.whole else and_(here, Meeting.round_id.in_(filed.rounds()))


def _proposed(filed: Filed) -> ColumnElement[bool]:
    came = Proposal.obligation_id.in_(filed.obligations())
    if filed.unit is not None:
        return and_(Proposal.slug == filed.slug, or_(came, Proposal.unit_id.in_(filed.units())))
    if filed.round_id is not None:
        return came
    meetings = select(Meeting.id).where(_met(filed))
    chosen = Proposal.id.in_(select(Choice.proposal_id).where(Choice.meeting_id.in_(meetings)))
    first, after = (datetime(year, 1, 1, tzinfo=UTC) for year in (filed.year, filed.year + 1))
    within = and_(Proposal.slug == filed.slug, Proposal.at >= first, Proposal.at < after)
    return or_(came, chosen, within)


def _sounded(filed: Filed) -> ColumnElement[bool]:
    of_plan = select(Round.id).where(Round.slug == filed.slug, Round.year == filed.year)
    if filed.unit is None:
        return Alert.round_id.in_(filed.rounds())
    told = Alert.id.in_(select(AlertUnit.alert_id).where(AlertUnit.unit_id.in_(filed.units())))
    return and_(Alert.round_id.in_(of_plan), or_(told, Alert.unit_id.in_(filed.units())))


def _opened(filed: Filed) -> ColumnElement[bool]:
    here = and_(Case.slug == filed.slug, Case.year == filed.year)
    if filed.round_id is not None:
        return and_(here, Case.finding_id.in_(filed.findings()))
    return here if filed.unit is None else and_(here, Case.unit_id.in_(filed.units()))


def _passed(filed: Filed) -> ColumnElement[bool]:
    here = and_(Clue.slug == filed.slug, Clue.year == filed.year)
    if filed.unit is None:
        return here
    sent = or_(ClueHop.from_unit_id.in_(filed.units()), ClueHop.to_unit_id.in_(filed.units()))
    hops = select(ClueHop.clue_id).where(sent, ClueHop.sent_at <= filed.as_of)
    return and_(here, or_(Clue.from_unit_id.in_(filed.units()), Clue.id.in_(hops)))


def _appraised(filed: Filed) -> Iterator[Select[tuple[str]]]:
    runs = select(AppraisalRun.id).where(AppraisalRun.slug == filed.slug, AppraisalRun.year == filed.year)
    own, mine = Appraisal.unit_id.in_(filed.units()), AppraisalEntry.unit_id.in_(filed.units())
    entered = AppraisalEntry.slug == filed.slug, AppraisalEntry.period.startswith(str(filed.year))
    yield _named("appraisal", Appraisal.id).where(Appraisal.run_id.in_(runs), own)
    yield _named("appraisal-entry", AppraisalEntry.id).where(*entered, mine)
    yield _named("appraisal-run", AppraisalRun.id).where(AppraisalRun.id.in_(runs))
    rules = _named("appraisal-rules", AppraisalRuleSet.id)
    yield rules.where(AppraisalRuleSet.slug == filed.slug)
