"""Tables of an official paper: the heading repeated on each page, no row broken over two."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from .official_page import BOTTOM, TOP, WIDTH, twips
from .official_styles import HEITI
from .official_xml import fonts, paragraph, run, size, styled, w
from .plain_text import plain_line, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .official_paper import Facts, Table

_NOTE_POINTS: Final = 12
_LYING_WIDTH: Final = 297 - TOP - BOTTOM
_NAMED = 0.2
_ROOMY: Final = 6  # columns; where there are more, the characters are smaller


def table(block: Table) -> Iterator[str]:
    """Give a table with its caption above and its note below."""
    yield styled("Caption", run(plain_line(block.caption))) if block.caption else _GAP
    widths = _widths([one.share for one in block.columns], _LYING_WIDTH if block.wide else WIDTH)
    aligns = [one.align for one in block.columns]
    heading = _row([one.heading for one in block.columns], widths, ["center"] * len(widths), heading=True)
    rows = (_row(row, widths, aligns) for row in block.rows)
    yield _grid(widths, (heading, *rows))
    yield _after(block.note)


def facts(block: Facts) -> Iterator[str]:
    """Give a table of what is named on the left and said on the right."""
    widths = _widths([_NAMED, 1 - _NAMED], WIDTH)
    yield _GAP
    yield _grid(widths, (_row(row, widths, ("center", "left"), named=True) for row in block.rows))
    yield _after("")


_GAP: Final = paragraph("", w("keepNext"), w("spacing", line=120, lineRule="exact"))


def _after(note: str) -> str:
    """Separate a table from what follows; a note stands there."""
    room = w("spacing", after=120, line=320, lineRule="exact")
    said = run(plain_text(note), size(_NOTE_POINTS)) if note else ""
    return paragraph(said, room)


def _widths(shares: Sequence[float], millimetres: float) -> list[int]:
    room, all_ = twips(millimetres), sum(shares)
    return [int(room * share / all_) for share in shares]


def _grid(widths: Sequence[int], rows: Iterable[str]) -> str:
    properties = w(
        "tblPr",
        w("tblStyle", val="TableGrid"),
        w("tblW", w=sum(widths), type="dxa"),
        w("jc", val="center"),
        w("tblLayout", type="fixed"),
    )
    grid = w("tblGrid", *(w("gridCol", w=one) for one in widths))
    return w("tbl", properties, grid, *rows)


def _row(
    cells: Sequence[str],
    widths: Sequence[int],
    aligns: Sequence[str],
    *,
    heading: bool = False,
    named: bool = False,
) -> str:
    style = "CellSmall" if len(cells) > _ROOMY else "Cell"
    whole = w("cantSplit") + (w("tblHeader") if heading else "")
    made = (
        _cell(text, wide, (style, align), strong=heading or (named and index == 0))
        for index, (text, wide, align) in enumerate(zip(cells, widths, aligns, strict=True))
    )
    return w("tr", w("trPr", whole), *made)


def _cell(text: str, wide: int, looks: tuple[str, str], *, strong: bool) -> str:
    # Written out, because a bulletin has thousands of these.
    style, align = looks
    font = f"<w:rPr>{_STRONG}</w:rPr>" if strong else ""
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(
        escape(line, quote=False) for line in plain_text(text).split("\n")
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:jc w:val="{align}"/></w:pPr>'
        f'<w:r>{font}<w:t xml:space="preserve">{lines}</w:t></w:r></w:p></w:tc>'
    )


_STRONG: Final = fonts(HEITI)
