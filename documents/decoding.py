"""The text of a file whose encoding nobody says."""

from __future__ import annotations

import codecs


def text_in(data: bytes) -> str | None:
    """Give a text in UTF-8, UTF-16 with its mark, or GB 18030 (of which GBK and GB 2312 are parts).

    None for anything else.
    """
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8-sig", "gb18030")
