"""What another revision of a plan would change in a year that runs: nothing that anybody has touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from ..calendar import loader
from ..calendar.amending import amended
from ..obligations.errors import DubanError
from . import plan_cues
from .plan_asked import Asked
from .plan_cues import cues_of
from .plan_fates import EDGES, Change, Fate, PlanDiff, fate_of
from .plan_touched import touched
from .tables import PlanRevision, PlanYear, Round, Stretch
from .years import is_over, round_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.expansion import RoundSpec, StretchSpec, Year
    from ..calendar.plan import Plan

_OF_STRETCH = (*EDGES, "name", "clause", "source")


class Running(NamedTuple):
    """A year that runs, with the revision under which it does."""

    row: PlanYear
    revision: PlanRevision


def running(session: Session, slug: str, year: int, *, lock: bool = False) -> Running:
    """Give a year that runs; raises :class:`DubanError` for one that has not been adopted."""
    query = select(PlanYear).where(PlanYear.slug == slug, PlanYear.year == year)
    # Two who change a plan at once come one after the other, and the second sees what the first has done.
    found = session.scalar(query.with_for_update(key_share=True) if lock else query)
    if found is None:
        raise DubanError(f"方案“{slug}”{year}年尚未启用，没有可比较的；请先执行 duban adopt。")
    return Running(found, session.get_one(PlanRevision, found.plan_id))


def diff(session: Session, opened: Year, now: datetime, *, lock: bool = False) -> PlanDiff:
    """Give what a plan's year would become under another revision, whose year is ``opened``.

    With ``lock`` the rows stay as they are found until the transaction ends. Raises as :func:`running` does.
    """
    here = running(session, opened.plan.slug, opened.year, lock=lock)
    old = loader.read(here.revision.content, here.revision.slug).plan
    found = [
        *_rounds(session, opened, old, now, lock=lock),
        *_stretches(session, opened, old, now, lock=lock),
    ]
    return PlanDiff(
        slug=opened.plan.slug,
        title=opened.plan.title,
        year=opened.year,
        revision=here.revision.revision,
        to=opened.plan.revision,
        changes=tuple(one for one in found if one is not None and one.fate is not Fate.SAME),
        same=tuple(one for one in found if one is not None and one.fate is Fate.SAME),
    )


def _rounds(
    session: Session, opened: Year, old: Plan, now: datetime, *, lock: bool
) -> Iterator[Change | None]:
    """Give what becomes of each round of the plan's duties; none for what stays as it is anyway."""
    # What an event or a meeting has brought about is no date of the document's.
    duties = {duty.key for plan in (old, opened.plan) for duty in plan.duties if duty.kind != "event"}
    query = select(Round).where(
        Round.slug == opened.plan.slug,
        Round.year == opened.year,
        Round.duty.in_(duties),
        Round.kind != "event",
    )
    query = query.order_by(Round.due_at, Round.id)
    rows = session.scalars(query.with_for_update(key_share=True) if lock else query).all()
    specs = {(spec.duty, spec.period): spec for spec in opened.rounds if spec.kind != "event"}
    asked = Asked(session, opened)
    book = _Known(session, [row.id for row in rows], old, opened.plan, now)
    for row in rows:
        yield _round(row, specs.pop((row.duty, row.period), None), asked, book)
    for spec in specs.values():
        yield None if is_over(spec, now) else _new_round(spec, asked)


class _Known:
    """What the book has beside a plan's rounds, and what both revisions say of their dates."""

    def __init__(self, session: Session, ids: list[int], old: Plan, new: Plan, now: datetime) -> None:
        self.now, self._old, self._new = now, old, new
        self._hands, self._cues = touched(session, Round, ids), cues_of(session, ids)

    def hand(self, row: Round) -> str:
        if row.id in self._hands:
            return self._hands[row.id]
        # It fell due while the program stood still, and will be asked for as soon as it goes on.
        return "截止时间已过" if row.due_at is not None and row.due_at < self.now else ""

    def cues(self, row: Round, spec: RoundSpec, hand: str) -> tuple[plan_cues.Cues, plan_cues.Cues]:
        was, then = self._cues.get(row.id, frozenset()), plan_cues.planned(spec)
        return (plan_cues.ahead(was, self.now), plan_cues.ahead(then, self.now)) if hand else (was, then)

    def why(self, row: Round, *, moves: bool) -> str:
        said = amended(self._old, self._new, "round", row.duty)
        if said or not moves:
            return said
        return "按放假通知" if row.provisional else "随方案中所依据的日期"


def _round(row: Round, spec: RoundSpec | None, asked: Asked, book: _Known) -> Change | None:
    ahead = spec is not None and not is_over(spec, book.now)
    if row.skipped_at is not None:
        # It was over when the plan came, or another revision had dropped it; only what is ahead comes back.
        return _new_round(spec, asked, row) if spec is not None and ahead else None
    hand = book.hand(row)
    if spec is None:
        return _dropped(row, asked, hand)
    before, after = _differences(row, spec, asked, book.cues(row, spec, hand))
    if not after:
        return None if hand else Change(Fate.SAME, "round", row.duty, row.title, row.id, {}, {})
    # Nothing is asked for back in time, and nothing is lost either: this once it stays as it was.
    hand = hand or ("" if ahead else "改后的截止时间已经过去")
    if hand:
        return Change(Fate.STAYS, "round", row.duty, row.title, row.id, before, after, hand)
    fate, was, then = fate_of(after), asked.before(row), asked.after(spec)
    why = book.why(row, moves=fate is Fate.MOVES)
    gains, loses = then - was, was - then
    return Change(fate, "round", row.duty, spec.title, row.id, before, after, why, gains, loses, then)


def _differences(
    row: Round, spec: RoundSpec, asked: Asked, cues: tuple[plan_cues.Cues, plan_cues.Cues]
) -> tuple[dict[str, Any], dict[str, Any]]:
    values = round_values(asked.opened, spec)
    names = [name for name, value in values.items() if getattr(row, name) != value]
    before, after = {name: getattr(row, name) for name in names}, {name: values[name] for name in names}
    if cues[0] != cues[1]:
        before["cues"], after["cues"] = map(plan_cues.moments, cues)
    return before, after


def _dropped(row: Round, asked: Asked, hand: str) -> Change:
    before, why = {"due_at": row.due_at}, "新版不再有这一期"
    if hand:
        return Change(Fate.STAYS, "round", row.duty, row.title, row.id, before, {}, f"{why}，但{hand}")
    was = asked.before(row)
    return Change(Fate.CLOSES, "round", row.duty, row.title, row.id, before, {}, why, loses=was)


def _new_round(spec: RoundSpec, asked: Asked, row: Round | None = None) -> Change:
    after = {"opens_at": spec.opens_at, "due_at": spec.due_at}
    then = asked.after(spec)
    return Change(
        Fate.OPENS, "round", spec.duty, spec.title, row and row.id, {}, after, gains=then, asked=then
    )


def _stretches(
    session: Session, opened: Year, old: Plan, now: datetime, *, lock: bool
) -> Iterable[Change | None]:
    query = select(Stretch).where(Stretch.slug == opened.plan.slug, Stretch.year == opened.year)
    query = query.order_by(Stretch.starts_at, Stretch.id)
    rows = session.scalars(query.with_for_update(key_share=True) if lock else query).all()
    specs = {(spec.kind, spec.key): spec for spec in opened.stretches}
    hands = touched(session, Stretch, [row.id for row in rows])
    for row in rows:
        why = amended(old, opened.plan, row.kind, row.key)
        yield _stretch(row, specs.pop((row.kind, row.key), None), hands.get(row.id, ""), why, now)
    for spec in specs.values():
        after = {name: getattr(spec, name) for name in EDGES}
        new = Change(Fate.OPENS, spec.kind, spec.key, spec.name, None, {}, after)
        yield None if spec.ends_at < now else new


def _stretch(row: Stretch, spec: StretchSpec | None, hand: str, why: str, now: datetime) -> Change | None:
    if spec is None:
        fate, before = Fate.STAYS if hand else Fate.CLOSES, {"starts_at": row.starts_at}
        said = f"新版不再有，但{hand}" if hand else "新版不再有"
        return Change(fate, row.kind, row.key, row.name, row.id, before, {}, said)
    names = [name for name in _OF_STRETCH if getattr(row, name) != getattr(spec, name)]
    if not names:
        return None if hand else Change(Fate.SAME, row.kind, row.key, row.name, row.id, {}, {})
    before = {name: getattr(row, name) for name in names}
    after = {name: getattr(spec, name) for name in names}
    hand = hand or ("改后的时段已经过去" if spec.ends_at < now else "")
    fate = Fate.STAYS if hand else fate_of(after)
    said = why or ("按放假通知" if row.provisional else "")
    return Change(fate, row.kind, row.key, row.name, row.id, before, after, hand or said)
