"""What the page of an inspection shows, by who looks and by how far it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from ...calendar.dates import ZONE, local_day
from ...ledger import addressed, inspection_letters, inspection_list, inspection_waiting, inspections
from ...ledger.letters import STATES
from ...obligations import draw
from ...obligations.draw_paper import command
from ...obligations.inspecting import InspectionState
from ..access import Act

if TYPE_CHECKING:
    from ...ledger.inspection_list import Whole
    from ...ledger.tables import Finding
    from ..access import Desk


LOOKS = {
    InspectionState.PREPARED: "warn",
    InspectionState.DRAWN: "calm",
    InspectionState.BEGUN: "calm",
    InspectionState.CLOSED: "good",
}


def facts(desk: Desk, found: Whole) -> dict[str, Any]:
    """Give what the page shows."""
    one, inspects = found.inspection, desk.caller.may(Act.INSPECT)
    sealed = inspections.is_sealed(desk.session, one)
    local = desk.now.astimezone(ZONE)
    shown: dict[str, Any] = {
        "found": found,
        "state": InspectionState(one.state),
        "LOOKS": LOOKS,
        "terms": draw.read(found.lot.terms),
        "secret": inspection_list.secret(desk.session, found) if sealed and inspects else None,
        "changes": _changes(desk, found) if inspects else [],
        "free": _free(desk, found) if inspects else {},
        "told": addressed.told(desk.session, inspection_letters.about(one)),
        "STATES": STATES,
        "commands": commands(found) if found.revealed else [],
        "now": {"day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"},
    }
    told = {one.unit for one in shown["told"]}
    public = one.announced and found.revealed
    return shown | {"untold": [part.unit for part in found.parts if public and part.unit not in told]}


def _changes(desk: Desk, found: Whole) -> list[str]:
    """Give how the list differs from the published one, as long as that keeps from drawing."""
    if InspectionState(found.inspection.state) is not InspectionState.PREPARED:
        return []
    now_ = inspections.current_terms(desk.session, found.inspection, desk.now)
    said = inspection_list.changes(draw.read(found.lot.terms), now_)
    same = draw.digest(now_, times=False) == found.lot.listed
    return said or ([] if same else ["抽取的数量有变动"])


def _free(desk: Desk, found: Whole) -> dict[int, list[Finding]]:
    """Give the findings that may stand beside a result, by the number of the unit's row."""
    begun = found.inspection.begun_at
    if begun is None:
        return {}
    since = datetime.combine(local_day(begun), time(), ZONE)
    waiting = [part.row for part in found.parts if part.row.checked is None]
    return {row.id: inspection_waiting.findings_of(desk.session, row, since) for row in waiting}


def commands(found: Whole) -> list[tuple[str, str]]:
    """Give the shell commands that repeat a draw: one for the units, and one for each of their teams."""
    terms, lot = draw.read(found.lot.terms), found.lot
    made = [("抽取单位", command(lot.seed, terms.context, terms.units, terms.take))]
    load: Counter[str] = Counter()
    for part in found.parts:
        free = [replace(one, times=load[one.code]) for one in terms.allowed(part.code)]
        context = f"{terms.context}/{part.code}"
        made.append((f"抽取去{part.unit}的检查人员", command(lot.seed, context, free, terms.team)))
        load.update(number for number, _ in part.row.team)
    return made
