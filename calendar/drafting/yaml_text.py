"""Pieces of YAML written by hand, so that comments stand above what they explain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PLAIN = re.compile(r"[一-鿿A-Za-z“《（][一-鿿A-Za-z0-9“”《》（）〔〕、。；，！？…—·％\-/ .+]*")
_WORDS = re.compile(r"(?:true|false|null|yes|no|on|off|~)", re.IGNORECASE)
_WIDTH = 50


def scalar(text: str) -> str:
    """Give a text as one YAML value: plain where nothing can be misread, else in double quotes."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text).strip()
    if _PLAIN.fullmatch(shown) and not _WORDS.fullmatch(shown) and " #" not in shown:
        return shown
    escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def flow(texts: Iterable[str]) -> str:
    """Give a list on one line."""
    return f"[{', '.join(scalar(text) for text in texts)}]"


def comment(text: str, indent: int) -> Iterator[str]:
    """Give a text as comment lines, broken where they get long."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    margin = " " * indent
    for start in range(0, max(len(shown), 1), _WIDTH):
        yield f"{margin}# {shown[start : start + _WIDTH]}".rstrip()
