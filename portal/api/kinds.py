"""Kinds of values that the API takes and gives, each with its limits where the description shows them.

Whatever is taken here fits the database: PostgreSQL keeps no U+0000 in a text, and numbers have an end.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Self

from fastapi import Path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from ...obligations.moments import SHANGHAI

SMALL = 2**31 - 1  # numbers of rounds and units
BIG = 2**53 - 1  # numbers of all else; above it programs that know floats alone lose the last digits
VISIBLE = r"^[\x21-\x7e]+$"
NO_NOUGHT = r"^[^\x00]*$"
_YEARS = (2000, 2100)  # beyond them neither calendars nor zones are of use
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII | re.DOTALL
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Asked(BaseModel):
    """What a request says; what it does not know is refused, so that a slip of the pen is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shape(BaseModel):
    """What an answer says."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def of(cls, row: object, **more: Any) -> Self:
        """Give the shape from what has the same names, and ``more`` besides or instead."""
        names = {name: getattr(row, name) for name in cls.model_fields if name not in more}
        return cls(**names, **more)


def _text(least: int, most: int) -> StringConstraints:
    return StringConstraints(strict=True, min_length=least, max_length=most, pattern=NO_NOUGHT)


Name = Annotated[str, _text(1, 200)]
Word = Annotated[str, _text(0, 200)]
Reason = Annotated[str, _text(1, 1000)]
Remark = Annotated[str, _text(0, 1000)]
Long = Annotated[str, _text(0, 5000)]
Key = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200, pattern=VISIBLE)]
Sha256 = Annotated[
    str, StringConstraints(strict=True, min_length=64, max_length=64, pattern=r"^[0-9a-f]{64}$")
]


def _whole(given: object) -> object:
    """Take 1.0 for 1, as JSON does: it knows numbers of one kind only."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


Version = Annotated[int, Field(strict=True, ge=0, le=SMALL), BeforeValidator(_whole)]
Number = Annotated[int, Field(strict=True, ge=1, le=BIG), BeforeValidator(_whole)]
Yes = Annotated[bool, Field(strict=True)]
ObligationId = Annotated[int, Path(ge=1, le=BIG, description="事项编号")]
RoundId = Annotated[int, Path(ge=1, le=SMALL, description="期次编号")]


def _read_moment(given: object) -> datetime:
    if not isinstance(given, str) or _RFC3339.fullmatch(given) is None:
        raise ValueError("应是带时区的时间，如 2023-03-24T17:30:00+08:00（写在地址中时，+ 要写成 %2B）")
    try:
        return datetime.fromisoformat(given.upper())
    except ValueError:
        raise ValueError("没有这样的日期或时间") from None


def _read_day(given: object) -> date:
    if not isinstance(given, str) or _DAY.fullmatch(given) is None:
        raise ValueError("应是日期，如 2023-03-24")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise ValueError("没有这样的日期") from None


def _in_range(at: datetime) -> datetime:
    if not _YEARS[0] <= at.year < _YEARS[1]:
        raise ValueError(f"应在{_YEARS[0]}年至{_YEARS[1] - 1}年之间")
    return at


def _read_yes(given: object) -> bool:
    if given not in ("true", "false"):
        raise ValueError("应是 true 或 false")
    return given == "true"


# A moment that is taken: any offset, and it must have one.
Moment = Annotated[
    datetime,
    BeforeValidator(_read_moment),
    AfterValidator(_in_range),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2023-03-24T17:30:00+08:00"]}),
]
# A local day that is taken.
Day = Annotated[
    date,
    BeforeValidator(_read_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2023-03-24"]}),
]
# Yes or no in an address, where everything is text.
YesWord = Annotated[bool, BeforeValidator(_read_yes), WithJsonSchema({"type": "boolean"})]
# A moment that is given, as the command line's --json gives it.
At = Annotated[
    datetime,
    PlainSerializer(lambda at: at.astimezone(SHANGHAI).isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2023-03-24T23:59:59+08:00"]}),
]


class Paged(Asked):
    """Which part of a long list."""

    after: Annotated[int, Field(ge=0, le=BIG)] = Field(0, description="上一页答复中的 next；不写则从头开始")
    limit: Annotated[int, Field(ge=1, le=200)] = Field(100, description="每页最多几条，1 至 200")


class SmallPaged(Paged):
    """The same, for rounds and units."""

    after: Annotated[int, Field(ge=0, le=SMALL)] = Field(0, description="上一页答复中的 next；不写则从头开始")
