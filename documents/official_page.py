"""The page of GB/T 9704-2012: A4, where the text stands on it, 22 lines of 28 characters, page numbers.

All lengths of the standard are in millimetres; Word counts in twentieths of a point, its grid of characters
in 4096ths of a point.
"""

from __future__ import annotations

from typing import Final

from .official_xml import fonts, paragraph, root, run, size, styled, w

SONGTI: Final = "宋体"
_SHORT, _LONG = 210, 297
TOP, LEFT, WIDTH, HEIGHT = 37, 28, 156, 225
RIGHT, BOTTOM = _SHORT - LEFT - WIDTH, _LONG - TOP - HEIGHT
LINES, CHARACTERS = 22, 28
BODY_POINTS: Final = 16
_NUMBER_POINTS: Final = 14
# The dash stands 7 mm below the text: it lies in the middle of its line, which ends half a line lower.
_NUMBER_BELOW = 7
_POINT = 25.4 / 72
_FOOT = BOTTOM - _NUMBER_BELOW - _NUMBER_POINTS * _POINT / 2


def twips(millimetres: float) -> int:
    """Give a length as Word counts it, cut off so that what is to fit does."""
    return int(millimetres / 25.4 * 1440)


LINE: Final = twips(HEIGHT / LINES)
CHARACTER: Final = twips(WIDTH / CHARACTERS)
_TIGHTER: Final = int((WIDTH / CHARACTERS / _POINT - BODY_POINTS) * 4096) - 1


def indent(*, left: float = 0, right: float = 0, hanging: float = 0) -> str:
    """Indent by characters, said in twentieths of a point too for programs that do not count characters."""
    said: dict[str, int] = {}
    for name, characters in (("left", left), ("right", right), ("hanging", hanging)):
        if characters:
            said |= {name: round(characters * CHARACTER), f"{name}Chars": round(characters * 100)}
    return w("ind", **said)


def section(*, wide: bool = False) -> str:
    """Give the properties of a section, which begins on a new page; a ``wide`` one lies on its side."""
    return w("sectPr", *_footers(wide=wide), *(_lying() if wide else _upright()), _grid(wide=wide))


def _upright() -> tuple[str, str]:
    # A width rounded down would take the room of the last character: the page is rounded to the nearest.
    paper = w("pgSz", w=round(_SHORT / 25.4 * 1440), h=round(_LONG / 25.4 * 1440))
    edges = {"top": twips(TOP), "right": twips(RIGHT), "bottom": twips(BOTTOM), "left": twips(LEFT)}
    return paper, w("pgMar", **edges, header=twips(15), footer=twips(_FOOT), gutter=0)


def _lying() -> tuple[str, str]:
    """Turn the page so that its head is at the binding edge, as the standard turns a wide table (9)."""
    paper = w("pgSz", w=round(_LONG / 25.4 * 1440), h=round(_SHORT / 25.4 * 1440), orient="landscape")
    edges = {"top": twips(LEFT), "right": twips(TOP), "bottom": twips(RIGHT), "left": twips(BOTTOM)}
    return paper, w("pgMar", **edges, header=twips(10), footer=twips(10), gutter=0)


def _grid(*, wide: bool) -> str:
    if wide:
        return w("docGrid", type="lines", linePitch=LINE)
    return w("docGrid", type="linesAndChars", linePitch=LINE, charSpace=_TIGHTER)


def _footers(*, wide: bool) -> tuple[str, str]:
    odd, even = FOOTERS_WIDE if wide else FOOTERS
    return _reference("default", odd), _reference("even", even)


def _reference(kind: str, name: str) -> str:
    return w("footerReference", type=kind).replace("/>", f' r:id="{name}"/>')


FOOTERS: Final = ("rIdOdd", "rIdEven")
FOOTERS_WIDE: Final = ("rIdOddWide", "rIdEvenWide")


def footers() -> dict[str, bytes]:
    """Give the footers by the name that sections use: the number is on the right of odd pages."""
    odd = indent(right=1) + w("jc", val="right")
    even = indent(left=1) + w("jc", val="left")
    made = (root("ftr", styled("Footer", _number(), one)) for one in (odd, even))
    turned = (root("ftr", _at_the_side(foot=foot)) for foot in (True, False))
    return dict(zip((*FOOTERS, *FOOTERS_WIDE), (*made, *turned), strict=True))


def _number() -> str:
    """Give ``— 1 —``, the number set by whoever opens the paper."""
    looks = (fonts(SONGTI), size(_NUMBER_POINTS))
    field = (
        w("fldChar", fldCharType="begin"),
        w("instrText", " PAGE "),
        w("fldChar", fldCharType="separate"),
    )
    codes = "".join(w("r", w("rPr", *looks), one) for one in field)
    end = w("r", w("rPr", *looks), w("fldChar", fldCharType="end"))
    return run("— ", *looks) + codes + run("1", *looks) + end + run(" —", *looks)


def _at_the_side(*, foot: bool) -> str:
    """Put the number where it would stand on an upright page: at the left edge, turned with it."""
    room = twips(WIDTH)
    place = w(
        "tblpPr",
        horzAnchor="page",
        vertAnchor="page",
        tblpX=twips(_FOOT),
        tblpY=twips(LEFT),
    )
    properties = (place, w("tblW", w=_NUMBER_POINTS * 20, type="dxa"), w("tblLayout", type="fixed"))
    none = w("tblCellMar", *(w(edge, w=0, type="dxa") for edge in ("left", "right")))
    cell = w("tcPr", w("tcW", w=_NUMBER_POINTS * 20, type="dxa"), w("textDirection", val="tbRl"))
    side = "right" if foot else "left"
    inside = styled("Footer", _number(), w("ind", **{side: CHARACTER}), w("jc", val=side))
    row = w("tr", w("trPr", w("trHeight", val=room, hRule="exact")), w("tc", cell, inside))
    grid = w("tblGrid", w("gridCol", w=_NUMBER_POINTS * 20))
    return w("tbl", w("tblPr", *properties, none), grid, row) + paragraph("", w("pStyle", val="Footer"))
