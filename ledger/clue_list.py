"""Clues to look at: a list of them, one whole with each passing on, and what a unit has to do with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from ..obligations.clues import HopState, Verdict, called, standing
from .clues import facts
from .tables import Case, Clue, ClueAnswer, ClueHop, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

_From, _To = aliased(Unit), aliased(Unit)
_NEWER = aliased(ClueHop)


class ClueRow(NamedTuple):
    """A clue in a list, as its last passing on stands (moments in UTC)."""

    id: int
    year: int
    number: int
    title: str
    sender: str | None
    receiver: str
    hop: ClueHop
    verdict: str | None
    case_id: int | None

    @property
    def called(self) -> str:
        """Give what it is called."""
        return called(self.year, self.number)

    def state(self, now: datetime) -> HopState:
        """Give how its last passing on stands."""
        return standing(facts(self.hop), now)


class CluePage(NamedTuple):
    """Some clues, the newest first, and how many there are in all."""

    rows: tuple[ClueRow, ...]
    total: int


class Hop(NamedTuple):
    """One passing on with its answers, in order."""

    hop: ClueHop
    sender: str | None
    receiver: str
    answers: tuple[ClueAnswer, ...]

    def state(self, now: datetime) -> HopState:
        """Give how it stands."""
        return standing(facts(self.hop), now)


@dataclass(frozen=True, slots=True)
class WholeClue:
    """One clue with all its passings on, and the case that was opened on it, if one was."""

    clue: Clue
    hops: tuple[Hop, ...]
    case: Case | None

    @property
    def called(self) -> str:
        """Give what it is called."""
        return called(self.clue.year, self.clue.number)

    @property
    def last(self) -> Hop:
        """Give the last passing on."""
        return self.hops[-1]

    @property
    def verdict(self) -> Verdict | None:
        """Give what was found for good; None while it is open."""
        answers = self.last.answers
        said = Verdict(answers[-1].verdict) if answers else None
        return said if said is not None and said.final else None

    def concerns(self, unit_id: int | None) -> bool:
        """Tell whether a unit handed it on or received it."""
        return any(unit_id in (one.hop.from_unit_id, one.hop.to_unit_id) for one in self.hops)


def clues(session: Session, now: datetime, *, state: str = "", start: int = 0, limit: int = 50) -> CluePage:
    """Give clues: all, those that run (``open``), are ``late``, were found ``true`` without a case yet."""
    query = _rows().where(*_where(state, now))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.execute(query.order_by(Clue.id.desc()).offset(start).limit(limit))
    return CluePage(tuple(ClueRow(*row) for row in rows), total)


def _rows() -> Select[Any]:
    final = (
        select(ClueAnswer.verdict)
        .where(ClueAnswer.hop_id == ClueHop.id)
        .order_by(ClueAnswer.id.desc())
        .limit(1)
        .correlate(ClueHop)
        .scalar_subquery()
    )
    case_id = select(func.min(Case.id)).where(Case.clue_id == Clue.id).correlate(Clue).scalar_subquery()
    newer = exists().where(_NEWER.clue_id == ClueHop.clue_id, _NEWER.n > ClueHop.n)
    return (
        select(Clue.id, Clue.year, Clue.number, Clue.title, _From.name, _To.name, ClueHop, final, case_id)
        .select_from(Clue)
        .join(ClueHop, and_(ClueHop.clue_id == Clue.id, ~newer))
        .join(_To, _To.id == ClueHop.to_unit_id)
        .outerjoin(_From, _From.id == Clue.from_unit_id)
    )


def _where(state: str, now: datetime) -> list[ColumnElement[bool]]:
    running = ClueHop.ended_at.is_(None)
    match state:
        case "open":
            return [running]
        case "late":
            return [running, _late(now)]
        case "true":
            found = exists().where(ClueAnswer.hop_id == ClueHop.id, ClueAnswer.verdict == "true")
            return [found, ~exists().where(Case.clue_id == Clue.id)]
        case _:
            return []


def _late(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(ClueHop.received_at.is_(None), ClueHop.receive_by < now),
        and_(ClueHop.received_at.is_not(None), ClueHop.answer_by < now),
    )


def late(session: Session, now: datetime) -> int:
    """Give how many clues are overdue to be signed for or answered."""
    query = select(func.count()).select_from(ClueHop).where(ClueHop.ended_at.is_(None), _late(now))
    return session.scalar(query) or 0


def caseless(session: Session) -> int:
    """Give how many clues were found true and have no case yet."""
    found = exists().where(
        ClueHop.clue_id == Clue.id, ClueAnswer.hop_id == ClueHop.id, ClueAnswer.verdict == "true"
    )
    query = select(func.count()).select_from(Clue).where(found, ~exists().where(Case.clue_id == Clue.id))
    return session.scalar(query) or 0


def whole(session: Session, clue_id: int) -> WholeClue | None:
    """Give one clue whole; None when there is none of this number."""
    clue = session.get(Clue, clue_id)
    if clue is None:
        return None
    rows = session.execute(
        select(ClueHop, _From.name, _To.name)
        .select_from(ClueHop)
        .join(_To, _To.id == ClueHop.to_unit_id)
        .outerjoin(_From, _From.id == ClueHop.from_unit_id)
        .where(ClueHop.clue_id == clue_id)
        .order_by(ClueHop.n)
    ).tuples()
    answers = session.scalars(
        select(ClueAnswer)
        .join(ClueHop, ClueHop.id == ClueAnswer.hop_id)
        .where(ClueHop.clue_id == clue_id)
        .order_by(ClueAnswer.id)
    ).all()
    hops = tuple(
        Hop(hop, sender, receiver, tuple(one for one in answers if one.hop_id == hop.id))
        for hop, sender, receiver in rows
    )
    case = session.scalar(select(Case).where(Case.clue_id == clue_id).order_by(Case.id).limit(1))
    return WholeClue(clue, hops, case)


def received_by(session: Session, unit_id: int) -> Sequence[tuple[Clue, ClueHop]]:
    """Give the clues that a unit has to sign for or to answer, the most pressing first."""
    return (
        session.execute(
            select(Clue, ClueHop)
            .join(ClueHop, ClueHop.clue_id == Clue.id)
            .where(ClueHop.to_unit_id == unit_id, ClueHop.ended_at.is_(None))
            .order_by(ClueHop.answer_by, ClueHop.id)
        )
        .tuples()
        .all()
    )


def handed_on_by(session: Session, unit_id: int, limit: int = 20) -> list[ClueRow]:
    """Give the clues that a unit has handed on, the newest first, as they stand now."""
    mine = exists().where(_NEWER.clue_id == Clue.id, _NEWER.from_unit_id == unit_id)
    rows = session.execute(_rows().where(mine).order_by(Clue.id.desc()).limit(limit))
    return [ClueRow(*row) for row in rows]
