"""Gates of phases: what must be so before a phase is entered or left, and how a gate stands, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import DubanError
from .words import Word

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_NAMED = 5


class Edge(Word):
    """At which end of a phase a gate stands."""

    ENTER = "enter", "进入"
    LEAVE = "leave", "结束"


class GateState(Word):
    """How a gate stands; once met or passed it stays so."""

    OPEN = "open", "未通过"
    MET = "met", "已具备"
    PASSED = "passed", "经批准通过"


class Need(Word):
    """What a gate asks for, as a plan writes it."""

    RECEIVED = "received", "已报齐"
    ACCEPTED = "accepted", "已全部接收"
    NO_GRAVE_FINDING = "no_grave_finding", "没有未销号的重大隐患"
    NO_OPEN_FINDING = "no_open_finding", "没有未销号的隐患"

    @property
    def about_findings(self) -> bool:
        """Tell whether it is about findings, and not about reports."""
        return self in (Need.NO_GRAVE_FINDING, Need.NO_OPEN_FINDING)


def condition(need: Need, duty: str) -> str:
    """Give what a gate asks for in words; ``duty`` is the name of the duty, empty where it is of findings."""
    return need.zh if need.about_findings else f"“{duty}”{need.zh}"


def lacks(need: Need, duty: str, count: int, units: Sequence[str]) -> str:
    """Give what is lacking in words, with the names of the first few units."""
    named = "、".join(units[:MOST_NAMED]) + ("等" if len(units) > MOST_NAMED else "")
    whose = f"（{named}）" if named else ""
    if need.about_findings:
        what = "重大隐患" if need is Need.NO_GRAVE_FINDING else "隐患"
        return f"还有{count}处{what}未销号{whose}"
    if not units:
        return f"“{duty}”没有下达过，无从核对"
    return f"“{duty}”还有{count}项未{'报' if need is Need.RECEIVED else '接收'}{whose}"


def check_pass(state: GateState, reason: str) -> None:
    """Let a person pass a gate that does not hold, with a reason."""
    if state is GateState.MET:
        raise DubanError("这一条件已经具备，无需批准通过。")
    if state is GateState.PASSED:
        raise DubanError("这一条件已经批准通过，无需重复办理。")
    if not reason.strip():
        raise DubanError("批准通过须写明理由。")
