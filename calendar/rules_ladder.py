"""The ladder in the plan language: when a matter lights up, when it climbs, and how long each rung gives."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from .plan_base import Model


class Step(Model, title="督办的一级"):
    """One rung: how long after the one below went unmet it is reached, and its limit; in workdays."""

    after: int = Field(ge=0, le=60, description="前一级到期未办结，满几个工作日后进入本级")
    limit: int = Field(ge=1, le=60, description="本级单子限几个工作日内办结")


class LadderRules(Model, title="亮灯和督办规则"):
    """One dated set of rules; a round keeps the set that was in force on the day it opened."""

    since: date = Field(description="从哪天起用，如 2023-01-01；此后下达的期次按它")
    near: int = Field(default=3, ge=0, le=30, description="到期前几个工作日内亮蓝灯")
    red: list[Literal["lock", "duban"]] = Field(
        default=["lock", "duban"], description="亮红灯：lock 过了补报截止；duban 已发督办单。此外逾期亮黄灯"
    )
    cuiban: Step | None = Field(default=Step(after=1, limit=3), description="催办单：由程序发出")
    duban: Step | None = Field(default=Step(after=0, limit=5), description="督办单：由人签发")
    yuetan: Step | None = Field(default=Step(after=0, limit=5), description="约谈通知：由人签发")
    tongbao: Step | None = Field(default=Step(after=0, limit=10), description="通报：由人签发")


DEFAULT = LadderRules(since=date(1901, 1, 1))
