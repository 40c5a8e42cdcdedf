"""Text files as clerks save them: UTF-8 with or without a mark, or GBK from a Chinese Excel."""

from __future__ import annotations

import csv
import io

from .decoding import text_in
from .roster_table import refusal

_DELIMITERS = ",\t;，"


def decoded(file: str, data: bytes) -> str:
    """Give the text of a file, as :func:`decoding.text_in` does. Raises InputError when it cannot be read."""
    if (text := text_in(data)) is not None:
        return text
    expected = "UTF-8 或 GBK 编码的文本（可在 WPS 或 Excel 中另存为“CSV UTF-8”）"
    raise refusal(file, "不是文本文件，或编码无法识别", expected)


def read_grid(file: str, data: bytes) -> list[list[str]]:
    """Give the rows of a .csv file. Raises InputError when they cannot be told apart."""
    text = decoded(file, data)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise refusal(file, "CSV 格式有误，引号没有成对", "每个引号成对出现") from None
