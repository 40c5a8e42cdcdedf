"""The look-back (回头看): its list and its seed, its revisits, who makes them, and what they find.

What must be visited once more is chosen by rule, a sample of the rest by lot: the list is frozen and
published with a commitment to a fresh seed, and drawn from on the next workday at the earliest. A close that
proves false opens the finding again. Each act leaves its entries in the journal, last of all; ``now`` is the
server's time (UTC).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..calendar.dates import ZONE, local_day
from ..obligations import looking_back as rules
from ..obligations.errors import DubanError
from ..obligations.looking_back import Found
from ..obligations.moments import in_words
from ..obligations.words import FindingState
from . import findings, journal, lookback_visitors, lots, revisit_telling
from .asking import said
from .journal import Note
from .kept_inspections import LOOKBACKS, REVISITED, REVISITS
from .lookback_choice import candidates, choose
from .means import Doing
from .tables import LookBack, Revisit, Round

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .means import Means
    from .tables import Lot

ACTOR = "duban"


class Made(NamedTuple):
    """A look-back, with how many revisits it has and how many of these were drawn."""

    lookback: LookBack
    revisits: int
    sampled: int


@dataclass(frozen=True, slots=True)
class Visit:
    """What a revisit found: when (UTC), by whom, in words; until when it is to be put right if it is not."""

    found: Found
    visited_at: datetime
    visited_by: str
    text: str
    until: datetime | None = None


def freeze(session: Session, found: Round, now: datetime, means: Means) -> Lot | None:
    """Publish the list of a round's sample, and the commitment to its seed; None if that was done."""
    if lots.standing(session, _start(found)) is not None:
        return None
    terms, units = candidates(session, found, lots.next_context(session, _start(found)), now)
    lot = lots.commit(session, "lookback", terms, units, Doing(now, ACTOR, means))
    journal.append_many(session, now, ACTOR, [lots.publish(lot, f"round/{found.id}")])
    return lot


def latest(now: datetime, workdays: Workdays) -> datetime:
    """Give before when a list must have been published to be drawn from at ``now``, on a later workday."""
    day = local_day(now)
    last = day if workdays.is_workday(day) else workdays.shift(day, -1)
    return datetime.combine(last, time(), ZONE)


def make(session: Session, found: Round, now: datetime, means: Means) -> Made | None:
    """Draw from the list of a look-back, reveal its seed, make its revisits; None when it is done.

    Raises :class:`DubanError` when no list has been published, or not a workday ago.
    """
    if session.scalar(select(LookBack.id).where(LookBack.round_id == found.id)) is not None:
        return None
    lot = lots.standing(session, _start(found))
    if lot is None:
        raise DubanError(f"“{found.title}”还没有公布名单和抽签承诺，不能抽取复查对象。")
    if lot.made_at >= latest(now, means.workdays):
        raise DubanError(f"“{found.title}”的名单公布以后，最早下一个工作日才能抽签。")
    row = LookBack(round_id=found.id, lot_id=lot.id, slug=found.slug, year=found.year, title=found.title)
    row.clause, row.made_at, row.due_at = found.clause, now, found.due_at
    session.add(row)
    session.flush()
    about = f"lookback/{row.id}"
    lots.take(lot, Doing(now, ACTOR, means))
    revealed = lots.reveal(session, lot, now, about, means.sealing)
    chosen = choose(session, found, lot, now)
    revisits = [Revisit(lookback_id=row.id, number=n, **one) for n, one in enumerate(chosen, 1)]
    session.add_all(revisits)
    session.flush()
    notes = [Note("lookback.made", about, LOOKBACKS.said(row)), revealed]
    notes += [
        Note("revisit.made", about, REVISITS.said(one) | {"visitor": one.visitor_id}) for one in revisits
    ]
    journal.append_many(session, now, ACTOR, notes)
    return Made(row, len(revisits), len(lot.result))


def locked(session: Session, revisit_id: int) -> Revisit | None:
    """Give a revisit by its number, locked until the transaction ends."""
    return session.scalar(select(Revisit).where(Revisit.id == revisit_id).with_for_update(key_share=True))


def assign(
    session: Session, one: Revisit, visitor_id: int | None, visitors: str, doing: Doing
) -> tuple[str, ...]:
    """Say who is to make a revisit: a unit, people, or both.

    The unit is told; gives its name if it has nobody to be told. Raises :class:`DubanError` when neither is
    named, the revisit has been made, or for the unit that answers for what is visited and for people who had
    a hand in it.
    """
    people, former = said(visitors), one.visitor_id
    if one.found is not None:
        raise DubanError("这一项已经复查，不能再改派。")
    lookback_visitors.check_unit(session, one, visitor_id, doing.now)
    if visitor_id is None and not people:
        raise DubanError("请选择复查单位，或者写明复查人员。")
    lookback_visitors.check_people(session, one, people)
    one.visitor_id, one.visitors = visitor_id, people
    session.flush()
    untold = revisit_telling.tell(session, one, former, doing)
    detail = {"revisit": one.id, "visitor": visitor_id, "visitors": people}
    detail |= {"untold": list(untold)} if untold else {}
    journal.append(session, doing.now, doing.by, "revisit.assigned", f"lookback/{one.lookback_id}", detail)
    return untold


def result(session: Session, one: Revisit, visit: Visit, now: datetime, by: str, means: Means) -> bool:
    """Enter what a revisit found; gives whether that opened its finding again.

    Where what was promised is not so, or no longer, a finding that was closed is reopened until
    ``visit.until``, and passed on to who answers now if its unit is gone. Raises :class:`DubanError` for a
    second result, without words, where that limit lacks, or for visitors who had a hand in what they visited.
    """
    text, people = said(visit.text), said(visit.visited_by)
    rules.check_result(Found(one.found) if one.found else None, text)
    _check_when(session, one, visit.visited_at, now)
    lookback_visitors.check_unit(session, one, one.visitor_id, now)
    if not people:
        raise DubanError("请写明由谁复查。")
    lookback_visitors.check_people(session, one, people)
    again = _to_reopen(session, one, visit)
    one.found, one.visited_at, one.visited_by = str(visit.found), visit.visited_at, people
    one.text, one.entered_at, one.entered_by = text, now, by
    one.until = visit.until if again else None
    session.flush()
    if again is not None:
        why = f"回头看发现{visit.found.zh}：{text}"
        findings.reopen(session, again, now, by, reason=why, until=visit.until, means=means)
        if again.unit_id != one.unit_id:
            gone = findings.Change("原整改责任单位已不存在，由现在负责的单位整改", one.unit_id)
            findings.change(session, again, now, by, gone, means)
    journal.append(session, now, by, "revisit.done", f"lookback/{one.lookback_id}", REVISITED.said(one))
    return again is not None


def _to_reopen(session: Session, one: Revisit, visit: Visit) -> findings.Finding | None:
    if visit.found is Found.TRUE or one.finding_id is None:
        return None
    found = findings.locked(session, one.finding_id)
    return found if found is not None and found.state == str(FindingState.CLOSED) else None


def _check_when(session: Session, one: Revisit, visited_at: datetime, now: datetime) -> None:
    if visited_at > now:
        raise DubanError(f"复查时间不能晚于现在；所填为{in_words(visited_at)}。")
    made = session.get_one(LookBack, one.lookback_id).made_at
    if local_day(visited_at) < local_day(made):
        raise DubanError(f"复查时间不能早于回头看开始之日；所填为{in_words(visited_at)}。")


def _start(found: Round) -> str:
    return f"{found.slug}/{found.duty}/{found.period}/"
