"""What another revision of a plan would change in a year that runs: nothing that anybody has touched."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from ..calendar import loader
from ..calendar.dates import local_day
from ..obligations.errors import DubanError
from .audiences import matches
from .homes import within
from .plan_touched import touched
from .rounds import StoredAudience
from .tables import PlanRevision, PlanYear, Round, Stretch, Unit
from .years import is_over, round_values

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from ..calendar.expansion import RoundSpec, StretchSpec, Year
    from ..calendar.plan import Plan
    from .audiences import AudienceLike

DATES = ("opens_at", "due_at", "locks_at", "starts_at", "ends_at", "provisional")
EDGES = ("starts_at", "ends_at", "provisional")
_OF_STRETCH = (*EDGES, "name", "clause", "source")


class Fate(StrEnum):
    """What becomes of a round, a phase or a window."""

    OPENS = "opens"
    MOVES = "moves"
    REWORDED = "reworded"
    CLOSES = "closes"
    STAYS = "stays"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one round or stretch; ``row_id`` is none for what is not in the book yet.

    ``before`` and ``after`` hold the columns that differ (times aware). ``why`` says for what stays who has
    touched it. ``gains`` and ``loses`` are units by number, whoever it is asked of after and before.
    """

    fate: Fate
    kind: str  # round, phase or window
    key: str
    title: str
    row_id: int | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: str = ""
    gains: frozenset[int] = frozenset()
    loses: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()  # of whom it is asked afterwards


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """What a revision would change in a year, in order of time.

    ``same`` is what nobody has touched and both revisions say alike.
    """

    slug: str
    title: str
    year: int
    revision: int
    to: int
    changes: tuple[Change, ...]
    same: tuple[Change, ...]

    def of(self, fate: Fate) -> tuple[Change, ...]:
        """Give the changes of one kind."""
        return tuple(one for one in self.changes if one.fate is fate)

    @property
    def nothing(self) -> bool:
        """Tell whether no date, word or unit would change."""
        return not any(one.fate is not Fate.STAYS for one in self.changes)


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
    found = [*_rounds(session, opened, old, now, lock=lock), *_stretches(session, opened, now, lock=lock)]
    return PlanDiff(
        slug=opened.plan.slug,
        title=opened.plan.title,
        year=opened.year,
        revision=here.revision.revision,
        to=opened.plan.revision,
        changes=tuple(one for one in found if one is not None and one.fate is not Fate.SAME),
        same=tuple(one for one in found if one is not None and one.fate is Fate.SAME),
    )


def names(session: Session, unit_ids: Collection[int]) -> list[str]:
    """Give the names of units, by code."""
    return list(session.scalars(select(Unit.name).where(Unit.id.in_(unit_ids)).order_by(Unit.code)))


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
    hands = touched(session, Round, [row.id for row in rows])
    asked = _Asked(session, opened)
    for row in rows:
        spec = specs.pop((row.duty, row.period), None)
        yield _round(row, spec, hands.get(row.id, ""), asked, now)
    for spec in specs.values():
        yield None if is_over(spec, now) else _new_round(spec, asked)


def _round(row: Round, spec: RoundSpec | None, hand: str, asked: _Asked, now: datetime) -> Change | None:
    if row.skipped_at is not None:
        # It was over when the plan came, or another revision had dropped it; only what is ahead comes back.
        ahead = spec is not None and not is_over(spec, now)
        return _new_round(spec, asked, row) if spec is not None and ahead else None
    if spec is None and hand:
        return Change(Fate.STAYS, "round", row.duty, row.title, row.id, {}, {}, hand)
    if spec is None:
        was, before = asked.before(row), {"due_at": row.due_at}
        return Change(Fate.CLOSES, "round", row.duty, row.title, row.id, before, {}, loses=was)
    # Nothing is asked for back in time, and nothing is lost either: this once it stays as it was.
    hand = hand or ("改后的截止时间已经过去" if is_over(spec, now) else "")
    values = round_values(asked.opened, spec)
    names = [name for name, value in values.items() if getattr(row, name) != value]
    if not names:
        return None if hand else Change(Fate.SAME, "round", row.duty, row.title, row.id, {}, {})
    before, after = {name: getattr(row, name) for name in names}, {name: values[name] for name in names}
    if hand:
        return Change(Fate.STAYS, "round", row.duty, row.title, row.id, before, after, hand)
    fate = Fate.MOVES if any(name in DATES for name in names) else Fate.REWORDED
    was, then = asked.before(row), asked.after(spec)
    gains, loses = then - was, was - then
    return Change(
        fate, "round", row.duty, spec.title, row.id, before, after, gains=gains, loses=loses, asked=then
    )


def _new_round(spec: RoundSpec, asked: _Asked, row: Round | None = None) -> Change:
    after = {"opens_at": spec.opens_at, "due_at": spec.due_at}
    then = asked.after(spec)
    return Change(
        Fate.OPENS, "round", spec.duty, spec.title, row and row.id, {}, after, gains=then, asked=then
    )


class _Asked:
    """Of whom a round is asked, by its audience and the day on which it opens; each is looked up once."""

    def __init__(self, session: Session, opened: Year) -> None:
        self.opened = opened
        self._session = session
        self._here = within(session, opened.plan.slug)
        self._known: dict[tuple[object, date], frozenset[int]] = {}

    def after(self, spec: RoundSpec) -> frozenset[int]:
        return self._units(self.opened.plan.audiences[spec.audience], local_day(spec.opens_at))

    def before(self, row: Round) -> frozenset[int]:
        return self._units(StoredAudience(row.audience), local_day(row.opens_at))

    def _units(self, audience: AudienceLike, day: date) -> frozenset[int]:
        named = *map(tuple, (audience.kinds, audience.tags, audience.units, audience.except_)), audience.under
        if (named, day) not in self._known:
            chosen = select(Unit.id).where(matches(audience, day, self._here))
            self._known[named, day] = frozenset(self._session.scalars(chosen))
        return self._known[named, day]


def _stretches(session: Session, opened: Year, now: datetime, *, lock: bool) -> Iterable[Change | None]:
    query = select(Stretch).where(Stretch.slug == opened.plan.slug, Stretch.year == opened.year)
    query = query.order_by(Stretch.starts_at, Stretch.id)
    rows = session.scalars(query.with_for_update(key_share=True) if lock else query).all()
    specs = {(spec.kind, spec.key): spec for spec in opened.stretches}
    hands = touched(session, Stretch, [row.id for row in rows])
    for row in rows:
        yield _stretch(row, specs.pop((row.kind, row.key), None), hands.get(row.id, ""), now)
    for spec in specs.values():
        after = {name: getattr(spec, name) for name in EDGES}
        new = Change(Fate.OPENS, spec.kind, spec.key, spec.name, None, {}, after)
        yield None if spec.ends_at < now else new


def _stretch(row: Stretch, spec: StretchSpec | None, hand: str, now: datetime) -> Change | None:
    if spec is None:
        fate = Fate.STAYS if hand else Fate.CLOSES
        return Change(fate, row.kind, row.key, row.name, row.id, {"starts_at": row.starts_at}, {}, hand)
    names = [name for name in _OF_STRETCH if getattr(row, name) != getattr(spec, name)]
    if not names:
        return None if hand else Change(Fate.SAME, row.kind, row.key, row.name, row.id, {}, {})
    before = {name: getattr(row, name) for name in names}
    after = {name: getattr(spec, name) for name in names}
    hand = hand or ("改后的时段已经过去" if spec.ends_at < now else "")
    moves = Fate.MOVES if any(name in EDGES for name in names) else Fate.REWORDED
    return Change(Fate.STAYS if hand else moves, row.kind, row.key, row.name, row.id, before, after, hand)
