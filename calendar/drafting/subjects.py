"""Who owes a duty: the units beside its time, those of a label, those before, those addressed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .actors import split_names
from .text import folded

if TYPE_CHECKING:
    from .actors import Actor
    from .readings import Context, Read

_TO_READER = re.compile(
    r"^请|报[一-鿿]{2,16}(?:办|局|股|岗|站|所|中心|科|室|部)|报告|[，。；]请|报送|上报|(?:报|送)(?:至|到)|报[^，。；]{2,14}(?:备案|汇总)|提交|反馈"
)


def who_of(
    read: Read, time: tuple[int, int] | None, bounds: tuple[int, int], context: Context
) -> tuple[tuple[str, ...], bool, str]:
    """Give the units asked, whether the document says so, and the rule by which they were found.

    ``time`` is where the time stands, none when the sentence has none.
    """
    if read.labels:
        return read.labels, True, f"单位：标明“{'、'.join(read.labels)}”"
    if time and (one := _beside(read, time, bounds)):
        return one.names, True, f"单位：同句“{one.text}”"
    if context.units:
        return context.units, True, f"单位：承前句“{'、'.join(context.units)}”"
    addressed = split_names(folded(context.structure.addressed))
    if addressed:
        said = bool(_TO_READER.search(read.masked))
        words = "“请”的对象是主送" if said else "本句没有写，按主送"
        return addressed, said, f"单位：{words}“{context.structure.addressed}”"
    if context.latest:
        return context.latest, False, f"单位：本句没有写，上文最近的是“{'、'.join(context.latest)}”"
    return (), False, "单位：原文没有写"


def _beside(read: Read, time: tuple[int, int], bounds: tuple[int, int]) -> Actor | None:
    """Give the units of a time: right after it, else before it, else further on."""
    start, end = time
    close = next((one for one in read.actors if 0 <= one.start - end <= 3), None)
    ahead = [one for one in read.actors if one.end <= start]
    behind = [one for one in read.actors if end <= one.start < bounds[1]]
    behind += [one for one in read.actors if read.masked[: one.start].endswith("由")]
    return close or (ahead[-1] if ahead else behind[0] if behind else None)
