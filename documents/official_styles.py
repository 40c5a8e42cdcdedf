"""Styles, settings and the table of fonts of an official paper: what a clerk finds in Word's own panes."""

from __future__ import annotations

from typing import Final, NamedTuple

from .official_page import BODY_POINTS, CHARACTER, LINE, SONGTI
from .official_xml import fonts, root, size, w

FANGSONG: Final = "仿宋_GB2312"
KAITI: Final = "楷体_GB2312"
HEITI: Final = "黑体"
XIAOBIAOSONG: Final = "方正小标宋简体"
RED: Final = "FF0000"
LEVELS: Final = (HEITI, KAITI, FANGSONG, FANGSONG)
"""The font of a heading, by its level less one (GB/T 9704-2012, 7.3.3)."""
TITLE_POINTS: Final = 22
TITLE_LINE: Final = 660
_TABLE_POINTS, _DENSE_POINTS = 12, 10.5


class _Font(NamedTuple):
    """A font that is named and not shipped, and by which other name a machine may have it."""

    name: str
    other: str


# Windows has the fonts of the standard of 2000 under these other names.
_FONTS = (
    _Font(FANGSONG, "仿宋"),
    _Font(KAITI, "楷体"),
    _Font(HEITI, "SimHei"),
    _Font(XIAOBIAOSONG, "方正小标宋_GBK"),
    _Font(SONGTI, "SimSun"),
)


def font_table() -> bytes:
    """Give the fonts that the paper names."""
    return root("fonts", *(_font(one) for one in _FONTS))


def _font(one: _Font) -> str:
    described = (w("altName", val=one.other), w("charset", val="86"), w("family", val="auto"))
    return w("font", *described, w("pitch", val="variable"), name=one.name)


def settings() -> bytes:
    """Give the settings: page numbers on either side, and punctuation as Chinese papers have it."""
    compatible = w(
        "compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15
    )
    return root(
        "settings",
        w("defaultTabStop", val=CHARACTER * 2),
        w("evenAndOddHeaders"),
        w("drawingGridHorizontalSpacing", val=CHARACTER // 2),
        w("drawingGridVerticalSpacing", val=LINE),
        w("characterSpacingControl", val="doNotCompress"),
        w("compat", w("spaceForUL"), w("balanceSingleByteDoubleByteWidth"), w("useFELayout"), compatible),
        w("themeFontLang", val="en-US", eastAsia="zh-CN"),
    )


def styles() -> bytes:
    """Give the styles; all of them rest on 正文, which is running text without its indent."""
    language = w("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA")
    plain = w("rPr", fonts(FANGSONG), w("kern", val=0), size(BODY_POINTS), language)
    defaults = w("docDefaults", w("rPrDefault", plain), w("pPrDefault"))
    return root("styles", defaults, _normal(), *_named(), _table())


def _exact(points20: int, **more: object) -> str:
    return w("spacing", **more, line=points20, lineRule="exact")


_CELL = w("spacing", line=320, lineRule="atLeast")
_INDENT = w("ind", firstLine=CHARACTER * 2, firstLineChars=200)


def _normal() -> str:
    # Without these Word puts a quarter of a space between hanzi and digits, and lines hold 27 of them.
    apart = (w("autoSpaceDE", val=0), w("autoSpaceDN", val=0))
    whole = (w("widowControl", val=0), w("overflowPunct", val=0))
    set_ = (*whole, *apart, w("snapToGrid", val=0), _exact(LINE), w("jc", val="both"))
    # The grid says 22 and 28 where a clerk looks, but the text keeps to them by its own measure: a character
    # of 16 points is wider than a cell, and programs other than Word then give it two. Less a hair, which
    # they need to round.
    closer = w("spacing", val=CHARACTER - BODY_POINTS * 20 - 1)
    looks = w("rPr", fonts(FANGSONG), closer, size(BODY_POINTS))
    inner = (w("name", val="Normal"), w("qFormat"), w("pPr", *set_), looks)
    return w("style", *inner, type="paragraph", default=1, styleId="Normal")


def _style(key: str, name: str, properties: tuple[str, ...], looks: tuple[str, ...] = ()) -> str:
    inner = (w("name", val=name), w("basedOn", val="Normal"), w("qFormat"), w("pPr", *properties))
    return w("style", *inner, w("rPr", *looks) if looks else "", type="paragraph", styleId=key)


def _heading(level: int, font: str) -> str:
    properties = (w("keepNext"), _INDENT, w("outlineLvl", val=level - 1))
    return _style(f"Heading{level}", f"heading {level}", properties, (fonts(font),))


def _named() -> tuple[str, ...]:
    title = (w("keepLines"), _exact(TITLE_LINE), w("jc", val="center"))
    return (
        _style("Title", "Title", title, (fonts(XIAOBIAOSONG), size(TITLE_POINTS))),
        *(_heading(level, font) for level, font in enumerate(LEVELS, 1)),
        _style("BodyText", "Body Text", (_INDENT,)),
        _style("Footer", "footer", (_exact(280),)),
        _style(
            "Caption",
            "caption",
            (w("keepNext"), _exact(LINE, before=120), w("jc", val="center")),
            (fonts(HEITI), size(14)),
        ),
        _style("Cell", "表格文字", (_CELL,), (size(_TABLE_POINTS),)),
        _style("CellSmall", "表格小字", (_CELL,), (size(_DENSE_POINTS),)),
    )


def _table() -> str:
    edges = ("top", "left", "bottom", "right", "insideH", "insideV")
    lines = w("tblBorders", *(w(edge, val="single", sz=4, space=0, color="000000") for edge in edges))
    margins = w("tblCellMar", *(w(edge, w=60, type="dxa") for edge in ("left", "right")))
    inner = (w("name", val="Table Grid"), w("tblPr", lines, margins))
    return w("style", *inner, type="table", styleId="TableGrid")
