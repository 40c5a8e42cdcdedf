"""What pages say of sheets: names, how their limits stand, and what an act has done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ...calendar.limits import limit_at
from ...obligations.sheet_moves import DIRECT
from ...obligations.sheet_names import sheet_name, sheet_number
from ...obligations.words import FindingState, Rung, SheetState
from ..pages import long, short

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.sheet_list import Line
    from ...ledger.tables import Sheet
    from ..counter import Counter

NEAR = 3  # workdays
CAUSES = {"ladder": "到期未办结，按规则进入", "direct": "直接督办", "listing": "挂牌督办"}
LIMITS = {
    "over": "已超期",
    "near": f"{NEAR}个工作日内到期",
    "reply": "回复待答复",
    "silent": "尚未签收",
    "alone": "没有联系人可通知",
}
DONE = {
    "drafted": "草稿已保存，待签发。",
    "edited": "草稿已修改。",
    "same": "内容没有变化。",
    "signed": "已签发并编号，给该单位的通知已列入待发。",
    "signed-untold": "已签发并编号；该单位没有联系人，通知发不到，请打电话或当面送达。",
    "dropped": "已作废，不予签发。",
    "acknowledged": "已登记签收。",
    "replied": "已登记回复。",
    "decided": "已答复，并通知该单位。",
    "closed": "已办结，并通知该单位。",
    "withdrawn": "已撤销，并通知该单位。",
    "untold": "已办理；该单位没有联系人，通知发不到，请打电话告知。",
    "arranged": "约谈已安排。",
    "minuted": "约谈记录已登记。",
    "followed": "跟进情况已登记。",
    "delisted": "已摘牌，督办单已办结。",
}
WORDS: dict[str, Any] = {
    "CAUSES": CAUSES,
    "LIMITS": LIMITS,
    "DIRECT": DIRECT,
    "Rung": Rung,
    "SheetState": SheetState,
    "FindingState": FindingState,
    "sheet_name": sheet_name,
    "sheet_number": sheet_number,
}


class Limit(NamedTuple):
    """How a sheet's limit stands: in words, and the kind of tag that says it."""

    said: str
    tag: str


def near_by(counter: Counter, now: datetime) -> datetime:
    """Give the moment by which a limit ends that is near at ``now``."""
    return limit_at(now, NEAR, counter.workdays)


def limit(one: Sheet | Line, now: datetime, near: datetime) -> Limit | None:
    """Give how the limit of an issued sheet stands; None for one that is not issued."""
    if one.state != str(SheetState.ISSUED) or one.limit_at is None:
        return None
    if now > one.limit_at:
        return Limit(f"已超期{long(now - one.limit_at)}", "bad")
    if one.limit_at <= near:
        return Limit(f"{short(one.limit_at)}到期", "warn")
    return Limit(f"还有{long(one.limit_at - now)}", "calm")
