"""Taking many reports at once, and only what the one who takes them has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from ..obligations import moves
from ..obligations.errors import DubanError
from ..obligations.facts import judged_at
from ..obligations.outcome import standing
from . import journal
from .facts import facts_of
from .journal import Note
from .kept import VERDICTS
from .tables import Obligation, Submission, Unit, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..obligations.facts import ObligationFacts


class Refusal(NamedTuple):
    """A report that was not taken: whose, and why not in one sentence."""

    obligation_id: int
    unit: str
    why: str


class Taken(NamedTuple):
    """What became of many reports."""

    accepted: tuple[int, ...]
    refused: tuple[Refusal, ...]


class _Latest(NamedTuple):
    submission_id: int
    version: int


def check_seen(session: Session, found: Obligation, version: int) -> None:
    """Raise :class:`DubanError` when a later version than ``version`` has come: nobody judges it unseen."""
    latest = _latest(session, [found.id]).get(found.id)
    _check_version(latest, version)


def accept_many(session: Session, round_id: int, seen: Mapping[int, int], now: datetime, by: str) -> Taken:
    """Take the reports of a round whose versions are ``seen`` (by obligation); the rest is told why not.

    A fixed number of statements whatever their number. ``now`` is the server's time (UTC). Obligations of
    other rounds are passed over.
    """
    found = _locked(session, round_id, seen)
    before, latest = _facts(session, found), _latest(session, found)
    refused = {id_: why for id_ in found if (why := _fault(before[id_], latest.get(id_), seen[id_], now))}
    taken = {id_: latest[id_] for id_ in found if id_ not in refused}
    notes = _judge(session, taken, now, by)
    _bring_up(session, {id_: found[id_] for id_ in taken}, now)
    journal.append_many(session, now, by, notes)
    names = _names(session, refused)
    return Taken(tuple(taken), tuple(Refusal(id_, names[id_], why) for id_, why in refused.items()))


def _locked(session: Session, round_id: int, ids: Iterable[int]) -> dict[int, Obligation]:
    # In one order, so that two who take the same reports do not wait for each other.
    query = select(Obligation).where(Obligation.round_id == round_id, Obligation.id.in_(list(ids)))
    rows = session.scalars(query.order_by(Obligation.id).with_for_update(key_share=True))
    return {row.id: row for row in rows}


def _facts(session: Session, found: Iterable[int]) -> dict[int, ObligationFacts]:
    return facts_of(session, found)


def _latest(session: Session, ids: Iterable[int]) -> dict[int, _Latest]:
    chosen = Submission.obligation_id.in_(list(ids))
    last = (
        select(Submission.obligation_id, func.max(Submission.version).label("version"))
        .where(chosen)
        .group_by(Submission.obligation_id)
        .subquery()
    )
    rows = session.execute(
        select(Submission.obligation_id, Submission.id, Submission.version)
        .join(
            last,
            (last.c.obligation_id == Submission.obligation_id) & (last.c.version == Submission.version),
        )
        .where(chosen)
    )
    return {row.obligation_id: _Latest(row.id, row.version) for row in rows}


def _fault(facts: ObligationFacts, latest: _Latest | None, version: int, now: datetime) -> str:
    try:
        moves.check_accept(facts, now)
        _check_version(latest, version)
    except DubanError as wrong:
        return str(wrong)
    return ""


def _check_version(latest: _Latest | None, version: int) -> None:
    if latest is not None and latest.version != version:
        raise DubanError(f"该单位又报了新的一版（第{latest.version}版），没有办理；请看过新版再办。")


def _judge(session: Session, taken: Mapping[int, _Latest], now: datetime, by: str) -> list[Note]:
    rows = {
        id_: Verdict(submission_id=one.submission_id, verdict="accepted", at=now, by=by)
        for id_, one in taken.items()
    }
    session.add_all(rows.values())
    session.flush()
    return [
        Note("submission.accepted", f"obligation/{id_}", {"obligation": id_, **VERDICTS.said(row)})
        for id_, row in rows.items()
    ]


def _bring_up(session: Session, taken: Mapping[int, Obligation], now: datetime) -> None:
    after = _facts(session, taken)
    for id_, row in taken.items():
        here = standing(after[id_], judged_at(after[id_], now))
        row.state, row.nil, row.credited_at = str(here.state), here.nil, here.credited_at
        row.due_at = here.effective_due
    session.flush()


def _names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    query = select(Obligation.id, Unit.name).join(Unit, Unit.id == Obligation.unit_id)
    rows = session.execute(query.where(Obligation.id.in_(list(ids))))
    return {row.id: row.name for row in rows}
