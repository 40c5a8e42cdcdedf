"""Every reminder in the story of an obligation: to whom, through what, and what the provider answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..obligations.moments import in_words
from ..obligations.words import CueKind
from .story_said import StoryEvent, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .story import Reminder, Story, Try

SYSTEM = "系统"
KINDS = {
    "email": "电子邮件",
    "webhook": "网络接口",
    "wecom": "企业微信",
    "dingtalk": "钉钉",
    "feishu": "飞书",
    "file": "文件",
}
# What is said of a notice that did not leave, by its state and, while it is due, by its message's. One is
# withdrawn also when its contact is switched off, so that it tells nothing of the report.
_UNSENT = {
    "withdrawn": "已撤回，没有发出",
    "superseded": "已并入后一次提醒，没有单独发出",
}
_DUE = {
    "queued": "等待发送",
    "sending": "正在发送",
    "dead": "没有发出",
    "withdrawn": "已撤回，没有发出",
}


def sent(story: Story) -> Iterator[StoryEvent]:
    """Give each reminder at the moment at which it left, or at which it was made where it did not."""
    entered = numbered(story)
    for one in story.reminders:
        seq = entered.get(("cue.fired", one.cue_id))
        yield StoryEvent(one.sent_at or one.created_at, SYSTEM, _what(one), _detail(one), seq)


def _what(one: Reminder) -> str:
    why = CueKind(one.cue).zh
    if one.state == "no_contact":
        return f"{why}：单位没有联系人，无法提醒"
    if one.state == "sent" and one.sent_at is not None:
        return f"{why}：{_left(one)}"
    fate = _UNSENT.get(one.state) or _DUE.get(one.message_state, "等待发送")
    return f"{why}（{one.contact}）：{fate}"


def _left(one: Reminder) -> str:
    if one.kind in ("", "file"):
        return f"写入发件箱文件夹，待人工转给{one.contact}，没有直接送达"
    return f"发给{one.contact}（{KINDS.get(one.kind, one.kind)}·{one.channel}）"


def _detail(one: Reminder) -> str:
    """Say what the provider answered, and of each earlier try that failed when it was."""
    return "；".join(_tried(number, tried) for number, tried in enumerate(one.tries, 1))


def _tried(number: int, tried: Try) -> str:
    said = "渠道已受理" if tried.ok else "没有发出"
    answer = f"：{tried.answer}" if tried.answer else ""
    return f"{in_words(tried.at)}第{number}次发送，{said}{answer}"
