"""The look-back (回头看): what is visited once more, by whom not, and what may be said of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from .draw import Candidate, order
from .errors import DubanError
from .finding_moves import own_people, same_people
from .words import FindingState, Grade, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from .finding_moves import Party


class Why(Word):
    """Why something is visited once more; a thing has the first of these that holds."""

    GRAVE = "grave", "重大隐患"
    REOPENED = "reopened", "曾重新打开"
    LATE = "late", "逾期整改"
    SAMPLED = "sampled", "随机抽查"
    REPORTS = "reports", "曾迟报漏报"


class Found(Word):
    """What a revisit found, held against what was promised."""

    TRUE = "true", "属实"
    REBOUND = "rebound", "反弹"
    FALSE = "false", "未整改（虚假销号）"


@dataclass(frozen=True, slots=True)
class Past:
    """What a look-back has to know of a finding; ``late``: it was once rectified after its limit."""

    grade: Grade
    state: FindingState
    reopened: int
    first_due_at: datetime
    fixed_at: datetime | None
    late: bool = False


def why(past: Past, now: datetime) -> Why | None:
    """Give why a finding must be visited once more; None when it need not, or only if it is drawn.

    It was late when it was rectified, or is still not, after its first limit, whatever was granted later. One
    that was struck out as none has no rectification to be late with.
    """
    if past.grade is Grade.GRAVE:
        return Why.GRAVE
    if past.reopened:
        return Why.REOPENED
    if past.fixed_at is None and past.state is FindingState.CLOSED:
        return None
    return Why.LATE if past.late or (past.fixed_at or now) > past.first_due_at else None


def sample_size(others: int, percent: int, at_least: int) -> int:
    """Give how many of the other closed findings are drawn: a share, rounded up, and at least so many."""
    return min(others, max(ceil(others * percent / 100), at_least))


def share(seed: str, context: str, owners: Sequence[int], visitors: Mapping[int, str]) -> list[int | None]:
    """Give for each thing to visit, by the unit that answers for it, the unit that visits, if there is one.

    None visits what it answers for itself. Whoever has fewer so far comes first, then the lot decides;
    ``visitors`` are units by number, with their codes.
    """
    load: Counter[int] = Counter()
    numbers = {code: number for number, code in visitors.items()}
    found: list[int | None] = []
    for place, owner in enumerate(owners, 1):
        free = [Candidate(code, code, load[one]) for one, code in visitors.items() if one != owner]
        first = next(iter(order(seed, f"{context}/{place}", free)), None)
        chosen = numbers[first.code] if first else None
        if chosen is not None:
            load[chosen] += 1
        found.append(chosen)
    return found


def check_visitor(visitor: Iterable[str], own: Iterable[str]) -> None:
    """Refuse a unit that would visit what it has to answer for itself.

    Each side is the codes of units that are the same as far as this goes: itself, and what carries on for it.
    """
    if set(visitor) & set(own):
        raise DubanError("整改责任单位不能自己复查，请另派单位或检查人员。")


def check_people(people: str, fixed_by: str, closed_by: str, whose: Party) -> None:
    """Refuse those as visitors who rectified what is visited or closed it, or are of the unit it is about."""
    for who, what in ((fixed_by, "整改人"), (closed_by, "销号人")):
        if same := same_people(people, who):
            raise DubanError(f"“{'、'.join(same)}”是这处隐患的{what}，不能自己复查；请由其他人办理。")
    if own := own_people([people], whose):
        raise DubanError(f"“{'、'.join(own)}”是责任单位“{whose.name}”的人，不能由本单位自己复查。")


def check_result(known: Found | None, text: str) -> None:
    """Let the result of a revisit in: once, and in words."""
    if known is not None:
        raise DubanError(f"这一项已复查，结果为“{known.zh}”，不能再改；确需说明的，请另行记录。")
    if not text.strip():
        raise DubanError("请写明现场看到的情况。")
