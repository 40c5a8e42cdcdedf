"""The text of an official paper: numbered headings, paragraphs, tables, charts, on upright or wide pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from .official_chart import placed
from .official_page import indent, section
from .official_paper import Chart, Facts, Heading, Labelled, Table, Text
from .official_styles import HEITI, LEVELS
from .official_table import facts, table
from .official_xml import fonts, paragraph, run, styled, w
from .plain_text import plain_line, plain_text
from .wording import ordinal, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .official_paper import Block


@dataclass
class Body:
    """What is being set: how far the headings have counted, and the charts met so far."""

    counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    charts: list[Chart] = field(default_factory=list[Chart])

    def set_(self, blocks: Sequence[Block]) -> Iterator[str]:
        """Give the paragraphs and tables of the blocks; what is wide gets sections of its own.

        The last paragraph stays with what follows, so that no page has a signature alone.
        """
        wide, last = False, len(blocks) - 1
        for lies, some in groupby(enumerate(blocks), key=lambda one: _lies(one[1])):
            if lies != wide:
                yield _section_ends(wide=wide)
                wide = lies
            for number, one in some:
                yield from self._block(one, last=number == last)
        if wide:
            yield _section_ends(wide=True)

    def _block(self, block: Block, *, last: bool) -> Iterable[str]:
        match block:
            case Heading():
                return self._heading(block, last=last)
            case Text():
                return _lines(plain_text(block.text).split("\n"), last=last)
            case Labelled():
                return (_labelled(block),)
            case Table():
                return table(block)
            case Facts():
                return facts(block)
            case Chart():
                self.charts.append(block)
                return placed(block, len(self.charts))

    def _heading(self, heading: Heading, *, last: bool) -> Iterator[str]:
        level = heading.level
        self.counts[level - 1] += 1
        self.counts[level:] = [0] * (len(self.counts) - level)
        text = ordinal(level, self.counts[level - 1]) + plain_line(heading.text)
        if not heading.then:
            yield styled(f"Heading{level}", run(text))
            return
        first, *others = plain_text(heading.then).split("\n")
        runs = run(text, fonts(LEVELS[level - 1])) + run(first)
        yield styled("BodyText", runs, *_kept(last and not others), w("outlineLvl", val=level - 1))
        yield from _lines(others, last=last)


def _labelled(block: Labelled) -> str:
    label = f"{plain_line(block.label)}："
    runs = run(label, fonts(HEITI)) + run(plain_line(block.text))
    hang = width(label)
    return paragraph(runs, indent(left=2 + hang, hanging=hang))


def _lines(lines: Sequence[str], *, last: bool) -> Iterator[str]:
    said = [line for line in lines if line]
    for number, line in enumerate(said, 1):
        yield styled("BodyText", run(line), *_kept(last and number == len(said)))


def _kept(with_next: bool) -> tuple[str, ...]:  # noqa: FBT001 - one word says it
    return (w("keepNext"),) if with_next else ()


def _lies(block: Block) -> bool:
    return isinstance(block, Table) and block.wide


def _section_ends(*, wide: bool) -> str:
    """End a section in a paragraph that takes no room."""
    tiny = w("spacing", line=20, lineRule="exact")
    return paragraph("", tiny, section(wide=wide))
