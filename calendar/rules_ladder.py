"""The ladder in the plan language: when a matter lights up, when it climbs, and how long each rung gives."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from ..obligations.ladder import RUNGS, LightRules, RungRule
from .plan_base import Model

if TYPE_CHECKING:
    from collections.abc import Sequence


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

    @property
    def rungs(self) -> tuple[RungRule, ...]:
        """Give the rungs that this ladder has, the lowest first."""
        steps = ((rung, getattr(self, rung.value)) for rung in RUNGS)
        return tuple(RungRule(rung, step.after, step.limit) for rung, step in steps if step is not None)

    @property
    def lights(self) -> LightRules:
        """Give what a light is computed by."""
        return LightRules(self.near, "lock" in self.red, "duban" in self.red)


DEFAULT = LadderRules(since=date(1901, 1, 1))


def in_force(sets: Sequence[LadderRules], day: date) -> LadderRules:
    """Give the set of rules for a round that opens on a local day: the last that was in force by then.

    ``sets`` are in the order of their days, as a plan has them. Before the first, and without any, the
    program's own hold. Rules that come later never reach back (DESIGN §5.13).
    """
    return next((one for one in reversed(sets) if one.since <= day), DEFAULT)
