"""Holds what the ladder goes by against what it rests on: the rung of a matter, when a sheet goes further.

Who could set these unseen would stop the ladder for good, or send a sheet before its time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from ..obligations.ladder import RUNGS, order
from ..obligations.talk_moves import KEPT
from .kept_sheets import PROGRAM
from .ladder_sql import ISSUED
from .ladder_writing import Numbers
from .tables import Finding, Obligation, Sheet, SheetReply, Talk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


@dataclass(slots=True)
class Said:
    """What the journal says of when sheets go further, gathered as it is walked.

    ``runs`` are the numbers of 催办单 that the program issued alike, ``own`` the sheets that a person signed,
    by their ids, of which the last entry counts; each with the moment (UTC), None for never.
    """

    runs: list[tuple[Numbers, datetime | None]] = field(
        default_factory=list[tuple[Numbers, "datetime | None"]]
    )
    own: dict[int, datetime | None] = field(default_factory=dict[int, "datetime | None"])

    def note(self, said: Mapping[str, Any]) -> None:
        """Note what an entry says, if it is about that."""
        if "next" in said:
            for first, last, at in said["next"]:
                run = Numbers(said["series"], said["rung"], said["year"], first, last)
                self.runs.append((run, _moment(at)))
        elif "next_at" in said and "sheet" in said:
            self.own[said["sheet"]] = _moment(said["next_at"])

    def fault(self, session: Session) -> str | None:
        """Give the first rung or time that does not follow from the book, as a Chinese sentence, or None."""
        return next(chain(_rungs(session), self._in_bulk(session), self._signed(session)), None)

    def _in_bulk(self, session: Session) -> Iterator[str]:
        for run, next_at in self.runs:
            wrong = Sheet.next_at.is_not(None) if next_at is None else _differs(next_at)
            query = select(Sheet.id).where(*run.sheets, ISSUED, wrong)
            for id_ in session.scalars(query.order_by(Sheet.id).limit(1)):
                yield f"{id_}号督办文书升级的时间与留痕所记的不符，被改动过"

    def _signed(self, session: Session) -> Iterator[str]:
        rows = session.execute(
            select(Sheet.id, Sheet.next_at, _at_rest()).where(ISSUED, Sheet.signed_by != PROGRAM)
        )
        for id_, next_at, rests in rows.tuples():
            if id_ in self.own and next_at != self.own[id_] and not (next_at is None and rests):
                yield f"{id_}号督办文书升级的时间与留痕所记的不符，被改动过"


def _rungs(session: Session) -> Iterator[str]:
    for table, about, named in (
        (Obligation, Sheet.obligation_id, "事项"),
        (Finding, Sheet.finding_id, "隐患"),
    ):
        reached = select(about.label("id"), func.max(_place(Sheet.rung)).label("rung")).where(
            about.is_not(None), Sheet.number.is_not(None)
        )
        if table is Finding:
            this_time = and_(Finding.id == Sheet.finding_id, Finding.climbs == Sheet.again)
            reached = reached.join(Finding, this_time)
        by_sheets = reached.group_by(about).subquery()
        query = (
            select(table.id)
            .outerjoin(by_sheets, by_sheets.c.id == table.id)
            .where(table.rung != func.coalesce(by_sheets.c.rung, 0))
        )
        for id_ in session.scalars(query.order_by(table.id).limit(1)):
            yield f"{id_}号{named}所记的督办层级，与已签发的督办文书不符，被改动过"


def _differs(said: datetime) -> ColumnElement[bool]:
    """Tell of a sheet that it goes further at another time than was said, or rests without a reason."""
    return or_(Sheet.next_at != said, and_(Sheet.next_at.is_(None), ~_at_rest()))


def _at_rest() -> ColumnElement[bool]:
    """Tell of a sheet that it goes no further, for a reason that the book has."""
    return or_(_excused(), _met(), _gone_on(), _about_nothing())


def _about_nothing() -> ColumnElement[bool]:
    """Tell of a sheet that nothing but itself would say that it has gone on."""
    return and_(Sheet.obligation_id.is_(None), Sheet.finding_id.is_(None))


def _moment(at: str | None) -> datetime | None:
    return None if at is None else datetime.fromisoformat(at)


def _excused() -> ColumnElement[bool]:
    """Tell of a sheet that a reason was accepted, or that what was promised in a talk was kept."""
    accepted = exists().where(SheetReply.sheet_id == Sheet.id, SheetReply.accepted.is_(True))
    kept = exists().where(Talk.sheet_id == Sheet.id, Talk.followed.startswith(KEPT))
    return or_(accepted, kept)


def _met() -> ColumnElement[bool]:
    done = and_(Obligation.id == Sheet.obligation_id, Obligation.state.in_(("accepted", "exempt")))
    over = or_(Finding.state == "closed", Finding.climbs > Sheet.again)
    finding = exists().where(Finding.id == Sheet.finding_id, over)
    return or_(exists().where(done).correlate(Sheet), finding.correlate(Sheet))


def _place(rung: Any) -> ColumnElement[int]:
    return case({str(one): order(one) for one in RUNGS}, value=rung)


def _gone_on() -> ColumnElement[bool]:
    other = aliased(Sheet)
    above = _place(other.rung) > _place(Sheet.rung)
    again = and_(other.finding_id == Sheet.finding_id, other.again == Sheet.again)
    return exists().where(or_(other.obligation_id == Sheet.obligation_id, again), above)
