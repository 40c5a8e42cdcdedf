"""Clues that pass from one unit to another: sent, received, answered, passed on (线索移送).

Each act leaves a row, a letter to whom it concerns, and last of all an entry in the journal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..calendar.dates import ZONE, local_day
from ..obligations import clues as rules
from ..obligations.clues import HopFacts, Verdict, called
from ..obligations.errors import DubanError
from ..obligations.moments import END_OF_DAY, in_words
from . import addressed, journal, locks
from .addressed import Letter
from .asking import said
from .audiences import check_there
from .journal import Note
from .kept_cases import CLUE_ANSWERS, CLUE_HOPS, CLUE_RECEIPTS, CLUES
from .tables import Clue, ClueAnswer, ClueHop, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .means import Means

RECEIVE_WITHIN = 1  # workdays in which a clue is to be signed for
OFFICE = "办公室"


@dataclass(frozen=True, slots=True)
class NewClue:
    """A clue as it is first handed on: to whom, what it is, until when an answer is wanted (aware).

    ``key`` is the form's own: the same form sent twice hands on one clue. Without ``from_unit_id`` it is the
    office that hands it on.
    """

    key: str
    slug: str
    to_unit_id: int
    title: str
    text: str
    answer_by: datetime
    from_unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Onward:
    """To whom a clue is passed on, until when an answer is wanted (aware), and why."""

    to_unit_id: int
    answer_by: datetime
    note: str


def send(session: Session, new: NewClue, now: datetime, by: str, means: Means) -> Clue:
    """Hand on a clue, or give the one that this form has handed on already.

    Raises :class:`DubanError` when it does not say what it is, the limit has passed, or it goes nowhere.
    """
    locks.numbers(session)
    if known := session.scalar(select(Clue).where(Clue.key == new.key)):
        return known
    rules.check_send(said(new.title), said(new.text), new.answer_by, now)
    check_there(session, new.to_unit_id, now)
    if new.to_unit_id == new.from_unit_id:
        raise DubanError("不能移送给本单位；请选择应当办理的单位。")
    year = local_day(now).year
    last = select(func.max(Clue.number)).where(Clue.slug == new.slug, Clue.year == year)
    clue = Clue(key=new.key, slug=new.slug, year=year, number=(session.scalar(last) or 0) + 1)
    clue.from_unit_id, clue.made_at, clue.made_by = new.from_unit_id, now, by
    clue.title, clue.text = said(new.title), said(new.text)
    session.add(clue)
    session.flush()
    made = Note("clue.made", f"clue/{clue.id}", CLUES.said(clue))
    hop = ClueHop(clue_id=clue.id, n=1, from_unit_id=new.from_unit_id, to_unit_id=new.to_unit_id)
    hop.note, hop.answer_by = "", new.answer_by
    journal.append_many(session, now, by, [made, _sent(session, clue, hop, now, by, means)])
    return clue


def _sent(session: Session, clue: Clue, hop: ClueHop, now: datetime, by: str, means: Means) -> Note:
    """Keep a passing on and tell its receiver."""
    hop.sent_at, hop.sent_by, hop.reminded = now, by, 0
    within = means.workdays.shift(local_day(now), RECEIVE_WITHIN)
    hop.receive_by = min(datetime.combine(within, END_OF_DAY, ZONE), hop.answer_by)
    hop.next_at = hop.receive_by + timedelta(seconds=1)
    session.add(hop)
    session.flush()
    _tell(session, [hop.to_unit_id], _sending(session, clue, hop), now, means)
    return Note("clue.sent", f"clue/{clue.id}", CLUE_HOPS.said(hop))


def _sending(session: Session, clue: Clue, hop: ClueHop) -> Letter:
    lines = [
        f"{_name(session, hop.from_unit_id)}移送{called(clue.year, clue.number)}：{clue.title}",
        clue.text,
        f"转办说明：{hop.note}" if hop.note else "",
        f"请于{in_words(hop.receive_by)}前签收，{in_words(hop.answer_by)}前答复查实、查否或者办理情况。",
    ]
    return letter(hop, "sent", f"线索移送：{clue.title}", lines)


def running(session: Session, clue_id: int) -> ClueHop | None:
    """Give the last passing on of a clue, locked until the transaction ends."""
    last = select(ClueHop).where(ClueHop.clue_id == clue_id).order_by(ClueHop.n.desc()).limit(1)
    return session.scalar(last.with_for_update(key_share=True))


def receive(session: Session, hop: ClueHop, now: datetime, by: str) -> None:
    """Sign for a clue."""
    rules.check_receive(facts(hop))
    journal.append_many(session, now, by, [_received(session, hop, now, by)])


def _received(session: Session, hop: ClueHop, now: datetime, by: str) -> Note:
    hop.received_at, hop.received_by = now, by
    hop.next_at, hop.reminded = hop.answer_by + timedelta(seconds=1), 0
    session.flush()
    return Note("clue.received", f"clue/{hop.clue_id}", CLUE_RECEIPTS.said(hop))


def answer(
    session: Session,
    hop: ClueHop,
    now: datetime,
    by: str,
    means: Means,
    *,
    verdict: Verdict | None,
    text: str,
) -> None:
    """Answer what was found; 查实 and 查否 settle the clue. Who has not signed for it signs by answering."""
    found = rules.check_answer(facts(hop), verdict, said(text))
    notes = [] if hop.received_at else [_received(session, hop, now, by)]
    row = ClueAnswer(hop_id=hop.id, at=now, by=by, verdict=str(found), text=said(text))
    session.add(row)
    session.flush()
    notes.append(Note("clue.answered", f"clue/{hop.clue_id}", CLUE_ANSWERS.said(row)))
    if found.final:
        _end(session, hop, now)
    clue = session.get_one(Clue, hop.clue_id)
    lines = [f"{_name(session, hop.to_unit_id)}答复{called(clue.year, clue.number)}：{found.zh}", row.text]
    to = {one for one in (hop.from_unit_id, clue.from_unit_id) if one is not None}
    _tell(session, sorted(to), letter(hop, f"answer{row.id}", f"线索答复：{clue.title}", lines), now, means)
    journal.append_many(session, now, by, notes)


def pass_on(session: Session, hop: ClueHop, onward: Onward, now: datetime, by: str, means: Means) -> ClueHop:
    """Hand a clue on to the unit whose it is, with a limit of its own."""
    rules.check_pass(facts(hop), hop.to_unit_id, onward.to_unit_id, said(onward.note))
    rules.check_limit(onward.answer_by, now)
    check_there(session, onward.to_unit_id, now)
    notes = [] if hop.received_at else [_received(session, hop, now, by)]
    _end(session, hop, now)
    clue = session.get_one(Clue, hop.clue_id)
    following = ClueHop(clue_id=clue.id, n=hop.n + 1, from_unit_id=hop.to_unit_id)
    following.to_unit_id, following.answer_by = onward.to_unit_id, onward.answer_by
    following.note = said(onward.note)
    notes.append(_sent(session, clue, following, now, by, means))
    here, there = _name(session, hop.to_unit_id), _name(session, onward.to_unit_id)
    lines = [
        f"{here}将{called(clue.year, clue.number)}转送{there}办理，{in_words(onward.answer_by)}前答复。",
        f"转办说明：{following.note}",
    ]
    told = {hop.from_unit_id, clue.from_unit_id} - {None, onward.to_unit_id}
    passed = letter(hop, "passed", f"线索转送：{clue.title}", lines)
    _tell(session, sorted(one for one in told if one is not None), passed, now, means)
    journal.append_many(session, now, by, notes)
    return following


def _end(session: Session, hop: ClueHop, now: datetime) -> None:
    hop.ended_at, hop.next_at = now, None
    session.flush()


def facts(hop: ClueHop) -> HopFacts:
    """Give the facts of a passing on for the rules."""
    return HopFacts(hop.receive_by, hop.answer_by, hop.received_at, hop.ended_at)


def _name(session: Session, unit_id: int | None) -> str:
    return session.scalar(select(Unit.name).where(Unit.id == (unit_id or 0))) or OFFICE


def letter(hop: ClueHop, mark: str, subject: str, lines: list[str]) -> Letter:
    """Give a letter about a passing on; the same mark is one letter."""
    return Letter(f"clue/{hop.clue_id}", f"{hop.n}-{mark}", subject, "\n".join(filter(None, lines)))


def _tell(session: Session, units: list[int], text: Letter, now: datetime, means: Means) -> None:
    addressed.address(session, units, text, means.slots(now, False).first)  # noqa: FBT003 - as Means says
