"""The units that a document names, as audiences of a plan: by kind where all of a kind are meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..undecided import UNDECIDED

_KINDS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"村(?:（(?:社|居|社区)）|民委员会|居|、?社区|社)|村（社）"), ("村", "社区")),
    (re.compile(r"^(?:各|全镇各|所有)?(?:行政)?村(?:民?委(?:员)?会|两委)?$"), ("村",)),
    (re.compile(r"^(?:各|全镇各|所有)?(?:社区|居(?:民)?委(?:员)?会)$"), ("社区",)),
    (re.compile(r"^各?(?:公安)?派出所$"), ("派出所",)),
    (re.compile(r"^(?:各|辖区|全镇)*(?:中小?学校?|中小学、?幼儿园|幼儿园|小学|学校)$"), ("学校",)),
    (re.compile(r"^(?:全镇|镇级|镇直|镇属|镇?机关)?各?(?:单位|部门|站办?所|科室|办所|内设机构)$"), ("部门",)),
)  # fmt: skip
_SOME = re.compile(r"有关|相关|成员|责任|牵头|各")


@dataclass(frozen=True, slots=True)
class FoundAudience:
    """An audience as drafted: its key and name, the kinds and units that select it, what must be decided."""

    key: str
    name: str
    kinds: tuple[str, ...]
    units: tuple[str, ...]
    asked: str


def audience_of(key: str, names: tuple[str, ...]) -> FoundAudience:
    """Give the audience of the units named together; who “各有关部门” are is for the office to say."""
    kinds: list[str] = []
    units: list[str] = []
    unknown: list[str] = []
    for name in names:
        kind = next((kinds for pattern, kinds in _KINDS if pattern.search(name)), None)
        if kind:
            kinds += kind
        elif _SOME.search(name):
            unknown.append(name)
        else:
            units.append(name)
    asked = f"“{'、'.join(unknown)}”是哪些单位" if unknown else ""
    return FoundAudience(
        key, "、".join(names), tuple(dict.fromkeys(kinds)), (*units, *([UNDECIDED] if unknown else ())), asked
    )
