"""What requests say in their bodies."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field, WithJsonSchema

from ...obligations.words import RemarkKind
from .kinds import NO_NOUGHT, Asked, Key, Long, Moment, Name, Number, Reason, Remark, Sha256, Version, Yes

MOST_AT_ONCE = 500
MOST_ANSWERS, LONGEST_ANSWER = 200, 5000
MOST_ITEMS, LONGEST_ITEM = 50, 200
LARGEST = 10**15  # whole numbers are exact up to here whatever program writes them


def _answer(given: object) -> str:
    """Write an answer as a person would type it, which is how forms are read."""
    if isinstance(given, list):
        return _listed(cast("list[object]", given))
    if isinstance(given, str):
        return _written(given, LONGEST_ANSWER)
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise ValueError("应是文字、数字，或由文字组成的列表")  # noqa: TRY004 - pydantic reports this kind
    if not abs(given) <= LARGEST:  # nor is NaN
        raise ValueError(f"数字应在负{LARGEST}至{LARGEST}之间")
    return repr(int(given)) if given == int(given) else repr(given)


def _listed(items: list[object]) -> str:
    if len(items) > MOST_ITEMS:
        raise ValueError(f"最多{MOST_ITEMS}项")
    return "\n".join(_written(one, LONGEST_ITEM) for one in items)


def _written(given: object, most: int) -> str:
    if not isinstance(given, str):
        raise ValueError("列表里应当都是文字")  # noqa: TRY004 - pydantic reports this kind
    if len(given) > most:
        raise ValueError(f"过长，最多{most}字")
    if "\0" in given or any("\ud800" <= sign <= "\udfff" for sign in given):  # halves of characters
        raise ValueError("含有不能用的字符")
    return given


def _text_schema(longest: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest, "pattern": NO_NOUGHT}


_ANSWER_SCHEMA = {
    "anyOf": [
        _text_schema(LONGEST_ANSWER),
        {"type": "number", "minimum": -LARGEST, "maximum": LARGEST},
        {"type": "array", "items": _text_schema(LONGEST_ITEM), "maxItems": MOST_ITEMS},
    ]
}
# Each a number, a text, or a list of texts (a checklist's items; files by their SHA-256).
Answers = Annotated[
    dict[Name, Annotated[str, BeforeValidator(_answer)]],
    Field(max_length=MOST_ANSWERS),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": MOST_ANSWERS,
            "propertyNames": {"minLength": 1, "maxLength": 200, "pattern": NO_NOUGHT},
            "additionalProperties": _ANSWER_SCHEMA,
            "examples": [{"shuliang": 12}],
        }
    ),
]


class ReportAsked(Asked):
    """A report of what a unit owes."""

    answers: Answers = Field(
        default_factory=dict[str, str],
        description="各项答案，按表格中的 key（或名称）；表格见事项详情的 form",
    )
    nil: Yes = Field(False, description="零报告：本期无情况；此时不填 answers")
    note: Long = Field("", description="备注")
    claimed_at: Moment | None = Field(None, description="单位自称的报送时间，只作记录，不作为按时与否的依据")
    reported_by: Name | None = Field(None, description="单位何人所报，记入留痕", examples=["一村 王文书"])
    key: Key | None = Field(
        None,
        description="对方系统中这份上报的编号；不写则用幂等键。同一编号、同样内容只登记一次，同一编号、不同内容则拒绝",
    )
    seen_version: Version | None = Field(
        None, description="上报前看到的最新版次，尚无则为 0；写了而其后又有新版的，不予登记"
    )
    seen_form: Sha256 | None = Field(
        None, description="所填表格的 form_digest；写了而表格已有调整的，不予登记"
    )


class AcceptAsked(Asked):
    """Which version is taken."""

    version: Version = Field(description="看过的最新版次；其后又有新版的，不予接收", examples=[1])


class SeenAsked(Asked):
    """A report that was looked at."""

    obligation: Number = Field(description="事项编号")
    version: Version = Field(description="看过的最新版次")


class AcceptManyAsked(Asked):
    """Which reports of a round are taken."""

    seen: Annotated[list[SeenAsked], Field(min_length=1, max_length=MOST_AT_ONCE)] = Field(
        description="看过的各项，至多500项"
    )


class ReturnAsked(Asked):
    """Why a report goes back."""

    version: Version = Field(description="看过的最新版次；其后又有新版的，不予退回", examples=[1])
    reason: Reason = Field(description="退回原因：请单位改什么")
    material: Yes = Field(description="是否实质性问题：是则影响按时认定，一般瑕疵不影响")
    correct_by: Moment | None = Field(None, description="更正期限，须晚于现在；已截止补报的必须写明")


class ExtendAsked(Asked):
    """A later due moment, granted at once."""

    until: Moment = Field(description="新的期限，即最后一个按时的时刻，如某日 23:59:59")
    reason: Reason = Field(description="延期理由")
    asked_at: Moment | None = Field(None, description="单位何时提出（须在到期前）；不写则为此刻")


class ExtensionAsked(Asked):
    """The answer to a unit's request for more time."""

    granted: Yes = Field(description="同意与否")
    until: Moment | None = Field(None, description="同意时可另定期限；不写则按单位所请")
    answer: Remark = Field("", description="不同意时须写明理由")


class ExemptAsked(Asked):
    """Why a unit is let off, and who approved it."""

    reason: Reason = Field(description="免报理由")
    approver: Name = Field(description="批准人")


class TransferAsked(Asked):
    """The answer to a unit that says that this is not its duty."""

    granted: Yes = Field(description="同意与否；同意则该单位本期免报")
    answer: Reason = Field(description="答复或理由")


class RemarkAsked(Asked):
    """Something said about an obligation by the office: a note, or a call that was made."""

    kind: Literal[RemarkKind.NOTE, RemarkKind.CALL] = Field(
        description="note 办公室说明；call 电话记录", examples=["call"]
    )
    text: Remark = Field("", description="内容；说明必须写，电话记录可以不写")
    whom: Remark = Field("", description="电话打给了谁；电话记录必须写")
    reached: Yes | None = Field(None, description="电话是否接通；只用于电话记录")


class EventAsked(Asked):
    """What happened, so that the units concerned owe a report at once."""

    plan: Name = Field(description="方案", examples=["jiancha"])
    duty: Name = Field(description="即时任务的键", examples=["faxian"])
    at: Moment = Field(description="何时发生；期限由此起算，不能晚于现在")
    note: Remark = Field("", description="发生了什么，几个字")
    units: Annotated[list[Name], Field(max_length=1000)] = Field(
        default_factory=list[str], description="涉及的单位，代码或名称；不写则为该任务的全部受众"
    )
