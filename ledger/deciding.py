"""Making a decision of a meeting an obligation: a round of its own, opened at once, outside the expansion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, or_, select

from ..calendar import sittings
from ..calendar.dates import local_day
from ..calendar.plan import DECIDED, FormField
from ..obligations.errors import DubanError
from ..obligations.meetings import check_decision
from . import rounds
from .audiences import active
from .duties import plan_of
from .meetings import SHORT, limited
from .owed import hint
from .tables import Decision, Round, Unit
from .upsert import insert_new
from .years import write_cues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from .journal import Note
    from .means import Doing
    from .meetings import Held
    from .tables import Minutes

FORM = (
    FormField(key="qingkuang", label="办理情况", type="text", required=True),
    FormField(key="cailiao", label="佐证材料", type="files"),
)
_TITLE = 30  # characters of a decision that its title repeats


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What was decided: by which units (names or codes), under whose lead, until when (aware).

    Without a lead it is the first unit's.
    """

    text: str
    units: tuple[str, ...]
    due_at: datetime | None
    lead: str = ""
    requirement: str = ""


class Chosen(NamedTuple):
    """A decision that may be made: its units are in the book."""

    new: NewDecision
    due_at: datetime
    codes: tuple[str, ...]
    names: tuple[str, ...]
    lead: str


class Decided(NamedTuple):
    """A decision that was made, and the note of its round's opening for the journal."""

    row: Decision
    opened: Note


def read(session: Session, new: NewDecision, now: datetime) -> Chosen:
    """Look a decision through before anything is written; raises :class:`DubanError` saying what it lacks."""
    due_at = check_decision(limited(new.text), new.units, new.due_at, now)
    limited(new.requirement)
    units = dict.fromkeys(_unit(session, name, now) for name in new.units)
    lead = _unit(session, new.lead, now) if new.lead.strip() else next(iter(units))
    if lead not in units:
        message = f"牵头单位“{lead[1]}”不在责任单位之中，请一并写入责任单位。"
        raise DubanError(message)
    return Chosen(new, due_at, tuple(code for code, _ in units), tuple(name for _, name in units), lead[1])


def _unit(session: Session, said: str, now: datetime) -> tuple[str, str]:
    name = limited(said, SHORT)
    today = active(local_day(now))
    rows = session.execute(
        select(Unit.code, Unit.name).where(today, or_(Unit.code == name, Unit.name == name))
    ).all()
    exact = [row for row in rows if row.code == name] or rows
    if len(exact) == 1:
        return exact[0].code, exact[0].name
    if exact:
        message = f"名为“{name}”的单位不止一个，请改写单位代码：{'、'.join(row.code for row in exact)}。"
        raise DubanError(message)
    known = list(session.scalars(select(Unit.name).where(today).order_by(Unit.code)))
    message = f"没有单位“{name}”{hint(name, known)}"
    raise DubanError(message)


def decide(
    session: Session, here: Held, minutes: Minutes, chosen: Sequence[Chosen], doing: Doing
) -> list[Decided]:
    """Ask each decision of its units from now on; they are reminded by the plan's usual reminders."""
    last = select(func.max(Decision.number)).where(Decision.meeting_id == here.meeting.id)
    first = (session.scalar(last) or 0) + 1
    return [_one(session, here, minutes, number, one, doing) for number, one in enumerate(chosen, first)]


def _one(session: Session, here: Held, minutes: Minutes, number: int, one: Chosen, doing: Doing) -> Decided:
    found = _round(session, here, number, one, doing)
    notes: list[Note] = []
    rounds.open_round(session, found, doing.now, notes)
    reminders = plan_of(session, here.meeting.plan_id).defaults.reminders
    workdays = doing.means.workdays
    write_cues(session, found.id, sittings.decision_cues(reminders, doing.now, one.due_at, workdays))
    rounds.plan_next(session, found)
    row = Decision(meeting_id=here.meeting.id, minutes_id=minutes.id, number=number, round_id=found.id)
    row.at, row.by, row.due_at = doing.now, doing.by, one.due_at
    row.text, row.requirement = limited(one.new.text), limited(one.new.requirement)
    row.lead, row.units = one.lead, list(one.codes)
    session.add(row)
    session.flush()
    return Decided(row, notes[0])


def _round(session: Session, here: Held, number: int, one: Chosen, doing: Doing) -> Round:
    """Write the round of a decision. It never locks: what was decided stays owed until it is done."""
    base = here.round
    text, requirement = limited(one.new.text), limited(one.new.requirement)
    values: dict[str, Any] = {
        "plan_id": here.meeting.plan_id,
        "slug": here.meeting.slug,
        "duty": DECIDED,
        "year": here.meeting.year,
        "name": f"{base.name}议定事项",
        "kind": "once",
        "flow": "meeting",
        "title": f"{here.meeting.title}议定事项{number}：{_short(text)}",
        "opens_at": doing.now,
        "due_at": one.due_at,
        "source": "local",
        "clause": base.clause,
        "ask": f"{text}\n要求：{requirement}" if requirement else text,
        "receiver": plan_of(session, here.meeting.plan_id).office,
        "audience": _audience(one),
        "form": [field.model_dump() for field in FORM],
    }
    count = select(func.count()).where(Round.slug == values["slug"], Round.duty == DECIDED)
    ours = session.scalar(count.where(Round.period.like(f"{base.period}/%"))) or 0
    while True:  # another meeting of the plan in the same period may take a number first
        ours += 1
        period = {"period": f"{base.period}/{ours}"}
        if written := insert_new(session, Round, values | period, ("slug", "duty", "period")):
            return session.get_one(Round, written)


def _audience(one: Chosen) -> dict[str, Any]:
    only = {"kinds": [], "tags": [], "units": list(one.codes), "under": None, "except_": []}
    return only | {"name": "、".join(one.names), "key": DECIDED, "lead": one.lead}


def _short(text: str) -> str:
    line = text.partition("\n")[0].rstrip("。；")
    return f"{line[:_TITLE]}……" if len(line) > _TITLE else line
