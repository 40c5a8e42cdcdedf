"""Lunar days and festivals: 除夕至正月初七、初五、清明节前."""

from __future__ import annotations

import re

from .parts import lunar_of, made
from .said import Day, Time


def read_lunar(found: re.Match[str]) -> Time:
    """Read a lunar day: 正月十五、初五."""
    one = lunar_of(found["l"])
    if other := found["l2"]:
        month = re.match(r"(?:农历)?(.+?月)", one)
        end = lunar_of(other) if "月" in other or not month else f"{month[1]}{other}"
        return made(found, "festival", first=Day(0, 0, lunar=one), last=Day(0, 0, lunar=end))
    return made(found, "festival", last=Day(0, 0, lunar=one))


_FEAST_DAYS = {"春节": "正月初一", "元宵": "正月十五", "元宵节": "正月十五"}


def _feast(name: str, month: str = "") -> str:
    """Give the lunar day of a festival or of a day whose month may stand before: 初七 after 正月."""
    if re.search(r"月|^[初十廿二三]", name):
        return lunar_of(name if "月" in name or not month else f"{month}{name}")
    return _FEAST_DAYS.get(name, "劳动节" if name.startswith("五一") else name)


def read_feasts(found: re.Match[str]) -> Time:
    """Read a stretch of festivals: 除夕至正月初七."""
    one = _feast(found["l"])
    month = re.match(r".+?月", one)
    last = Day(0, 0, lunar=_feast(found["l2"], month[0] if month else ""))
    return made(found, "festival", first=Day(0, 0, lunar=one), last=last)


def read_feast(found: re.Match[str]) -> Time:
    """Read a festival: 清明节前."""
    name = found["f"]
    if name.startswith("五一"):
        name = "劳动节"
    return made(found, "festival", last=Day(0, 0, lunar=_FEAST_DAYS.get(name, name)))
