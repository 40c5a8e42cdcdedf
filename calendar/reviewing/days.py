"""Which days a duty gives in a year, tried out before it is kept; whether the whole of a draft is a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from ...obligations.errors import DubanError, InputError
from .. import loader
from ..checks import faults_of
from ..expansion import attempt, expand
from ..faults import PlanFault
from ..phrases import RuleError
from ..plan import KINDS_ZH, Duty, Plan, Stretch
from .composing import duty_values
from .shapes import DutyValues, StretchValues

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..expansion import RoundSpec
    from ..plan import Plan as _Plan
    from ..workdays import Workdays

_WHO = "shui"


class Tried(NamedTuple):
    """The rounds that a duty has in a year, and what is wrong with its dates, each in a sentence."""

    rounds: tuple[RoundSpec, ...]
    faults: tuple[str, ...] = ()


def tried(
    duties: Iterable[DutyValues], stretches: Sequence[StretchValues], year: int, workdays: Workdays
) -> dict[str, Tried]:
    """Give what each duty comes to in a year, by its key; duties with something undecided are left out."""
    placed, wrong = [one for one in (_stretch(one) for one in stretches) if one], dict[str, Tried]()
    whole: list[Duty] = []
    for values in duties:
        if not values.open or values.open == ("who",) or set(values.open) <= {"who", "name"}:
            try:
                whole.append(Duty.model_validate(duty_values(values, "—", _WHO)))
            except ValidationError as refused:
                wrong[values.key] = Tried((), tuple(_sentences(refused)))
    if not whole:
        return wrong
    plan = _plan(whole, placed, year)
    opened, faults = attempt(plan, year, workdays)
    said: dict[str, list[str]] = {one.key: [] for one in whole}
    for fault in (*faults_of(plan), *faults):
        if fault.place[:1] == ("duties",) and isinstance(fault.place[1], int):
            said[whole[fault.place[1]].key].append(_plainly(fault.message))
    for one in whole:
        rounds = tuple(spec for spec in opened.rounds if spec.duty == one.key)
        wrong[one.key] = Tried(rounds, tuple(dict.fromkeys(said[one.key])))
    return wrong


def _plainly(message: str) -> str:
    """Give what is wrong for somebody who fills in a form and knows no keys."""
    for key, words in _KEYS.items():
        message = message.replace(key, words)
    return message


_KEYS = {
    "（kind: event）": "", "从 event 起算": "从事情发生起算", "方案没有写 phases": "还没有写阶段",
    "方案没有写 windows": "还没有写时段", "months、within ": "所选的阶段或时段",
}  # fmt: skip


def _plan(duties: list[Duty], stretches: list[tuple[bool, Stretch]], year: int) -> _Plan:
    return Plan.model_validate({
        "slug": "x", "title": "—", "issuer": "—", "year": year, "office": "—",
        "audiences": {_WHO: {"name": "—", "units": ["—"]}},
        "phases": [one for phase, one in stretches if phase],
        "windows": [one for phase, one in stretches if not phase], "duties": duties,
    })  # fmt: skip


def _stretch(values: StretchValues) -> tuple[bool, Stretch] | None:
    try:
        made = Stretch.model_validate(values.model_dump(exclude={"phase"}))
    except ValidationError:
        return None
    return values.phase, made


def _sentences(wrong: ValidationError) -> Iterable[str]:
    for error in wrong.errors():
        reason = error.get("ctx", {}).get("error")
        where = _FIELDS.get(str(error["loc"][0]), "") if error["loc"] else ""
        yield f"{where}：{reason}" if isinstance(reason, RuleError) else f"{where or '这一项'}不合要求"


_FIELDS = {"due": "截止", "opens": "下达", "name": "名称", "kind": "多久一次", "of": "阶段或时段"}


def check_plan(text: str, file: str, workdays: Workdays) -> list[str]:
    """Give what keeps a text from being adopted as a plan, each in a sentence; nothing when it is one."""
    try:
        loaded = loader.read(text, file)
        expand(loaded.plan, loaded.plan.year, workdays)
    except InputError as wrong:
        return [_problem(one.message, one.found, one.expected) for one in wrong.problems]
    except PlanFault as wrong:
        return [_problem(one.message, one.found, one.expected) for one in wrong.faults]
    except DubanError as wrong:
        return [str(wrong)]
    return []


def _problem(message: str, found: str | None, expected: str | None) -> str:
    said = f"{message}，现在写的是{found}" if found else message
    return f"{said}（应为：{expected}）" if expected else said


def kind_in_words(kind: str) -> str:
    """Give how often a duty is owed, in the words of the plan language."""
    return KINDS_ZH.get(kind, "")
