"""The notice by which a round opens, as an official paper (通知)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..calendar.dates import local_day
from ..documents.official import Heading, Paper, Text
from ..documents.wording import before, listed
from ..ledger import duties, lookup
from ..ledger.round_units import names_then
from ..obligations.errors import DubanError
from .papers import called, office_of, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..calendar.plan import Plan
    from ..documents.official import Block
    from ..ledger.book import Session
    from ..ledger.tables import Round

_MOST_NAMES = 40
_WAYS = "打开办公室发送的链接填报，或填写填报表（Excel）后交回，或打电话由办公室代为登记，任选一种即可。"


def notice_paper(session: Session, round_id: int, name: str = "", phone: str = "") -> Paper:
    """Give the notice of a round that has opened, to the units as they were called when it did.

    ``name`` and ``phone`` are the office's. Nothing of it changes once the round has opened.

    Raises :class:`DubanError` when there is no such round, or nobody has been asked yet.
    """
    found = lookup.round_(session, round_id)
    if found is None:
        raise DubanError("没有这个期次。")
    if found.opened_at is None or found.skipped_at is not None:
        raise DubanError(f"“{found.title}”尚未下达，还不能出通知。")
    plan = duties.plan_of(session, found.plan_id)
    office = office_of(plan, name, phone)
    return Paper(
        title=f"关于做好{called(found.title)}工作的通知",
        to=found.audience["name"],
        blocks=[*_blocks(found, plan, names_then(session, round_id, found.opened_at))],
        dated=local_day(found.opened_at),
        signed=office.name,
        remark=office.asked,
    )


def _blocks(found: Round, plan: Plan, names: list[str]) -> Iterator[Block]:
    number = f"（{plan.number}）" if plan.number else ""
    yield Text(f"根据{quoted(plan.title)}{number}{found.clause}的要求，现就做好有关工作通知如下：")
    if found.ask:
        yield Heading(1, "工作任务")
        yield Text(_stopped(found.ask))
    if found.emphasis:
        yield Heading(1, "本期重点")
        yield Text(_stopped(found.emphasis))
    if found.form:
        yield Heading(1, "报送内容")
        yield Text(f"{'；'.join(_field(one) for one in found.form)}。没有情况的，报“零报告”。")
    yield Heading(1, "完成时限")
    yield Text(_time(found))
    yield Heading(1, "责任单位")
    yield Text(_who(found, names))
    yield Heading(1, "报送方式")
    yield Text(_WAYS)


def _field(one: dict[str, Any]) -> str:
    label, unit = one["label"], one.get("unit")
    return f"{label}（{unit}）" if unit and unit not in label else label


def _time(found: Round) -> str:
    if found.due_at is None:
        return "有情况随时办理，发现即报。"
    late = f"逾期的仍须补报，补报至{before(found.locks_at).removesuffix('前')}止。" if found.locks_at else ""
    said = "（暂定，以正式通知为准）" if found.provisional else ""
    return f"请于{before(found.due_at)}完成并报送{found.receiver or '办公室'}{said}。{late}"


def _who(found: Round, names: list[str]) -> str:
    lead = f"牵头单位：{found.audience['lead']}。\n" if found.audience.get("lead") else ""
    if len(names) > _MOST_NAMES:
        return f"{lead}责任单位：{found.audience['name']}，共{len(names)}个单位。"
    return f"{lead}责任单位：{listed(names)}，共{len(names)}个单位。"


def _stopped(text: str) -> str:
    return text if text.endswith(("。", "！", "？")) else f"{text.rstrip('；，')}。"
