"""Finding the one obligation that someone means, and saying in Chinese which part of it is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from ..calendar.faults import nearest
from ..obligations.errors import DubanError
from ..obligations.moments import in_words
from .tables import Obligation, Round, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_SHOWN = 20


def find(session: Session, slug: str, duty: str, period: str, unit: str) -> Obligation:
    """Give the obligation of a unit (code or name) in a round, locked for this transaction.

    Raises :class:`DubanError` saying which of the four is not known, with what is.
    """
    here = find_round(session, slug, duty, period)
    rows = session.execute(
        select(Obligation, Unit.code)
        .join(Unit, Unit.id == Obligation.unit_id)
        .where(Obligation.round_id == here.id, or_(Unit.code == unit, Unit.name == unit))
        .with_for_update(of=Obligation, key_share=True)
    ).all()
    exact = [row for row in rows if row.code == unit] or list(rows)
    if not exact:
        raise DubanError(_unknown_unit(session, here, unit))
    if len(exact) > 1:
        raise DubanError(
            f"名为“{unit}”的单位不止一个，请改用单位代码：{'、'.join(row.code for row in exact)}。"
        )
    return exact[0].Obligation


def find_round(session: Session, slug: str, duty: str, period: str) -> Round:
    """Give a round. Raises :class:`DubanError` saying which of the three is not known, with what is."""
    found = session.scalar(
        select(Round).where(Round.slug == slug, Round.duty == duty, Round.period == period)
    )
    if found is None:
        raise DubanError(_unknown_round(session, slug, duty, period))
    return found


def _unknown_round(session: Session, slug: str, duty: str, period: str) -> str:
    for what, column, value, above in (
        ("方案", Round.slug, slug, ()),
        ("任务", Round.duty, duty, (Round.slug == slug,)),
        ("期次", Round.period, period, (Round.slug == slug, Round.duty == duty)),
    ):
        known = list(session.scalars(select(column).where(*above).distinct().order_by(column)))
        if value not in known:
            return f"账簿中没有{what}“{value}”{hint(value, known)}"
    return f"账簿中没有这一期：{slug} {duty} {period}"


def hint(name: str, known: list[str]) -> str:
    """Give the end of a sentence: the nearest known name, and the known names, or the first of many."""
    near = nearest(name, known)
    more = f"等{len(known)}个" if len(known) > MOST_SHOWN else ""
    listed = f"现有：{'、'.join(known[:MOST_SHOWN]) or '（无）'}{more}。"
    return f"；是否想写“{near}”？{listed}" if near else f"。{listed}"


def _unknown_unit(session: Session, found: Round, unit: str) -> str:
    if found.dropped:
        return f"“{found.title}”因方案改动已经取消，没有下达。"
    if found.skipped_at is not None:
        return f"“{found.title}”在方案启用之前已到期，没有下达。"
    if found.opened_at is None:
        return f"“{found.title}”尚未下达，{in_words(found.opens_at)}起开始。"
    owing = select(Unit.name).join(Obligation).where(Obligation.round_id == found.id).order_by(Unit.code)
    count = session.scalar(select(func.count()).where(Obligation.round_id == found.id)) or 0
    some = list(session.scalars(owing.limit(1000)))
    return f"“{found.title}”的{count}个应报单位中没有“{unit}”{hint(unit, some)}"
