"""Gates of phases in the plan language: what must be so before a phase is entered or left."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .plan_base import Key, Model


class Gate(Model, title="进入或结束阶段的条件"):
    """One condition; the flow reports what is lacking, and a person may pass the gate with a reason."""

    need: Literal["received", "accepted", "no_grave_finding", "no_open_finding"] = Field(
        description=(
            "received 该任务已报齐；accepted 该任务已全部接收；no_grave_finding 没有未销号的重大隐患；"
            "no_open_finding 没有未销号的隐患"
        )
    )
    duty: Key | None = Field(default=None, description="哪一项任务（duties 中的键）；隐患的条件不写")
