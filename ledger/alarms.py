"""That the machine itself does not do its work: told to the office, once a day for each trouble."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from ..calendar.dates import local_day
from . import addressed, journal
from .addressed import Letter
from .parcels import NOTICE
from .tables import PlanHome, PlanRevision, PlanYear, Unit

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from ..calendar.slots import Slot

ACTION, SUBJECT, ACTOR = "alarm.raised", "alarm", "duban"
SUBJECT_LINE = "督办程序运行异常，请查看"
REMEDY = (
    "请到运行督办的机器上查看，运行 duban doctor 可逐项看到原因和办法；到期事项不会丢失，恢复后自动补办。"
)


class Trouble(NamedTuple):
    """What is wrong: a key that is the same for the same trouble (``engine``), and a Chinese sentence."""

    key: str
    said: str


def raise_alarm(session: Session, trouble: Trouble, codes: Collection[str], now: datetime, slot: Slot) -> int:
    """Tell a trouble to all contacts of the units with these codes; gives how many letters that makes.

    Without codes, to the offices of the plans in force, where the roster has units of their names. Nothing is
    done when this trouble was told today (Asia/Shanghai) or nobody is there to be told.
    """
    day = local_day(now)
    text = f"{trouble.said}\n{REMEDY}"
    letter = Letter(_about(day), trouble.key, SUBJECT_LINE, text, urgent=True, purpose=NOTICE)
    done = addressed.address(session, offices(session, codes, day), letter, slot)
    if done.letters:
        told = {"letters": done.letters, "untold": list(done.untold)}
        detail = {"day": day, "trouble": trouble.key, "said": trouble.said} | told
        journal.append(session, now, ACTOR, ACTION, SUBJECT, detail)
    return done.letters


def offices(session: Session, codes: Collection[str], day: date) -> list[int]:
    """Give the numbers of the units with these codes; without codes, of the plans' offices on ``day``."""
    which = Unit.code.in_(codes) if codes else Unit.id.in_(_of_plans(day))
    open_ = or_(Unit.closed_on.is_(None), Unit.closed_on > day)
    return list(session.scalars(select(Unit.id).where(which, open_).order_by(Unit.id)))


def _of_plans(day: date) -> Select[tuple[int]]:
    """Select the units that are named as the office of a plan in force, each where its plan is at home."""
    root, plan, home = aliased(Unit), PlanRevision, PlanHome
    query = select(Unit.id).join(plan, plan.office == Unit.name).join(PlanYear, PlanYear.plan_id == plan.id)
    query = query.outerjoin(home, home.slug == PlanYear.slug).outerjoin(root, root.id == home.unit_id)
    here = or_(root.path.is_(None), Unit.path.startswith(root.path))
    return query.where(PlanYear.year == day.year, here)


def _about(day: date) -> str:
    return f"{SUBJECT}/{day.isoformat()}"
