"""What a round's workbook says about how to fill it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..obligations.forms import LONGEST, plain_number
from .plain_text import plain_line
from .round_sheet import BY, CODE, HINTS, NIL, NOTE, YES, is_asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .round_sheet import Column, Field, RoundSheet

_PLAIN = {
    CODE: HINTS,
    NIL: f"没有情况选“{YES}”，其余各项不填",
    NOTE: "可不填",
    BY: "填姓名",
}
_KINDS = {
    "text": f"填文字，不超过 {LONGEST} 字",
    "place": "填地点",
    "date": "填日期，如 2026-03-22",
    "files": "附件通过上报链接上传，已交纸质的写“纸质已交”",
}


def heads(sheet: RoundSheet) -> tuple[str, str, str]:
    """Give the lines above the headings: what it is, from where and until when, how to fill it in."""
    title = f"{plain_line(sheet.plan_title)} · {plain_line(sheet.title)}"
    facts = (("截止", sheet.due_text), ("依据", sheet.clause), ("收表", sheet.office))
    said = "　".join(f"{name}：{plain_line(text)}" for name, text in facts if text.strip())
    return title, said, _how(sheet.form)


def _how(form: Sequence[Field]) -> str:
    files = "、".join(f"“{plain_line(field['label'])}”" for field in form if not is_asked(field))
    sent = f"{files}等附件请通过上报链接上传，不在本表填写。" if files else ""
    return (
        "填写说明：一个单位填一行，只填白色格，带 * 的必填；没有情况的，在“零报告”栏选“是”，其余不填。"
        f"{sent}请勿改动列名和单位，不要合并单元格；填好后按 .xlsx 格式原样发回。"
    )


def hint_of(column: Column) -> str:
    """Give what may be filled into a column."""
    field = column.field
    if field is None:
        return _PLAIN.get(column.key, "")
    parts = ("必填" if field["required"] else "", _kind(field), plain_line(field["help"]))
    return "；".join(part for part in parts if part)


def _kind(field: Field) -> str:
    match field["type"]:
        case "number":
            return f"填数字{limits_of(field)}"
        case "choice":
            return f"选一项：{_options(field)}"
        case "checklist":
            return f"可填多项，用顿号隔开：{_options(field)}"
        case kind:
            return _KINDS[kind]


def _options(field: Field) -> str:
    return "、".join(plain_line(option) for option in field["options"])


def limits_of(field: Field) -> str:
    """Give the limits of a number as a clause, or nothing."""
    least, most = field["min"], field["max"]
    if least is not None and most is not None:
        return f"，{plain_number(least)} 至 {plain_number(most)}"
    if least is not None:
        return f"，不小于 {plain_number(least)}"
    return "" if most is None else f"，不大于 {plain_number(most)}"
