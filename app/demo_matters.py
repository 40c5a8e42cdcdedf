"""What units of the rehearsed year cannot solve alone: their own findings and sheets that stay open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import or_, select

from ..ledger.duties import duty_of
from ..ledger.tables import FINDING_OPEN, Finding, Sheet, Unit
from ..obligations.findings import called
from ..obligations.sheet_names import sheet_number
from ..obligations.words import Rung, SheetState

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from ..ledger.tables import Round

NOTHING = "无"
LONG_OPEN = timedelta(days=10)
_HEAVY = (str(Rung.DUBAN), str(Rung.YUETAN), str(Rung.TONGBAO))
_HELPERS = ("综合行政执法局", "应急管理岗", "市场监管所", "示例一派出所")


class Unsolved(NamedTuple):
    """A matter with who has it, and the words in which a meeting hears of it and decides."""

    unit: str
    text: str
    tried: str
    decided: str


def field_of(session: Session, here: Round) -> str:
    """Give the field of a round's form that puts matters before its meeting; empty for other rounds."""
    duty = duty_of(session, here)
    return (duty.meeting.proposals or "") if duty is not None and duty.meeting is not None else ""


def unsolved(session: Session, slug: str, now: datetime, unit_id: int | None = None) -> Unsolved | None:
    """Give what has been open longest under a plan: a finding, else a sheet that went unmet; of a unit."""
    found = session.execute(_findings(slug, now, unit_id)).first()
    if found is not None:
        return _of_finding(*found.tuple())
    sheet = session.execute(_sheets(slug, now, unit_id)).first()
    return None if sheet is None else _of_sheet(*sheet.tuple())


def helpers(unit: str) -> list[str]:
    """Give two sides that are to help a unit."""
    return [one for one in _HELPERS if one != unit][:2]


def _findings(slug: str, now: datetime, unit_id: int | None) -> Select[tuple[Finding, str]]:
    old = or_(Finding.due_at < now, Finding.reopened > 0, Finding.found_at < now - LONG_OPEN)
    query = select(Finding, Unit.name).join(Unit, Unit.id == Finding.unit_id)
    query = query.where(Finding.slug == slug, FINDING_OPEN, old).order_by(Finding.found_at, Finding.id)
    return query if unit_id is None else query.where(Finding.unit_id == unit_id)


def _sheets(slug: str, now: datetime, unit_id: int | None) -> Select[tuple[Sheet, str]]:
    query = select(Sheet, Unit.name).join(Unit, Unit.id == Sheet.unit_id)
    running = (Sheet.state == str(SheetState.ISSUED), Sheet.issued_at < now, Sheet.rung.in_(_HEAVY))
    query = query.where(Sheet.series == slug, *running).order_by(Sheet.issued_at, Sheet.id)
    return query if unit_id is None else query.where(Sheet.unit_id == unit_id)


def _of_finding(one: Finding, unit: str) -> Unsolved:
    where = f"{unit}{one.place}（{called(one.year, one.number)}隐患）"
    again = f"，曾{one.reopened}次复发" if one.reopened else ""
    return Unsolved(
        unit,
        f"{where}{one.description}{again}，产权和执法权限涉及多个部门，本单位一家难以整改到位",
        f"已要求{one.measures.rstrip('。')}，至今没有销号",
        f"{where}由{'、'.join(helpers(unit))}联合执法，限期整改销号",
    )


def _of_sheet(one: Sheet, unit: str) -> Unsolved:
    number = sheet_number(one.rung, one.year, one.number)
    matter = one.matter.replace(" · ", "").rstrip("。")
    return Unsolved(
        unit,
        f"{number}所督办的事项（{matter}）一直没有办结，人手和职权不足，需有关部门协助",
        f"已按{number}办理并回复，单靠本单位没有办结",
        f"{number}所督办的事项由{'、'.join(helpers(unit))}协助{unit}办结",
    )
