"""A line of the journal that somebody noted earlier, held against the chain as it is now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.errors import DubanError
from .tables import JournalEntry

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

WHOLE = 64  # hexadecimal digits of a hash
LEAST = 16  # what may be left out by hand; fewer digits prove little
_MOST = 2**53
_NUMBER = re.compile(r"第\s*(\d{1,16})\s*条|^\s*(\d{1,16})(?!\S)", re.ASCII)
_HASH = re.compile(rf"[0-9a-f]{{{LEAST},{WHOLE}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Noted:
    """A number and a hash, or its first digits, as they were noted."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class HeadCheck:
    """What became of an entry that was noted: is it there, does its hash agree, and when it was made (UTC).

    ``digits`` is how many digits of the hash were compared; all of them are 64.
    """

    seq: int
    there: bool
    same: bool
    digits: int
    at: datetime | None = None


def check_head(session: Session, seq: int, hash_: str) -> HeadCheck:
    """Tell whether entry ``seq`` still carries the hash of which ``hash_`` gives the first digits.

    What is compared is the entry's own hash; that the entry and all before it agree with it is for
    :func:`journal.verify` to prove.
    """
    row = session.execute(
        select(JournalEntry.hash, JournalEntry.at).where(JournalEntry.seq == seq)
    ).one_or_none()
    if row is None:
        return HeadCheck(seq, there=False, same=False, digits=len(hash_))
    return HeadCheck(seq, there=True, same=row.hash.startswith(hash_), digits=len(hash_), at=row.at)


def read_noted(line: str) -> Noted:
    """Read a line as :func:`journal.head_line` gives it, or a number and a hash with a space between.

    Raises :class:`DubanError` when either is not to be found.
    """
    number = _NUMBER.search(line)
    if number is None:
        raise DubanError("没有看到条号。请整行粘贴，如“留痕截至第12条……校验码……”，或写“12 校验码”。")
    before, marked, after = line.partition("校验码")
    told = after if marked else before[number.end() :]
    digits = re.sub(r"[\s:：。，,]", "", told).lower()
    if _HASH.fullmatch(digits) is None:
        raise DubanError(
            f"校验码应为{WHOLE}位数字和字母a至f，抄录时至少写出前{LEAST}位；现有{len(digits)}位。请对照原件重填。"
        )
    seq = int(number[1] or number[2])
    if not 1 <= seq <= _MOST:
        raise DubanError("条号应为从1开始的整数，请对照原件重填。")
    return Noted(seq, digits)
