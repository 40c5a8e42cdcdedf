"""The JSON Schema of the plan language, generated from the models so that editors complete and check plans.

``python -m duban.calendar.schema`` writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .plan import Plan

SCHEMA = Path(__file__).parent / "plan.schema.json"


def text() -> str:
    """Give the schema as JSON text, as it is shipped in ``plan.schema.json``."""
    found = Plan.model_json_schema()
    for model in (found, *found["$defs"].values()):
        _tidy(model)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _tidy(model: dict[str, Any]) -> None:
    """Leave what a clerk reads: the Chinese title, not the docstring, and no titles made of field names."""
    model["description"] = model["title"]
    for spec in model["properties"].values():
        spec.pop("title", None)
        if spec.get("type") == "number" and isinstance(spec.get("default"), str):  # an exact decimal
            spec["default"] = float(spec["default"])


if __name__ == "__main__":
    SCHEMA.write_text(text(), encoding="utf-8")
