"""What the page of an inspection shows, by who looks and by how far it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from ...calendar.dates import ZONE, local_day
from ...ledger import (
    addressed,
    inspection_letters,
    inspection_list,
    inspection_results,
    inspection_waiting,
    inspections,
    lots,
)
from ...ledger.letters import STATES
from ...obligations import draw
from ...obligations.draw_paper import command
from ...obligations.errors import DubanError
from ...obligations.inspecting import InspectionState
from ..access import Act

if TYPE_CHECKING:
    from ...ledger.inspection_list import Secret, Whole
    from ...ledger.means import Means
    from ...ledger.tables import Finding
    from ..access import Desk


LOOKS = {
    InspectionState.PREPARED: "warn",
    InspectionState.DRAWN: "calm",
    InspectionState.BEGUN: "calm",
    InspectionState.CLOSED: "good",
}


def facts(desk: Desk, found: Whole, means: Means) -> dict[str, Any]:
    """Give what the page shows."""
    one, inspects = found.inspection, desk.caller.may(Act.INSPECT)
    sealed = inspections.is_sealed(desk.session, one)
    local = desk.now.astimezone(ZONE)
    shown: dict[str, Any] = {
        "found": found,
        "state": InspectionState(one.state),
        "LOOKS": LOOKS,
        "terms": (terms := draw.read(found.lot.terms)),
        "names": {each.code: each.name for each in terms.inspectors},
        "secret": _secret(desk, found, means) if sealed and inspects else None,
        "changes": _changes(desk, found) if inspects else [],
        "counts": _counts(desk, found) if inspects else [],
        "first": inspections.first_day(desk.session, one, means),
        "today": local_day(desk.now),
        "free": _free(desk, found) if inspects else {},
        "told": addressed.told(desk.session, inspection_letters.about(one)),
        "STATES": STATES,
        "commands": commands(found) if found.revealed else [],
        "now": {"day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"},
    }
    told = {one.unit for one in shown["told"]}
    public = one.announced and found.revealed
    untold = [part.unit for part in found.parts if public and part.unit not in told]
    unheard = inspection_letters.unheard(desk.session, [part.row for part in found.parts], desk.now)
    return shown | {"untold": untold, "unheard": unheard}


def _secret(desk: Desk, found: Whole, means: Means) -> Secret | None:
    """Give what is secret; None where the key does not open it, as what hinders that the acts say."""
    try:
        return inspection_list.secret(desk.session, found, means.sealing)
    except DubanError:
        return None


def _changes(desk: Desk, found: Whole) -> list[str]:
    """Give how the list differs from the published one, as long as that keeps from drawing."""
    if InspectionState(found.inspection.state) is not InspectionState.PREPARED:
        return []
    now_ = inspections.current_terms(desk.session, found.inspection, desk.now)
    said = inspection_list.changes(draw.read(found.lot.terms), now_)
    published = draw.read(found.lot.terms)
    same = draw.digest(now_, times=False) == draw.digest(published, times=False)
    return said or ([] if same else ["抽取的数量有变动"])


def _counts(desk: Desk, found: Whole) -> list[str]:
    """Give which units were inspected since the list was published, as long as nothing has been drawn."""
    if InspectionState(found.inspection.state) is not InspectionState.PREPARED:
        return []
    now_ = inspections.current_terms(desk.session, found.inspection, desk.now)
    return inspection_list.counts_changed(draw.read(found.lot.terms), now_)


def _free(desk: Desk, found: Whole) -> dict[int, list[Finding]]:
    """Give the findings that may stand beside a result, by the number of the unit's row."""
    day = inspection_results.first_day(found.inspection)
    if day is None:
        return {}
    since = datetime.combine(day, time(), ZONE)
    waiting = [part.row for part in found.parts if part.row.checked is None]
    return {row.id: inspection_waiting.findings_of(desk.session, row, since) for row in waiting}


def commands(found: Whole) -> list[tuple[str, str]]:
    """Give the shell commands that repeat a draw: for the units, for each of their teams, for who is next."""
    terms, lot = draw.read(found.lot.terms), found.lot
    made = [("抽取单位", command(lot.seed, terms.context, terms.units, terms.take))]
    load: Counter[str] = Counter()
    for part in found.parts:
        free = [replace(one, times=load[one.code]) for one in terms.allowed(part.code)]
        context = f"{terms.context}/{part.code}"
        made.append((f"抽取去{part.unit}的检查人员", command(lot.seed, context, free, terms.team)))
        load.update(number for number, _ in part.row.team)
    return made + _replacing(found)


def _replacing(found: Whole) -> list[tuple[str, str]]:
    """Give for each replacement the command that draws the next of those who are left."""
    terms, lot = draw.read(found.lot.terms), found.lot
    drawn, before, made = lots.drawn(lot.result), list[draw.Replaced](), list[tuple[str, str]]()
    swaps = [(part, each) for part in found.parts for each in part.replaced]
    for part, each in sorted(swaps, key=lambda one: one[1].id):
        left = draw.waiting_for(lot.seed, terms, drawn, before, part.code)
        context = f"{terms.context}/{part.code}"
        made.append((f"替换去{part.unit}的检查人员", command(lot.seed, context, left, 1)))
        before.append(draw.Replaced(part.code, each.out, each.into))
    return made
