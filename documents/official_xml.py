"""WordprocessingML in small pieces: elements, runs of text and paragraphs, as strings."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from .plain_text import plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def w(name: str, /, *inner: str, **attributes: object) -> str:
    """Give an element of the main namespace; its attributes are of that namespace too."""
    said = "".join(f' w:{key}="{escape(str(value))}"' for key, value in attributes.items())
    body = "".join(inner)
    return f"<w:{name}{said}>{body}</w:{name}>" if body else f"<w:{name}{said}/>"


def root(name: str, *inner: str) -> bytes:
    """Give a whole part whose outermost element this is."""
    return f'{HEADER}<w:{name} xmlns:w="{W}" xmlns:r="{R}">{"".join(inner)}</w:{name}>'.encode()


def fonts(name: str) -> str:
    """Name a font for every kind of character."""
    return w("rFonts", ascii=name, hAnsi=name, eastAsia=name, cs=name, hint="eastAsia")


def size(points: float) -> str:
    """Set the size of characters."""
    return w("sz", val=round(points * 2)) + w("szCs", val=round(points * 2))


def run(text: str, *properties: str) -> str:
    """Give a run of text, broken where its lines are; ``properties`` in the schema's order."""
    lines = (_words(line) for line in plain_text(text).split("\n"))
    return w("r", w("rPr", *properties) if properties else "", w("br").join(lines))


def _words(line: str) -> str:
    return f'<w:t xml:space="preserve">{escape(line, quote=False)}</w:t>' if line else ""


def paragraph(runs: Sequence[str] | str, *properties: str) -> str:
    """Give a paragraph of some runs; ``properties`` in the schema's order."""
    body = runs if isinstance(runs, str) else "".join(runs)
    return w("p", w("pPr", *properties) if properties else "", body)


def styled(style: str, runs: Sequence[str] | str, *properties: str) -> str:
    """Give a paragraph in a style of :mod:`official_styles`."""
    return paragraph(runs, w("pStyle", val=style), *properties)
