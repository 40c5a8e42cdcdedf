"""What units and the office do, done to the book and to the model: lawful in both, or refused by both."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from sqlalchemy import select

from duban.ledger import clock, journal, owed, reorganise, reports
from duban.ledger.reorganise import LetOff, Merger, NewUnit
from duban.ledger.reports import Report, Return
from duban.ledger.tables import Contact, Unit as UnitRow
from duban.obligations.errors import DubanError

from .model import Owed, Refused, Unit
from .mortal import Crash, Death
from .world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from duban.ledger.tables import Obligation


MOST_UNITS = 7


class Deeds(World):
    """A township in which people act; each act gives whether it was done."""

    def accept_clock(self) -> bool:
        """Let somebody say that the clock, which is behind, is right; gives whether it was behind."""
        if not self.behind:
            return False
        self.peak = max(self.peak, self.head)
        with self.book.write() as session:
            clock.accept(session, self.now, "办公室", "时钟曾经快了")
        return True

    def submit(self, one: Owed, key: str, death: Death | None, *, nil: bool) -> bool:
        key = f"{one.of.duty}/{one.of.period}/{one.unit.code}/{key}"
        said = Report(key, {}, nil=nil, by=one.unit.name)
        return self._act(
            one,
            lambda here: here.submit(key, self.now, nil=nil),
            lambda session, found: reports.submit(session, found, said, self.now),
            death,
        )

    def accept(self, one: Owed, death: Death | None) -> bool:
        return self._act(
            one, Owed.accept, lambda session, found: reports.accept(session, found, self.now, "办公室"), death
        )

    def return_(self, one: Owed, by: datetime | None, death: Death | None, *, material: bool) -> bool:
        why, slots = Return("数字不符", material, by), self.works.slots(self.now, False)  # noqa: FBT003
        return self._act(
            one,
            lambda here: here.return_(self.now, by, material=material),
            lambda session, found: reports.return_(session, found, self.now, "办公室", why, slots),
            death,
        )

    def extend(self, one: Owed, until: datetime, death: Death | None) -> bool:
        given = {"asked_at": self.now, "until": until}
        return self._act(
            one,
            lambda here: here.extend(self.now, until),
            lambda session, found: reports.extend(session, found, self.now, "办公室", **given, reason="路断"),
            death,
        )

    def exempt(self, one: Owed, death: Death | None) -> bool:
        why = {"reason": "撤并", "approver": "李主任"}
        return self._act(
            one,
            Owed.exempt,
            lambda session, found: reports.exempt(session, found, self.now, "办公室", **why),
            death,
        )

    def _act(
        self,
        one: Owed,
        rule: Callable[[Owed], None],
        act: Callable[[Session, Obligation], object],
        death: Death | None,
    ) -> bool:
        """Do something to one obligation in both; gives whether it was done. Unlawful is so in both."""
        after = copy(one)
        after.keys = dict(one.keys)

        def do(session: Session) -> None:
            act(session, owed.find(session, "moxing", one.of.duty, one.of.period, one.unit.code))

        return self._both(
            lambda: rule(after),
            do,
            lambda: self.model.owed.__setitem__((one.of.duty, one.of.period, one.unit.code), after),
            death,
        )

    def _both(
        self,
        rule: Callable[[], None],
        act: Callable[[Session], None],
        keep: Callable[[], None],
        death: Death | None,
    ) -> bool:
        try:
            rule()
        except Refused:
            lawful = False
        else:
            lawful = True
        self.mortal.doom(death)
        behind = self.behind
        try:
            with self.book.write() as session:
                act(session)
        except journal.ClockWentBack:
            assert behind, "the clock is not behind"
            return False
        except DubanError:
            if lawful:
                raise
            return False
        except Crash:
            assert lawful, "an unlawful move was on its way into the book"
            if not (death and death.kept):
                return False
        finally:
            self.mortal.doom(None)
        assert lawful, "an unlawful move was taken"
        if not behind:  # else it can only have been what was there already
            keep()
        return True

    def close_unit(self, which: int, on: date, death: Death | None, *, let_off: bool) -> bool:
        unit = self._unit(which)
        open_ = (
            [one for one in self.model.owed.values() if one.unit is unit and one.missing] if let_off else []
        )

        def do(session: Session) -> None:
            ids = frozenset(
                owed.find(session, "moxing", one.of.duty, one.of.period, unit.code).id for one in open_
            )
            reorganise.close(session, self._id(session, unit), on, self.now, "办公室", LetOff(ids, "撤并"))

        def keep() -> None:
            unit.closed_on = on
            for one in open_:
                one.exempt()

        return self._both(lambda: self.model.check_end(unit, on, self.now), do, keep, death)

    def merge_units(self, which: int, other: int, on: date, death: Death | None) -> bool:
        old = [self._unit(which), self._unit(other)]
        number = len(self.model.units)
        new = Unit(f"h{number}", f"合并{number}村", "村", opened_on=on)

        def rule() -> None:
            if old[0] is old[1] or number > MOST_UNITS:
                raise Refused
            for unit in old:
                self.model.check_end(unit, on, self.now)

        def do(session: Session) -> None:
            if number > MOST_UNITS:
                raise DubanError("够了")
            ids = [self._id(session, unit) for unit in old]
            people = frozenset(session.scalars(select(Contact.id).where(Contact.unit_id.in_(ids))))
            into = NewUnit(new.code, new.name, new.kind)
            reorganise.merge(session, Merger(tuple(ids), into, on, people), self.now, "办公室")

        def keep() -> None:
            for unit in old:
                unit.closed_on = on
            self.model.units[new.code] = new

        return self._both(rule, do, keep, death)

    def _unit(self, which: int) -> Unit:
        return list(self.model.units.values())[which % len(self.model.units)]

    def _id(self, session: Session, unit: Unit) -> int:
        return session.scalars(select(UnitRow.id).where(UnitRow.code == unit.code)).one()
