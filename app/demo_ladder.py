"""What leader, desk and units do with the sheets of the ladder in the rehearsed year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..documents.official import write
from ..ledger import (
    circular_list,
    circulars,
    sheet_acts,
    sheet_facts,
    sheet_signing,
    sheet_standing,
    sheet_talks,
)
from ..ledger.sheet_talks import Arranged, Minuted
from ..ledger.tables import Circular, Contact, Obligation, Sheet, SheetReply, Talk, Unit
from ..obligations.errors import DubanError
from ..obligations.moments import END_OF_DAY, SHANGHAI
from ..obligations.words import Rung, SheetState
from .demo_cast import draws
from .papers_bulletin import circular_paper

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from ..tasks.works import Works

LEADER = "分管领导（演示）"
CLERK = "督查员（演示）"
GOOD_REASON = 0.25  # of the answers to a 督办单
TALK_AT = time(10)
SETTLED = ("accepted", "exempt")
_ANSWERED = (str(Rung.DUBAN), str(Rung.YUETAN))


@dataclass(frozen=True, slots=True)
class LadderCast:
    """Those who sign, answer, talk and close; the seed decides what a unit answers."""

    works: Works
    seed: int

    def act(self, now: datetime) -> list[datetime]:
        """Do what an afternoon at the desk does: sign, take answers, hold talks, close what is done.

        Gives when else somebody has to be there: never.
        """
        for step in (self._acknowledge, self._minute, self._answer, self._close, self._sign, self._issue):
            with self.works.book.write() as session:
                step(session, now)
        return []

    def _sign(self, session: Session, now: datetime) -> None:
        drafts = select(Sheet).where(Sheet.state == str(SheetState.DRAFT)).order_by(Sheet.id)
        for found in session.scalars(drafts).all():
            try:
                sheet_standing.check_unmet(session, found, now)
            except DubanError:  # met this very afternoon: the ladder drops it
                continue
            if found.rung == str(Rung.YUETAN):
                where = Arranged(
                    self._on_workday(now, 2), "镇政府三楼会议室", "分管领导、纪委", "历次催办督办材料"
                )
                sheet_talks.arrange(session, found, now, CLERK, self.works.means, where)
            sheet_signing.sign(session, found.id, now, LEADER, self.works.means)

    def _issue(self, session: Session, now: datetime) -> None:
        """Sign the bulletins and summaries that the program has drafted."""
        office = self.works.office_name, self.works.office_phone

        def written(row: Circular) -> bytes:
            return write(circular_paper(session, row, *office))

        for found in circular_list.drafts(session):
            circulars.sign(session, found.id, now, LEADER, self.works.means, write=written)

    def _acknowledge(self, session: Session, now: datetime) -> None:
        query = _issued().where(Sheet.acknowledged_at.is_(None), Sheet.rung != str(Rung.CUIBAN))
        for found, unit in session.execute(query).tuples().all():
            if found.issued_at is not None and found.issued_at < now - timedelta(hours=12):
                who = _contact(session, found.unit_id)
                sheet_acts.acknowledge(session, found, now, f"{unit} {who}")

    def _answer(self, session: Session, now: datetime) -> None:
        """Let units answer the sheets of two days ago, and the desk say whether the reason is good."""
        answered = select(SheetReply.sheet_id)
        query = _issued().where(
            Sheet.rung.in_(_ANSWERED),
            Sheet.id.not_in(answered),
            Sheet.acknowledged_at < now - timedelta(hours=12),
        )
        for found, unit in session.execute(query).tuples().all():
            good = draws(self.seed, "reply", found.id).random() < GOOD_REASON
            text = (
                "因灾停电停网，材料已另行送达，请予核实。" if good else "工作繁忙，一时疏忽，已安排专人补办。"
            )
            who = f"{unit} {_contact(session, found.unit_id)}"
            reply = sheet_acts.reply(session, found, now, who, text)
            verdict = "情况属实，予以认可。" if good else "理由不成立，请按期办结。"
            sheet_acts.decide(
                *(session, found, reply.id, now, CLERK, self.works.means), accepted=good, answer=verdict
            )

    def _minute(self, session: Session, now: datetime) -> None:
        query = _issued().join(Talk, Talk.sheet_id == Sheet.id)
        for found, unit in (
            session.execute(query.where(Talk.at < now, Talk.minuted_at.is_(None))).tuples().all()
        ):
            until = datetime.combine(self._on_workday(now, 3).date(), END_OF_DAY, SHANGHAI)
            heard = Minuted(
                f"{unit}负责人说明了未报原因，作了检讨；分管领导提出限期整改要求。",
                "三个工作日内补报并落实专人",
                until,
            )
            sheet_talks.minute(session, found, now, CLERK, heard)

    def _close(self, session: Session, now: datetime) -> None:
        """Close the sheets whose report has been accepted since, or whose reason was."""
        done = select(Obligation.id).where(Obligation.state.in_(SETTLED))
        excused = select(SheetReply.sheet_id).where(SheetReply.accepted.is_(True))
        query = _issued().where(Sheet.rung != str(Rung.CUIBAN))
        query = query.where(Sheet.obligation_id.in_(done) | Sheet.id.in_(excused))
        for found, _ in session.execute(query).tuples().all():
            if found.state != str(SheetState.ISSUED):
                continue  # it ended with the talk about the same matter
            talk = sheet_facts.talk_of(session, found.id)
            if talk is not None and talk.promised_by is not None and talk.followed_at is None:
                sheet_talks.follow(session, found, now, CLERK, "经核实，承诺的事项已经办好。", kept=True)
            why = "已办结，经核实予以销号。"
            then = "下月起每月10日前报告一次，由驻村干部督促。"
            who = (session, found, now, CLERK, self.works.means)
            sheet_acts.close(*who, closing=why, person=True, follows=then)

    def _on_workday(self, now: datetime, after: int) -> datetime:
        """Give ten o'clock of the workday that many after today."""
        day = self.works.workdays.shift(now.astimezone(SHANGHAI).date(), after)
        return datetime.combine(day, TALK_AT, SHANGHAI)


def _issued() -> Select[tuple[Sheet, str]]:
    here = select(Sheet, Unit.name).join(Unit, Unit.id == Sheet.unit_id)
    return here.where(Sheet.state == str(SheetState.ISSUED)).order_by(Sheet.id)


def _contact(session: Session, unit_id: int) -> str:
    who = select(Contact.name).where(Contact.unit_id == unit_id).order_by(Contact.id).limit(1)
    return session.scalar(who) or ""
