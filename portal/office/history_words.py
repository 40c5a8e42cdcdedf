"""What the journal says of units and their people, in sentences."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ...ledger.people import Event

FACTS = {
    "name": "名称",
    "kind": "类别",
    "tags": "标签",
    "parent": "上级",
    "opened_on": "启用日期",
    "closed_on": "停用日期",
    "phone": "电话",
    "email": "邮箱",
    "channel_id": "渠道",
}


def sentence(event: Event) -> str:
    """Give what happened in a sentence; what this page has no words for is called a record."""
    said: dict[str, Any] = json.loads(event.detail)
    words = _WORDS.get(event.action)
    return words(said) if words else "其他记录"


def changes(said: Mapping[str, list[Any]]) -> str:
    """Give what facts of a unit change from and to."""
    return "；".join(f"{FACTS.get(name, name)}由“{_one(a)}”改为“{_one(b)}”" for name, (a, b) in said.items())


def _one(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, cast("list[Any]", value))) or "无"
    return "无" if value in (None, "") else str(value)


def _fate(said: Mapping[str, Any]) -> str:
    owed, off = len(said.get("owed", ())), len(said.get("exempted", ()))
    parts = [f"{owed}项未办事项仍由原单位报送"] if owed else []
    parts += [f"{off}项免报"] if off else []
    return f"；{'，'.join(parts)}" if parts else ""


def _merged(said: Mapping[str, Any]) -> str:
    return f"{'、'.join(said['from'])}自{said['on']}起合并为{said['to']}{_fate(said)}"


def _split(said: Mapping[str, Any]) -> str:
    return f"{said['from']}自{said['on']}起拆分为{'、'.join(said['to'])}{_fate(said)}"


def _changed(said: Mapping[str, Any]) -> str:
    # Which of a contact's facts changed, never what from or to: numbers do not stand in the journal.
    changed: list[str] = said["changed"]
    facts = "、".join("姓名" if name == "name" else FACTS.get(name, name) for name in changed)
    moved = f"，{said['messages']}条待发的消息随之改走" if said.get("messages") else ""
    return f"修改联系人{said['name']}的{facts}{moved}"


def _off(said: Mapping[str, Any]) -> str:
    waiting = len(said.get("messages", ()))
    return f"停用联系人{said['name']}{f'，撤回{waiting}条待发消息' if waiting else ''}"


_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "unit.added": lambda said: f"新增单位，启用日期{_one(said.get('opened_on'))}",
    "unit.changed": lambda said: f"修改单位：{changes(said['changes'])}",
    "unit.closed": lambda said: f"自{said['closed_on']}起停用{_fate(said)}",
    "unit.kept": lambda said: f"撤销原定{said['closed_on']}起的停用",
    "units.merged": _merged,
    "unit.split": _split,
    "roster.imported": lambda _: "名册导入时新增或修改",
    "contact.added": lambda said: f"新增联系人{said['name']}",
    "contact.changed": _changed,
    "contact.channel": lambda said: f"联系人改用渠道“{said['channel']}”",
    "contact.off": _off,
    "contact.on": lambda said: f"重新启用联系人{said['name']}",
    "links.revoked": lambda said: f"停用{said['links']}个链接",
    "link.made": lambda _: "生成一个链接",
    "link.asked": lambda _: "有人以本人名义申请，发送一个新链接",
    "link.sent": lambda said: f"给{said['name']}发送一个新链接",
}
