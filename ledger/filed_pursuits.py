"""Nights on duty, clues and events as of a moment; nothing of who or what is watched."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from ..obligations import clues as rules
from ..obligations.clues import Verdict
from . import unit_names
from .tables import (
    Alert,
    AlertAck,
    AlertUnit,
    Clue,
    ClueAnswer,
    ClueHop,
    NightRoster,
    NightSummary,
    Obligation,
    Round,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from .filed_scope import Filed


class FiledOnDuty(NamedTuple):
    """One person on duty, by the version of the roster that held then; ``at`` (UTC) is when it came."""

    title: str
    unit: str
    name: str
    phone: str
    task: str
    version: int
    at: datetime


class FiledSummary(NamedTuple):
    """A morning's summary as it was told; ``made_at`` in UTC."""

    title: str
    made_at: datetime
    text: str


class FiledClue(NamedTuple):
    """One passing on of a clue and what came back. Moments in UTC, empty where it had not happened."""

    called: str
    title: str
    text: str
    from_unit: str
    to_unit: str
    sent_at: datetime
    note: str
    receive_by: datetime
    received_at: datetime | None
    answer_by: datetime
    answered_at: datetime | None
    verdict: str
    answer: str


class FiledAlert(NamedTuple):
    """One event that was told at once, to how many units, and who took note of it when."""

    number: int
    title: str
    at: datetime
    unit: str
    by: str
    text: str
    told: int
    acknowledged: int
    first_at: datetime | None
    silent: str


def filed_rosters(session: Session, filed: Filed) -> Iterator[FiledOnDuty]:
    """Give who was on duty, by round and unit."""
    newer = aliased(NightRoster)
    here = newer.obligation_id == Obligation.id, newer.at <= filed.as_of
    last = select(func.max(newer.version)).where(*here).correlate(Obligation).scalar_subquery()
    query = (
        select(Round.title, unit_names.called(session, filed.as_of), NightRoster)
        .select_from(Round)
        .join(Obligation, Obligation.round_id == Round.id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .join(NightRoster, and_(NightRoster.obligation_id == Obligation.id, NightRoster.version == last))
        .where(Obligation.id.in_(filed.obligations()))
        .order_by(Round.opens_at, Round.id, Unit.code)
    )
    for title, unit, one in session.execute(query).tuples():
        for person in one.people:
            name, phone, task = (str(person.get(key, "")) for key in ("name", "phone", "task"))
            yield FiledOnDuty(title, unit, name, phone, task, one.version, one.at)


def filed_summaries(session: Session, filed: Filed) -> list[FiledSummary]:
    """Give the mornings' summaries, which are about all units; a unit's binder has none."""
    if filed.unit is not None:
        return []
    query = (
        select(Round.title, NightSummary.made_at, NightSummary.text)
        .join(Round, Round.id == NightSummary.round_id)
        .where(Round.id.in_(filed.rounds()), NightSummary.made_at <= filed.as_of)
        .order_by(NightSummary.made_at, NightSummary.id)
    )
    return [FiledSummary(*row) for row in session.execute(query).tuples()]


def filed_clues(session: Session, filed: Filed) -> Iterator[FiledClue]:
    """Give each passing on of each clue, in order; a unit's are those that it handed on or was handed."""
    to, sender = aliased(Unit), aliased(Unit)
    names = unit_names.renamed(session, filed.as_of)
    query = (
        select(Clue, ClueHop, sender, to)
        .select_from(ClueHop)
        .join(Clue, Clue.id == ClueHop.clue_id)
        .join(to, to.id == ClueHop.to_unit_id)
        .outerjoin(sender, sender.id == ClueHop.from_unit_id)
        .where(Clue.slug == filed.slug, Clue.year == filed.year, ClueHop.sent_at <= filed.as_of)
        .order_by(Clue.number, ClueHop.n)
    )
    if filed.unit is not None:
        query = query.where(or_(sender.code == filed.unit, to.code == filed.unit))
    answers = _answers(session, filed)
    for clue, hop, from_, to_unit in session.execute(query).tuples():
        last, said = answers.get(hop.id), hop.received_at
        yield FiledClue(
            *(rules.called(clue.year, clue.number), clue.title, clue.text),
            *(names.get(from_.id, from_.name) if from_ else "办公室", names.get(to_unit.id, to_unit.name)),
            *(hop.sent_at, hop.note, hop.receive_by),
            *(said if said is not None and said <= filed.as_of else None, hop.answer_by),
            *((last.at, Verdict(last.verdict).zh, last.text) if last else (None, "", "")),
        )


def _answers(session: Session, filed: Filed) -> dict[int, ClueAnswer]:
    """Give the last answer to each passing on."""
    query = select(ClueAnswer).where(ClueAnswer.at <= filed.as_of).order_by(ClueAnswer.id)
    return {one.hop_id: one for one in session.scalars(query)}


def filed_alerts(session: Session, filed: Filed) -> Iterator[FiledAlert]:
    """Give the events in the order of time; a unit's are those that it reported or was told of."""
    of_plan = select(Round.id).where(Round.slug == filed.slug, Round.year == filed.year)
    rounds = of_plan if filed.unit is not None else filed.rounds()
    name = func.coalesce(unit_names.called(session, filed.as_of), "办公室")
    query = (
        select(Alert, Round.title, name)
        .select_from(Alert)
        .join(Round, Round.id == Alert.round_id)
        .outerjoin(Unit, Unit.id == Alert.unit_id)
        .where(Alert.round_id.in_(rounds), Alert.at <= filed.as_of)
        .order_by(Alert.at, Alert.id)
    )
    if filed.unit is not None:
        told = select(AlertUnit.alert_id).where(AlertUnit.unit_id.in_(filed.units()))
        query = query.where(or_(Alert.id.in_(told), Alert.unit_id.in_(filed.units())))
    acks = _acks(session, filed)
    for number, (one, title, unit) in enumerate(session.execute(query).tuples(), start=1):
        heard = acks[one.id]
        answered = [at for _, at in heard if at is not None]
        silent = [unit_ for unit_, at in heard if at is None]
        yield FiledAlert(
            *(number, title, one.at, unit, one.by, one.text, len(heard), len(answered)),
            *(min(answered, default=None), "、".join(silent)),
        )


def _acks(session: Session, filed: Filed) -> dict[int, list[tuple[str, datetime | None]]]:
    """Give the units that each event was told to, and when each first took note of it, if it had."""
    taken = AlertAck.alert_id == AlertUnit.alert_id, AlertAck.unit_id == AlertUnit.unit_id
    query = (
        select(AlertUnit.alert_id, unit_names.called(session, filed.as_of), func.min(AlertAck.at))
        .select_from(AlertUnit)
        .join(Unit, Unit.id == AlertUnit.unit_id)
        .outerjoin(AlertAck, and_(*taken, AlertAck.at <= filed.as_of))
        .group_by(AlertUnit.alert_id, Unit.id, Unit.code, Unit.name)
        .order_by(AlertUnit.alert_id, Unit.code)
    )
    found: dict[int, list[tuple[str, datetime | None]]] = defaultdict(list)
    for alert_id, unit, at in session.execute(query).tuples():
        found[alert_id].append((unit, at))
    return found
