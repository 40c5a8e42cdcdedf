"""Makes proposals of what was found in a document: in the plan's own words, each with its sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from ..drafting.duties import draft
from ..drafting.text import folded
from ..drafting.writing import write
from ..sources import read_source
from ..undecided import UNDECIDED
from .shapes import DutyValues, HeadValues, Item, Proposed, Sentence, Stretched, StretchValues

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..drafting.found import Found, FoundDuty
    from ..drafting.structure import Sentence as Read

_KEY = re.compile(r"[a-z][a-z0-9-]{0,59}")


def key_of_file(stem: str, year: int | None) -> str:
    """Give a draft a key: the name of its file where that can be one, else the year's."""
    plain = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")
    return plain if _KEY.fullmatch(plain) else f"fangan-{year or 'caogao'}"


def is_key(text: str) -> bool:
    """Tell whether a text can be a plan's key, and the name of its file."""
    return _KEY.fullmatch(text) is not None


def propose(text: str, stem: str) -> Proposed:
    """Read a document's text; ``stem`` is its file's name, without the ending. Never raises."""
    found = draft(text)
    slug = key_of_file(stem, found.years.year)
    # The same writer as ``duban draft`` has, so that the page proposes what the command writes.
    said = read_source(write(found, slug).text, slug).values
    places = _Places(found.structure.text, found.structure.sentences)
    return Proposed(
        text=found.structure.text,
        head=_head(said, slug),
        year_said=found.years.said,
        items=tuple(_items(found, said, places)),
        stretches=tuple(_stretches(found, said, places)),
        sentences=tuple(places.kept),
    )


class _Places:
    """Where sentences stand in the text; those that something was read in are kept, each once."""

    def __init__(self, text: str, sentences: Sequence[Read]) -> None:
        self._read: list[tuple[str, str, int, int]] = []
        self.kept: list[Sentence] = []
        self._numbers: dict[int, int] = {}
        cursor = 0
        for one in sentences:
            start = text.find(one.shown, cursor)
            if start < 0:
                continue
            cursor = start + len(one.shown)
            bare = one.shown.strip()
            first = start + one.shown.index(bare)
            self._read.append((one.clause, bare, first, first + len(bare)))

    def number(self, clause: str, quote: str, after: int = -1) -> tuple[int | None, int]:
        """Give the number of a sentence from ``after`` on, and where the search for the next begins."""
        for n in range(max(after, 0), len(self._read)):
            if self._read[n][:2] == (clause, quote):
                return self._number(n), n
        return None, after

    def _number(self, n: int) -> int:
        if n not in self._numbers:
            self._numbers[n] = len(self.kept)
            self.kept.append(Sentence(start=self._read[n][2], end=self._read[n][3]))
        return self._numbers[n]

    def start_of(self, item: Item) -> int:
        """Give where in the text an item was read; the end for what has no place."""
        return 1 << 40 if item.sentence is None else self.kept[item.sentence].start


def _head(said: dict[str, Any], slug: str) -> HeadValues:
    known = {name: "" if said.get(name) == UNDECIDED else str(said.get(name) or "") for name in _HEAD}
    year = said.get("year")
    return HeadValues(slug=slug, year=year if isinstance(year, int) else None, **known)


_HEAD = ("title", "issuer", "number", "office", "note")


def _items(found: Found, said: dict[str, Any], places: _Places) -> list[Item]:
    listed = cast("list[dict[str, Any]]", said["duties"] if found.duties else [])
    pairs = sorted(zip(found.duties, listed, strict=True), key=lambda one: one[0].order)
    items, cursor = list[Item](), -1
    for n, (duty, written) in enumerate(pairs, 1):
        sentence, cursor = places.number(duty.clause, duty.quote, cursor)
        items.append(_duty(f"d{n}", duty, written, sentence))
    cursor = -1
    for n, one in enumerate(found.unplaced, 1):
        sentence, cursor = places.number(one.clause, one.quote, cursor)
        values = DutyValues(key=f"buchong-{n}")
        items.append(
            Item(
                key=f"u{n}", placed=False, clause=one.clause, quote=one.quote, values=values,
                sentence=sentence, asks=(one.why,),
            )
        )  # fmt: skip
    return sorted(items, key=places.start_of)


def _duty(key: str, duty: FoundDuty, written: dict[str, Any], sentence: int | None) -> Item:
    opens = written.get("opens")
    values = DutyValues(
        key=written["key"],
        name=duty.name,
        who=duty.who if duty.who_said else (),
        kind=written["kind"],
        due=str(written.get("due", "")),
        opens=opens["on"] if opens else "",
        of=tuple(written.get("of", [written["within"]] if "within" in written else [])),
        material=next((one["label"] for one in written.get("form", [])), ""),
        receiver=duty.receiver,
        source=written["source"],
    )
    asks = [duty.when.open_] if duty.when.open_ else []
    asks += [] if duty.who_said else ["本句没有写由谁做"]
    return Item(
        key=key, placed=True, clause=duty.clause, quote=duty.quote, values=values, sentence=sentence,
        lit=tuple(_lit(duty)), said=duty.when.said, sure=duty.sure, rules=duty.rules, asks=tuple(asks),
        maybe=() if duty.who_said else duty.who,
    )  # fmt: skip


def _lit(duty: FoundDuty) -> Iterator[tuple[int, int]]:
    """Give where the date words stand in the quote."""
    plain = folded(duty.quote)
    for words in dict.fromkeys((duty.when.said, *duty.when.said.split("、"))) if duty.when.said else ():
        start = plain.find(folded(words))
        if start >= 0:
            yield start, start + len(words)
            if words == duty.when.said:
                return


def _stretches(found: Found, said: dict[str, Any], places: _Places) -> Iterator[Stretched]:
    quotes = {one.key: (one.clause, one.quote) for one in found.stretches}
    for section in ("phases", "windows"):
        for one in cast("list[dict[str, Any]]", said.get(section, [])):
            clause, quote = quotes.get(one["key"], ("", ""))
            number, _ = places.number(clause, quote) if quote else (None, 0)
            values = StretchValues(phase=section == "phases", **one)
            yield Stretched(values=values, quote=quote, sentence=number)
