"""Chinese numerals as an official document writes them: 三, 十五, 二十九, 〇, 二〇二三, 两."""

from __future__ import annotations

_DIGITS = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "正": 1, "元": 1}


def number(text: str) -> int:
    """Give a number below a thousand, in digits or in Chinese. Raises ValueError for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    total = units = 0
    for sign in text.replace("廿", "二十").replace("卅", "三十").removeprefix("初"):
        if sign in "十百":
            total += (units or 1) * (10 if sign == "十" else 100)
            units = 0
        elif sign in _DIGITS:
            units = _DIGITS[sign]
        else:
            raise ValueError(text)
    return total + units


def year_number(text: str) -> int:
    """Give a year of four digits, Chinese or not. Raises ValueError for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    return int("".join(str(_DIGITS[sign]) if sign in _DIGITS else "x" for sign in text))
