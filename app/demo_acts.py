"""What the invented units and the office do to the book, by the ledger's own operations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ..ledger import events, owed, reports
from ..ledger.reports import Report, Return
from ..ledger.tables import Contact, Message, Notice, Obligation, Round, Submission, Unit
from ..obligations.moments import END_OF_DAY, SHANGHAI
from ..obligations.words import State
from . import demo_cast as cast
from .demo_cast import Matter, Told
from .demo_matters import NOTHING, field_of, unsolved

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from ..tasks.works import Works

CLERK = "值班员（演示）"
LEADER = "分管领导（演示）"
MORE_DAYS = timedelta(days=5)
CORRECT_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Actors:
    """The book they act on, and the seed of what they do. Moments are aware, of any zone."""

    works: Works
    seed: int

    def heard(self, now: datetime) -> list[Told]:
        """Give what the units were told by the messages that left at ``now``."""
        with self.works.book.read() as session:
            rows = session.execute(_told_at(now)).all()
        return [
            Told(Matter(*row[:4]), State(row.state), now, row.due_at, row.locks_at, row.ends_at, row.urgent)
            for row in rows
        ]

    def answer(self, matter: Matter, now: datetime) -> None:
        """Let a unit report, by telephone, on paper, in a table or at the desk."""
        with self.works.book.write() as session:
            found = _found(session, matter)
            here = session.get_one(Round, found.round_id)
            said = cast.answer(self.seed, matter, here.form, here.ask, now)
            name = session.scalar(
                select(Contact.name).where(Contact.unit_id == found.unit_id).order_by(Contact.name)
            )
            key = f"demo/{matter.slug}/{matter.duty}/{matter.period}/{matter.unit}/{now:%m%d%H%M}"
            if field := field_of(session, here):
                found_here = unsolved(session, here.slug, now, found.unit_id)
                said.answers[field] = found_here.text if found_here else NOTHING
            report = Report(key, said.answers, said.nil, said.note, str(said.via), name or matter.unit)
            reports.submit(session, found, report, now)

    def judge(self, now: datetime) -> int:
        """Let the office look at all that has come in, in one sitting; gives how many it sent back."""
        with self.works.book.write() as session:
            waiting = session.execute(_waiting()).all()
            return sum(self._judge(session, Matter(*row[:4]), row.version, now) for row in waiting)

    def _judge(self, session: Session, matter: Matter, version: int, now: datetime) -> bool:
        found, wrong = _found(session, matter), cast.fault(self.seed, matter, version)
        if wrong is None:
            reports.accept(session, found, now, CLERK)
            return False
        slots = self.works.slots(now, session.get_one(Round, found.round_id).urgent)
        why = Return(wrong.reason, wrong.material, _end_of_day(now + CORRECT_WITHIN))
        reports.return_(session, found, now, CLERK, why, slots)
        return True

    def extend(self, matter: Matter, now: datetime) -> datetime:
        """Let a unit ask for more time by telephone, and the office grant it; gives until when."""
        with self.works.book.write() as session:
            found = _found(session, matter)
            until = _end_of_day((found.due_at or now) + MORE_DAYS)
            reason = "经办人外出培训，申请延期"
            reports.extend(session, found, now, CLERK, asked_at=now, until=until, reason=reason)
        return until

    def raise_event(self, event: events.Event, now: datetime) -> None:
        """Let the office, having had a call, ask the unit concerned for its report."""
        with self.works.book.write() as session:
            slots = self.works.slots(now, urgent=True)
            events.raise_event(session, event, self.works.workdays, now, CLERK, slots)

    def exempt(self, matter: Matter, now: datetime) -> None:
        """Let the office excuse a unit that has nothing to do with the matter."""
        with self.works.book.write() as session:
            found = _found(session, matter)
            reason = "本期工作已并入联合行动统一上报"
            reports.exempt(session, found, now, CLERK, reason=reason, approver=LEADER)


def _found(session: Session, matter: Matter) -> Obligation:
    return owed.find(session, matter.slug, matter.duty, matter.period, matter.unit)


def _end_of_day(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(SHANGHAI).date(), END_OF_DAY, SHANGHAI)


def _told_at(now: datetime) -> Select[Any]:
    return (
        select(
            *(Round.slug, Round.duty, Round.period, Unit.code, Obligation.state),
            *(Obligation.due_at, Round.locks_at, Round.ends_at, Round.urgent),
        )
        .distinct()
        .join(Notice, Notice.obligation_id == Obligation.id)
        .join(Message, Message.id == Notice.message_id)
        .join(Round, Round.id == Obligation.round_id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .where(Message.sent_at == now, Notice.state == "sent")
        .order_by(Round.slug, Round.duty, Round.period, Unit.code)
    )


def _waiting() -> Select[tuple[str, str, str, str, int]]:
    last = func.max(Submission.version).label("version")
    return (
        select(Round.slug, Round.duty, Round.period, Unit.code, last)
        .join(Obligation, Obligation.round_id == Round.id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .join(Submission, Submission.obligation_id == Obligation.id)
        .where(Obligation.state == "submitted")
        .group_by(Obligation.id, Round.slug, Round.duty, Round.period, Unit.code)
        .order_by(Obligation.id)
    )


def sitting(day: datetime) -> datetime:
    """Give when the office looks at what has come in on a day."""
    return datetime.combine(day.astimezone(SHANGHAI).date(), time(16, 30), SHANGHAI)
