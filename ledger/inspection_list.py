"""Inspections to be looked at: those of a year, and one whole. What is secret is not in what these give.

The one exception is :func:`secret`, for those who may inspect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from ..obligations import draw
from . import lots
from .tables import (
    Finding,
    InspectedFinding,
    InspectedUnit,
    Inspection,
    Lot,
    PlanRevision,
    Replacement,
    Round,
    SealLook,
    Unit,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..obligations.draw import Terms
    from .secrets import SecretBox


class Listed(NamedTuple):
    """One inspection of a year; ``public`` tells whether what was drawn is known, in ``units`` by name.

    ``left`` counts the units without a result yet, ``findings`` what was found so far.
    """

    inspection: Inspection
    public: bool
    units: tuple[str, ...]
    left: int
    findings: int


class Part(NamedTuple):
    """One unit of an inspection with its name and code, its findings, and who was replaced."""

    row: InspectedUnit
    unit: str
    code: str
    findings: tuple[Finding, ...]
    replaced: tuple[Replacement, ...] = ()


class Whole(NamedTuple):
    """One inspection whole: its plan, its round, the commitments that were published for it, its units.

    ``revealed`` tells whether what was drawn is public; before that ``parts`` is empty.
    """

    inspection: Inspection
    round: Round
    plan: str
    lot: Lot
    withdrawn: tuple[Lot, ...]
    revealed: bool
    parts: tuple[Part, ...]


class Secret(NamedTuple):
    """What was drawn and is not public yet: units by name with the names of their teams, and who looked."""

    units: tuple[tuple[str, str], ...]
    begins_at: datetime | None
    looks: tuple[SealLook, ...]


def years(session: Session) -> list[int]:
    """Give the years that have inspections, the latest first."""
    return list(session.scalars(select(Inspection.year).distinct().order_by(Inspection.year.desc())))


def of_year(session: Session, year: int) -> list[Listed]:
    """Give the inspections of a year, the latest first."""
    rows = session.execute(
        select(Inspection, Lot.revealed_at.is_not(None))
        .join(Lot, Lot.id == Inspection.lot_id)
        .where(Inspection.year == year)
        .order_by(Inspection.prepared_at.desc(), Inspection.id.desc())
    )
    units: dict[int, list[tuple[str, bool]]] = {}
    named = (
        select(InspectedUnit.inspection_id, Unit.name, InspectedUnit.checked.is_(None))
        .join(Unit, Unit.id == InspectedUnit.unit_id)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(Inspection.year == year)
        .order_by(InspectedUnit.inspection_id, InspectedUnit.place)
    )
    for id_, unit, open_ in session.execute(named).tuples():
        units.setdefault(id_, []).append((unit, open_))
    found = _counted(session, year)
    return [
        Listed(
            one,
            public,
            tuple(unit for unit, _ in units.get(one.id, ())),
            sum(open_ for _, open_ in units.get(one.id, ())),
            found.get(one.id, 0),
        )
        for one, public in rows.tuples()
    ]


def _counted(session: Session, year: int) -> dict[int, int]:
    rows = session.execute(
        select(InspectedUnit.inspection_id, func.count())
        .join(InspectedFinding, InspectedFinding.inspected_id == InspectedUnit.id)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(Inspection.year == year)
        .group_by(InspectedUnit.inspection_id)
    )
    return dict(rows.tuples().all())


def whole(session: Session, inspection_id: int) -> Whole | None:
    """Give one inspection by its number."""
    rows = session.execute(
        select(Inspection, Round, PlanRevision.title, Lot)
        .join(Round, Round.id == Inspection.round_id)
        .join(PlanRevision, PlanRevision.id == Round.plan_id)
        .join(Lot, Lot.id == Inspection.lot_id)
        .where(Inspection.id == inspection_id)
    )
    if (row := rows.tuples().one_or_none()) is None:
        return None
    one, round_, plan, lot = row
    start = lot.context.rpartition("/")[0] + "/"
    gone = select(Lot).where(Lot.context.startswith(start, autoescape=True), Lot.withdrawn_at.is_not(None))
    return Whole(
        inspection=one,
        round=round_,
        plan=plan,
        lot=lot,
        withdrawn=tuple(session.scalars(gone.order_by(Lot.id))),
        revealed=lot.revealed_at is not None,
        parts=_parts(session, one),
    )


def _parts(session: Session, one: Inspection) -> tuple[Part, ...]:
    found: dict[int, list[Finding]] = {}
    joined = select(InspectedFinding.inspected_id, Finding).join(
        Finding, Finding.id == InspectedFinding.finding_id
    )
    here = select(InspectedUnit.id).where(InspectedUnit.inspection_id == one.id)
    rows = session.execute(joined.where(InspectedFinding.inspected_id.in_(here)).order_by(Finding.id))
    for part_id, finding in rows.tuples():
        found.setdefault(part_id, []).append(finding)
    units = session.execute(
        select(InspectedUnit, Unit.name, Unit.code)
        .join(Unit, Unit.id == InspectedUnit.unit_id)
        .where(InspectedUnit.inspection_id == one.id)
        .order_by(InspectedUnit.place)
    )
    swaps: dict[int, list[Replacement]] = {}
    for each in session.scalars(
        select(Replacement).where(Replacement.inspected_id.in_(here)).order_by(Replacement.id)
    ):
        swaps.setdefault(each.inspected_id, []).append(each)
    return tuple(
        Part(row, name, code, tuple(found.get(row.id, ())), tuple(swaps.get(row.id, ())))
        for row, name, code in units.tuples()
    )


def secret(session: Session, here: Whole, box: SecretBox) -> Secret:
    """Give what was drawn and is still secret; whoever is shown it is entered (``inspections.look``).

    Raises :class:`DubanError` when the key does not open it.
    """
    hidden = lots.hidden(here.lot, box)
    terms = draw.read(here.lot.terms)
    units = {one.code: one.name for one in terms.units}
    people = {one.code: one.name for one in terms.inspectors}
    drawn = tuple(
        (units[one.unit], "、".join(people[code] for code in one.team)) for one in lots.drawn(hidden.result)
    )
    looks = select(SealLook).where(SealLook.inspection_id == here.inspection.id).order_by(SealLook.id)
    begins_at = hidden.begins_at or here.inspection.begins_at
    return Secret(drawn, begins_at, tuple(session.scalars(looks)))


def changes(published: Terms, now_: Terms) -> list[str]:
    """Give in words how the list as it is now differs from the one that was published."""
    said: list[str] = []
    for what, old, new in (
        ("单位", published.units, now_.units),
        ("检查人员", published.inspectors, now_.inspectors),
    ):
        before, after = {one.code: one.name for one in old}, {one.code: one.name for one in new}
        said += [f"增加{what}“{after[code]}”" for code in sorted(after.keys() - before.keys())]
        said += [f"减少{what}“{before[code]}”" for code in sorted(before.keys() - after.keys())]
        said += [
            f"{what}“{before[code]}”改称“{after[code]}”"
            for code in sorted(before.keys() & after.keys())
            if before[code] != after[code]
        ]
    known = {one.code for one in published.inspectors} & {one.code for one in now_.inspectors}
    changed = {pair for pair in published.barred ^ now_.barred if pair[0] in known}
    return [*said, *(["回避关系有变动"] if changed else [])]


def counts_changed(published: Terms, now_: Terms) -> list[str]:
    """Give in words which units were inspected since the list was published; it may still be drawn from."""
    known = {one.code: one.times for one in published.units}
    return [
        f"“{one.name}”今年已查{one.times}次，名单上为{known[one.code]}次"
        for one in now_.units
        if known.get(one.code, one.times) != one.times
    ]
