"""What may stand in one cell of a roster: each reader gives the value, or says what was expected instead."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,31}")
_PHONE = re.compile(r"\+?\d[\d-]{1,18}\d(转\d{1,6})?")
_EMAIL = re.compile(r"[^@\s,;]{1,64}@[^@\s,;]+\.[^@\s,;.]+")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")
_TAG_BREAK = re.compile(r"[、，,；;\s]+")
_LONGEST = {"name": 60, "kind": 20, "contact": 30, "channel": 60}


class WrongCellError(Exception):
    """What is wrong with a value, and what was expected in its place."""

    def __init__(self, message: str, expected: str) -> None:
        super().__init__(message)
        self.message: str = message
        self.expected: str = expected


def shown(value: object) -> str:
    """Give a value as a spreadsheet shows it: whole numbers without a decimal point, spaces trimmed."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case _:
            return " ".join(str(value).split())


def read(field: str, value: object) -> str:
    """Read the value of a text field. Raises WrongCellError."""
    text = shown(value)
    if not text:
        return ""
    if any(unicodedata.category(sign) == "Cc" for sign in text):
        raise WrongCellError("含有不可见的控制字符", "不含控制字符的文字")
    return _READERS.get(field, _free)(field, text)


def read_tags(value: object) -> frozenset[str]:
    """Read tags: a list, or text parted by 、 comma, semicolon or space."""
    if isinstance(value, (list, tuple)):
        items = cast("Iterable[object]", value)
        return frozenset(text for item in items if (text := shown(item)))
    return frozenset(tag for tag in _TAG_BREAK.split(shown(value)) if tag)


def read_date(value: object) -> date | None:
    """Read a day: a date of the spreadsheet, or text such as 2026-01-31. Raises WrongCellError."""
    match value:
        case datetime() if value.time() == time():
            return value.date()
        case date() if not isinstance(value, datetime):
            return value
        case str() | None:
            return _day_of(shown(value))
        case _:
            raise _not_a_day("应填日期")


def _day_of(text: str) -> date | None:
    if not text:
        return None
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text).removesuffix(" 00:00:00"))
    if match is None:
        raise _not_a_day("日期无法识别")
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        raise _not_a_day("没有这一天") from None


def _not_a_day(message: str) -> WrongCellError:
    return WrongCellError(message, "日期，如 2026-01-31")


def _free(field: str, text: str) -> str:
    longest = _LONGEST[field]
    if len(text) > longest:
        raise WrongCellError("内容过长", f"不超过 {longest} 个字")
    return text


def _code(_field: str, text: str) -> str:
    code = unicodedata.normalize("NFKC", text)
    if _CODE.fullmatch(code) is None:
        raise WrongCellError("代码写法有误", "32 位以内的字母、数字、-、_、.，如 v01")
    return code


def _phone(_field: str, text: str) -> str:
    phone = unicodedata.normalize("NFKC", text).replace(" ", "").removesuffix(".0")
    if _SCIENTIFIC.fullmatch(phone):
        raise WrongCellError("号码成了科学计数，末几位已丢失", "完整号码（请把单元格设为“文本”格式后重填）")
    if _PHONE.fullmatch(phone) is None:
        raise WrongCellError("电话号码写法有误", "电话号码，如 13900000001")
    return phone


def _email(_field: str, text: str) -> str:
    email = unicodedata.normalize("NFKC", text)
    if _EMAIL.fullmatch(email) is None:
        raise WrongCellError("邮箱写法有误", "邮箱，如 name@example.cn")
    return email


_READERS: dict[str, Callable[[str, str], str]] = {
    "code": _code,
    "parent": _code,
    "phone": _phone,
    "email": _email,
}
