"""What keeps a roster out of the book as a whole, beyond what can be seen in its file."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..calendar.dates import local_day
from ..obligations.errors import InputError, Problem
from ..obligations.roster import Roster, problems
from .granting import granted
from .states import MISSING
from .successors import carry_on
from .tables import Obligation, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..obligations.roster import ContactFact, UnitFact


def refuse(
    session: Session, roster: Roster, units: dict[str, UnitFact], channels: Iterable[str], now: datetime
) -> None:
    """Raise :class:`InputError` with everything wrong; ``units`` and ``channels`` are those of the book.

    A roster does not write into the past, nor does it do what the form for closing a unit asks about.
    """
    # The whole tree as it would be, so that a loop through units that the file leaves out is found too.
    listed = {unit.code for unit in roster.units}
    kept = tuple(unit for code, unit in units.items() if code not in listed)
    file = roster.title or "单位名册"
    merged = Roster(kept + roster.units, roster.contacts)
    found = [*problems(merged, file), *_unknown_channels(roster.contacts, file, list(channels))]
    found += _taken(session, roster, units, file)
    found += _closings(session, roster, units, file, now)
    if found:
        raise InputError(found)


def _taken(session: Session, roster: Roster, units: dict[str, UnitFact], file: str) -> Iterator[Problem]:
    """Name the codes that units have which this session does not see: codes are one for the whole book."""
    new = [one.code for one in roster.units if one.code not in units]
    asked = select(Unit.code).where(Unit.code.in_(new)).order_by(Unit.code)
    for code in session.scalars(granted(asked)):
        yield Problem(file, "单位代码已有别的乡镇在用，请换一个", field="单位代码", found=code)


def _closings(
    session: Session, roster: Roster, units: dict[str, UnitFact], file: str, now: datetime
) -> Iterator[Problem]:
    pairs = [(units[one.code], one) for one in roster.units if one.code in units]
    moved = [(old, new) for old, new in pairs if old.closed_on != new.closed_on]
    still = _still_open(session, [new.code for _, new in moved if new.closed_on])
    today = local_day(now)
    for old, new in moved:
        said = "空" if new.closed_on is None else str(new.closed_on)
        if new.closed_on is not None and new.closed_on < today:
            wrong, expected = "停用日期不能早于今天，过去的记录不改", f"{today}或以后，或账簿中原有的日期"
        elif others := carry_on(session, old.code, old.closed_on):
            wrong, expected = f"已定由“{others}”接续，停用日期不能改", str(old.closed_on)
        elif new.code in still:
            wrong = f"还有{still[new.code]}项没有办结，停用时要写明去向，请到单位页办理停用"
            expected = str(old.closed_on or "留空")
        else:
            continue
        yield Problem(file, f"单位 {new.code} {wrong}", field="停用日期", expected=expected, found=said)


def _still_open(session: Session, codes: list[str]) -> dict[str, int]:
    owed = select(Unit.code, func.count()).join(Obligation, Obligation.unit_id == Unit.id)
    return dict(session.execute(owed.where(Unit.code.in_(codes), MISSING).group_by(Unit.code)).tuples().all())


def _unknown_channels(contacts: Iterable[ContactFact], file: str, channels: list[str]) -> Iterator[Problem]:
    expected = "、".join(["留空（写入文件）", *channels])
    for one in contacts:
        if one.channel and one.channel not in channels:
            hint = next(iter(get_close_matches(one.channel, channels, n=1, cutoff=0.3)), None)
            message = f"联系人 {one.unit} {one.name} 的渠道还没有建立，或已停用"
            yield Problem(file, message, field="渠道", expected=expected, found=one.channel, hint=hint)
