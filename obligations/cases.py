"""Cases: the lines that each must settle before it is closed, in the documents' own words. Pure.

“六不放过” is 三（二）六 of 峨溶镇's document, “三没收一拘留三倒查” its 三（三）.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .errors import DubanError
from .finding_moves import same_people
from .words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable


class CaseState(Word):
    """Where a case is."""

    OPEN = "open", "办理中"
    CLOSED = "closed", "已结案"


class Part(Word):
    """Which of the two lists a line belongs to."""

    SIX = "six", "六不放过"
    OPERATOR = "operator", "三没收一拘留三倒查"


class CaseStepKind(Word):
    """What was done to a case after it was opened."""

    SETTLED = "settled", "已落实"
    WAIVED = "waived", "不适用"
    UNSETTLED = "unsettled", "重新落实"
    ADDED = "added", "增列"
    CLOSED = "closed", "结案"
    REOPENED = "reopened", "重新办理"


LINES: dict[Part, tuple[str, ...]] = {
    Part.SIX: (
        "涉案物品没有全部收缴的不放过",
        "来源流向没有查清的不放过",
        "贩运网络没有打掉的不放过",
        "制贩窝点没有端掉的不放过",
        "涉案人员没有得到依法惩处的不放过",
        "监管失职人员责任没有受到追究的不放过",
    ),
    Part.OPERATOR: (
        "没收原材料",
        "没收生产设备",
        "没收成品半成品",
        "对业主以行政或刑事拘留",
        "倒查原材料来源",
        "倒查产品去向",
        "倒查漏管责任人",
    ),
}


class LineFact(NamedTuple):
    """One line of a case's list, and whether it is settled."""

    text: str
    settled: bool


def check_settle(state: CaseState, line: LineFact, done: str) -> None:
    """Let a line be settled, saying what was done; raises :class:`DubanError`."""
    _check_open(state, "登记落实情况")
    _check_not_settled(line)
    if not done.strip():
        raise DubanError(f"请写明“{line.text}”这一项做了什么、结果怎样。")


def check_waive(state: CaseState, line: LineFact, why: str, approver: str, by: str) -> None:
    """Let a line be left out as not fitting the case, with a reason and who, but ``by``, approved it."""
    _check_open(state, "登记不适用")
    _check_not_settled(line)
    if not why.strip():
        raise DubanError(f"“{line.text}”不适用的，请写明理由。")
    if not approver.strip():
        raise DubanError(f"“{line.text}”不适用的，请写明由谁批准。")
    if same_people(approver, by):
        raise DubanError(f"“{line.text}”不适用的，批准人不能是登记人本人（{by}）。")


def check_add(state: CaseState, there: bool) -> None:  # noqa: FBT001 - one fact, read at a glance
    """Let the seven lines for an illegal operator be added, once."""
    _check_open(state, "增列清单")
    if there:
        raise DubanError("本案已列有“三没收一拘留三倒查”，不需要再增列。")


def check_close(state: CaseState, lines: Iterable[LineFact], text: str) -> None:
    """Let a case be closed when no line is open; raises :class:`DubanError` naming those that are."""
    if state is CaseState.CLOSED:
        raise DubanError("本案已经结案，可能刚刚已有人办理。")
    left = [line.text for line in lines if not line.settled]
    if left:
        raise DubanError(f"还有{len(left)}项没有落实，不能结案：{'；'.join(left)}。")
    if not text.strip():
        raise DubanError("请写明结案情况。")


def check_reopen(state: CaseState, again: Iterable[LineFact], why: str) -> None:
    """Let a closed case be taken up again for some of its lines, with a reason."""
    if state is CaseState.OPEN:
        raise DubanError("本案正在办理，不需要重新办理。")
    if not list(again):
        raise DubanError("请勾选需要重新落实的项目，至少一项。")
    if not why.strip():
        raise DubanError("请写明重新办理的理由。")


def _check_open(state: CaseState, move: str) -> None:
    if state is CaseState.CLOSED:
        raise DubanError(f"本案已经结案，不能{move}；确有需要的，请先重新办理。")


def _check_not_settled(line: LineFact) -> None:
    if line.settled:
        raise DubanError(f"“{line.text}”已登记落实，可能刚刚已有人办理。")


def called(year: int, number: int) -> str:
    """Give what a case is called on paper."""
    return f"案〔{year}〕{number}号"
