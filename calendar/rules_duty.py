"""What some duties are besides reports: inspections, look-backs, nights on duty."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from .phrases import RuleError, parse
from .plan_base import Key, Model, Phrase


class Inspection(Model, title="督查检查"):
    """An inspection: which units may be drawn, how many, by how many people, and whether announced."""

    of: Key = Field(description="从哪些单位中抽取（audiences 中的键）")
    units: int = Field(ge=1, le=500, description="每次抽几个单位")
    team: int = Field(default=2, ge=1, le=20, description="每个单位派几名检查人员")
    announced: bool = Field(default=True, description="true 先通知；false 不通知，开始前不公开")
    nights: int = Field(default=1, ge=1, le=30, description="告知各单位承诺以后隔几个工作日才抽签，至少一个")
    cover: bool = Field(default=True, description="全年每个单位至少查到一次；余下的次数不够时提醒办公室")


class LookBack(Model, title="回头看"):
    """A look-back: every finding that was grave, late or reopened, and a random sample of the rest."""

    of: Key = Field(description="回头看哪些单位（audiences 中的键）")
    sample: int = Field(default=20, ge=0, le=100, description="其余已销号隐患随机抽查的百分比")
    at_least: int = Field(default=1, ge=0, le=500, description="其余已销号隐患至少抽查几处")


def _in_a_window(text: str) -> str:
    if parse(text).needs == "event":
        raise RuleError("汇总的时刻不能按事件推算", expected="如 ends + 1 day 08:00")
    return text


class Night(Model, title="高峰夜值守"):
    """A peak night: the roster, a nil report by the duty's own deadline, and a summary in the morning."""

    summary: Annotated[Phrase, AfterValidator(_in_a_window)] | None = Field(
        default=None, description="汇总的时刻，如 ends + 1 day 08:00；不写则为时段结束后的第一个8:00"
    )
    to: Key = Field(description="汇总报给谁（audiences 中的键）")
    roster: bool = Field(default=True, description="要报值班名单")
