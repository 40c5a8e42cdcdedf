"""Names that a person can read on Prefect's page."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from prefect.runtime import flow_run

from ..app import clock

QUARTERS = "一二三四"
HALVES = {"H1": "上半年", "H2": "下半年"}


def run_name() -> str:
    """Give a run its name from its parameters: ``2023年第一季度 · 四个大``."""
    given: dict[str, Any] = flow_run.parameters or {}
    title = str(given.get("title") or "")
    what = str(given.get("duty") or given.get("plan") or "全部")
    return title or f"{period_name(str(given.get('period') or ''))} · {what}"


def advance_name() -> str:
    """Give a run of ``advance`` its name: ``推进 · 11月23日11:00``."""
    return f"推进 · {_scheduled()}"


def deliver_name() -> str:
    """Give a run of ``deliver`` its name: ``投递 · 11月23日11:10``."""
    return f"投递 · {_scheduled()}"


def backup_name() -> str:
    """Give a run of ``backup`` its name: ``备份 · 11月23日08:40``."""
    return f"备份 · {_scheduled()}"


def _scheduled() -> str:
    """Give the moment as of which the run acts, else that for which it was planned (Asia/Shanghai).

    A run by hand has that of its start.
    """
    parameters: dict[str, Any] = flow_run.parameters or {}
    given = parameters.get("now")
    planned = given if isinstance(given, datetime) else flow_run.scheduled_start_time or clock.now()
    local = planned.astimezone(ZoneInfo(clock.ZONE))
    return f"{local.month}月{local.day}日{local:%H:%M}"


def period_name(period: str) -> str:
    """Give a period's code in words: ``2023-Q1`` is 2023年第一季度; what is no such code stays as it is."""
    year, _, part = period.partition("-")
    if not year.isdigit():
        return period or "到期事项"
    if part[:1] == "Q" and part[1:] in ("1", "2", "3", "4"):
        return f"{year}年第{QUARTERS[int(part[1:]) - 1]}季度"
    if part in HALVES:
        return f"{year}年{HALVES[part]}"
    if part[:1] == "W":
        return f"{year}年第{int(part[1:])}周"
    return f"{year}年{int(part)}月" if part.isdigit() else f"{year}年{part}"
