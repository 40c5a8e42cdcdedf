from __future__ import annotations

import json
import re
from typing import Any

import pytest

from duban.calendar import loader, schema
from duban.calendar.plan import Plan

SHIPPED: dict[str, Any] = json.loads(schema.SCHEMA.read_text(encoding="utf-8"))
CHINESE = re.compile(r"[一-鿿]")
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict, "array": list,
}  # fmt: skip


def faults(value: Any, spec: dict[str, Any], where: str = "") -> list[str]:
    """Check a value against as much of JSON Schema as the plan language uses."""
    if "$ref" in spec:
        spec = SHIPPED["$defs"][spec["$ref"].rpartition("/")[2]]
    if "anyOf" in spec:
        found = [faults(value, one, where) for one in spec["anyOf"]]
        return [] if [] in found else min(found, key=len)
    if spec.get("type") == "null":
        return [] if value is None else [f"{where}: not null"]
    if not isinstance(value, TYPES[spec["type"]]) or isinstance(value, bool) != (spec["type"] == "boolean"):
        return [f"{where}: not {spec['type']}"]
    return [*_scalar_faults(value, spec, where), *_inner_faults(value, spec, where)]


def _scalar_faults(value: Any, spec: dict[str, Any], where: str) -> list[str]:
    wrong = "enum" in spec and value not in spec["enum"]
    wrong |= "pattern" in spec and not re.search(spec["pattern"], value)
    wrong |= "minLength" in spec and len(value) < spec["minLength"]
    wrong |= "minimum" in spec and value < spec["minimum"]
    return [f"{where}: {value!r} is not allowed"] if wrong else []


def _inner_faults(value: Any, spec: dict[str, Any], where: str) -> list[str]:
    if isinstance(value, list):
        return [
            fault for n, item in enumerate(value) for fault in faults(item, spec["items"], f"{where}[{n}]")
        ]
    if not isinstance(value, dict):
        return []
    known = spec.get("properties", {})
    other = spec.get("additionalProperties", True)
    found = [f"{where}.{name}: missing" for name in spec.get("required", []) if name not in value]
    for key, item in value.items():
        inner = known.get(key, other)
        if inner is False:
            found.append(f"{where}.{key}: unknown")
        elif isinstance(inner, dict):
            found += faults(item, inner, f"{where}.{key}")
    return found


def test_the_shipped_schema_is_that_of_the_models() -> None:
    assert schema.SCHEMA.read_text(encoding="utf-8") == schema.text()


def test_every_key_of_every_part_is_described_in_chinese() -> None:
    for model in (SHIPPED, *SHIPPED["$defs"].values()):
        assert CHINESE.search(model["description"])
        assert [
            name for name, spec in model["properties"].items() if not CHINESE.search(spec["description"])
        ] == []


def test_every_part_refuses_unknown_keys() -> None:
    models = (SHIPPED, *SHIPPED["$defs"].values())
    assert [model["title"] for model in models if model["additionalProperties"] is not False] == []


@pytest.mark.parametrize("path", loader.shipped(), ids=lambda path: path.stem)
def test_the_shipped_plans_satisfy_the_schema_as_they_are_written(path: Any) -> None:
    assert faults(loader.load(path).source.values, SHIPPED) == []


def test_a_date_and_a_reminder_may_be_a_string_or_a_mapping() -> None:
    duty = SHIPPED["$defs"]["Duty"]["properties"]
    for value in ("除夕 - 8 days", {"on": "03-22", "roll": "next_workday"}, None):
        assert faults(value, duty["due"]) == []
    for value in (["opens", {"at": "due", "urgent": True}], None):
        assert faults(value, duty["reminders"]) == []


@pytest.mark.parametrize(
    "value", [25, {"on": "03-22", "rol": "x"}, {"roll": "next_workday"}, {"on": "03-22", "roll": "x"}]
)
def test_a_date_of_another_shape_is_refused_by_the_schema_too(value: object) -> None:
    assert faults(value, SHIPPED["$defs"]["Duty"]["properties"]["due"]) != []


def test_the_schema_offers_examples_of_dates() -> None:
    assert "除夕 - 8 days" in SHIPPED["$defs"]["When"]["properties"]["on"]["examples"]


def test_a_plan_written_out_reads_back_the_same() -> None:
    for path in loader.shipped():
        one = loader.load(path).plan
        assert Plan.model_validate(one.model_dump(by_alias=True)) == one
