"""Units and contacts: whether everyone who may owe something can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..documents.roster import example_roster
from ..ledger.tables import Contact, Unit
from ..ledger.units import active_units
from .doctor_finding import Finding, doubtful, few, fine, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy.orm import Session

ADD = "在名册中补上联系人后重新导入：duban units import 文件"


def people_findings(session: Session, day: date) -> Iterator[Finding]:
    """Check the units that exist on ``day`` (a local day) and their contacts."""
    units = active_units(session, day)
    if not units:
        yield wrong("单位", "名册是空的", "导入名册：duban units import 文件")
        return
    yield _units(units)
    yield _unreachable(session, units)
    yield _channels(session)


def _units(units: list[Unit]) -> Finding:
    example = {(unit.code, unit.name) for unit in example_roster().units}
    if {(unit.code, unit.name) for unit in units} <= example:
        said = f"{len(units)}个，全部是示例单位"
        return doubtful("单位", said, "正式使用时，换一个数据目录，用 duban up --empty 启动并导入本地名册")
    return fine("单位", f"{len(units)}个")


def _unreachable(session: Session, units: list[Unit]) -> Finding:
    reachable = set(session.scalars(select(Contact.unit_id).where(Contact.active).distinct()))
    alone = [unit.name for unit in units if unit.id not in reachable]
    if alone:
        return doubtful("联系人", f"没有联系人，收不到提醒：{few(alone)}", ADD)
    return fine("联系人", "每个单位都有联系人")


def _channels(session: Session) -> Finding:
    on_file = Contact.channel_id.is_(None)
    total = session.scalar(select(func.count()).select_from(Contact).where(Contact.active)) or 0
    filed = session.scalar(select(func.count()).select_from(Contact).where(Contact.active, on_file)) or 0
    if filed:
        said = f"{total}个联系人中，{filed}个没有指定渠道：提醒只写入发件箱文件夹，不对外发送"
        return doubtful(
            "联系渠道",
            said,
            "试用时可以如此；正式使用时，先 duban channels add，再 duban channels use 指定给联系人",
        )
    return fine("联系渠道", f"{total}个联系人都指定了渠道")
