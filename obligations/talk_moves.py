"""Which moves of a talk (约谈) are lawful: it is arranged, has its minutes, and its promise is seen to.

Each check passes in silence or raises DubanError, saying why not. Moments are aware, of any zone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from .errors import DubanError
from .moments import in_words, whole_second
from .sheet_moves import check_in, check_said
from .words import Rung, SheetState

if TYPE_CHECKING:
    from datetime import datetime

    from .sheet_moves import SheetFacts, TalkFacts

LONGEST_PROMISE: Final = timedelta(days=90)  # a promise must not park the ladder
KEPT: Final = "已落实"
BROKEN: Final = "未落实"


def check_arrange(facts: SheetFacts, now: datetime, *, at: datetime, place: str, attending: str) -> None:
    """Let the time and place of a talk be set, or set anew while there are no minutes of it."""
    if facts.rung is not Rung.YUETAN:
        message = f"{facts.rung.zh}不需要安排约谈。"
        raise DubanError(message)
    if facts.state not in (SheetState.DRAFT, SheetState.ISSUED):
        check_in(facts, SheetState.ISSUED, "安排约谈")
    if facts.talk is not None and facts.talk.minuted_at is not None:
        raise DubanError("约谈已有记录，不能再改时间和地点。")
    if whole_second(at) <= whole_second(now):
        message = f"约谈时间须晚于现在；所填为{in_words(at)}。"
        raise DubanError(message)
    check_said(place, "请写明约谈地点。")
    check_said(attending, "请写明约谈人和参加人。")


def check_minute(
    facts: SheetFacts,
    now: datetime,
    *,
    minutes: str,
    promised: str,
    promised_by: datetime | None,
) -> None:
    """Let the minutes of a talk be written once it has begun; what was promised has a date, and only then."""
    check_in(facts, SheetState.ISSUED, "登记约谈记录")
    talk = _talk(facts)
    if talk.minuted_at is not None:
        raise DubanError("约谈记录已经登记，不能再改；需补充的，请写在跟进情况里。")
    if whole_second(now) < whole_second(talk.at):
        message = f"约谈定于{in_words(talk.at)}，还没有开始，不能登记记录。"
        raise DubanError(message)
    check_said(minutes, "请写明约谈记录。")
    if bool(promised.strip()) != (promised_by is not None):
        raise DubanError("承诺事项和完成期限须一并填写；没有承诺的，两项都不填。")
    if promised_by is not None and whole_second(promised_by) <= whole_second(now):
        message = f"承诺的完成期限须晚于现在；所填为{in_words(promised_by)}。"
        raise DubanError(message)
    if promised_by is not None and whole_second(promised_by) - whole_second(now) > LONGEST_PROMISE:
        message = f"承诺的完成期限不能超过{LONGEST_PROMISE.days}天；所填为{in_words(promised_by)}。"
        raise DubanError(message)


def check_follow(facts: SheetFacts, text: str, *, kept: bool | None) -> None:
    """Let it be recorded, once, what became of a promise; also after its limit, as the record then shows."""
    check_in(facts, SheetState.ISSUED, "登记跟进情况")
    talk = _talk(facts)
    if talk.minuted_at is None:
        raise DubanError("约谈还没有记录，请先登记约谈记录。")
    if talk.promised_by is None:
        raise DubanError("约谈时没有作出承诺，不需要跟进。")
    if talk.followed_at is not None:
        message = f"已于{in_words(talk.followed_at)}登记跟进情况，无需重复登记。"
        raise DubanError(message)
    if kept is None:
        raise DubanError("请选择承诺是否落实。")
    check_said(text, "请写明承诺的落实情况。")


def _talk(facts: SheetFacts) -> TalkFacts:
    if facts.talk is None:
        message = f"该{facts.rung.zh}没有安排约谈。"
        raise DubanError(message)
    return facts.talk
