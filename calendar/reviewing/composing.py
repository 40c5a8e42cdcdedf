"""Writes a settled draft as a plan in YAML, with clause and sentence at each duty as ``duban draft`` does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ..dates import local_day
from ..drafting.naming import is_paper
from ..drafting.writing_dates import window_line
from ..drafting.yaml_text import comment, flow, scalar
from ..undecided import UNDECIDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .settling import Act, Settled, Standing
    from .shapes import DutyValues, StretchValues

_BARE = re.compile(r"\d{2}-\d{2}(?: [+-] \d{1,3} (?:days|workdays|weeks))?")
_DONE = {"confirmed": "确认", "corrected": "更正", "answered": "补充", "struck": "不列", "added": "补列"}
_HEAD = """\
# yaml-language-server: $schema=../plan.schema.json
#
# 这份方案由程序照文件草拟，由办公室逐条核定。
#   “原文”是文件里的原话；“核定”写明谁在哪一天确认或者更正。
#   source: document 表示日期是文件写明的；local 表示文件没有写，由本单位自定。
# 任务按文件的顺序排列；不列为任务的句子和理由在文末 not_duties。"""


class Origin(NamedTuple):
    """Whence a plan comes: the document's file and the SHA-256 of its bytes."""

    name: str
    sha256: str


def compose(settled: Settled, origin: Origin) -> str:
    """Give the plan as it stands; the loader takes it once everything is decided, and not before."""
    lines = [_HEAD, *comment(f"文件：{origin.name}", 0), f"# SHA-256：{origin.sha256}"]
    lines += [*_head(settled), *_audiences(settled), *_stretches(settled), *_DEFAULTS]
    keys = {one.names: f"danwei-{n}" for n, one in enumerate(settled.units, 1)}
    duties = [line for one in settled.duties for line in ("", *_duty(one, keys))][1:]
    lines += ["duties:", *duties] if duties else ["duties: 待定"]
    return "\n".join([*lines, *_not_duties(settled)]) + "\n"


_DEFAULTS = (
    "",
    "# 补报和提醒的时间文件没有写，这里是程序的通常做法，可以改。",
    "defaults:",
    "  locks: due + 15 days",
    "  reminders: [opens, due - 3 workdays, due, due + 1 workday]",
    "",
)


def _head(settled: Settled) -> Iterator[str]:
    head = settled.head
    yield f"slug: {scalar(head.slug)}"
    for name in ("title", "issuer"):
        yield f"{name}: {_known(getattr(head, name))}"
    if head.number:
        yield f"number: {scalar(head.number)}"
    if settled.proposed.year_said and head.year == settled.proposed.head.year:
        yield from comment(f"年份的依据：{settled.proposed.year_said}", 0)
    yield f"year: {head.year or UNDECIDED}"
    if settled.waiting:
        # Whatever else is written out already: nothing is adopted before all of it was looked at.
        yield from comment(f"待定：还有{len(settled.waiting)}项没有核定", 0)
    yield f"revision: {UNDECIDED if settled.waiting else 1}"
    yield f"office: {_known(head.office)}"
    if head.note:
        yield f"note: {scalar(head.note)}"


def _known(text: str) -> str:
    return scalar(text) if text else UNDECIDED


def _audiences(settled: Settled) -> Iterator[str]:
    yield ""
    if not settled.units:
        yield f"audiences: {UNDECIDED}"
        return
    yield "audiences:"
    for n, one in enumerate(settled.units, 1):
        yield f"  danwei-{n}:"
        if one.values.open:
            yield from comment(f"待定：{one.asked or '是哪些单位'}", 4)
        yield f"    name: {scalar(one.name)}"
        if one.values.kinds:
            yield f"    kinds: {flow(one.values.kinds)}"
        if one.values.units:
            yield f"    units: {flow(one.values.units)}"


def _stretches(settled: Settled) -> Iterator[str]:
    quotes = {one.values.key: one.quote for one in settled.proposed.stretches}
    used = {key for one in settled.duties for key in one.values.of}
    for section, phase in (("phases", True), ("windows", False)):
        # Days for which the program made a window of its own go with their duty.
        listed = [
            one
            for one in settled.stretches
            if one.phase is phase and (one.key in used or not one.key.startswith("rizi-"))
        ]
        if listed:
            yield from ("", f"{section}:")
        for one in listed:
            if quote := quotes.get(one.key):
                yield from comment(f"原文：{quote}", 2)
            yield _stretch(one)


def _stretch(one: StretchValues) -> str:
    line = window_line(one.key, one.name, _phrase(one.starts), _phrase(one.ends), one.clause)
    return line if one.source == "document" else line.replace(", source: document}", ", source: local}")


def _phrase(text: str) -> str:
    return text if _BARE.fullmatch(text) else scalar(text)


def duty_values(values: DutyValues, clause: str, audience: str) -> dict[str, Any]:
    """Give a duty's values as the plan language has them, in the order in which they are written."""
    said: dict[str, Any] = {"key": values.key, "name": values.name or UNDECIDED, "kind": values.kind}
    said |= {"audience": audience, "clause": clause, "source": values.source}
    if values.of and values.kind in ("phase", "window"):
        said["of"] = list(values.of)
    elif values.of:
        said["within"] = values.of[0]
    if values.opens:
        said["opens"] = {"on": values.opens, "source": "local"}
    if values.due:
        said["due"] = values.due
    if values.receiver:
        said["receiver"] = values.receiver
    if values.material:
        kind = "files" if is_paper(values.material) else "text"
        said["form"] = [{"key": "cailiao", "label": values.material, "type": kind, "required": True}]
    return said


def _duty(one: Standing, keys: dict[tuple[str, ...], str]) -> Iterator[str]:
    yield from comment(f"核定：{_acts(one.acts)}" if one.acts else "待定：还没有核定", 2)
    if one.item.rules:
        yield from comment(f"依据：{'；'.join(one.item.rules)}", 2)
    yield from comment(f"原文：{one.item.quote}", 2)
    mark = "  - "
    for name, value in duty_values(one.values, one.item.clause, keys.get(one.values.who, UNDECIDED)).items():
        yield from _field(mark, name, value)
        mark = "    "


def _field(mark: str, name: str, value: Any) -> Iterator[str]:
    if name == "form":
        yield f"{mark}form:"
        for one in value:
            told = f"label: {scalar(one['label'])}, type: {one['type']}, required: true"
            yield f"      - {{key: {one['key']}, {told}}}"
    elif name == "opens":
        yield f"{mark}opens: {{on: {_phrase(value['on'])}, source: {value['source']}}}"
    elif name == "due":
        yield f"{mark}due: {_phrase(value)}"
    else:
        yield f"{mark}{name}: {flow(cast('list[str]', value)) if isinstance(value, list) else scalar(value)}"


def _acts(acts: tuple[Act, ...]) -> str:
    return "；".join(
        f"{one.by} {local_day(one.at):%Y-%m-%d} {_DONE[one.kind]}" for one in acts if one.kind in _DONE
    )


def _not_duties(settled: Settled) -> Iterator[str]:
    listed = [one for one in settled.items if not one.is_duty or one.state == "struck"]
    if not listed:
        return
    yield from ("", "# 不列为任务的句子和理由。", "not_duties:")
    kept = {one.item.quote for one in settled.duties}
    for one in listed:
        yield from comment(
            f"核定：{_acts(one.acts)}" if one.reason else f"待定：{'；'.join(one.item.asks)}", 2
        )
        name = f"“{one.values.name}”：" if one.values.name and one.item.quote in kept else ""
        yield f"  - clause: {scalar(one.item.clause)}"
        yield f"    text: {scalar(one.item.quote)}"
        yield f"    reason: {scalar(f'{name}{one.reason}') if one.reason else UNDECIDED}"
