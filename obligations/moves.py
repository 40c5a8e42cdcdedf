"""Which moves are lawful: each check passes in silence or raises DubanError, saying why not and what to do.

Every `now` and every other moment may be in any zone, but must have one (ValueError).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import DubanError
from .facts import closes_at, judged_at, known
from .moments import in_words, whole_second
from .outcome import standing
from .words import State

if TYPE_CHECKING:
    from datetime import datetime

    from .facts import ObligationFacts
    from .outcome import Standing

_NOTHING_TO_JUDGE = {
    State.OWED: "该事项尚未上报，没有可{move}的材料；请先登记上报。",
    State.RETURNED: "该事项已退回，单位尚未重新上报，不能{move}；请等单位重新上报后再办理。",
    State.ACCEPTED: "该事项已接收办结，不能再{move}；确需更正的，请另行说明并存档。",
    State.EXEMPT: "该事项已免报，没有可{move}的材料，无需办理。",
}


def _here(facts: ObligationFacts, now: datetime) -> Standing:
    return standing(facts, judged_at(facts, now))


def check_submit(facts: ObligationFacts, now: datetime) -> None:
    """Let a report in: also one that replaces a version not judged yet, and a late one until the lock."""
    match _here(facts, now).state:
        case State.EXEMPT:
            raise DubanError("该事项已免报，不需要上报；如需恢复上报，请与主管办公室联系。")
        case State.ACCEPTED:
            raise DubanError("该事项已接收办结，不能再次上报；如需更正，请与主管办公室联系。")
        case _:
            _check_open(facts, now)


def _check_open(facts: ObligationFacts, now: datetime) -> None:
    closes = closes_at(known(facts, judged_at(facts, now)))
    if closes is not None and whole_second(now) > closes:
        message = f"该事项已于{in_words(closes)}截止补报，不能再上报；请将材料交主管办公室另行存档。"
        raise DubanError(message)


def check_owed(facts: ObligationFacts, now: datetime, move: str) -> None:
    """Let a unit ask for something about what it still owes; `move` is what it asks for, in Chinese."""
    state = _here(facts, now).state
    if state not in (State.OWED, State.RETURNED):
        message = f"该事项目前是“{state.zh}”，不需要{move}。"
        raise DubanError(message)


def check_acknowledge(acknowledged_at: datetime | None) -> None:
    """Let a unit sign once that it has seen what it owes; `acknowledged_at` is what the book has so far."""
    if acknowledged_at is not None:
        message = f"该事项已于{in_words(acknowledged_at)}签收，无需再次签收。"
        raise DubanError(message)


def check_accept(facts: ObligationFacts, now: datetime) -> None:
    """Let the office take a report that awaits its verdict."""
    _check_awaits(facts, now, "接收")


def check_return(
    facts: ObligationFacts,
    now: datetime,
    *,
    reason: str,
    material: bool | None,
    correct_by: datetime | None = None,
) -> None:
    """Let the office send back a report that awaits its verdict.

    It says why, whether the fault is of substance (`material`; None means unsaid), and may set a limit
    (`correct_by`) after `now`. Once reports are no longer taken it must: a unit that cannot answer a return
    would be overdue for good.
    """
    _check_awaits(facts, now, "退回")
    _check_said(reason, "退回须写明原因，让单位知道改什么。")
    if material is None:
        raise DubanError("退回须说明是否属于实质性问题：实质性问题影响按时认定，一般瑕疵不影响。")
    if correct_by is not None and whole_second(correct_by) <= whole_second(now):
        message = f"更正期限须晚于现在；所填为{in_words(correct_by)}，请另定期限，或不填更正期限。"
        raise DubanError(message)
    closes = closes_at(known(facts, judged_at(facts, now)))
    if correct_by is None and closes is not None and whole_second(now) > closes:
        message = f"该事项已于{in_words(closes)}截止补报，退回后单位不能再上报；退回须同时写明更正期限。"
        raise DubanError(message)


def check_extend(
    facts: ObligationFacts, now: datetime, *, asked_at: datetime, until: datetime, reason: str
) -> None:
    """Let a later due moment be set: for a reason, asked for in time, definite (DESIGN.md §5.9)."""
    here = _here(facts, now)
    _check_extendable(here.state)
    if here.effective_due is None:
        raise DubanError("该事项没有规定期限，不需要延期。")
    _check_said(reason, "延期须写明理由。")
    _check_asked_in_time(asked_at, here.effective_due, now)
    _check_new_limit(until, here.effective_due, now)


def check_exempt(facts: ObligationFacts, now: datetime, *, reason: str, approver: str) -> None:
    """Let a unit off, with a reason and the name of who approved it (DESIGN.md §5.8)."""
    match _here(facts, now).state:
        case State.EXEMPT:
            raise DubanError("该事项已免报，无需重复办理。")
        case State.ACCEPTED:
            raise DubanError("该事项已接收办结，不能再免报；请核对期次和单位是否选对。")
        case _:
            _check_said(reason, "免报须写明理由。")
            _check_said(approver, "免报须写明批准人。")


def _check_awaits(facts: ObligationFacts, now: datetime, move: str) -> None:
    state = _here(facts, now).state
    if state is not State.SUBMITTED:
        raise DubanError(_NOTHING_TO_JUDGE[state].format(move=move))


def _check_said(text: str, message: str) -> None:
    if not text.strip():
        raise DubanError(message)


def _check_extendable(state: State) -> None:
    match state:
        case State.EXEMPT:
            raise DubanError("该事项已免报，不需要延期。")
        case State.SUBMITTED:
            raise DubanError("该事项已上报，不需要延期；如需重报，请先由办公室退回。")
        case State.ACCEPTED:
            raise DubanError("该事项已接收办结，不能再延期。")
        case _:
            return


def _check_asked_in_time(asked_at: datetime, due: datetime, now: datetime) -> None:
    if whole_second(asked_at) > whole_second(now):
        message = f"申请时间不能晚于现在；所填为{in_words(asked_at)}，请核对。"
        raise DubanError(message)
    if whole_second(asked_at) > due:
        message = (
            f"延期须在到期前申请：期限为{in_words(due)}，申请时间为{in_words(asked_at)}，已过期限，不能延期；"
            "请尽快上报，按迟报登记。"
        )
        raise DubanError(message)


def _check_new_limit(until: datetime, due: datetime, now: datetime) -> None:
    if whole_second(until) <= due:
        message = f"新期限须晚于原期限{in_words(due)}；所填为{in_words(until)}，请另定期限。"
        raise DubanError(message)
    if whole_second(until) <= whole_second(now):
        message = f"新期限须晚于现在；所填为{in_words(until)}，请另定期限。"
        raise DubanError(message)
