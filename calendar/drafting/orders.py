"""What is asked without a date: of a unit that is named, or in a phase."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from .found import FoundDuty, When
from .matters import Matter, matter
from .subjects import who_of

if TYPE_CHECKING:
    from .actors import Actor
    from .found import FoundStretch
    from .readings import Context, Read

AIMS = re.compile(
    r"指导思想|总体要求|工作目标|目标任务|总体目标|基本原则|工作原则|背景|形势|编制依据|适用范围"
)
_ORDER = re.compile(
    r"要(?!求|素|点|闻|害)|应当|应(?!急|对)|必须|须(?!知)|务必|不得|严禁|请(?!示)|负责(?!人)|做好|坚持|落实|确保"
)
_BLAME = re.compile(r"追究|问责|追责|处罚|处分|处理决定")
_NEAR = 30
_ASKED = re.compile(
    r"[等也]?，?(?:按照[^。；]*?|[^，。；]{0,12}?)"
    r"(?:要(?!求)|应(?!急)|须|必须|务必|请|负责|将(?!来)|坚持|利用|按照|结合|对[^，。；]{2,20}(?:进行|开展))"
)
_EMPTY = re.compile(
    r"高度重视|提高|切实提高|牢固树立|充分认识|按照|根据|结合|坚持|认清|坚守|精心组织|以|围绕|对照|严格按照"
)


def ordered(read: Read, order: int) -> list[FoundDuty]:
    """Give duties without a date: units are named and asked to do something."""
    if any(AIMS.search(title) for title in read.sentence.titles):
        return []
    asked = [
        one
        for one in read.actors
        if _ASKED.match(read.masked, one.end) and not _BLAME.search(read.masked, one.end, one.end + _NEAR)
    ]
    if not asked:
        return []
    stops = [*(one.start for one in asked[1:]), len(read.masked)]
    return [
        _asked(read, one, stop, order + n) for n, (one, stop) in enumerate(zip(asked, stops, strict=True))
    ]


def _asked(read: Read, asked: Actor, stop: int, order: int) -> FoundDuty:
    found = _first_matter(read, asked.end, stop)
    when, said = When("", "", open_="原文没有写日期"), True
    rules = (f"单位：同句“{asked.text}”", "时间：原文没有写")
    return FoundDuty(
        name_of(found), read.sentence.clause, read.sentence.shown.strip(), when, asked.names, said,
        found.thing, found.receiver, 0.3, rules, order,
    )  # fmt: skip


def in_phase(read: Read, context: Context, order: int) -> list[FoundDuty]:
    """Give what a phase asks although its sentence names no unit."""
    if context.phase is None or read.aside or _BLAME.search(read.masked):
        return []
    found = _first_matter(read, 0, len(read.masked))
    if len(found.words) < 4:
        return []
    who, said, rule = who_of(read, None, (0, 0), context)
    made = FoundDuty(
        name_of(found), read.sentence.clause, read.sentence.shown.strip(), When("", ""), who, said,
        found.thing, found.receiver, 0.2 + 0.1 * said, (rule,), order,
    )  # fmt: skip
    return [made]


def phased(duty: FoundDuty, phase: FoundStretch | None) -> FoundDuty:
    """Give a duty that the document puts into a phase: it is owed in that phase, by its last day."""
    if phase is None:
        return duty
    when = When("phase", phase.name, stretches=(phase.key,), day=phase.last, first=phase.first)
    rules = (f"阶段：写在“{phase.name}”里", *(rule for rule in duty.rules if not rule.startswith("时间")))
    return replace(duty, when=when, sure=round(duty.sure + 0.15, 2), rules=rules)


def _first_matter(read: Read, start: int, end: int) -> Matter:
    """Give the first thing with some substance that follows: “要高度重视，成立专班” asks for the latter."""
    pieces = [one.end() + start for one in re.finditer(r"[^，。；：]+", read.masked[start:end])]
    found = Matter("")
    for stop in pieces:
        found = matter(read.sentence.plain, read.masked, start, stop, start)
        if found.words and not _EMPTY.match(found.words):
            return found
        start = stop
    return found


def name_of(found: Matter) -> str:
    """Give a duty its name: what is asked, in the words of the document."""
    return re.sub(r"\s+", "", found.words)[:40] or "（原文没有写清做什么）"


def unplaced_why(read: Read) -> str:
    """Give why a sentence of which no duty came should be looked at; empty when it need not."""
    text = read.masked
    if any(one.kind not in ("vague", "festival") for one in read.times):
        return "有时间，没有看出要谁做什么"
    if any(AIMS.search(title) for title in read.sentence.titles) or read.sentence.clause == "引言":
        return ""
    if _ORDER.search(text) and len(text) > 12 and not _BLAME.search(text):
        return "有要求，没有写时间和单位"
    return ""
