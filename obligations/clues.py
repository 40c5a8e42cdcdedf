"""Clues that pass from one unit to another: receipt, answer, passing on (线索移送). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import DubanError
from .moments import in_words, whole_second
from .words import Word

if TYPE_CHECKING:
    from datetime import datetime


class Verdict(Word):
    """What the receiver found of a clue; the first two settle it."""

    TRUE = "true", "查实"
    FALSE = "false", "查否"
    WORKING = "working", "正在办理"

    @property
    def final(self) -> bool:
        """Tell whether nothing more is to come."""
        return self is not Verdict.WORKING


class HopState(Word):
    """How one passing on of a clue stands, as of a moment."""

    SENT = "sent", "待签收"
    UNRECEIVED = "unreceived", "逾期未签收"
    RECEIVED = "received", "办理中"
    UNANSWERED = "unanswered", "逾期未答复"
    ENDED = "ended", "已办"


@dataclass(frozen=True, slots=True)
class HopFacts:
    """The moments of one passing on, each aware; ``ended_at`` is when it was answered or passed on."""

    receive_by: datetime
    answer_by: datetime
    received_at: datetime | None = None
    ended_at: datetime | None = None


def standing(facts: HopFacts, now: datetime) -> HopState:
    """Give how a passing on stands at ``now``; each deadline is its last second in time."""
    if facts.ended_at is not None:
        return HopState.ENDED
    if facts.received_at is None:
        return HopState.UNRECEIVED if whole_second(now) > facts.receive_by else HopState.SENT
    return HopState.UNANSWERED if whole_second(now) > facts.answer_by else HopState.RECEIVED


def check_send(title: str, text: str, answer_by: datetime, now: datetime) -> None:
    """Let a clue be handed on, saying what it is and until when an answer is wanted."""
    if not title.strip() or not text.strip():
        raise DubanError("请写明线索名称和线索内容。")
    check_limit(answer_by, now)


def check_limit(answer_by: datetime, now: datetime) -> None:
    """Let an answer be wanted until a moment that is still to come."""
    if whole_second(answer_by) <= whole_second(now):
        raise DubanError(f"答复期限须晚于现在；所填为{in_words(answer_by)}，请另定期限。")


def check_receive(facts: HopFacts) -> None:
    """Let the receiver sign for a clue, once."""
    _check_running(facts)
    if facts.received_at is not None:
        raise DubanError(f"该线索已于{in_words(facts.received_at)}签收，无需再次签收。")


def check_answer(facts: HopFacts, verdict: Verdict | None, text: str) -> Verdict:
    """Let the receiver answer, saying what was found and how; gives what was found."""
    _check_running(facts)
    if verdict is None:
        raise DubanError("请选择查实、查否，还是正在办理。")
    if not text.strip():
        raise DubanError("请写明核查的情况。")
    return verdict


def check_pass(facts: HopFacts, from_unit: int, to_unit: int, note: str) -> None:
    """Let the receiver hand a clue on to another unit, saying why; the units are given by their numbers."""
    _check_running(facts)
    if from_unit == to_unit:
        raise DubanError("不能转给本单位；请选择应当接办的单位。")
    if not note.strip():
        raise DubanError("请写明转办的理由。")


def _check_running(facts: HopFacts) -> None:
    if facts.ended_at is not None:
        raise DubanError(f"该线索已于{in_words(facts.ended_at)}答复或转出，不能再办理。")


def called(year: int, number: int) -> str:
    """Give what a clue is called on paper."""
    return f"线索〔{year}〕{number}号"
