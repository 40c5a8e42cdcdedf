"""What checks find in the rehearsed year, how it is put right, and what the look-back makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..calendar.dates import local_day
from ..ledger import (
    findings,
    inspection_replacing,
    inspection_results,
    inspections,
    inspectors,
    lookbacks,
)
from ..ledger.findings import Fixed, Found, Recheck
from ..ledger.inspection_results import Result
from ..ledger.lookbacks import Visit
from ..ledger.means import Doing
from ..ledger.tables import Finding, InspectedUnit, Inspection, LookBack, Lot, Replacement, Revisit, Unit
from ..obligations import draw
from ..obligations.inspecting import Checked, InspectionState
from ..obligations.looking_back import Found as Seen
from ..obligations.moments import END_OF_DAY, SHANGHAI
from ..obligations.words import FindingState, Grade
from .demo_cast import draws

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..tasks.works import Works

DESK = "督查员（演示）"
RECHECKERS = "李复查（演示）、王复查（演示）"
GRAVE, LATE, FAILS = 0.15, 0.25, 0.1
LATE_AT_STATIONS = 0.5  # of the plan whose look-back has both to visit by rule and to draw from
RECTIFY_DAYS, AGAIN_DAYS = 15, 7
FOUND = 0.6  # of the units that an inspection visits
# Who inspects, and the unit that each belongs to: nobody inspects their own.
INSPECTORS = (
    ("张督查（演示）", "应急管理岗"),
    ("赵督查（演示）", "综合行政执法局"),
    ("钱督查（演示）", "市场监管所"),
    ("孙督查（演示）", "消防管理服务所"),
    ("周督查（演示）", "指挥中心"),
    ("吴督查（演示）", "督察组"),
)
# By plan: the day of the month on which its checks are entered, and the kinds of units they are about.
MONTHLY = (("erong-dafei", ("村", "社区")), ("gongan-dafeizhiwei", ("派出所",)))
GONGAN = "gongan-dafeizhiwei"
ENTERED_ON = 12
THINGS = (
    ("零售点", "货架旁堆放纸箱，疏散通道被占用", "消防通道"),
    ("闲置房屋", "房屋出租未登记，存放物品来源不明", "出租房屋"),
    ("临时仓库", "灭火器压力不足，未按规定检查", "消防设施"),
    ("山林边缘工棚", "发现疑似原材料残留，未及时清理", "非法生产苗头"),
)


@dataclass(frozen=True, slots=True)
class CheckCast:
    """Those who check, rectify, look again and look back; the seed decides what they find."""

    works: Works
    seed: int

    def begin(self, now: datetime) -> None:
        """Register the inspectors."""
        with self.works.book.write() as session:
            for name, unit in INSPECTORS:
                found = session.scalars(select(Unit.id).where(Unit.name == unit)).one()
                inspectors.add(session, name, found, now, DESK)

    def act(self, now: datetime) -> list[datetime]:
        """Do what an afternoon at the desk does about checks; gives when else to be there: never."""
        for step in (self._recheck, self._fix, self._check, self._draw, self._inspect, self._look_back):
            with self.works.book.write() as session:
                step(session, now)
        return []

    def _check(self, session: Session, now: datetime) -> None:
        """Enter what the month's checks found, on the first workday from the 12th on."""
        day = local_day(now)
        if self.works.workdays.next_workday(day.replace(day=ENTERED_ON) - timedelta(days=1)) != day:
            return
        for slug, kinds in MONTHLY:
            units = session.scalars(select(Unit).where(Unit.kind.in_(kinds)).order_by(Unit.code)).all()
            for unit in draws(self.seed, "check", slug, day).sample(units, min(2, len(units))):
                self._record(session, slug, unit, now)

    def _record(self, session: Session, slug: str, unit: Unit, now: datetime) -> Finding:
        rng = draws(self.seed, "finding", slug, unit.code, now)
        place, what, kind = rng.choice(THINGS)
        found = Found(
            key=f"demo/{slug}/{unit.code}/{now:%Y%m%d%H%M}",
            slug=slug,
            unit_id=unit.id,
            found_at=now - timedelta(hours=6),
            due_at=_end_of_day(now, RECTIFY_DAYS),
            description=f"{what}（演示）",
            checked_by="打非办（演示）",
            inspectors="张督查（演示）、赵督查（演示）",
            item="烟花爆竹“打非”检查",
            place=f"{unit.name}{place}",
            kind=kind,
            grade=Grade.GRAVE if rng.random() < GRAVE else Grade.GENERAL,
            measures="立即清理，落实专人看管，举一反三排查。",
            responsible=f"{unit.name}负责人（演示）",
        )
        return findings.record(session, found, now, DESK, self.works.means).finding

    def _fix(self, session: Session, now: datetime) -> None:
        """Let units put right what is due: most in time, some late."""
        for found in _findings(session, FindingState.OPEN):
            share = LATE_AT_STATIONS if found.slug == GONGAN else LATE
            late = draws(self.seed, "fix", found.key).random() < share
            when = found.due_at + (timedelta(days=2) if late and not found.reopened else timedelta(days=-4))
            if now >= when:
                unit = session.get_one(Unit, found.unit_id)
                done = Fixed(
                    "已清理整改到位，落实专人负责（演示）。", local_day(now), f"{unit.name}负责人（演示）"
                )
                findings.fix(session, found, now, f"{unit.name}（演示）", done)

    def _recheck(self, session: Session, now: datetime) -> None:
        """Look again at what was said to be put right by yesterday."""
        for found in _findings(session, FindingState.FIXED):
            if found.fixed_at is None or local_day(found.fixed_at) >= local_day(now):
                continue
            if draws(self.seed, "recheck", found.key, found.reopened).random() < FAILS and now < found.due_at:
                until = _end_of_day(now, AGAIN_DAYS)
                looked = Recheck(
                    passed=False, people=RECHECKERS, text="现场仍有残留，未整改到位。", until=until
                )
            else:
                looked = Recheck(passed=True, people=RECHECKERS, text="现场复查，已整改到位。")
            findings.recheck(session, found, now, DESK, looked, self.works.means)

    def _draw(self, session: Session, now: datetime) -> None:
        """Draw for nine on the next workday what has been published for a night; publish what has changed."""
        prepared = select(Inspection).where(Inspection.state == str(InspectionState.PREPARED))
        doing = Doing(now, DESK, self.works.means)
        for one in session.scalars(prepared.order_by(Inspection.id)).all():
            if local_day(now) < inspections.first_day(session, one, self.works.means):
                continue
            lot = session.get_one(Lot, one.lot_id)
            published, current = draw.read(lot.terms), inspections.current_terms(session, one, now)
            if lot.context.endswith("/1") and draw.digest(published) != draw.digest(current):
                inspections.renew(session, one, "名单公布后，有单位已在另一次督查中抽中", doing)
                continue
            tomorrow = self.works.workdays.shift(local_day(now), 1)
            begins = datetime.combine(tomorrow, datetime.min.time().replace(hour=9), SHANGHAI)
            inspections.draw(session, one, begins, doing)
            self._fall_ill(session, one, doing)

    def _fall_ill(self, session: Session, one: Inspection, doing: Doing) -> None:
        """Let an inspector of the year's first announced inspection fall ill; the next of the list goes."""
        if session.scalar(select(func.count()).select_from(Replacement)):
            return
        parts = select(InspectedUnit).where(InspectedUnit.inspection_id == one.id)
        if part := session.scalars(parts.order_by(InspectedUnit.place)).first():
            inspection_replacing.replace(session, one, part, part.team[0][0], "因病住院（演示）", doing)

    def _inspect(self, session: Session, now: datetime) -> None:
        """Enter the results of what has begun."""
        begun = select(Inspection).where(Inspection.state == str(InspectionState.BEGUN))
        for one in session.scalars(begun.order_by(Inspection.id)).all():
            parts = select(InspectedUnit).where(InspectedUnit.inspection_id == one.id)
            for part in session.scalars(parts.order_by(InspectedUnit.id)).all():
                self._result(session, one, part, now)

    def _result(self, session: Session, one: Inspection, part: InspectedUnit, now: datetime) -> None:
        who, checked_at = "、".join(name for _, name in part.going), now - timedelta(hours=2)
        if draws(self.seed, "inspect", one.id, part.unit_id).random() < FOUND:
            unit = session.get_one(Unit, part.unit_id)
            found = self._record(session, one.slug, unit, now)
            came = Result(Checked.FOUND, checked_at, who, "发现隐患，已现场交办。", (found.id,))
        else:
            came = Result(Checked.NOTHING, checked_at, who, "台账齐全，未发现问题。")
        inspection_results.result(session, one, part, came, now, DESK)

    def _look_back(self, session: Session, now: datetime) -> None:
        """Make the revisits of a look-back four days after it was made; one finding was closed falsely."""
        ripe = select(LookBack.id).where(LookBack.made_at < now - timedelta(days=4))
        query = select(Revisit).where(Revisit.lookback_id.in_(ripe), Revisit.found.is_(None))
        for number, one in enumerate(session.scalars(query.order_by(Revisit.id)).all()):
            people = "指挥中心复查组（演示）"
            lookbacks.assign(session, one, None, people, Doing(now, DESK, self.works.means))
            if one.finding_id is not None and number == 0:
                text, until = (
                    "现场并未整改，照片系他处拍摄，属虚假销号（演示）。",
                    _end_of_day(now, AGAIN_DAYS),
                )
                visit = Visit(Seen.FALSE, now - timedelta(hours=1), people, text, until)
            else:
                visit = Visit(Seen.TRUE, now - timedelta(hours=1), people, "与承诺一致（演示）。")
            lookbacks.result(session, one, visit, now, DESK, self.works.means)


def _findings(session: Session, state: FindingState) -> list[Finding]:
    return list(session.scalars(select(Finding).where(Finding.state == str(state)).order_by(Finding.id)))


def _end_of_day(now: datetime, days: int) -> datetime:
    return datetime.combine(local_day(now) + timedelta(days=days), END_OF_DAY, SHANGHAI)
