"""Small plans to test with: a head, and one duty or a few written as a flow mapping."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from duban.calendar import loader
from duban.calendar.expansion import expand
from duban.calendar.workdays import Workdays

if TYPE_CHECKING:
    from duban.calendar.expansion import RoundSpec, Year
    from duban.calendar.plan import Plan

WORKDAYS = Workdays.load()
HEAD = """\
slug: shifan
title: 示范方案
issuer: 示例镇人民政府
year: 2023
office: 督办室
audiences:
  cun: {name: 各村, kinds: [村]}
  bumen: {name: 各部门, kinds: [部门]}
"""
_GIVEN = {"name": "检查", "audience": "cun", "clause": "一", "source": "local"}


def duty(text: str, key: str = "jiancha") -> str:
    """Write one duty; what ``text`` does not say of name, audience, clause and source is filled in."""
    outer = text
    while (shorter := re.sub(r"\{[^{}]*\}", "", outer)) != outer:
        outer = shorter
    filled = ", ".join(f"{name}: {value}" for name, value in _GIVEN.items() if f"{name}: " not in outer)
    return f"  - {{key: {key}, {filled}, {text}}}\n"


def plan_text(*duties: str, above: str = "") -> str:
    """Write a plan of these duties; ``above`` adds audiences, then phases, windows or defaults."""
    return HEAD + above + "duties:\n" + "".join(duties)


def plan(*duties: str, above: str = "") -> Plan:
    return loader.read(plan_text(*duties, above=above), "方案.yaml").plan


def year_of(text: str, year: int = 2023, above: str = "") -> Year:
    return expand(plan(duty(text), above=above), year, WORKDAYS)


def rounds(text: str, year: int = 2023, above: str = "") -> tuple[RoundSpec, ...]:
    return year_of(text, year, above).rounds


def only(text: str, year: int = 2023, above: str = "") -> RoundSpec:
    (spec,) = rounds(text, year, above)
    return spec


def due(spec: RoundSpec) -> str:
    """Give the deadline as ``2023-01-29 23:59``."""
    assert spec.due_at is not None
    return spec.due_at.strftime("%Y-%m-%d %H:%M")
