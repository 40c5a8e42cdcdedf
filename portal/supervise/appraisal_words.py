"""The rules of an appraisal in words, and what pages say after each act on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...obligations.appraisal_rules import Band, Slip, Spur, points_text, signed_text
from ...obligations.words import Rung

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from ...ledger.appraisal_sets import RulesText
    from ...obligations.appraisal_rules import Item, RuleSet

DONE = {
    "adopted": "已起用；此后下达的任务按新规则计分，此前的仍按原规则。",
    "bonus": "已登记加分。",
    "veto": "已登记一票否决，等候签批；签批后才生效。",
    "signed": "已签批，一票否决生效。",
    "withdrawn": "已撤销。",
    "appeal": "已代单位登记申诉。",
    "answer": "申诉已答复，单位会收到通知。",
    "adjust": "已更正，单位会收到通知。",
    "told": "已登记告知，申诉期从现在重新计算。",
    "published": "已公布{}个单位的结果。",
    "none": "没有可以公布的结果；各单位不能公布的原因见下表。",
    "same": "已按当时的账簿重新计算，与这份结果一致。",
}
PERIODS = {"quarter": "每季度", "half_year": "每半年", "year": "每年"}
STATES = {"draft": "拟定", "published": "已公布"}
LONGEST = 16  # characters of a digest that people compare


@dataclass(frozen=True, slots=True)
class ItemWords:
    """One item in words: its full marks, what adds and takes off, and by which clause."""

    name: str
    points: str
    said: str
    clause: str


@dataclass(frozen=True, slots=True)
class RulesWords:
    """A set of rules in words."""

    head: Sequence[str]
    items: Sequence[ItemWords]
    bonuses: Sequence[ItemWords]
    vetoes: Sequence[ItemWords]
    grades: str
    note: str
    digest: str


def in_words(text: RulesText, since: date, duties: Mapping[str, str]) -> RulesWords:
    """Give a set of rules in words; ``duties`` are the names of the plan's duties by key."""
    rules, pure = text.rules, text.from_day(since)
    whom = "、".join(one.name for one in text.audiences.values()) or "有任务的全部单位"
    head = [
        f"{PERIODS[rules.period]}考核一次；期末后第{rules.wait}个工作日24时记录截止，次日拟出结果。",
        f"考核对象：{whom}。单位收到拟定结果后，{rules.appeal}个工作日内可以申诉。",
        "公开排名。" if rules.public else "不公开排名，单位按名册次序排列。",
    ]
    return RulesWords(
        head=head,
        items=[_item(item, duties) for item in pure.items],
        bonuses=[
            ItemWords(one.name, f"最多{points_text(one.points)}", _spur(one.spur), one.clause)
            for one in pure.bonuses
        ],
        vetoes=[ItemWords(one.name, "不合格", "登记后由签批人签批", one.clause) for one in pure.vetoes],
        grades=_grades(pure),
        note=rules.note,
        digest=text.digest[:LONGEST],
    )


def _spur(spur: Spur) -> str:
    return "办公室登记，写明依据和批准人" if spur is Spur.ENTERED else f"{spur.zh}的，自动加分"


def _item(item: Item, duties: Mapping[str, str]) -> ItemWords:
    prices = [
        *((f"按时一次{signed_text(item.on_time)}分",) if item.on_time else ()),
        *(f"{name}一次{signed_text(-price)}分" for name, price in _reports(item) if price),
        *(f"隐患{slip.zh}一处{signed_text(-item.findings[slip])}分" for slip in Slip if item.findings[slip]),
        *(f"{rung.zh}一份{signed_text(-item.sheets[rung])}分" for rung in Rung if item.sheets[rung]),
    ]
    said = ["；".join(prices) or "不加不减"]
    said += [f"从{points_text(item.base)}分起加减"] if item.base != item.points else []
    said += [f"扣到{points_text(item.floor)}分为止"] if item.floor else ["扣完为止"]
    said += [f"权重{points_text(item.weight)}"] if item.weight != 1 else []
    if item.duties:
        said.append(f"只计{'、'.join(duties.get(key, key) for key in sorted(item.duties))}")
    return ItemWords(item.name, points_text(item.points), "；".join(said), item.clause)


def _reports(item: Item) -> tuple[tuple[str, Decimal], ...]:
    return (("漏报", item.missing), ("迟报", item.late), ("因实质性问题退回", item.returned))


def _grades(pure: RuleSet) -> str:
    lines = [f"{points_text(pure.bands[band])}分以上{band.zh}" for band in Band if band in pure.bands]
    most = f"；加分合计不超过{points_text(pure.bonus_most)}分" if pure.bonuses else ""
    return f"满分{points_text(pure.maximum)}分{most}。{'，'.join(lines)}，不到的{Band.FAILED.zh}。"
