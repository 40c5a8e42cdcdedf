"""What units are told of draws: the commitment before, and where the draw can be repeated afterwards.

A unit that noted the commitment can tell later whether the seed is still the one that was meant. That one of
them is not announced is not said: all are draws of the quarter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select, update

from ..calendar.dates import local_day
from . import addressed, journal
from .addressed import Letter
from .tables import Lot, LotUnit, Round

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .means import Means

_STANDS = (Lot.withdrawn_at.is_(None), Lot.revealed_at.is_(None))


class Notice(NamedTuple):
    """A commitment as a unit is told of it: ``title`` gives away no more than which draw it is."""

    lot: Lot
    title: str


def untold(session: Session) -> dict[str, Lot]:
    """Give the plans with commitments of which their units have not been told, each with its last lot."""
    found = session.scalars(select(Lot).where(Lot.told_at.is_(None), *_STANDS).order_by(Lot.id))
    return {_slug(lot): lot for lot in found}


def tell(session: Session, slug: str, now: datetime, means: Means) -> tuple[int, tuple[str, ...]]:
    """Tell units of all commitments of a plan that they were not told of, in one letter.

    Gives how many units were written to, and the names of those that have nobody to be written to, which the
    journal names too.
    """
    lots = _claimed(session, slug, now)
    units: dict[int, list[Lot]] = {}
    for one in session.scalars(select(LotUnit).where(LotUnit.lot_id.in_(lots)).order_by(LotUnit.lot_id)):
        units.setdefault(one.unit_id, []).append(lots[one.lot_id])
    titles = _titles(session, list(lots.values()))
    letters = {unit: _letter(some, titles) for unit, some in units.items()}
    slot = means.slots(now, False).first  # noqa: FBT003 - not urgent
    alone = addressed.address_each(session, letters, slot).untold
    if lots:
        told = {"lots": sorted(lots), "units": len(letters) - len(alone), "untold": alone}
        journal.append(session, now, "duban", "lot.told", "lots", told)
    return len(letters) - len(alone), alone


def _claimed(session: Session, slug: str, now: datetime) -> dict[int, Lot]:
    """Mark the commitments of a plan as told; who comes at the same moment waits here and then finds none."""
    rows = session.scalars(select(Lot).where(Lot.told_at.is_(None), *_STANDS))
    ids = [lot.id for lot in rows if _slug(lot) == slug]
    mine = update(Lot).where(Lot.id.in_(ids), Lot.told_at.is_(None), *_STANDS).values(told_at=now)
    return {lot.id: lot for lot in sorted(session.scalars(mine.returning(Lot)), key=lambda lot: lot.id)}


def of_unit(session: Session, unit_id: int) -> list[Notice]:
    """Give the commitments that concern a unit, the latest first; those withdrawn are among them."""
    joined = select(Lot).join(LotUnit, LotUnit.lot_id == Lot.id)
    found = session.scalars(joined.where(LotUnit.unit_id == unit_id).order_by(Lot.id.desc())).all()
    titles = _titles(session, found)
    return [Notice(lot, titles[lot.id]) for lot in found]


def _titles(session: Session, lots: Sequence[Lot]) -> dict[int, str]:
    """Name draws by the period of their rounds: what kind of inspection it is, the title does not say."""
    here = Round.slug.in_({_slug(lot) for lot in lots})
    rows = session.execute(select(Round.slug, Round.duty, Round.period, Round.title).where(here))
    said = {f"{slug}/{duty}/{period}": title for slug, duty, period, title in rows.tuples()}
    kinds = {"inspection": "督查抽签", "lookback": "回头看抽签"}
    periods = {lot.id: said.get(lot.context.rpartition("/")[0], "").partition(" · ")[0] for lot in lots}
    return {lot.id: f"{periods[lot.id]}{kinds[lot.kind]}{_again(lot)}" for lot in lots}


def _again(lot: Lot) -> str:
    number = lot.context.rpartition("/")[2]
    return "" if number == "1" else f"（第{number}次公布）"


def _letter(lots: Sequence[Lot], titles: dict[int, str]) -> Letter:
    lines = "\n".join(f"{titles[lot.id]}：{lot.commitment}" for lot in lots)
    day = local_day(lots[-1].made_at)
    text = (
        f"以下抽签的承诺（SHA-256）已于{day.year}年{day.month}月{day.day}日公布，请记下或存好这条消息：\n{lines}\n"
        "名单和种子已经定下，要换只能公开旧种子、重新公布，那时另行告知。抽签结果公开后，从“抽签公告”"
        "下载 draw.json，用上面的承诺核对，就知道种子有没有换过。这一条不用回复。"
    )
    return Letter(f"lot/{lots[-1].id}", "published", "抽签公告：公布承诺", text)


def _slug(lot: Lot) -> str:
    return lot.context.partition("/")[0]
