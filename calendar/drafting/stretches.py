"""Phases and windows that a heading names with their days: （一）动员部署阶段（3—4月）."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from .found import FoundStretch
from .moments import when_of

if TYPE_CHECKING:
    from .readings import Context, Read

_STEP = re.compile(
    r"阶段|步骤|时期|专项行动|整治时间|行动时间|活动时间|工作时间|时间安排|期为|为[^，。；]{0,4}期|时间(?:为|：)"
)
# “1.宣传发动（9月1日至9月10日）。” is a phase by its form alone, under a heading that says so.
_BRACKETED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|（[^）]*）|\d{1,2}[.、])?[^，。；：◷（）]{2,18}（◷+）(?:[。：]|$)"
)
_ONLY = re.compile(r"[^一-鿿]*◷+[。；]?")
_STEPS = re.compile(r"步骤|安排|阶段|时间|进度")


def stretch_of(read: Read, context: Context, n: int) -> FoundStretch | None:
    """Give the phase or window that a heading names with its days: （一）动员部署阶段（3—4月）."""
    text = read.sentence.plain
    spans = [one for one in read.times if one.kind in ("span", "day") and one.last]
    bracketed = _BRACKETED.match(read.masked) is not None and bool(spans) and spans[0].kind == "span"
    alone = bool(spans) and bool(read.sentence.titles) and _STEPS.search(read.sentence.titles[-1]) is not None
    if (
        not spans
        or len(text) > 70
        or not (_STEP.search(text) or bracketed or (alone and _ONLY.fullmatch(read.masked)))
    ):
        return None
    head = re.split(r"[。：]", re.sub(r"^第[一二三四五六]阶段：", "", text), maxsplit=1)[0]
    time = spans[0]
    if time.kind == "day" and (time.by or (time.last and time.last.day)):
        return None
    when = when_of(time, context.years, context.day)
    if when.day is None:
        return None
    first = when.first or when.day.replace(day=1)
    name = re.sub(
        r"（[^）]*）|^[^一-鿿]*",
        "",
        re.sub(r"^(?:[一二三四五六七八九十]{1,3}、|（[^）]*）|\d+[.、])", "", head),
    )
    name = re.sub(r"[0-9年月日～\-至、，：]+$", "", name) or head
    name = name if re.search(r"[一-鿿]", re.sub(r"[年月日至]", "", name)) else read.sentence.titles[-1]
    phase = "阶段" in text or "步骤" in text or bracketed
    return FoundStretch(
        f"{'jieduan' if phase else 'shiduan'}-{n + 1}",
        name,
        read.sentence.clause,
        read.sentence.shown.strip(),
        first,
        when.day,
        phase,
    )


def less(read: Read, stretch: FoundStretch | None) -> Read:
    """Give what a sentence says besides the days of the phase that it names."""
    if stretch is None:
        return read
    rest = read.times[1:]
    after = re.search(r"[）：]", read.masked[read.times[0].end :])
    told = read.masked[read.times[0].end + after.end() :] if after else ""
    return replace(read, times=rest, actors=read.actors if len(told) > 8 else (), aside=len(told) <= 8)
