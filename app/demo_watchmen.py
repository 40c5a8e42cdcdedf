"""Cases and clues, nights on duty, alerts, what is watched, and the appraisal in the rehearsed year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.dates import local_day
from ..ledger import (
    alerts,
    appraisal_adopting,
    appraisal_publishing,
    appraisal_sets,
    case_list,
    casework,
    clues,
    nights,
    owed,
    watching,
)
from ..ledger.appraisal_adopting import Proposal, mark, try_out
from ..ledger.casework import NewCase
from ..ledger.clues import NewClue
from ..ledger.duties import plan_of
from ..ledger.in_force import plans_in_force
from ..ledger.means import Doing
from ..ledger.tables import (
    Alert,
    AppraisalRun,
    Case,
    Clue,
    Contact,
    NightRoster,
    Obligation,
    Round,
    Unit,
    Watched,
)
from ..ledger.watching import NewWatched
from ..obligations.cases import CaseState
from ..obligations.clues import Verdict
from ..obligations.nights import OnDuty
from ..obligations.watching import Result

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..tasks.works import Works

DESK, LEADER = "督查员（演示）", "分管领导（演示）"
PLAN, NIGHT = "erong-dafei", "gaofeng-xunkong"
CACHE = "faxian-jibao"  # the event of autumn, which becomes a case
ANSWER_IN = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class WatchCast:
    """Those who keep the night, take alerts, settle cases, pass clues on, revisit, and appraise."""

    works: Works

    def begin(self, now: datetime) -> None:
        """Adopt the rules by which the year will be appraised, and enter what is watched."""
        with self.works.book.write() as session:
            plan = plan_of(session, next(p.plan_id for p in plans_in_force(session, now) if p.slug == PLAN))
            [rules] = appraisal_sets.of_plan(plan)
            day = local_day(now)
            seen = mark(PLAN, rules, try_out(session, PLAN, rules, now, self.works.workdays))
            proposal = Proposal(PLAN, rules, day, "方案所附规则")
            appraisal_adopting.adopt(session, proposal, now, LEADER, self.works.workdays, seen=seen)
            village = _unit(session, "示例二村")
            kind = next(one for one in plan.watch if one.kind == "place")
            new = NewWatched("demo/1", PLAN, kind, "三组闲置厂房", village, day, "曾有非法储存")
            watching.add(session, new, now, DESK)

    def act(self, now: datetime) -> list[datetime]:
        """Do what an afternoon has of these; gives when else to be there: never."""
        steps = (self._nights, self._alerts, self._case, self._clue, self._watch, self._appraise)
        for step in steps:
            with self.works.book.write() as session:
                step(session, now)
        return []

    def _nights(self, session: Session, now: datetime) -> None:
        """File the rosters of the nights that are near."""
        filed = select(NightRoster.obligation_id)
        query = (
            select(Round.period, Unit.code)
            .join(Obligation, Obligation.round_id == Round.id)
            .join(Unit, Unit.id == Obligation.unit_id)
            .where(Round.duty == NIGHT, Round.ends_at > now, Obligation.id.not_in(filed))
            .order_by(Obligation.id)
        )
        people = [OnDuty("值班民警（演示）", "13900000000", "带班巡控")]
        for period, code in session.execute(query).tuples().all():
            found = owed.find(session, "changzhou-ranfang", NIGHT, period, code)
            nights.file_roster(session, found, people, now, "示例派出所内勤（演示）")

    def _alerts(self, session: Session, now: datetime) -> None:
        """Take note of the alerts of the day, in the name of whoever is on duty."""
        for number in session.scalars(select(Alert.id).where(Alert.next_at.is_not(None)).order_by(Alert.id)):
            found = alerts.find(session, number)
            for unit_id in alerts.units_of(session, number):
                if found is not None:
                    name = _contact(session, unit_id)
                    alerts.acknowledge(session, found, unit_id, now, name)

    def _case(self, session: Session, now: datetime) -> None:
        """Open a case on the cache that was found, settle a line a day, and close it when all are."""
        case = session.scalar(select(Case).where(Case.state == str(CaseState.OPEN)).order_by(Case.id))
        if case is None:
            self._open_case(session, now)
            return
        found = casework.find(session, case.id)
        left = [one for one in case_list.lines_of(session, case.id) if not one.settled]
        if found is not None and left:
            done = "已按要求落实，材料入卷（演示）。"
            casework.settle(session, found, left[0], now, DESK, done=done)
        elif found is not None:
            casework.close(session, found, now, DESK, text="各项措施均已落实，同意结案（演示）。")

    def _open_case(self, session: Session, now: datetime) -> None:
        event = session.scalar(select(Round).where(Round.duty == CACHE, Round.kind == "event"))
        if event is None or session.scalar(select(Case.id).limit(1)) is not None:
            return
        owner = select(Obligation.unit_id).where(Obligation.round_id == event.id)
        new = NewCase(
            key="demo/1",
            slug=PLAN,
            unit_id=session.scalars(owner).one(),
            title="非法储存烟花爆竹案（演示）",
            description="巡查发现闲置房屋内存放来源不明的烟花爆竹（演示）。",
            operator=True,
        )
        casework.open_case(session, new, now, DESK)

    def _clue(self, session: Session, now: datetime) -> None:
        """Hand the source of the cache to the police, who sign for it and answer within days."""
        clue = session.scalar(select(Clue).order_by(Clue.id).limit(1))
        if clue is None:
            if session.scalar(select(Case.id).limit(1)) is not None:
                self._send(session, now)
            return
        hop = clues.running(session, clue.id)
        if hop is None or hop.ended_at is not None:
            return
        police = f"示例一派出所 {_contact(session, hop.to_unit_id)}"
        if hop.received_at is None:
            clues.receive(session, hop, now, police)
        elif now > hop.received_at + timedelta(days=3):
            text = "已查明货物来自外县，嫌疑人已移送（演示）。"
            clues.answer(session, hop, now, police, self.works.means, verdict=Verdict.TRUE, text=text)

    def _send(self, session: Session, now: datetime) -> None:
        new = NewClue(
            key="demo/1",
            slug=PLAN,
            to_unit_id=_unit(session, "示例一派出所"),
            title="烟花爆竹来源线索（演示）",
            text="查获的烟花爆竹无流向标识，请追查来源（演示）。",
            answer_by=now + ANSWER_IN,
            from_unit_id=_unit(session, "应急管理岗"),
        )
        sender = f"应急管理岗 {_contact(session, new.from_unit_id or 0)}"
        clues.send(session, new, now, sender, self.works.means)

    def _watch(self, session: Session, now: datetime) -> None:
        """Revisit what is due."""
        due = select(Watched.id).where(Watched.off_at.is_(None), Watched.next_at <= now)
        for number in session.scalars(due.order_by(Watched.id)).all():
            found = watching.find(session, number)
            if found is not None:
                text = "门窗完好，未见异常（演示）。"
                doing = Doing(now, _contact(session, found.unit_id), self.works.means)
                watching.visit(session, found, doing, seen=True, result=Result.NORMAL, text=text)

    def _appraise(self, session: Session, now: datetime) -> None:
        """Publish the results against which nobody appealed, once the time for it is over."""
        for number in session.scalars(select(AppraisalRun.id).order_by(AppraisalRun.id)).all():
            appraisal_publishing.publish(session, number, Doing(now, LEADER, self.works.means))


def _unit(session: Session, name: str) -> int:
    return session.scalars(select(Unit.id).where(Unit.name == name)).one()


def _contact(session: Session, unit_id: int) -> str:
    who = select(Contact.name).where(Contact.unit_id == unit_id).order_by(Contact.id).limit(1)
    return session.scalar(who) or "负责同志"
