"""The appraisal in the plan language: points as data, each with its clause; exact to two decimals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from .plan_base import Key, Model, Name

_MOST = 1000


# A number in the YAML is read by its digits: 0.1 is a tenth, not the nearest binary fraction.
Points = Annotated[
    Decimal,
    Field(ge=0, le=_MOST, decimal_places=2),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": _MOST}),
]
_NOUGHT = Decimal(0)


class FindingPrices(Model, title="隐患扣分"):
    """What is taken off for a finding that the unit answers for."""

    late: Points = Field(default=_NOUGHT, description="逾期才整改的，一处扣几分")
    open: Points = Field(default=_NOUGHT, description="到期没有整改的，一处扣几分")
    reopened: Points = Field(default=_NOUGHT, description="复发的，一次扣几分")


class SheetPrices(Model, title="督办扣分"):
    """What is taken off for a sheet of the ladder."""

    cuiban: Points = Field(default=_NOUGHT, description="一份催办单扣几分")
    duban: Points = Field(default=_NOUGHT, description="一份督办单扣几分")
    yuetan: Points = Field(default=_NOUGHT, description="一次约谈扣几分")
    tongbao: Points = Field(default=_NOUGHT, description="一次通报扣几分")


class Item(Model, title="考核项目"):
    """One item: its points, what adds to them, and what is taken off, never below a floor."""

    key: Key = Field(description="键，小写字母、数字和连字符")
    name: Name = Field(description="名称，如 按时报送")
    clause: Name = Field(description="依据的条款")
    duties: list[Key] = Field(default_factory=list, description="考核哪些任务（duties 中的键）；不写则全部")
    points: Points = Field(description="本项满分")
    base: Points | None = Field(default=None, description="起评分，从几分起加减；不写则为满分")
    on_time: Points = Field(default=_NOUGHT, description="按时报送一次加几分，加到满分为止")
    missing: Points = Field(default=_NOUGHT, description="漏报一次扣几分")
    late: Points = Field(default=_NOUGHT, description="迟报一次扣几分")
    returned: Points = Field(default=_NOUGHT, description="因实质性问题退回一次扣几分")
    findings: FindingPrices = Field(default_factory=FindingPrices, description="责任隐患怎样扣分")
    sheets: SheetPrices = Field(default_factory=SheetPrices, description="被催办、督办怎样扣分")
    floor: Points = Field(default=_NOUGHT, description="扣到几分为止")
    weight: Annotated[Points, Field(le=10)] = Field(default=Decimal(1), description="权重，乘在本项得分上")


class Bonus(Model, title="加分项"):
    """What is added on top: entered by the office with evidence, or read from the record."""

    key: Key = Field(description="键，小写字母、数字和连字符")
    name: Name = Field(description="名称，如 查获非法窝点")
    clause: Name = Field(description="依据的条款")
    points: Points = Field(description="本项最多加几分")
    by: Literal["entered", "no_overdue", "all_rectified"] = Field(
        default="entered",
        description="怎样得分：entered 办公室登记；no_overdue 全期无逾期；all_rectified 隐患全部按期整改",
    )


class Veto(Model, title="一票否决"):
    """A cause that fails a unit, entered by a person and signed."""

    key: Key = Field(description="键，小写字母、数字和连字符")
    name: Name = Field(description="名称，如 发生烟花爆竹爆炸事故")
    clause: Name = Field(description="依据的条款")


class Grades(Model, title="等次"):
    """From how many points on each grade is given; below the last it is 不合格."""

    excellent: Points = Field(description="优秀：几分以上")
    good: Points = Field(description="良好：几分以上")
    qualified: Points = Field(description="合格：几分以上；不到的为不合格")


class AppraisalRules(Model, title="考核规则"):
    """One dated set of rules; a changed set never re-grades what was opened before it."""

    since: date = Field(description="从哪天起用，如 2023-01-01；此后下达的期次按它")
    period: Literal["quarter", "half_year", "year"] = Field(
        default="year", description="多久考核一次：quarter 每季度；half_year 每半年；year 每年"
    )
    wait: int = Field(default=5, ge=1, le=60, description="期末后第几个工作日拟出结果；记录截至当日24时")
    appeal: int = Field(default=5, ge=1, le=30, description="单位收到拟定结果后，几个工作日内可以申诉")
    of: list[Key] = Field(
        default_factory=list, description="考核谁（audiences 中的键）；不写则为有任务的全部单位"
    )
    items: list[Item] = Field(min_length=1, description="考核项目")
    bonus: list[Bonus] = Field(default_factory=list, description="加分项")
    bonus_most: Points = Field(default=_NOUGHT, description="加分合计不超过几分；有加分项的须写")
    veto: list[Veto] = Field(default_factory=list, description="一票否决的情形；有其一的定为不合格")
    grades: Grades | None = Field(
        default=None, description="等次的分数线；不写则为满分的90%优秀、80%良好、60%合格"
    )
    public: bool = Field(default=False, description="是否公开排名；默认不公开")
    note: str = Field(default="", description="备注，如分值由谁定；随规则一起显示")
