"""Key persons and places: what may be written of them, and when they are next visited. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from unicodedata import normalize

from .errors import DubanError
from .moments import END_OF_DAY, SHANGHAI, in_words
from .words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_LABEL = 30
RETRY = 7  # days
# A number is a number however it is spaced; a citizen's has 18 digits (the last may be X) or, of old, 15.
_GAP = r"[\s\-.·_]*"
_IDENTITY = re.compile(rf"(?<!\d)(?:(?:\d{_GAP}){{17}}[\dXx]|(?:\d{_GAP}){{14}}\d)(?!\d)")
_MOBILE = re.compile(rf"(?<!\d)1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")


class Result(Word):
    """What a visit found."""

    NORMAL = "normal", "正常"
    ABNORMAL = "abnormal", "异常"


def check_plain(*texts: str) -> None:
    """Refuse text with an identity number or a mobile number in it: the work needs neither."""
    for text in texts:
        plain = normalize("NFKC", text)
        if _MOBILE.search(plain):
            raise DubanError("这里不写手机号码；只写办理所需要的内容，如“王某某（三组）”。")
        if _IDENTITY.search(plain):
            raise DubanError("这里不写身份证号码；只写办理所需要的内容，如“王某某（三组）”。")


def check_label(label: str) -> None:
    """Let an entry be called by a label that is short and holds no numbers of a person."""
    if not label.strip():
        raise DubanError("请写明称呼，如“王某某（三组）”。")
    if len(label) > LONGEST_LABEL:
        raise DubanError(f"称呼最多{LONGEST_LABEL}字，现有{len(label)}字；住址只写到组。")
    check_plain(label)


def check_reason(text: str, what: str) -> None:
    """Refuse an empty text, naming what it should say."""
    if not text.strip():
        raise DubanError(f"请写明{what}。")
    check_plain(text)


def check_visit(result: Result | None, seen: bool | None, text: str) -> tuple[bool, Result]:  # noqa: FBT001
    """Let a visit be recorded, and give what was said: whether it was seen, and what was found.

    What is abnormal, or was not seen, is described.
    """
    if seen is None:
        raise DubanError("请选择见到，还是没有见到。")
    if result is None:
        raise DubanError("请选择正常，还是异常。")
    if (result is Result.ABNORMAL or not seen) and not text.strip():
        raise DubanError("有异常或者没有见到的，请写明情况。")
    check_plain(text)
    return seen, result


def check_watched(off_at: datetime | None) -> None:
    """Let only what is still watched be visited or taken off."""
    if off_at is not None:
        raise DubanError(f"已于{in_words(off_at)}移出，不再回访。")


def visit_by(last: date, every: int) -> datetime:
    """Give the last second (Asia/Shanghai) of the day by which the next visit is due."""
    return datetime.combine(last + timedelta(days=every), END_OF_DAY, SHANGHAI)


def next_visit(since: date, visits: Iterable[tuple[date, bool]], every: int) -> datetime:
    """Give by when the next visit is due, after those of these days in order, each with whether it was seen.

    Nobody seen is no visit: it is tried again within :data:`RETRY` days, or ``every`` if that is sooner.
    """
    by = visit_by(since, every)
    for day, seen in visits:
        by = visit_by(day, every if seen else min(every, RETRY))
    return by


def visible(roles: Iterable[str], role: str | None) -> bool:
    """Tell whether one of this role may see a kind of entry, by the roles that its plan names."""
    return role in set(roles)
