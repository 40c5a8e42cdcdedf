"""What a unit was told of an overdue obligation and what was last said, in words for page and workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...obligations.words import State
from ..pages import moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...ledger.overdue import OverdueRow
    from ...ledger.told import Reminders, Way

KINDS = {
    "email": "电子邮件",
    "webhook": "网络接口",
    "wecom": "企业微信",
    "dingtalk": "钉钉",
    "feishu": "飞书",
    "file": "文件",
}
STATES = {State.OWED: "未报", State.RETURNED: "退回待更正"}


def ways(known: Iterable[Way]) -> str:
    """Name the channels that reminders left through."""
    return "、".join(f"{one.name}（{KINDS.get(one.kind, one.kind)}）" for one in known)


def filed(told: Reminders) -> str:
    """Say how many reminders were only written to a folder, which reaches nobody; empty for none."""
    return f"{told.filed}次仅写入发件箱文件夹，未对外发送" if told.filed else ""


def result(told: Reminders) -> str:
    """Say what came of the last try to send through a channel; empty where none was made."""
    if told.ok is None or (told.ok and not told.times):
        return ""
    said = "渠道已受理" if told.ok else "没有发出"
    return f"{said}：{told.result}" if told.result else said


def last_word(one: OverdueRow) -> str:
    """Give the last thing said, with the day that goes with it; empty for none."""
    said = one.last_word
    if said is None:
        return ""
    until = f"（期限{moment(said.until)}）" if said.until else ""
    return f"{said.zh}{until}：{said.text}" if said.text else f"{said.zh}{until}"
