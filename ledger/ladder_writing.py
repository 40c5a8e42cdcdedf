"""Writes what the ladder does: 催办单 with their numbers, drafts for people to sign; each by whole sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, exists, func, literal, or_, select, text, update
from sqlalchemy.orm import aliased

from ..calendar import limits
from ..obligations.ladder import RUNGS, following, order
from ..obligations.sheet_names import sheet_year
from ..obligations.words import Rung
from . import ladder_rows as rows
from .ladder_sql import ISSUED, in_series
from .tables import Finding, Obligation, Sheet
from .upsert import rows_of, upsert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .ladder_groups import Group


MANY = 5_000  # below that one by one is as fast


class Numbers(NamedTuple):
    """Consecutive numbers of one series, rung and year, both ends included; none when last is below first."""

    series: str
    rung: str
    year: int
    first: int
    last: int

    @property
    def many(self) -> int:
        """Give how many they are."""
        return self.last - self.first + 1

    @property
    def sheets(self) -> tuple[ColumnElement[bool], ...]:
        """Give the condition on the sheets that have them."""
        same = (Sheet.series == self.series, Sheet.rung == self.rung, Sheet.year == self.year)
        return (*same, Sheet.number.between(self.first, self.last))


def last_number(session: Session, series: str, rung: str, year: int) -> int:
    """Give the last number of a series, 0 for none; the caller holds ``locks.numbers``."""
    same = (Sheet.series == series, Sheet.rung == rung, Sheet.year == year)
    return session.scalar(select(func.max(Sheet.number)).where(*same)) or 0


class Issued(NamedTuple):
    """The numbers that were given, and for runs of them, first and last, when they go further (UTC)."""

    numbers: Numbers
    following: tuple[tuple[int, int, datetime | None], ...]


def issue(session: Session, groups: Sequence[Group], now: datetime, workdays: Workdays) -> Issued:
    """Issue the 催办单 of groups of one series, in one run of numbers, and bring their matters up.

    The caller holds ``locks.numbers``.
    """
    series, rung, year = groups[0].ground.series, str(Rung.CUIBAN), sheet_year(now)
    before = last = last_number(session, series, rung, year)
    runs: list[tuple[int, int, datetime | None]] = []
    for group in groups:
        many, then = _issue(session, group, now, workdays, last)
        if many:
            runs.append((last + 1, last + many, then))
        last += many
    done = Numbers(series, rung, year, before + 1, last)
    _tell_planner(session, done.many)
    for table, about in ((Obligation, Sheet.obligation_id), (Finding, Sheet.finding_id)):
        if any(group.table is table for group in groups):
            mine = select(about).where(*done.sheets)
            raised = update(table).where(table.id.in_(mine)).values(rung=order(Rung.CUIBAN))
            if table is Finding:  # one that came to another unit meanwhile has begun anew
                raised = raised.where(
                    exists().where(*done.sheets, about == Finding.id, Sheet.again == Finding.climbs)
                )
            session.execute(raised.execution_options(synchronize_session=False))
    return Issued(done, tuple(runs))


def _tell_planner(session: Session, many: int) -> None:
    """Let PostgreSQL count the sheets: it believes that there are as many as before, and joins one by one."""
    if many >= MANY and session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE sheets"))


def _issue(
    session: Session, group: Group, now: datetime, workdays: Workdays, last: int
) -> tuple[int, datetime | None]:
    """Issue those of one group from the number after ``last`` on; gives how many, and when they go on."""
    limit = limits.limit_at(now, group.step.limit, workdays)
    step = following(group.ground.rungs, order(group.step.rung))
    then = limits.reached_at(limit, step.after, workdays) if step else None
    found = rows.first(group, now)
    columns = {
        "state": rows.text("issued"),
        "number": literal(last) + found.place,
        "limit_at": rows.at(limit),
        "issued_at": rows.at(now),
        "signed_by": rows.text(rows.PROGRAM),
        "next_at": rows.at(then),
    }
    query = found.rows.add_columns(*rows.alike(group, now), *columns.values())
    insert = upsert(session, Sheet).from_select([*rows.OWN, *rows.ALIKE, *columns], query)
    return rows_of(session, insert), then


def rest_below(session: Session, series: str, now: datetime) -> None:
    """Let sheets that ran out look no further: something above them has been made about the same matter."""
    other = aliased(Sheet)
    # A person's draft may be dropped, and the ladder then goes on from what is below.
    lives = or_(other.cause == "ladder", other.number.is_not(None))
    higher = or_(*(and_(Sheet.rung == rung, other.rung.in_(RUNGS[order(rung) :])) for rung in RUNGS[:-1]))
    again = and_(other.finding_id == Sheet.finding_id, other.again == Sheet.again)
    about = (other.obligation_id == Sheet.obligation_id, again)
    above = or_(*(exists().where(same, higher, lives) for same in about))
    done = update(Sheet).where(ISSUED, Sheet.next_at <= now, in_series(series), above)
    session.execute(done.values(next_at=None).execution_options(synchronize_session=False))


def draft(session: Session, group: Group, now: datetime) -> int:
    """Draft the sheets that a group reaches, for a person to sign; gives how many."""
    query = rows.first(group, now).rows if group.below is None else rows.above(group, now)
    query = query.add_columns(*rows.alike(group, now), rows.text("draft"))
    insert = upsert(session, Sheet).from_select([*rows.OWN, *rows.ALIKE, "state"], query)
    made = rows_of(session, insert.on_conflict_do_nothing())
    if group.table is None:  # nothing but the sheet itself says that it has gone on
        rested = update(Sheet).where(*group.reached(now)).values(next_at=None)
        session.execute(rested.execution_options(synchronize_session=False))
    return made
