"""Text from outside made fit for a cell, a file name or a calendar: nothing hides or turns what is read."""

from __future__ import annotations

import re

LONGEST_CELL = 16_000
"""Characters that go into one cell; Excel takes 32,767 halves, and a rare character such as 𠮷 is two."""

_CUT = "…（内容过长，未全部列出）"
_LINE_ENDS = re.compile("\\r\\n|[\\r\\u2028\\u2029]")
# Controls, marks that turn the direction of reading, halves of characters, and what XML cannot hold.
_UNFIT = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069"
    "\\ud800-\\udfff\\ufeff\\ufffe\\uffff]"
)


def plain_text(text: str) -> str:
    """Give a text with its lines ended by a line feed, less control characters and marks of direction."""
    # Whatever has to go is not printable, and most texts are.
    if text.isprintable():
        return text
    return _UNFIT.sub("", _LINE_ENDS.sub("\n", text))


def plain_line(text: str) -> str:
    """Give a text as one line, with single spaces."""
    return " ".join(plain_text(text).split())


def cell_text(text: str) -> str:
    """Give a text as one cell of a workbook can hold it; what is too long says that it was cut."""
    plain = plain_text(text)
    return plain if len(plain) <= LONGEST_CELL else plain[: LONGEST_CELL - len(_CUT)] + _CUT
