"""In the binder, what supervising came to: inspections, look-backs, gates, nights, clues, events.

Nothing of who or what is watched (重点人员、重点场所) is ever in it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ..calendar.dates import local_day
from ..documents.archive import file_name
from ..documents.listing import Column
from ..documents.official import Facts, Paper, Text, write
from ..documents.wording import day_of, hour
from ..ledger import duties, lookup
from ..ledger.filed_exposure import filed_exposure, filed_talks
from ..ledger.filed_inspections import filed_draws, filed_inspections, filed_revisits
from ..ledger.filed_phases import filed_gates
from ..ledger.filed_pursuits import filed_alerts, filed_clues, filed_rosters, filed_summaries
from .papers import name_of, office_of

if TYPE_CHECKING:
    from ..ledger.filed_exposure import FiledTalk
    from .binding import Binding

_NUMBER: Final = Column("序号", 6, "number")
_INSPECTIONS: Final = (
    *(_NUMBER, Column("督查检查", 26), Column("依据", 14), Column("方式", 10), Column("抽签承诺", 26)),
    *(Column("开始时间", 17, "date"), Column("被查单位", 18), Column("抽中人员", 18)),
    *(Column("人员替换", 26), Column("检查时间", 17, "date"), Column("结果", 12), Column("检查情况", 40)),
    *(Column("发现隐患", 20), Column("登记人", 14)),
)
_REVISITS: Final = (
    *(_NUMBER, Column("回头看", 24), Column("复查内容", 30), Column("责任单位", 18), Column("列入原因", 12)),
    *(Column("原先的承诺", 36), Column("复查时间", 17, "date"), Column("复查人", 16), Column("结果", 20)),
    *(Column("复查情况", 40), Column("重新整改期限", 17, "date")),
)
_GATES: Final = (
    *(_NUMBER, Column("阶段", 18), Column("进入或结束", 11), Column("条件", 34), Column("时间", 17, "date")),
    *(Column("情况", 12), Column("欠缺数", 8, "number"), Column("欠缺单位", 36), Column("批准人", 14)),
    Column("批准理由", 36),
)
_ROSTERS: Final = (
    *(Column("时段", 28), Column("单位", 18), Column("值班人员", 12), Column("电话", 14), Column("任务", 24)),
    *(Column("版次", 6, "number"), Column("报送时间", 17, "date")),
)
_CLUES: Final = (
    *(Column("编号", 14), Column("线索", 24), Column("内容", 40), Column("移送单位", 16)),
    *(Column("接收单位", 16), Column("移送时间", 17, "date"), Column("移送说明", 24)),
    *(Column("签收时限", 17, "date"), Column("签收时间", 17, "date"), Column("答复时限", 17, "date")),
    *(Column("答复时间", 17, "date"), Column("结论", 10), Column("答复内容", 40)),
)
_ALERTS: Final = (
    *(_NUMBER, Column("事件", 28), Column("报告时间", 17, "date"), Column("报告单位", 16)),
    *(Column("报告人", 14), Column("情况", 44), Column("告知单位数", 9, "number")),
    *(Column("签收单位数", 9, "number"), Column("最早签收", 17, "date"), Column("未签收单位", 30)),
)
_TALKS: Final = (
    *(Column("文号", 22), Column("被约谈单位", 18), Column("事由", 36), Column("时间", 17, "date")),
    *(Column("地点", 18), Column("约谈人和参加人", 20), Column("准备材料", 20), Column("约谈记录", 44)),
    *(Column("登记时间", 17, "date"), Column("承诺事项", 30), Column("承诺期限", 17, "date")),
    *(Column("跟进时间", 17, "date"), Column("跟进情况", 30)),
)
_EXPOSED: Final = (
    *(_NUMBER, Column("种类", 10), Column("文号或编号", 22), Column("单位", 18), Column("事项", 40)),
    *(Column("责任人", 12), Column("曝光时间", 17, "date"), Column("期限", 17, "date")),
    *(Column("摘牌或办结时间", 17, "date"), Column("事由", 36)),
)


def exposure(here: Binding) -> None:
    """Write the list of what is supervised by name and of the 通报."""
    here.listing("台账", "曝光台账", _EXPOSED, filed_exposure(here.session, here.filed))


def inspections(here: Binding) -> None:
    """Write who was inspected and what was found, what was visited once more, and the draws of both."""
    here.listing("督查检查", "督查台账", _INSPECTIONS, filed_inspections(here.session, here.filed))
    here.listing("回头看", "回头看台账", _REVISITS, filed_revisits(here.session, here.filed))
    for number, one in enumerate(filed_draws(here.session, here.filed), start=1):
        folder = "回头看" if one.lookback else "督查检查"
        data = f"{json.dumps(one.paper, ensure_ascii=False, indent=1, sort_keys=True)}\n"
        here.add(folder, f"{number:02d} {file_name(one.title, 60)} draw.json", data.encode())


def gates(here: Binding) -> None:
    """Write what each phase lacked at its edges, and who let it pass with what reason."""
    if here.scope.round_id is None:
        here.listing("阶段条件", "阶段条件台账", _GATES, filed_gates(here.session, here.filed))


def nights(here: Binding) -> None:
    """Write the rosters of nights on duty, and each morning's summary as a paper."""
    here.listing("高峰夜", "值班表", _ROSTERS, filed_rosters(here.session, here.filed))
    for number, one in enumerate(filed_summaries(here.session, here.filed), start=1):
        paper = Paper(
            title=f"{one.title.replace(' · ', '')}情况汇总",
            blocks=[Text(one.text)],
            dated=local_day(one.made_at),
            signed=_office(here),
            remark=f"汇总时间：{hour(one.made_at)}",
        )
        here.add("高峰夜", f"{number:02d} {name_of(paper)}", write(paper))


def pursuits(here: Binding) -> None:
    """Write clues that passed between units, and events that were told at once."""
    if here.scope.round_id is None:
        here.listing("线索移送", "线索移送台账", _CLUES, filed_clues(here.session, here.filed))
    here.listing("重大事件", "重大事件台账", _ALERTS, filed_alerts(here.session, here.filed))


def talks(here: Binding) -> None:
    """Write the talks: a ledger of all, and the minutes of each as a paper."""
    found = [*filed_talks(here.session, here.filed)]
    here.listing("督办文书", "约谈台账", _TALKS, found)
    for one in found:
        if one.minuted_at is not None:
            paper = _minutes(here, one)
            name = file_name(f"{one.reference} {one.unit} 约谈记录")
            here.add("督办文书", f"约谈记录/{name}.docx", write(paper))


def _minutes(here: Binding, one: FiledTalk) -> Paper:
    facts = [
        *(("约谈通知", one.reference), ("被约谈单位", one.unit), ("时间", hour(one.at)), ("地点", one.place)),
        *(("参加人员", one.attending), ("事由", one.matter), ("约谈情况", one.minutes)),
        ("承诺事项", one.promised),
        ("承诺期限", day_of(one.promised_by) if one.promised_by else ""),
        ("跟进情况", f"{day_of(one.followed_at)}，{one.followed}" if one.followed_at else ""),
    ]
    return Paper(
        title="约谈记录",
        blocks=[Facts([row for row in facts if row[1]])],
        dated=local_day(one.minuted_at or one.at),
        signed=_office(here),
    )


def _office(here: Binding) -> str:
    plan = lookup.revision(here.session, here.slug, here.year)
    return office_of(duties.plan_of(here.session, plan.id)).name if plan else ""
