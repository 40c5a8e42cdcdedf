"""Units close, merge and split from a day on; what was asked of them before stays as it was.

Rounds that open from that day on go by the units that exist then (see ``audiences.active``), so nothing of
the past is rewritten. What is still open stays owed unless it is let off with a reason. Each act is one
transaction with one entry of its own, in which it stands what became of what was open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert, select

from ..calendar.dates import local_day
from ..obligations.errors import DubanError
from . import journal, locks, reports
from .homes import nearest
from .people import tags_of
from .scope import root_of
from .staffing import UnitDraft, check_ahead, make_unit, set_tags
from .states import MISSING
from .successors import MANY, MERGED, SPLIT, refuse_alone
from .tables import Contact, Obligation, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

LEAST_PARTS = 2


@dataclass(frozen=True, slots=True)
class LetOff:
    """Which of the obligations still open are let off (免报), and why; all others stay owed."""

    ids: frozenset[int] = frozenset()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to be made: its code, name and kind. The rest it has from those that it comes from."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Merger:
    """Units that become one on a local day: a new one, or one that is there (its number), maybe one of them.

    ``contacts`` are the people to be copied into it. With ``unite_tags`` it has the tags of all.
    """

    unit_ids: tuple[int, ...]
    into: NewUnit | int
    on: date
    contacts: frozenset[int] = frozenset()
    unite_tags: bool = True


@dataclass(frozen=True, slots=True)
class Division:
    """A unit that becomes several on a local day; ``contacts`` says who is copied into which (from 0)."""

    unit_id: int
    into: tuple[NewUnit, ...]
    on: date
    contacts: Mapping[int, frozenset[int]] = field(default_factory=dict[int, frozenset[int]])


class Done(NamedTuple):
    """What an act came to: the units that carry on, and how much stays owed and was let off."""

    unit_ids: tuple[int, ...]
    owed: int
    let_off: int


def close(
    session: Session, unit_id: int, on: date, now: datetime, by: str, let_off: LetOff = LetOff()
) -> Done:
    """Let a unit exist no longer from a local day on, today or later.

    Raises :class:`DubanError` when the day is past or before it opens, or it is closed already, or is to be.
    """
    if unit_id == root_of(session):
        raise DubanError("不能停用本级单位，请由上级办理。")
    opened = _locked_open(session, [unit_id])
    (unit,) = _locked(session, [unit_id])
    _end(unit, on, now)
    session.flush()
    fate = _let_off(session, opened, let_off, now, by)
    detail = {"code": unit.code, "closed_on": on, **fate}
    journal.append(session, now, by, "unit.closed", f"unit/{unit.id}", detail)
    return _done((), fate)


def keep(session: Session, unit_id: int, now: datetime, by: str) -> None:
    """Take back a closing that still lies ahead.

    Raises :class:`DubanError` when it does not, or other units carry on from that day: both would be there.
    """
    (unit,) = _locked(session, [unit_id])
    if unit.closed_on is None or unit.closed_on <= local_day(now):
        raise DubanError(f"“{unit.name}”没有尚未生效的停用，不用撤销。")
    refuse_alone(session, unit)
    before, unit.closed_on = unit.closed_on, None
    session.flush()
    detail = {"code": unit.code, "closed_on": before}
    journal.append(session, now, by, "unit.kept", f"unit/{unit.id}", detail)


def merge(session: Session, merger: Merger, now: datetime, by: str, let_off: LetOff = LetOff()) -> Done:
    """Let several units be one from a local day on; gives the one that carries on.

    Raises :class:`DubanError` when fewer than two units take part, a day or a unit does not fit, or tags
    would be given before that day to a unit that exists already.
    """
    into = merger.into
    ending = [id_ for id_ in dict.fromkeys(merger.unit_ids) if id_ != into]
    if len({*merger.unit_ids, *([into] if isinstance(into, int) else [])}) < LEAST_PARTS or not ending:
        raise DubanError("合并至少要有两个单位，请重新选择。")
    locks.tree(session)
    opened = _locked_open(session, ending)
    units = _locked(session, [*ending, *([into] if isinstance(into, int) else [])])
    old = [unit for unit in units if unit.id in ending]
    for unit in old:
        _end(unit, merger.on, now)
    homes = nearest(session, [unit.path for unit in units])
    if len({homes.get(unit.path) for unit in units}) > 1:
        raise DubanError("分属不同乡镇的单位不能合并；请在各自乡镇停用，再另设单位。")
    target = _target(session, merger, units, old, now)
    copied = _copy(session, merger.contacts, ending, target)
    session.flush()
    fate = _let_off(session, opened, let_off, now, by)
    detail = {"from": [unit.code for unit in old], "to": target.code, "on": merger.on}
    journal.append(session, now, by, MERGED, MANY, {**detail, "contacts": copied, **fate})
    return _done((target.id,), fate)


def split(session: Session, division: Division, now: datetime, by: str, let_off: LetOff = LetOff()) -> Done:
    """Let one unit be several from a local day on, all with its tags and below the same unit; gives them.

    Raises :class:`DubanError` when there are fewer than two parts, or a day or a code does not fit.
    """
    if len(division.into) < LEAST_PARTS:
        raise DubanError("拆分至少要拆成两个单位，请填写各单位的代码和名称。")
    locks.tree(session)
    opened = _locked_open(session, [division.unit_id])
    (unit,) = _locked(session, [division.unit_id])
    _end(unit, division.on, now)
    tags = _tags(session, [unit.id])
    parts = [_made(session, new, tags, unit.parent_id, division.on) for new in division.into]
    copied = {
        part.code: _copy(session, division.contacts.get(number, frozenset()), [unit.id], part)
        for number, part in enumerate(parts)
    }
    session.flush()
    fate = _let_off(session, opened, let_off, now, by)
    detail = {"from": unit.code, "to": [part.code for part in parts], "on": division.on, "contacts": copied}
    journal.append(session, now, by, SPLIT, MANY, {**detail, **fate})
    return _done(tuple(part.id for part in parts), fate)


def _done(ids: tuple[int, ...], fate: Mapping[str, list[int]]) -> Done:
    return Done(ids, len(fate["owed"]), len(fate["exempted"]))


def _locked(session: Session, ids: Iterable[int]) -> list[Unit]:
    wanted = list(dict.fromkeys(ids))
    query = select(Unit).where(Unit.id.in_(wanted)).order_by(Unit.id).with_for_update(key_share=True)
    rows = list(session.scalars(query))
    if len(rows) != len(wanted):
        raise DubanError("有的单位已经找不到，请刷新页面后重新选择。")
    return rows


def _locked_open(session: Session, ids: Sequence[int]) -> list[Obligation]:
    # Before the units, as everywhere: obligations come first in the order of locks.
    query = select(Obligation).where(Obligation.unit_id.in_(ids), MISSING)
    return list(session.scalars(query.order_by(Obligation.id).with_for_update(key_share=True)))


def _end(unit: Unit, on: date, now: datetime) -> None:
    check_ahead(on, now, "停用日期")
    if unit.closed_on is not None and unit.closed_on <= local_day(now):
        raise DubanError(f"“{unit.name}”已于{unit.closed_on}停用。")
    if unit.closed_on is not None:
        raise DubanError(f"“{unit.name}”已定于{unit.closed_on}起停用；要改为别的安排，请先撤销停用。")
    if unit.opened_on is not None and on <= unit.opened_on:
        raise DubanError(f"“{unit.name}”{unit.opened_on}才启用，停用日期须晚于这一天。")
    unit.closed_on = on


def _target(session: Session, merger: Merger, units: list[Unit], old: list[Unit], now: datetime) -> Unit:
    """Give the unit that carries on, made or found, with its tags."""
    tags = _tags(session, [unit.id for unit in units] if merger.unite_tags else [])
    if isinstance(merger.into, NewUnit):
        parents = {unit.parent_id for unit in old}
        return _made(session, merger.into, tags, old[0].parent_id if len(parents) == 1 else None, merger.on)
    (target,) = [unit for unit in units if unit.id == merger.into]
    _check_there(target, merger.on)
    own = _tags(session, [target.id])
    if (more := tags - own) and merger.on > local_day(now):
        raise DubanError(
            f"标签不分日期，现在并入会使“{target.name}”提前承担“{'、'.join(sorted(more))}”的任务；"
            f"请到{merger.on}当日再合并，或先不并入标签，到时再改。"
        )
    set_tags(session, target.id, own | tags)
    return target


def _check_there(target: Unit, on: date) -> None:
    begun = target.opened_on is None or target.opened_on <= on
    if not begun or (target.closed_on is not None and target.closed_on <= on):
        raise DubanError(f"“{target.name}”在{on}不是启用的单位，不能并入。")


def _made(session: Session, new: NewUnit, tags: frozenset[str], parent_id: int | None, on: date) -> Unit:
    return make_unit(session, UnitDraft(new.code, new.name, new.kind, tags, parent_id, on))


def _tags(session: Session, ids: Sequence[int]) -> frozenset[str]:
    return frozenset(tag for some in tags_of(session, ids).values() for tag in some)


def _copy(session: Session, ids: Iterable[int], from_units: Sequence[int], to: Unit) -> list[str]:
    """Copy people into a unit, but nobody who is there by name; they stay where they were, too."""
    there = set(session.scalars(select(Contact.name).where(Contact.unit_id == to.id)))
    chosen = session.scalars(
        select(Contact)
        .where(Contact.id.in_(list(ids)), Contact.unit_id.in_(from_units), Contact.active)
        .order_by(Contact.id)
    )
    fresh = {one.name: one for one in chosen if one.name not in there}
    facts = ("name", "phone", "email", "channel_id")
    rows: list[dict[str, Any]] = [
        {"unit_id": to.id, **{name: getattr(one, name) for name in facts}} for one in fresh.values()
    ]
    if rows:
        session.execute(insert(Contact), rows)
    return list(fresh)


def _let_off(
    session: Session, opened: Sequence[Obligation], let_off: LetOff, now: datetime, by: str
) -> dict[str, list[int]]:
    chosen = [one for one in opened if one.id in let_off.ids]
    if chosen and not let_off.reason.strip():
        raise DubanError("免报须写明理由。")
    for one in chosen:
        reports.exempt(session, one, now, by, reason=let_off.reason.strip(), approver=by)
    exempted = [one.id for one in chosen]
    return {"exempted": exempted, "owed": [one.id for one in opened if one.id not in exempted]}
