"""Who is asked: the units that stand where a sentence names the one that does something."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .unit_words import ENDING, FOLLOWS, GENERIC, NAMED, NOT_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUCH = re.compile(r"等(?:部门|单位|成员单位|有关部门|相关部门)?")
# As far as a list of units can reach: brackets and “，各……” belong to it, other stops end it.
_REACH = re.compile(r"(?:（[^（）◷]{1,24}）|，(?=各)|[^，。；：！？◷□（）《》 ]){1,160}")
_BOUNDARY = re.compile(
    r"(?:^|(?<=[，。；：！？）◷ ])|(?<=请)|(?<=由)|(?<=责成)|(?<=督促)|(?<=要求)|(?<=是)|"
    r"(?<=特别是)|(?<=其中)|(?<=会同)|(?<=联合)|(?<=成立)(?=[督检][查导察]组对))"
)
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.]|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[.、]|[一二三四五六七八九十]{1,3}是|[①-⑳])\s*"
)
_BRACKETS = re.compile(r"（[^）]*）|“[^”]*”")
# “各社区各部门” are two although nothing stands between them.
_BETWEEN = re.compile(
    r"(?:(?<!党委)、|、(?!政府)|和(?!谐|平|美)|以及|及(?!时)|与|，|；|暨|或"
    r"|(?<=社区|单位|部门|大队|中心|学校|街道|各村|乡镇|镇街|企业|科室|站所)(?=各(?!类|项|自|种|级)))(?![^（]*）)"
)
# Who leads and who helps: “派出所牵头，市场监管所配合”, “交警大队会同各派出所”.
_TOGETHER = re.compile(r"(?:牵头|为主)[，、]?|(?:要|应|须)?(?:会同|联合)")
_SHORTEST, _LONGEST = 2, 40
_LABELS = (
    r"(?:(?:第一|主要|直接)?(?:牵头|责任|配合|主办|协办|落实|实施|承办|完成|参与|参加|协同|协作)(?:责任)?(?:单位|部门|主体|领导|科室|人)"
    r"(?:(?:和|及|、)?(?:责任|配合)(?:单位|部门))?)"
)
_LABEL = re.compile(
    rf"(?P<label>{_LABELS})[：](?P<who>(?:（[^（）]*）|[^；。）\n])*?)(?=[；。）\n]|[、，]?{_LABELS}：|[、，](?:完成)?(?:时限|时间)|$)"
)
_HELPING = ("配合", "协办", "参与", "参加", "协同", "协作")


@dataclass(frozen=True, slots=True)
class Actor:
    """Units as the text names them together, and where."""

    start: int
    end: int
    names: tuple[str, ...]
    text: str


def actors(plain: str, masked: str) -> list[Actor]:
    """Give the units that a folded sentence asks something of, in order.

    ``masked`` is the sentence with ◷ in place of its times and □ in place of titles, sign for sign.
    """
    skipped = _NUMBERED.match(masked)
    found: list[Actor] = []
    past = skipped.end() if skipped else 0
    for at in _starts(masked, past):
        if at < past or masked[at : at + 1] in ("，", "、"):
            continue
        if one := _list_at(masked, at):
            end, names = one
            helped = found.pop() if found and _TOGETHER.fullmatch(masked, found[-1].end, at) else None
            start = helped.start if helped else at
            together = (*helped.names, *names) if helped else names
            found.append(Actor(start, end, tuple(dict.fromkeys(together)), plain[start:end]))
            past = end
    return found or _owners(plain, masked, skipped.end() if skipped else 0)


def _owners(plain: str, masked: str, start: int) -> list[Actor]:
    """Give the units whose paper a sentence begins with: “各村（社）工作总结于……”."""
    one = ENDING.search(masked, start, start + 16)
    if one is None or not masked.startswith("各", start) or not (names := _names(masked[start : one.end()])):
        return []
    return [Actor(start, one.end(), names, plain[start : one.end()])]


def _starts(masked: str, first: int) -> list[int]:
    return sorted({first, *(found.start() for found in _BOUNDARY.finditer(masked) if found.start() >= first)})


def _list_at(masked: str, start: int) -> tuple[int, tuple[str, ...]] | None:
    """Give where a list of units that begins at a place ends, and its names; None when there is none."""
    reach = _REACH.match(masked, start)
    for one in ENDING.finditer(masked, start, reach.end()) if reach else ():
        for end in _ends(masked, one.end()):
            if _is_label(masked, start, end):
                return None
            if FOLLOWS.match(masked, end) and (names := _names(masked[start:end])):
                return end, names
        if NOT_NAMES.search(_BRACKETS.sub("", masked[start : one.end()])):
            return None
    return None


def _is_label(masked: str, start: int, end: int) -> bool:
    return masked[end : end + 1] == "：" and re.search(_LABELS, masked[start:end]) is not None


def _ends(masked: str, end: int) -> Iterator[int]:
    """Give where a list may end: after 等部门, else at the last name itself."""
    if such := _SUCH.match(masked, end):
        yield such.end()
    yield end


def _names(text: str) -> tuple[str, ...]:
    names = split_names(text)
    # “城管路面巡查和公安巡防力量” is two by its last word; but “汛期内，各乡镇” is one.
    whole = names if "，" in text else names[-1:]
    named = _SUCH.search(text) is not None or all(NAMED.search(name) for name in whole)
    if not named or not all(map(_is_name, names)) or all(map(_is_nobody, names)):
        return ()
    return names


def _is_name(name: str) -> bool:
    fits = _SHORTEST <= len(name) <= _LONGEST or name == "局"
    return fits and not NOT_NAMES.search(_BRACKETS.sub("", name))


def _is_nobody(name: str) -> bool:
    return GENERIC.fullmatch(name) is not None and not name.startswith(("各", "有关", "相关"))


def split_names(text: str) -> tuple[str, ...]:
    """Give the names of a list of units, brackets kept whole, and 党委、政府 of one place together."""
    bare = re.sub(r"等(?:部门|单位|成员单位|有关部门|相关部门)?$", "", text.strip(" ，。；：、"))
    pieces = _BETWEEN.split(bare)
    return tuple(dict.fromkeys(piece.strip() for piece in pieces if piece and piece.strip()))


def labelled(plain: str) -> tuple[str, ...]:
    """Give the units after 牵头单位：、责任单位： in a sentence; those who merely help only when alone."""
    found = [(one["label"], one["who"]) for one in _LABEL.finditer(plain)]
    main = [who for label, who in found if not label.startswith(_HELPING)]
    names: list[str] = []
    for who in main or [who for _, who in found]:
        names += split_names(who)
    return tuple(dict.fromkeys(name for name in names if name))
