"""The appraisal in the plan language: points as data, each with its clause."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from .plan_base import Key, Model, Name


class Item(Model, title="考核项目"):
    """One line of the appraisal: its points, and what is taken off for each miss, never below nothing."""

    key: Key = Field(description="键，小写字母、数字和连字符")
    name: Name = Field(description="名称，如 按时报送")
    clause: Name = Field(description="依据的条款")
    duties: list[Key] = Field(default_factory=list, description="考核哪些任务（duties 中的键）；不写则全部")
    points: float = Field(ge=0, le=1000, description="本项满分")
    missing: float = Field(default=0, ge=0, le=100, description="漏报一次扣几分")
    late: float = Field(default=0, ge=0, le=100, description="迟报一次扣几分")
    returned: float = Field(default=0, ge=0, le=100, description="因实质性问题退回一次扣几分")
    floor: float = Field(default=0, ge=0, le=1000, description="扣到几分为止")
    weight: float = Field(default=1, ge=0, le=10, description="权重")


class AppraisalRules(Model, title="考核规则"):
    """One dated set of rules; a changed set never re-grades what was opened before it."""

    since: date = Field(description="从哪天起用，如 2023-01-01；此后下达的期次按它")
    items: list[Item] = Field(min_length=1, description="考核项目")
    public: bool = Field(default=False, description="是否公开排名；默认不公开")
