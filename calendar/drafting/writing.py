"""Writes what was found as a plan in YAML: what the document does not say is 待定, which no plan may keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..undecided import UNDECIDED
from .audiences import audience_of
from .moments import phrase_of
from .naming import is_paper, stem_key
from .yaml_text import comment, flow, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .audiences import FoundAudience
    from .found import Found, FoundDuty, FoundStretch, When

_SURE = ((0.75, "高"), (0.5, "中"), (0.0, "低"))
_HEAD = """\
# yaml-language-server: $schema=../plan.schema.json
#
# 这是由程序按文件拟的草稿，还不能执行。程序只照文件的原话写，文件没有写的不代定：
#   凡写“待定”的地方，请由办公室定下来，改成日期、单位等；还有“待定”的方案不能采用。
#   “原文”是文件里的原话；“把握”说这一条有多可靠；“依据”说是怎样看出来的。
#   source: document 表示日期是文件写明的；local 表示文件没有写，由本单位自定。
# 任务按把握从高到低排列；没有看懂的句子列在文末 not_duties，逐句写明为什么不列，或者改成任务。"""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the document leaves open: at which duty or part, and what is to be decided."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """A plan in YAML and the questions in it, in the order of the file."""

    text: str
    questions: tuple[Question, ...]


@dataclass(slots=True)
class _Pen:
    found: Found
    year: int
    lines: list[str] = field(default_factory=list[str])
    questions: list[Question] = field(default_factory=list[Question])
    audiences: dict[tuple[str, ...], FoundAudience] = field(
        default_factory=dict[tuple[str, ...], "FoundAudience"]
    )
    windows: list[str] = field(default_factory=list[str])
    keys: dict[str, int] = field(default_factory=dict[str, int])

    def ask(self, at: str, text: str, indent: int = 0) -> None:
        self.questions.append(Question(at, text))
        self.lines += comment(f"待定：{text}", indent)


def write(found: Found, slug: str) -> Written:
    """Give the plan of a draft under ``slug``. The same findings always give the same text."""
    pen = _Pen(found, found.years.year or 0)
    pen.lines.append(_HEAD)
    _head(pen, slug)
    _audiences(pen)
    duties = _Pen(found, pen.year, audiences=pen.audiences)
    for duty in found.duties:
        _duty(duties, duty)
    _stretches(pen, duties.windows)
    pen.lines += [
        "",
        "# 补报和提醒的时间文件没有写，这里是程序的通常做法，可以改。",
        "defaults:",
        "  locks: due + 15 days",
    ]
    pen.lines += ["  reminders: [opens, due - 3 workdays, due, due + 1 workday]", ""]
    pen.lines += ["duties:", *duties.lines] if duties.lines else _no_duties(pen)
    pen.questions += duties.questions
    _not_duties(pen)
    return Written("\n".join(pen.lines) + "\n", tuple(pen.questions))


def _no_duties(pen: _Pen) -> Iterator[str]:
    pen.questions.append(Question("任务", "文件里没有看出任务"))
    yield "duties: 待定"


def _head(pen: _Pen, slug: str) -> None:
    structure = pen.found.structure
    pen.lines.append(f"slug: {slug}")
    _known(pen, "title", structure.title, "标题：没有看出文件的标题")
    _known(pen, "issuer", structure.issuer, "发文单位：没有看出是谁发的文")
    if structure.number:
        pen.lines.append(f"number: {scalar(structure.number)}")
    if pen.found.years.year is None:
        pen.ask("年份", "文件没有写年份，日期推不出是哪一年")
        pen.lines.append(f"year: {UNDECIDED}")
    else:
        pen.lines += comment(f"年份的依据：{pen.found.years.said}", 0)
        pen.lines.append(f"year: {pen.found.years.year}")
    pen.lines.append("revision: 1")
    _known(pen, "office", _office(pen.found), "汇总和催报的办公室：文件没有写报送给谁")
    if structure.dated:
        pen.lines.append(f"note: {scalar(f'印发日期 {structure.dated:%Y-%m-%d}。')}")


def _known(pen: _Pen, key: str, value: str, question: str) -> None:
    if not value:
        pen.ask(question.partition("：")[0], question.partition("：")[2])
    pen.lines.append(f"{key}: {scalar(value) if value else UNDECIDED}")


def _office(found: Found) -> str:
    """Give the one to whom most is sent."""
    counted: dict[str, int] = {}
    for duty in found.duties:
        if duty.receiver:
            counted[duty.receiver] = counted.get(duty.receiver, 0) + 1
    return max(counted, key=lambda one: counted[one], default="")


def _audiences(pen: _Pen) -> None:
    for duty in pen.found.duties:
        if duty.who and duty.who not in pen.audiences:
            pen.audiences[duty.who] = audience_of(f"danwei-{len(pen.audiences) + 1}", duty.who)
    pen.lines += ["", "# 单位类别（kinds）按名称推定，请对照名册核对。"]
    if not pen.audiences:
        pen.ask("受众", "文件没有写由谁做")
        pen.lines.append(f"audiences: {UNDECIDED}")
        return
    pen.lines.append("audiences:")
    for one in pen.audiences.values():
        pen.lines.append(f"  {one.key}:")
        if one.asked:
            pen.ask(one.name, one.asked, 4)
        pen.lines.append(f"    name: {scalar(one.name)}")
        pen.lines += [f"    kinds: {flow(one.kinds)}"] if one.kinds else []
        pen.lines += [f"    units: {flow(one.units)}"] if one.units else []


def _stretches(pen: _Pen, windows: list[str]) -> None:
    phases = [line for one in pen.found.stretches if one.phase for line in _stretch(pen, one)]
    named = [line for one in pen.found.stretches if not one.phase for line in _stretch(pen, one)]
    pen.lines += ["", "phases:", *phases] if phases else []
    pen.lines += ["", "windows:", *named, *windows] if named or windows else []


def _stretch(pen: _Pen, one: FoundStretch) -> Iterator[str]:
    yield from comment(f"原文：{one.quote}", 2)
    first, last = (phrase_of(day, pen.year) for day in (one.first, one.last))
    yield _window(one.key, one.name, first, last, one.clause)


def _window(key: str, name: str, starts: str, ends: str, clause: str) -> str:
    days = f"starts: {starts}, ends: {ends}"
    return f"  - {{key: {key}, name: {scalar(name)}, {days}, clause: {scalar(clause)}, source: document}}"


def _duty(pen: _Pen, duty: FoundDuty) -> None:
    grade = next(word for least, word in _SURE if duty.sure >= least)
    pen.lines += [""] if pen.lines else []
    pen.lines += comment(f"把握：{grade}（{duty.sure:.2f}）。依据：{'；'.join(duty.rules)}", 2)
    pen.lines += comment(f"原文：{duty.quote}", 2)
    dates = _dates(pen, duty)
    if duty.when.open_:
        pen.ask(duty.name, duty.when.open_, 2)
    who = _audience(pen, duty)
    pen.lines += [
        f"  - key: {stem_key(duty.name, pen.keys)}",
        f"    name: {scalar(duty.name)}",
        f"    kind: {duty.when.kind or UNDECIDED}",
    ]
    pen.lines += [f"    audience: {who}", f"    clause: {scalar(duty.clause)}"]
    pen.lines += [f"    source: {'local' if duty.when.open_ else 'document'}", *dates]
    if duty.receiver:
        pen.lines.append(f"    receiver: {scalar(duty.receiver)}")
    if duty.thing and is_paper(duty.thing):
        pen.lines += [
            "    form:",
            f"      - {{key: cailiao, label: {scalar(duty.thing)}, type: files, required: true}}",
        ]


def _audience(pen: _Pen, duty: FoundDuty) -> str:
    if duty.who and duty.who_said:
        return pen.audiences[duty.who].key
    hint = f"；是不是{'、'.join(duty.who)}（{pen.audiences[duty.who].key}）" if duty.who else ""
    pen.ask(duty.name, f"本句没有写由谁做{hint}", 2)
    return UNDECIDED


def _dates(pen: _Pen, duty: FoundDuty) -> list[str]:
    when = duty.when
    if when.open_:
        return [] if when.kind in ("phase", "window") else [f"    due: {UNDECIDED}"]
    if when.kind == "phase":
        return [f"    of: {flow(when.stretches)}"]
    if when.kind == "window":
        return [f"    of: {flow(_windows(pen, duty))}"]
    moon = when.lunar[0] if when.lunar and when.day and when.day.year == pen.year else ""
    phrase = when.due or (phrase_of(when.day, pen.year, when.clock, moon) if when.day else UNDECIDED)
    due = f"    due: {scalar(phrase) if phrase[0].isalpha() else phrase}"
    return [*_opens(pen, when), due]


def _opens(pen: _Pen, when: When) -> list[str]:
    """Open what is due before the plan's own year on the document's day, or on the day itself."""
    if when.day is None or when.day.year >= pen.year:
        return []
    dated = pen.found.structure.dated
    opened = dated if dated and dated <= when.day else when.day
    return [f"    opens: {{on: {phrase_of(opened, pen.year)}, source: local}}"]


def _windows(pen: _Pen, duty: FoundDuty) -> list[str]:
    """Write the windows of a duty, one for a stretch or one for each day of a list, and give their keys."""
    when = duty.when
    spans = [(day, day) for day in when.days] or ([(when.first or when.day, when.day)] if when.day else [])
    keys: list[str] = []
    for n, (first, last) in enumerate(spans):
        key = f"rizi-{len(pen.windows) + 1}"
        keys.append(key)
        name = f"{first.month}月{first.day}日" + (f"至{last.month}月{last.day}日" if last != first else "")
        moon = when.lunar[n] if n < len(when.lunar) and first.year == pen.year else ""
        starts, ends = (phrase_of(day, pen.year, lunar=moon) for day in (first, last))
        pen.windows.append(_window(key, name, starts, ends, duty.clause))
    return keys


def _not_duties(pen: _Pen) -> None:
    if not pen.found.unplaced:
        return
    pen.lines += [
        "",
        "# 有时间或者有要求、而程序没有安排的句子：请改成上面的任务，或者把“待定”改成不列为任务的理由。",
        "not_duties:",
    ]
    for one in pen.found.unplaced:
        pen.lines += comment(f"待定：{one.why}", 2)
        pen.lines += [
            f"  - clause: {scalar(one.clause)}",
            f"    text: {scalar(one.quote)}",
            f"    reason: {UNDECIDED}",
        ]
