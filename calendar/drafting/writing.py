"""Writes what was found as a plan in YAML: what the document does not say is 待定, which no plan may keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..undecided import UNDECIDED
from .audiences import audience_of
from .moments import phrase_of
from .naming import is_paper, stem_key
from .pen import Pen, Question, Written
from .writing_dates import dates_of, window_line
from .yaml_text import comment, flow, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .found import Found, FoundDuty, FoundStretch

_SURE = ((0.75, "高"), (0.5, "中"), (0.0, "低"))
_HEAD = """\
# yaml-language-server: $schema=../plan.schema.json
#
# 这是由程序按文件拟的草稿，还不能执行。程序只照文件的原话写，文件没有写的不代定：
#   凡写“待定”的地方，请由办公室定下来，改成日期、单位等；还有“待定”的方案不能采用。
#   “原文”是文件里的原话；“把握”说这一条有多可靠；“依据”说是怎样看出来的。
#   source: document 表示日期是文件写明的；local 表示文件没有写，由本单位自定。
# 任务按把握从高到低排列；没有看懂的句子列在文末 not_duties，逐句写明为什么不列，或者改成任务。"""


def write(found: Found, slug: str) -> Written:
    """Give the plan of a draft under ``slug``. The same findings always give the same text."""
    pen = Pen(found, found.years.year or 0)
    pen.lines.append(_HEAD)
    _head(pen, slug)
    _audiences(pen)
    duties = Pen(found, pen.year, audiences=pen.audiences)
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


def _no_duties(pen: Pen) -> Iterator[str]:
    pen.questions.append(Question("任务", "文件里没有看出任务"))
    yield "duties: 待定"


def _head(pen: Pen, slug: str) -> None:
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


def _known(pen: Pen, key: str, value: str, question: str) -> None:
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


def _audiences(pen: Pen) -> None:
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


def _stretches(pen: Pen, windows: list[str]) -> None:
    phases = [line for one in pen.found.stretches if one.phase for line in _stretch(pen, one)]
    named = [line for one in pen.found.stretches if not one.phase for line in _stretch(pen, one)]
    pen.lines += ["", "phases:", *phases] if phases else []
    pen.lines += ["", "windows:", *named, *windows] if named or windows else []


def _stretch(pen: Pen, one: FoundStretch) -> Iterator[str]:
    yield from comment(f"原文：{one.quote}", 2)
    first, last = (phrase_of(day, pen.year) for day in (one.first, one.last))
    yield window_line(one.key, one.name, first, last, one.clause)


def _duty(pen: Pen, duty: FoundDuty) -> None:
    grade = next(word for least, word in _SURE if duty.sure >= least)
    pen.lines += [""] if pen.lines else []
    pen.lines += comment(f"把握：{grade}（{duty.sure:.2f}）。依据：{'；'.join(duty.rules)}", 2)
    pen.lines += comment(f"原文：{duty.quote}", 2)
    dates = dates_of(pen, duty)
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


def _audience(pen: Pen, duty: FoundDuty) -> str:
    if duty.who and duty.who_said:
        return pen.audiences[duty.who].key
    hint = f"；是不是{'、'.join(duty.who)}（{pen.audiences[duty.who].key}）" if duty.who else ""
    pen.ask(duty.name, f"本句没有写由谁做{hint}", 2)
    return UNDECIDED


def _not_duties(pen: Pen) -> None:
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
