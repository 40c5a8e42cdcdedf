"""What the ladder has to do at a moment, in groups of matters that climb by one statement each.

It is read from indexes that hold only what stands on no rung, or on a sheet that runs: the cost follows what
is due.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, literal_column, select

from ..calendar.dates import local_day
from ..calendar.limits import passed_by
from ..obligations.ladder import RungRule, following, order
from ..obligations.words import Rung
from .ladder_rules import Ground, Grounds, spans
from .ladder_sql import has_sheet, in_series, on_no_rung, overrun, takes_reports, unrectified, unreported
from .tables import Finding, Obligation, Round, Sheet, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays


@dataclass(frozen=True, slots=True)
class Group:
    """Matters that reach the same rung for the same reason, on the same ground.

    ``table`` is what they are, None for sheets that are about neither an obligation nor a finding. ``below``
    is the rung on which they stand, None for their own deadline; ``by`` the latest limit that has passed by
    as many workdays as the step wants; ``chosen`` narrows to the ``rounds`` or to a stretch of time.
    """

    table: type[Obligation | Finding] | None
    ground: Ground
    step: RungRule
    below: Rung | None
    by: datetime
    chosen: ColumnElement[bool]
    rounds: tuple[int, ...] = ()

    def reached(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        """Give the conditions on the matter, and on the sheet where there is one below."""
        if self.table is None:
            return (overrun(now), Sheet.rung == str(self.below), _ABOUT_NOTHING, self.chosen)
        if self.below is None:
            first = self.step.rung is Rung.CUIBAN
            again = () if first else (~has_sheet(self.table, self.step.rung),)
            return (on_no_rung(self.table, self.by), self.chosen, *again)
        unmet = unreported(self.by) if self.table is Obligation else unrectified(self.by)
        lower = self.table.rung < order(self.step.rung)
        mine = (overrun(now), Sheet.rung == str(self.below), lower, ~has_sheet(self.table, self.step.rung))
        this_time = (Sheet.again == Finding.climbs,) if self.table is Finding else ()
        return (*mine, *this_time, unmet, self.chosen)

    def matters(self, now: datetime, *columns: Any) -> Select[Any]:
        """Select columns of what climbs: of the sheet below, of the obligation or of the finding."""
        query = select(*columns).where(*self.reached(now))
        if self.below is None and self.table is not None:
            return query.select_from(self.table)
        query = query.select_from(Sheet)
        if self.table is None:
            return query
        about = Sheet.obligation_id if self.table is Obligation else Sheet.finding_id
        return query.join(self.table, self.table.id == about)

    def has_any(self, session: Session, now: datetime) -> bool:
        """Tell whether anything climbs in it."""
        query = self.matters(now, literal_column("1")).limit(1)
        if self.below is None and self.table is Obligation:
            query = query.order_by(Obligation.round_id, Obligation.due_at, Obligation.unit_id)
        return session.scalar(query) is not None


_ABOUT_NOTHING = and_(Sheet.obligation_id.is_(None), Sheet.finding_id.is_(None))


def groups(session: Session, now: datetime, workdays: Workdays, series: str | None = None) -> list[Group]:
    """Give the groups in which something climbs at ``now``, of one plan or of all; those below come last.

    So what climbs from a sheet has been dealt with before new ones are made. Units that are gone by then get
    no sheet, as nobody there could answer it.
    """
    look = _Look(session, now, workdays, series)
    found = [*look.others(), *look.findings(), *look.rounds()]
    found = [one for one in found if one.has_any(session, now)]
    return sorted(found, key=lambda one: -order(one.step.rung))


@dataclass(frozen=True, slots=True)
class _Look:
    session: Session
    now: datetime
    workdays: Workdays
    series: str | None

    def rounds(self) -> Iterator[Group]:
        """Give groups of obligations, by the rounds in which one may climb."""
        # One look into the index for each round that takes reports; the order shows SQLite which index.
        earliest = select(Obligation.due_at).where(
            Obligation.round_id == Round.id, on_no_rung(Obligation, self.now)
        )
        some = earliest.order_by(Obligation.due_at, Obligation.unit_id).limit(1).scalar_subquery()
        first = select(Round.id).where(takes_reports(self.now), some.is_not(None), *self._of(Round.slug))
        standing: dict[Rung | None, set[int]] = defaultdict(set)
        standing[None] = set(self.session.scalars(first))
        again = (
            select(Sheet.rung, Obligation.round_id)
            .join(Obligation, Obligation.id == Sheet.obligation_id)
            .where(overrun(self.now), unreported(self.now), *self._in_series())
            .distinct()
        )
        for rung, round_id in self.session.execute(again):
            standing[Rung(rung)].add(round_id)
        grounds = Grounds(self.session, local_day(self.now)).of_rounds(set[int]().union(*standing.values()))
        for below, ids in standing.items():
            alike: dict[Ground, list[int]] = defaultdict(list)
            for round_id in sorted(ids):
                alike[grounds[round_id]].append(round_id)
            for ground, own in alike.items():
                chosen = Obligation.round_id.in_(own)
                yield from self._group(Obligation, ground, below, chosen, tuple(own))

    def findings(self) -> Iterator[Group]:
        """Give groups of findings, by their plan and the rules of the day on which they were found."""
        first = select(Finding.slug).where(on_no_rung(Finding, self.now), *self._of(Finding.slug))
        for slug in self.session.scalars(first.distinct()).all():
            yield from self._begun(Finding, None, slug)
        again = (
            select(Sheet.rung, Finding.slug)
            .join(Finding, Finding.id == Sheet.finding_id)
            .where(overrun(self.now), unrectified(self.now), *self._in_series())
        )
        for rung, slug in self.session.execute(again.distinct()).all():
            yield from self._begun(Finding, Rung(rung), slug)

    def others(self) -> Iterator[Group]:
        """Give groups of sheets that were entered directly, about neither."""
        query = select(Sheet.rung, Sheet.series).where(overrun(self.now), _ABOUT_NOTHING, *self._in_series())
        for rung, slug in self.session.execute(query.distinct()).all():
            yield from self._begun(None, Rung(rung), slug)

    def _begun(self, table: type[Finding] | None, below: Rung | None, slug: str) -> Iterator[Group]:
        began = Finding.found_at if table else Sheet.made_at
        for since, until, ground in spans(self.session, slug):
            chosen = [Finding.slug == slug if table else in_series(slug)]
            chosen += [began >= since] if since else []
            chosen += [began < until] if until else []
            yield from self._group(table, ground, below, and_(*chosen))

    def _group(
        self,
        table: type[Obligation | Finding] | None,
        ground: Ground,
        below: Rung | None,
        chosen: ColumnElement[bool],
        rounds: tuple[int, ...] = (),
    ) -> Iterator[Group]:
        step = following(ground.rungs, order(below) if below else 0)
        if step is not None:
            by = passed_by(self.now, step.after, self.workdays)
            answers = Sheet.unit_id if table is None else table.unit_id
            gone = exists().where(Unit.id == answers, Unit.closed_on <= local_day(self.now))
            gone = gone.correlate_except(Unit)
            yield Group(table, ground, step, below, by, and_(chosen, ~gone), rounds)

    def _in_series(self) -> Iterable[ColumnElement[bool]]:
        return () if self.series is None else (in_series(self.series),)

    def _of(self, column: Any) -> Iterable[ColumnElement[bool]]:
        return () if self.series is None else (column == self.series,)
