"""A round as its workbook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...documents.round_sheet import RoundSheet, SheetRow
from ...ledger import chasing, round_units
from ...obligations.forms import form_digest
from ...obligations.moments import in_words
from ...obligations.words import State
from ..pages import short

if TYPE_CHECKING:
    from ...ledger.round_units import RoundUnit
    from ...ledger.tables import Round
    from ..access import Desk, Here


def round_sheet(here: Here, desk: Desk, found: Round, workbook_id: str) -> RoundSheet:
    """Give a round as a workbook with this id would show it now."""
    plan = chasing.plan_of(desk.session, found)
    named, phone = here.office
    name = named or plan.office
    return RoundSheet(
        plan_title=plan.title,
        plan=found.slug,
        duty=found.duty,
        period=found.period,
        title=found.title,
        clause=found.clause,
        due_text=in_words(found.due_at) if found.due_at else "不定期",
        office=f"{name}（电话：{phone}）" if phone else name,
        form=found.form,
        form_digest=form_digest(found.form),
        workbook_id=workbook_id,
        rows=[
            SheetRow(one.unit_code, one.unit, _already(one))
            for one in round_units.round_units(desk.session, found.id)
        ],
    )


def _already(one: RoundUnit) -> str:
    match one.state:
        case State.OWED:
            return ""
        case State.RETURNED:
            return "已退回，请更正"
        case State.EXEMPT:
            return "免报"
        case State.ACCEPTED:
            return "已接收，不用再报"
        case State.SUBMITTED:
            return f"已报（{short(one.received_at)}）"
