"""What every part of the plan language is made of: closed, frozen models, keys, names and dates."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from .dates import Roll
from .phrases import parse

Source = Literal["document", "local"]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
Name = Annotated[str, Field(min_length=1)]


def _readable(text: str) -> str:
    parse(text)
    return text


_EXAMPLES = [
    "03-22", "day 25", "last workday", "正月初八", "除夕 - 8 days", "清明", "month 2 day 15",
    "end of quarter - 5 workdays", "周五 12:00", "due + 10 days", "event + 2 hours",
]  # fmt: skip
Phrase = Annotated[str, AfterValidator(_readable), Field(examples=_EXAMPLES)]

SOURCE = "日期由谁定：document 文件写明；local 本单位自定"


class Model(BaseModel):
    """What every part of a plan shares: frozen, and closed to unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class When(Model, title="日期"):
    """A date: the phrase, what to do on a rest day, and who chose it."""

    on: Phrase = Field(description="日期短语，如 03-22、day 25、last workday、正月初八、除夕 - 8 days")
    roll: Roll = Field(
        default="as_written",
        description="遇休息日：as_written 不变；previous_workday 提前到上个工作日；next_workday 顺延",
    )
    source: Source | None = Field(default=None, description=f"{SOURCE}。不写则同所在任务的 source")


def _spelled(value: object) -> object:
    return {"on": value} if isinstance(value, str) else value


Date = Annotated[When, BeforeValidator(_spelled, json_schema_input_type=Phrase | When)]
