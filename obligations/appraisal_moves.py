"""Which moves of an appraisal are lawful: each check passes in silence or raises DubanError, saying why not.

A draft is never edited: what is wrong in it is put right by a line beside it, with a reason. Moments may be
in any zone, but must have one.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from .appraisal_rules import NOUGHT, points_text, signed_text
from .errors import DubanError
from .moments import in_words

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

LONGEST = 1000
_POINTS = re.compile(r"[+-]?\d{1,4}(?:\.\d{1,2})?")


def read_points(text: str) -> Decimal:
    """Read points as people type them. Raises :class:`DubanError` for what is no number of two decimals."""
    plain = text.strip().replace("－", "-").replace("＋", "+").replace("．", ".")
    if not (plain.isascii() and _POINTS.fullmatch(plain)):
        raise DubanError(f"分数应写成数字，最多两位小数，如 0.5；填的是“{text.strip()[:20]}”。")
    return Decimal(plain)


def reason(text: str, what: str) -> str:
    """Give a text that must be there; ``what`` names it. Raises :class:`DubanError` for none, or too long."""
    if not text.strip():
        raise DubanError(f"请写明{what}。")
    if len(text.strip()) > LONGEST:
        raise DubanError(f"{what}不能超过{LONGEST}字，现有{len(text.strip())}字。")
    return text.strip()


def check_telling(*, published: bool) -> None:
    """Let it be noted that a unit was told of its draft."""
    if published:
        raise DubanError("考核结果已经公布，不用再登记告知。")


def check_appeal(
    *, published: bool, until: datetime, now: datetime, line: int, lines: int, since: Collection[int] = ()
) -> None:
    """Let a unit appeal against a line of its draft (from 1), or with 0 the whole, while there is time.

    ``since`` are the numbers of what has changed it since.
    """
    if published:
        raise DubanError("考核结果已经公布，不能再申诉；有异议的请联系办公室。")
    if now > until:
        raise DubanError(f"申诉已于{in_words(until)}截止；有异议的请联系办公室。")
    if not 0 <= line <= lines and line not in since:
        raise DubanError(f"没有第{line}项；本单位的结果共{lines}项。")


def check_answer(*, decided: bool, published: bool) -> None:
    """Let the office answer an appeal, once."""
    if decided:
        raise DubanError("这件申诉已经答复过了，答复不能改。")
    if published:
        raise DubanError("考核结果已经公布，不能再更正。")


def check_adjustment(total: Decimal, points: Decimal, most: Decimal, *, published: bool) -> None:
    """Let the office adjust a draft so that it stays between nought and ``most``."""
    if published:
        raise DubanError("考核结果已经公布，不能再更正。")
    if points == NOUGHT:
        raise DubanError("更正的分数不能是0。")
    if not NOUGHT <= total + points <= most:
        raise DubanError(
            f"现在得{points_text(total)}分，更正{signed_text(points)}分后为{points_text(total + points)}分，"
            f"超出了0至{points_text(most)}分。"
        )


def check_bonus(points: Decimal, most: Decimal, *, drafted: bool) -> None:
    """Let the office enter a bonus of so many points, ``most`` at a time, until the results are drawn up."""
    if drafted:
        raise DubanError("本期结果已经拟出，不能再登记加分；漏记的，请在该单位的结果页面更正。")
    if not NOUGHT < points <= most:
        raise DubanError(f"本项加分应大于0、不超过{points_text(most)}分，填的是{points_text(points)}分。")


def check_veto(*, published: bool) -> None:
    """Let a veto be entered, signed or withdrawn until the unit's result is published."""
    if published:
        raise DubanError("该单位本期的考核结果已经公布，不能再登记、签批或撤销一票否决。")


def check_signing(*, veto: bool, signed: bool, withdrawn: bool) -> None:
    """Let a person sign a veto, once."""
    if not veto:
        raise DubanError("加分由批准人批准，不用签批。")
    if signed:
        raise DubanError("这件一票否决已经签批过了。")
    if withdrawn:
        raise DubanError("这件一票否决已经撤销，不能签批。")


def check_withdrawal(*, veto: bool, withdrawn: bool, drafted: bool) -> None:
    """Let an entry be withdrawn, once; a bonus only until the results are drawn up."""
    if withdrawn:
        raise DubanError("这件登记已经撤销过了。")
    if drafted and not veto:
        raise DubanError("本期结果已经拟出，不能再撤销加分；记错的，请在该单位的结果页面更正。")


def check_publication(*, until: datetime, now: datetime, appeals: int, unsigned: int, told: bool) -> None:
    """Let a result be published once its unit was told, had its time for appeals, and nothing is open."""
    if not told:
        raise DubanError("还没有告知该单位（没有联系人，或通知没有发出）；请当面或打电话告知，登记后再公布。")
    if now <= until:
        raise DubanError(f"申诉期到{in_words(until)}止，还不能公布。")
    if appeals:
        raise DubanError(f"还有{appeals}件申诉没有答复，不能公布。")
    if unsigned:
        raise DubanError(f"还有{unsigned}件一票否决没有签批或撤销，不能公布。")
