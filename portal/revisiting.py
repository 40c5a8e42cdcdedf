"""What is typed of a revisit of the look-back, at the desk and by the unit that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..app import clock
from ..ledger.lookbacks import Visit
from ..obligations.errors import DubanError
from ..obligations.looking_back import Found
from .filled import word
from .reporting import just_now, moment_of

if TYPE_CHECKING:
    from starlette.datastructures import FormData

__all__ = ["just_now", "visit"]


def visit(typed: FormData) -> Visit:
    """Give what a revisit found, as typed; raises :class:`DubanError` for what cannot be read."""
    found, until = word(typed, "found"), word(typed, "until")
    if found not in set(Found):
        raise DubanError("请选择复查结果：属实、反弹，还是未整改。")
    if not word(typed, "day"):
        raise DubanError("请填写复查时间。")
    limit = clock.end_of_day(until) if until else None
    return Visit(Found(found), moment_of(typed), word(typed, "by"), word(typed, "text"), limit)
