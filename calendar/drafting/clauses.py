"""The numbering of an official document: 一、（一）1.（1）一是 and what clause a sentence stands under."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HAN = "一二三四五六七八九十百"
_DEPTHS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (0, re.compile(rf"第([{_HAN}\d]+)[章节部][分]?[ 、：]?")),
    (1, re.compile(rf"([{_HAN}]{{1,3}})[、.](?!\d)")),
    (1, re.compile(rf"(第[{_HAN}\d]+条)[ ：、]?")),
    (2, re.compile(rf"（([{_HAN}]{{1,3}})）[、.]?")),
    (2, re.compile(r"(\d{1,2}\.\d{1,2})(?![\d月])[ 、.]?")),
    (3, re.compile(r"(\d{1,2})[.、](?!\d)")),
    (4, re.compile(r"（(\d{1,2})）")),
    (4, re.compile(r"([①-⑳])")),
)
_ITEM = re.compile(rf"([{_HAN}]{{1,3}})(?:是|要)(?!否)")
_OTHER_ITEM = re.compile(r"(第[一二三四]季度(?=：)|（(?:\d{1,2}|[一二三四五六七八九十]{1,3})）)")
_FORM = {0: "第{}章", 1: "{}", 2: "（{}）", 3: "{}", 4: "（{}）"}
_HEADING = 32


@dataclass(frozen=True, slots=True)
class Heading:
    """A number at the head of a paragraph: its depth, its mark, and how many signs it takes."""

    depth: int
    mark: str
    length: int


def heading(paragraph: str) -> Heading | None:
    """Give the number that a folded paragraph begins with."""
    for depth, pattern in _DEPTHS:
        if found := pattern.match(paragraph):
            return Heading(depth, found[1], found.end())
    return None


def item(sentence: str) -> str | None:
    """Give the number of a sentence within its paragraph: 一 for “一是……”, 第一季度 for “第一季度：”."""
    found = _ITEM.match(sentence) or _OTHER_ITEM.match(sentence)
    return found[1] if found else None


def title_of(paragraph: str, length: int) -> str:
    """Give the words of a heading, after its number: up to a full stop, when they are short enough."""
    words = paragraph[length:].strip()
    head = re.split(r"[。：]", words, maxsplit=1)[0]
    return head if len(head) <= _HEADING else ""


class Path:
    """Where the reading stands: the numbers above, kept as paragraphs go by."""

    def __init__(self) -> None:
        self._marks: dict[int, str] = {}
        self._titles: dict[int, str] = {}

    def enter(self, at: Heading, title: str) -> None:
        """Go to a numbered paragraph; deeper numbers end here."""
        for kept in (self._marks, self._titles):
            for depth in [depth for depth in kept if depth >= at.depth]:
                del kept[depth]
        self._marks[at.depth] = at.mark
        self._titles[at.depth] = title

    @property
    def clause(self) -> str:
        """Give the clause as the hand-made plans write it: 三（二）1（2）; 引言 before the first number."""
        marks = sorted(self._marks.items())
        # 第四条 and 2.1 say where they are by themselves.
        own = next((n for n, (_, mark) in enumerate(marks) if mark.endswith("条") or "." in mark), 0)
        marks = marks[own:]
        return "".join(_shown(depth, mark) for depth, mark in marks) or "引言"

    @property
    def titles(self) -> tuple[str, ...]:
        """Give the words of the headings above, the outermost first."""
        return tuple(title for _, title in sorted(self._titles.items()) if title)


def _shown(depth: int, mark: str) -> str:
    return mark if mark in "①②③④⑤⑥⑦⑧⑨⑩" or "." in mark else _FORM[depth].format(mark)
