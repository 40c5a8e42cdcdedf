"""The head of an official paper: who issues it in red, its number, the red line, the title, the addressee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .official_page import BODY_POINTS, CHARACTER, LINE, WIDTH, twips
from .official_styles import FANGSONG, HEITI, KAITI, RED, TITLE_LINE, TITLE_POINTS, XIAOBIAOSONG
from .official_title import title_lines
from .official_xml import fonts, paragraph, run, size, styled, w
from .plain_text import plain_line
from .wording import width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .official_paper import Paper

_MARK_BELOW: Final = 35
_LINE_BELOW: Final = 4
_POINT = 25.4 / 72
_ROOM: Final = WIDTH / _POINT
# The mark is as large as one line allows, and narrowed before it is made small.
_LARGEST, _NARROWEST = 48, 0.6
_RED_LINE = {"val": "single", "sz": 12, "color": RED}


def head(paper: Paper) -> Iterator[str]:
    """Give the paragraphs down to the first of the text."""
    if paper.head:
        yield _mark(plain_line(paper.head))
        yield _number(paper)
    if paper.title:
        yield from _title(paper)
    if paper.to:
        yield paragraph(
            run(f"{plain_line(paper.to)}："), w("spacing", before=LINE, line=LINE, lineRule="exact")
        )


def _mark(name: str) -> str:
    points, scale = mark_size(name)
    looks = (fonts(XIAOBIAOSONG), w("color", val=RED), w("w", val=scale), size(points))
    room = w("spacing", before=twips(_MARK_BELOW), line=round(points * 20), lineRule="exact")
    return paragraph(run(name, *looks), room, w("jc", val="center"))


def mark_size(name: str) -> tuple[int, int]:
    """Give how large the mark is in points, and to how many per cent its characters are narrowed."""
    wide = max(1.0, width(name))
    points = min(_LARGEST, int(_ROOM / (wide * _NARROWEST)))
    return points, min(100, int(_ROOM / (wide * points) * 100))


def _number(paper: Paper) -> str:
    """Give the line of the number, with the red line 4 mm under it."""
    border = w("pBdr", w("bottom", **_RED_LINE, space=round(_LINE_BELOW / _POINT)))
    room = w("spacing", before=2 * LINE, line=BODY_POINTS * 20, lineRule="exact")
    number = plain_line(paper.number)
    if not paper.signer:
        return paragraph(run(number), border, room, w("jc", val="center"))
    # What goes upward has its number on the left and who signs it on the right, one character in.
    tabs = w("tabs", w("tab", val="right", pos=twips(WIDTH) - CHARACTER))
    signer = run("签发人：", fonts(FANGSONG)) + run(plain_line(paper.signer), fonts(KAITI))
    indent = w("ind", left=CHARACTER, leftChars=100)
    return paragraph(run(number) + w("r", w("tab")) + signer, border, tabs, room, indent)


def _title(paper: Paper) -> Iterator[str]:
    most = int(_ROOM / TITLE_POINTS)
    lines = title_lines(plain_line(paper.title) if "\n" not in paper.title else paper.title, most)
    text = run("\n".join(lines))
    if paper.draft:
        text = run("（草稿）", fonts(HEITI)) + w("r", w("br")) + text
    if paper.head:
        yield styled("Title", text, w("spacing", before=2 * LINE, line=TITLE_LINE, lineRule="exact"))
    else:
        yield styled("Title", text)
    if not paper.to:
        yield paragraph("")
