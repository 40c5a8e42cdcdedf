"""Inspections (督查检查): where one stands, who may not inspect whom, and which moves are lawful."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import DubanError
from .moments import in_words
from .words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime


class InspectionState(Word):
    """Where an inspection is between the commitment to its seed and the last result."""

    PREPARED = "prepared", "待抽取"
    DRAWN = "drawn", "待开始"
    BEGUN = "begun", "检查中"
    CLOSED = "closed", "已结束"


class ConflictKind(Word):
    """Why an inspector may not inspect a unit, besides its being their own."""

    DECLARED = "declared", "申报回避"
    SAT = "sat", "曾在该单位任职或驻点"


class Checked(Word):
    """What came of inspecting one unit."""

    NOTHING = "nothing", "未发现问题"
    FOUND = "found", "发现问题"
    SKIPPED = "skipped", "未检查"


@dataclass(frozen=True, slots=True)
class ConflictFact:
    """An inspector's conflict with a unit; who sat there did so from ``since`` until ``until``, if known."""

    unit: str
    kind: ConflictKind
    since: date | None = None
    until: date | None = None


def barred_units(own: str, conflicts: Iterable[ConflictFact], first: date, last: date) -> frozenset[str]:
    """Give the units that an inspector may not inspect, for an inspection of the work from first to last day.

    These are their own, those that they declared, and those where they sat on any of these days, as they
    would inspect their own work there.
    """
    return frozenset({own, *(one.unit for one in conflicts if _holds(one, first, last))})


def _holds(one: ConflictFact, first: date, last: date) -> bool:
    if one.kind is ConflictKind.DECLARED:
        return True
    begun = one.since is None or one.since <= last
    return begun and (one.until is None or one.until >= first)


def check_renew(state: InspectionState, why: str, *, changed: bool, again: bool) -> None:
    """Let a new seed and list take the place of those published, as long as nothing has been drawn.

    Only a list that has ``changed`` may be published anew: a new seed for the same list would be another try.
    Nor does the same person do it ``again`` for one inspection, whoever has changed the list.
    """
    if state is not InspectionState.PREPARED:
        raise DubanError("已经抽签，不能重新公布名单。")
    if not why.strip():
        raise DubanError("请写明重新公布名单的理由。")
    if not changed:
        raise DubanError("名单与公布的相同，不能重新公布：只换种子不换名单，等于重抽。")
    if again:
        raise DubanError("您已重新公布过一次，本次督查再要重新公布，须由另一人办理。")


def check_draw(state: InspectionState, today: date, first: date) -> None:
    """Let the desk draw, once, from the first day on; both are local days."""
    if state is not InspectionState.PREPARED:
        raise DubanError("本次督查已经抽签，不能再抽。")
    if today < first:
        raise DubanError(
            f"告知承诺以后要隔工作日才能抽签，好让各单位先看到承诺；最早{first.year}年{first.month}月{first.day}日。"
        )


def check_begins(begins_at: datetime, now: datetime) -> None:
    """Refuse to let an inspection begin at a time that has passed."""
    if begins_at <= now:
        raise DubanError(f"开始检查的时间须晚于现在；所填为{in_words(begins_at)}。")


def check_move(state: InspectionState, begins_at: datetime, now: datetime) -> None:
    """Let the desk set another time to begin."""
    if state is not InspectionState.DRAWN:
        raise DubanError("只有抽签以后、开始以前，才能改开始时间。")
    check_begins(begins_at, now)


def check_begin(state: InspectionState) -> None:
    """Let an inspection begin that has been drawn."""
    if state is InspectionState.PREPARED:
        raise DubanError("还没有抽签，不能开始。")
    if state is not InspectionState.DRAWN:
        raise DubanError("本次督查已经开始。")


def check_result(state: InspectionState, known: Checked | None, checked: Checked, text: str) -> None:
    """Let the result of one unit in: once, after the beginning, and with words where nothing else speaks."""
    if state in (InspectionState.PREPARED, InspectionState.DRAWN):
        raise DubanError("督查还没有开始，不能登记结果。")
    if known is not None:
        raise DubanError(f"该单位的结果已登记为“{known.zh}”，不能再改；确需说明的，请另行记录。")
    if checked is Checked.SKIPPED and not text.strip():
        raise DubanError("未检查的，请写明原因。")


def check_findings(checked: Checked, findings: int) -> None:
    """Let findings stand beside a result that speaks of them."""
    if checked is Checked.FOUND and not findings:
        raise DubanError("结果是“发现问题”的，请登记发现的隐患，或选上已登记的隐患。")
    if checked is not Checked.FOUND and findings:
        raise DubanError(f"选了发现的隐患，结果却是“{checked.zh}”；请改为“发现问题”。")
