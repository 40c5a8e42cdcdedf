"""Dates as a clerk types them: in the plan language, or in the words of documents (每月26日前)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..drafting.moments import phrase_of, when_of
from ..drafting.text import folded
from ..drafting.times import times
from ..drafting.years import Years
from ..phrases import RuleError, parse

if TYPE_CHECKING:
    from ..drafting.found import When


_EXAMPLES = "3月22日、每月26日前、每周五12点前、正月初八、收到通知后5个工作日内"


class Spoken(NamedTuple):
    """A phrase of the plan language, and the kind of duty that the words speak of; empty when they do not."""

    phrase: str
    kind: str = ""


def spoken(text: str, year: int) -> Spoken:
    """Give the phrase that a clerk means. Raises :class:`RuleError` for what is neither.

    ``year`` is the plan's, to which a day without a year belongs.
    """
    try:
        parse(text)
    except RuleError as wrong:
        if found := _in_words(text, year):
            return found
        raise _unreadable(text, wrong) from None
    return Spoken(text)


def _unreadable(text: str, wrong: RuleError) -> RuleError:
    """Give what is wrong with a date, for somebody who does not know the plan language."""
    why = f"：{wrong}" if any(sign.isdecimal() for sign in text) and "看不懂" not in str(wrong) else ""
    said = f"看不懂“{text}”是什么时候{why}。可以写：{_EXAMPLES}。"
    return RuleError(said, wrong.hint, _EXAMPLES)


def _in_words(text: str, year: int) -> Spoken | None:
    plain = folded("".join(text.split()))
    found = times(plain)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(plain)):
        return None
    when = when_of(found[0], Years(year, "", None), None)
    if when.open_ or when.first:
        return None
    return Spoken(phrase, when.kind) if (phrase := _phrase(when, year)) else None


def _phrase(when: When, year: int) -> str:
    if when.due or when.day is None:
        return when.due
    moon = when.lunar[0] if when.lunar and when.day.year == year else ""
    return phrase_of(when.day, year, when.clock, moon)
