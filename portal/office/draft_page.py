"""What the page of a draft shows: the document with its sentences lit, and a card for each proposal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from ...calendar.dates import local_day
from ...calendar.plan import KINDS_ZH
from ...calendar.reviewing.days import tried
from ...obligations.moments import SHANGHAI, WEEKDAYS
from .draft_forms import can_go_together

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from starlette.datastructures import FormData

    from ...calendar.expansion import RoundSpec
    from ...calendar.reviewing.days import Tried
    from ...calendar.reviewing.settling import Settled, Standing
    from ...calendar.reviewing.shapes import DutyValues, Item
    from ...calendar.workdays import Workdays

PAGE = 60  # cards on one page
_MOST_DAYS = 6
_PLAIN_DAY = re.compile(r"(\d{2})-(\d{2})")
_GRADES = ((0.75, "高"), (0.5, "中"), (0.0, "低"))


class Bit(NamedTuple):
    """A few words, and whether they are date words."""

    text: str
    lit: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a paragraph; ``sentence`` numbers the lit sentence that it is of, which it may begin or end."""

    bits: tuple[Bit, ...]
    sentence: int | None = None
    begins: bool = False
    cards: tuple[Card, ...] = ()
    state: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A proposal with its number on the page, its address, its quote, and the days that it gives."""

    number: int
    one: Standing
    address: str
    quote: tuple[Bit, ...]
    grade: str
    days: Days

    @property
    def item(self) -> Item:
        """Give what was proposed."""
        return self.one.item

    @property
    def seen(self) -> int:
        """Give how many decisions about it the page shows."""
        return len(self.one.acts)


class Days(NamedTuple):
    """The days that a duty gives, in words, how many more there are, and what is wrong with them."""

    said: tuple[str, ...] = ()
    more: int = 0
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft's page: paragraphs, the cards of this page, and where the others are."""

    paragraphs: tuple[tuple[Piece, ...], ...]
    cards: tuple[Card, ...]
    every: int
    start: int
    found: int
    together: int
    rest: int


def shown(
    settled: Settled, year: int, workdays: Workdays, base: str, *, only_open: bool, start: int, item: str
) -> Shown:
    """Give the page; with ``item`` the one that has its card, else the one that begins at ``start``."""
    listed = [one for one in settled.items if not only_open or one.state == "open" or one.item.key == item]
    place = next((n for n, one in enumerate(listed) if one.item.key == item), start)
    start = place // PAGE * PAGE if listed else 0
    here = listed[start : start + PAGE]
    days = tried([one.values for one in here if one.is_duty], settled.stretches, year, workdays)
    cards = dict(_cards(settled, here, days, base))
    return Shown(
        paragraphs=tuple(_paragraphs(settled, cards)),
        cards=tuple(cards[one.item.key] for one in here),
        every=len(listed), start=start, found=len(settled.items),
        together=sum(1 for one in settled.waiting if can_go_together(one)),
        rest=sum(1 for one in settled.waiting if not one.item.placed and not one.acts),
    )  # fmt: skip


def _cards(
    settled: Settled, here: Sequence[Standing], days: Mapping[str, Tried], base: str
) -> Iterator[tuple[str, Card]]:
    on_page = {one.item.key for one in here}
    for n, one in enumerate(settled.items, 1):
        key = one.item.key
        address = f"#{key}" if key in on_page else f"{base}?{urlencode({'item': key})}#{key}"
        result = days.get(one.values.key)
        yield (
            key,
            Card(n, one, address, bits(one.item.quote, one.item.lit), _grade(one.item.sure), days_of(result)),
        )


def _grade(sure: float) -> str:
    return next(word for least, word in _GRADES if sure >= least)


def bits(text: str, lit: Iterable[tuple[int, int]]) -> tuple[Bit, ...]:
    """Give a text in bits, those that are lit marked."""
    found, at = list[Bit](), 0
    for start, end in sorted(lit):
        if start >= at:
            found += [Bit(text[at:start], lit=False), Bit(text[start:end], lit=True)]
            at = end
    return tuple(one for one in (*found, Bit(text[at:], lit=False)) if one.text)


def days_of(result: Tried | None) -> Days:
    """Give in words what was tried out; nothing for what has no days yet."""
    if result is None:
        return Days()
    dues = [_day(one) for one in result.rounds if one.due_at]
    return Days(tuple(dues[:_MOST_DAYS]), max(len(dues) - _MOST_DAYS, 0), result.faults)


def _day(one: RoundSpec) -> str:
    if one.due_at is None:
        return ""
    local = one.due_at.astimezone(SHANGHAI)
    hour = "" if (local.hour, local.minute) == (23, 59) else f" {local:%H:%M}"
    unsure = "，暂定" if one.provisional else ""
    year = "" if local.year == one.year else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日（周{WEEKDAYS[local.weekday()]}{unsure}）{hour}".rstrip()


def try_in_words(values: DutyValues, settled: Settled, now: datetime, workdays: Workdays) -> list[str]:
    """Give in sentences which days a duty gives in the plan's year, and in the present one."""
    said = list[str]()
    own, present = settled.head.year, local_day(now).year
    for year in dict.fromkeys((own or present, present)):
        found = days_of(tried([values], settled.stretches, year, workdays).get(values.key))
        if found.faults:
            return [f"这样写排不出日期：{one}。" for one in found.faults]
        if values.kind == "event":
            return ["没有固定的日期：事情发生以后才起算。"]
        more = f"……共{len(found.said) + found.more}期" if found.more else ""
        said.append(f"{year}年：{'、'.join(found.said) or '一期也没有'}{more}")
    return said


def _paragraphs(settled: Settled, cards: Mapping[str, Card]) -> Iterator[tuple[Piece, ...]]:
    """Give the document's paragraphs, with what was read in them."""
    text, places = settled.proposed.text, settled.proposed.sentences
    about: dict[int, list[Card]] = {}
    for card in cards.values():
        if card.item.sentence is not None:
            about.setdefault(card.item.sentence, []).append(card)
    order = sorted(about, key=lambda n: places[n].start)
    at, ahead = 0, 0
    for line in text.split("\n"):
        pieces, cursor, end = list[Piece](), at, at + len(line)
        while ahead < len(order) and places[order[ahead]].start < end:
            place, theirs = places[order[ahead]], tuple(about[order[ahead]])
            first, last = max(place.start, cursor), min(place.end, end)
            pieces += _plain(text[cursor:first])
            begins, ends = place.start >= at, place.end <= end
            lit = {
                (a + place.start - first, b + place.start - first) for one in theirs for a, b in one.item.lit
            }
            inside = [(a, b) for a, b in lit if a >= 0 and b <= last - first]
            state = _state_of(theirs)
            pieces.append(
                Piece(bits(text[first:last], inside), order[ahead], begins, theirs if ends else (), state)
            )
            cursor = last
            if not ends:
                break
            ahead += 1
        yield (*pieces, *_plain(text[cursor:end]))
        at = end + 1


def _plain(text: str) -> list[Piece]:
    return [Piece((Bit(text, lit=False),))] if text else []


def _state_of(cards: Sequence[Card]) -> str:
    if not any(one.one.is_duty or one.one.state == "struck" for one in cards):
        return "loose"
    states = {one.one.state for one in cards}
    return "open" if "open" in states else "kept" if "kept" in states else "struck"


def day_in_words(phrase: str) -> str:
    """Give a plain date of the plan language as a clerk writes it, and any other phrase as it is."""
    if (day := _PLAIN_DAY.fullmatch(phrase)) and phrase != "02-29":
        return f"{int(day[1])}月{int(day[2])}日"
    return phrase


def values_shown(one: Standing, typed: FormData | None) -> dict[str, str]:
    """Give what a duty's form begins with: what was typed, else what stands."""
    values = one.values
    said = {
        "name": values.name, "who": "、".join(values.who), "who-text": "", "kind": values.kind,
        "due": day_in_words(values.due) if "due" not in values.open else "",
        "opens": day_in_words(values.opens),
        "material": values.material, "receiver": values.receiver, "source": values.source, "reason": "",
    }  # fmt: skip
    if typed is not None:
        said |= {name: str(found) for name in said if isinstance(found := typed.get(name), str)}
    return said


KINDS = tuple(KINDS_ZH.items())
