"""Turns what pydantic finds wrong in a plan into faults: what was expected, what was found, the nearest name.

A part that is wrong is then left out and the rest is read again, so that one wrong duty does not hide what is
wrong elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from .faults import Fault, Place, nearest, one_of
from .phrases import EXAMPLES, RuleError
from .plan import (
    Audience,
    Defaults,
    Duty,
    FormField,
    Meeting,
    NotDuty,
    Plan,
    Reminder,
    Stretch,
    Variation,
)
from .plan_base import Model, When
from .rules_appraisal import (
    AppraisalRules,
    Bonus,
    FindingPrices,
    Grades,
    Item,
    SheetPrices,
    Veto,
)
from .rules_duty import Inspection, LookBack, Night
from .rules_gates import Gate
from .rules_ladder import LadderRules, Step
from .rules_watch import Watch
from .undecided import covers, undecided

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

    from .sources import Source

_DATES = ("opens", "due", "locks", "starts", "ends")
_MODELS: Mapping[str, type[Model]] = {
    "audiences": Audience, "phases": Stretch, "windows": Stretch, "duties": Duty, "not_duties": NotDuty,
    "defaults": Defaults, "form": FormField, "reminders": Reminder, "meeting": Meeting, "vary": Variation,
    "inspection": Inspection, "lookback": LookBack, "night": Night, "enter": Gate, "leave": Gate,
    "ladder": LadderRules, "watch": Watch, "appraisal": AppraisalRules, "items": Item,
    "findings": FindingPrices, "sheets": SheetPrices, "bonus": Bonus, "veto": Veto, "grades": Grades,
    **dict.fromkeys(_DATES, When), **dict.fromkeys(("cuiban", "duban", "yuetan", "tongbao"), Step),
}  # fmt: skip
_FREE_KEYS = ("audiences", "vary")
_STRETCHES = {"phases": "phase", "windows": "window"}
_LISTED = (*_STRETCHES, "duties", "not_duties")
_LONGEST = 40
_SAID = {
    "string_type": "应是文字",
    "int_type": "应是整数", "int_parsing": "应是整数", "int_from_float": "应是整数",
    "float_type": "应是数字", "float_parsing": "应是数字",
    "decimal_type": "应是数字", "decimal_parsing": "应是数字", "finite_number": "应是数字",
    "decimal_max_places": "最多写两位小数", "date_parsing": "应是日期，如 2023-01-01",
    "date_from_datetime_parsing": "应是日期，如 2023-01-01", "bool_type": "应是 true 或 false",
    "bool_parsing": "应是 true 或 false", "list_type": "应是清单，如 [甲, 乙]",
    "dict_type": "应是“键: 值”的清单", "model_type": "应是“键: 值”的清单",
    "model_attributes_type": "应是“键: 值”的清单", "too_short": "不能为空", "string_too_short": "不能为空",
    "string_pattern_mismatch": "键只用小写字母、数字和连字符，以字母开头", "string_too_long": "太长",
}  # fmt: skip
_LIMITS = (("ge", "不能小于"), ("le", "不能大于"), ("max_length", "长度不能超过"))


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of a plan, what was wrong, and where in the file the listed things kept stand."""

    plan: Plan | None
    faults: list[Fault]
    kept: dict[str, list[int]]

    def in_file(self, fault: Fault) -> Fault:
        """Move a fault of the plan to its place in the file, from which parts may have been left out."""
        section, *rest = fault.place or ("",)
        if not rest or not isinstance(rest[0], int) or section not in self.kept:
            return fault
        return replace(fault, place=(section, self.kept[str(section)][rest[0]], *rest[1:]))


def read_plan(source: Source) -> Reading:
    """Read a plan, or as much of it as can be; none at all while something in it is 待定."""
    open_ = list(undecided(source.values))
    try:
        plan = Plan.model_validate(source.values)
        return Reading(None if open_ else plan, open_, {})
    except ValidationError as wrong:
        errors = [error for error in wrong.errors() if not covers(open_, error["loc"])]
    if open_:
        return Reading(None, [*open_, *(_fault(error, source) for error in errors)], {})
    values, kept = _mended(errors, source.values)
    return Reading(_plan_or_none(values), [_fault(error, source) for error in errors], kept)


def _plan_or_none(values: dict[str, Any]) -> Plan | None:
    try:
        return Plan.model_validate(values)
    except ValidationError:
        return None


def _mended(
    errors: Sequence[ErrorDetails], values: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """Leave out unknown keys, the listed things that are wrong, and the duties that hang on one of these."""
    rest = deepcopy(values)
    bad: dict[str, set[int]] = {section: set() for section in _LISTED}
    for error in errors:
        section, *inner = error["loc"] or ("",)
        if error["type"] == "extra_forbidden":
            _delete(rest, error["loc"])
        elif section in bad and inner and isinstance(inner[0], int):
            bad[str(section)].add(inner[0])
    bad["duties"] |= _hanging(rest, bad)
    kept = {
        section: [n for n in range(len(_list(rest, section))) if n not in bad[section]] for section in _LISTED
    }
    whole = {section: [rest[section][n] for n in kept[section]] for section in _LISTED if bad[section]}
    return rest | whole, kept


def _delete(values: Any, place: Place) -> None:
    for part in place[:-1]:
        values = values[part]
    del values[place[-1]]


def _hanging(values: dict[str, Any], bad: Mapping[str, set[int]]) -> set[int]:
    """Give the duties of the kind of a phase or window that is left out, or within one."""
    lost = {_get(_list(values, section)[n], "key") for section in _STRETCHES for n in bad[section]}
    kinds = {kind for section, kind in _STRETCHES.items() if bad[section]}
    duties = enumerate(_list(values, "duties"))
    return {n for n, duty in duties if _get(duty, "kind") in kinds or _get(duty, "within") in lost - {None}}


def _list(values: dict[str, Any], section: str) -> list[Any]:
    found = values.get(section)
    return cast("list[Any]", found) if isinstance(found, list) else []


def _get(value: Any, name: str) -> str | None:
    found = cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _fault(error: ErrorDetails, source: Source) -> Fault:
    place, kind = error["loc"], error["type"]
    if kind == "extra_forbidden":
        known = _names(place[:-1])
        hint = nearest(str(place[-1]), known)
        return Fault(place, "不认识的键", one_of(known), f"“{place[-1]}”", hint, on_key=True)
    if kind == "missing":
        described = _model(place[:-1]).model_fields[str(place[-1])].description
        return Fault(place, f"缺少“{place[-1]}”", described)
    if place[-1:] == ("[key]",):
        return Fault(place[:-1], _said(error), None, _shown(error["input"]), on_key=True)
    return _wrong_value(error, _written(place, source))


def _wrong_value(error: ErrorDetails, place: Place) -> Fault:
    found = _shown(error["input"])
    if error["type"] == "literal_error":
        known = re.findall(r"'([^']+)'", str(error.get("ctx", {}).get("expected", "")))
        return Fault(place, "不是可选的值", one_of(known), found, nearest(str(error["input"]), known))
    if error["type"] == "model_type" and _is_date(place):
        number = error["input"]
        hint = f"day {number}" if isinstance(number, int) and 1 <= number <= 31 else None
        return Fault(place, "应是日期短语", EXAMPLES, found, hint)
    reason = error.get("ctx", {}).get("error")
    if isinstance(reason, RuleError):
        return Fault(place, str(reason), reason.expected, found, reason.hint)
    return Fault(place, _said(error), None, found)


def _is_date(place: Place) -> bool:
    return place[-1] in _DATES or place[-2:-1] == ("reminders",)


def _written(place: Place, source: Source) -> Place:
    """Drop the ``on`` or ``at`` of a date that is written in short, as a phrase alone."""
    return place[:-1] if place not in source.marks and place[:-1] in source.marks else place


def _names(place: Place) -> list[str]:
    return [info.alias or name for name, info in _model(place).model_fields.items()]


def _model(place: Place) -> type[Model]:
    """Give the model of what stands at a place."""
    model: type[Model] = Plan
    free = False
    for part in place:
        if isinstance(part, str) and not free:
            model = _MODELS.get(part, model)
        free = part in _FREE_KEYS and not free
    return model


def _shown(value: object) -> str:
    if value is None:
        return "空"
    if isinstance(value, Mapping):
        return "“键: 值”的清单"
    if isinstance(value, list):
        return "清单"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"“{text[:_LONGEST]}…”" if len(text) > _LONGEST else f"“{text}”"


def _said(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind == "string_type" and isinstance(error["input"], int | float):
        return "应是文字，数字请加引号"
    if kind in _SAID:
        return _SAID[kind]
    limits = error.get("ctx", {})
    for name, words in _LIMITS:
        if name in limits:
            return f"{words}{limits[name]}"
    return error["msg"]
