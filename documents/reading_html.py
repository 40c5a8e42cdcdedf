"""The text of a web page, as a notice is published on a government site: a line for each block."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from .reading import decoded

_BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "br",
            "caption",
            "center",
            "dd",
            "div",
            "dl",
            "dt",
            "form",
        ),
        *(
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "li",
            "main",
            "ol",
            "p",
            "pre",
            "section",
            "table",
        ),
        *("tbody", "td", "th", "thead", "title", "tr", "ul"),
    )
)
_HIDDEN = frozenset(("script", "style", "noscript", "template", "head", "nav", "button", "select", "svg"))
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        # The line ends of the source mean nothing on a page; its blocks do.
        if not self._hidden:
            self.pieces.append(" ".join(data.split("\n")))


def text_of_html(data: bytes) -> str:
    """Give the text of a page. Raises DubanError when its encoding cannot be told."""
    parser = _Text()
    parser.feed(_decoded(data))
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _decoded(data: bytes) -> str:
    if found := _CHARSET.search(data[:2000]):
        named = found[1].decode("ascii").lower()
        try:
            return data.decode("gb18030" if named in ("gb2312", "gbk") else named)
        except (LookupError, UnicodeDecodeError):
            return decoded(data)
    return decoded(data)
