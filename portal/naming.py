"""Units and plans as people choose them in a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..calendar.dates import local_day
from ..ledger import in_force, people
from ..obligations.errors import DubanError

if TYPE_CHECKING:
    from ..ledger.in_force import InForce
    from ..ledger.tables import Unit
    from .access import Desk


def named_unit(desk: Desk, said: str) -> Unit:
    """Give the unit of this code or name; raises :class:`DubanError` for none, or for several."""
    if not said:
        raise DubanError("请填写单位的名称或代码。")
    known = people.called(desk.session, said, of=desk.caller.unit_id)
    exact = [one for one in known if said in (one.code, one.name)]
    if len(exact) > 1:  # of one name, one may have been closed
        exact = people.there(desk.session, [one.id for one in exact], local_day(desk.now)) or exact
    if len(exact) != 1:
        trouble = "不止一个，请填代码" if exact else "没有找到，请填准确的名称或代码"
        raise DubanError(f"单位“{said}”{trouble}。")
    return exact[0]


def known_units(desk: Desk) -> list[Unit]:
    """Give the units that a form offers while somebody types, by code: 500 at most."""
    return people.offered(desk.session, local_day(desk.now), of=desk.caller.unit_id)


def chosen_plan(desk: Desk, said: str) -> InForce:
    """Give the plan in force that was chosen, or the only one there is; raises :class:`DubanError`."""
    known = in_force.plans_in_force(desk.session, desk.now)
    found = [one for one in known if one.slug == said] if said else known
    if len(found) != 1:
        raise DubanError("请选择是哪个方案的事项。" if known else "今年没有执行中的方案，请先启用方案。")
    return found[0]
