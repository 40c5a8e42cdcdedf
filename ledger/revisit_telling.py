"""What is told by letter of a revisit: to the unit that is to make it, and to the one that no longer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.moments import in_words
from . import addressed
from .addressed import Letter
from .revisit_letters import ABOUT
from .tables import Finding, LookBack, PlanRevision, Revisit, Round, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .means import Doing


def tell(session: Session, one: Revisit, former: int | None, doing: Doing) -> tuple[str, ...]:
    """Tell the unit that is to make a revisit, and the ``former`` one; gives who has nobody to be told."""
    now = doing.now
    slot = doing.means.slots(now, False).first  # noqa: FBT003 - not urgent
    about, mark = f"{ABOUT}{one.id}", f"{now:%Y%m%d%H%M%S}"
    heard = not addressed.recall(session, about, now, doing.by)
    title, what = _named(session, one)
    if former is not None and former != one.visitor_id and heard:
        text = f"“{title}”：{what}改由别人复查，贵单位不必再去。"
        letter = Letter(f"revisit-off/{one.id}", mark, f"复查改派：{title}", text)
        addressed.address(session, [former], letter, slot)
    if one.visitor_id is None:
        return ()
    letter = Letter(about, mark, f"请复查：{title}", _text(session, one, title, what))
    return addressed.address(session, [one.visitor_id], letter, slot).untold


def _named(session: Session, one: Revisit) -> tuple[str, str]:
    """Give the title of a revisit's look-back, and what is visited."""
    unit = session.get_one(Unit, one.unit_id).name
    found = session.get_one(Finding, one.finding_id) if one.finding_id is not None else None
    what = f"{unit}的隐患第{found.number}号（{found.description}）" if found else f"{unit}报送任务的情况"
    return session.get_one(LookBack, one.lookback_id).title, what


def _text(session: Session, one: Revisit, title: str, what: str) -> str:
    lookback = session.get_one(LookBack, one.lookback_id)
    joined = select(PlanRevision.title).join(Round, Round.plan_id == PlanRevision.id)
    plan = session.scalars(joined.where(Round.id == lookback.round_id)).one()
    until = f"请于{in_words(lookback.due_at)}以前办结。\n" if lookback.due_at else ""
    people = f"复查人员：{one.visitors}。\n" if one.visitors else ""
    return (
        f"“{title}”请贵单位复查：{what}。\n{people}{until}依据：《{plan}》{lookback.clause}。\n"
        "请打开链接，对照当初的承诺到现场看，登记看到的情况。"
    )
