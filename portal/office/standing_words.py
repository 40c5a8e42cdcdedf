"""How an obligation stands, in a few sentences that say why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...obligations.moments import in_words
from ...obligations.words import Outcome, State
from ..pages import long

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ...ledger.matter import Matter


def sentences(matter: Matter, now: datetime) -> list[str]:
    """Give why an obligation stands as it does at ``now``, one sentence for each reason."""
    return [one for one in (*_due(matter), *_outcome(matter, now), *_closing(matter, now)) if one]


def _due(matter: Matter) -> Iterator[str]:
    due, printed = matter.standing.effective_due, matter.round.due_at
    if due is None:
        yield "本期不定期限，有情况即报。"
    elif printed is not None and due != printed:
        yield f"原期限为{in_words(printed)}，已准予延期至{in_words(due)}。"
    else:
        yield f"期限为{in_words(due)}{'（暂定）' if matter.round.provisional else ''}。"


def _outcome(matter: Matter, now: datetime) -> Iterator[str]:
    here = matter.standing
    match here.outcome:
        case Outcome.EXEMPT:
            yield "已批准免报，不计入应报。"
        case Outcome.RETURNED:
            yield from _returned(matter, now)
        case Outcome.MISSING:
            yield f"至今没有收到可认定的上报，已逾期{long(here.overdue_by)}。"
        case Outcome.PENDING:
            if here.effective_due is not None:
                yield f"还没有上报，距到期还有{long(here.effective_due - now)}。"
        case _:
            yield from _came(matter)


def _returned(matter: Matter, now: datetime) -> Iterator[str]:
    verdict = matter.returned
    if verdict is None or matter.last is None:
        return
    kind = "有实质性问题" if verdict.material else "有一般瑕疵"
    yield f"第{matter.last.report.version}版{kind}，已于{in_words(verdict.at)}退回，尚未重新上报。"
    if verdict.correct_by is not None:
        past = "，已过更正期限" if verdict.correct_by < now else ""
        yield f"更正期限为{in_words(verdict.correct_by)}{past}。"
    if not verdict.material:
        yield "一般瑕疵不影响按时认定。"
    elif matter.standing.overdue_by is not None:
        yield f"退回前的上报不算按时，按未报计已逾期{long(matter.standing.overdue_by)}。"


def _came(matter: Matter) -> Iterator[str]:
    here = matter.standing
    if here.credited_at is None:
        return
    came = f"{in_words(here.credited_at)}收到，以此认定"
    match here.outcome:
        case Outcome.LATE:
            yield f"{came}；晚于期限{long(here.overdue_by)}，为迟报。"
        case Outcome.EXTENDED:
            yield f"{came}；在延期之内。"
        case Outcome.NIL:
            yield f"{came}；按时，为零报告。"
        case _:
            yield f"{came}；按时。"
    yield "办公室已接收。" if here.state is State.ACCEPTED else "等待办公室接收。"


def _closing(matter: Matter, now: datetime) -> Iterator[str]:
    if matter.standing.state in (State.OWED, State.RETURNED) and matter.closes_at is not None:
        if now > matter.closes_at:
            yield f"补报已于{in_words(matter.closes_at)}截止。"
        elif matter.standing.overdue_by is not None:
            yield f"补报收到{in_words(matter.closes_at)}为止。"
