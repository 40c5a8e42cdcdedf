"""Checks a report against the form that its round declares, as the list that the round keeps. Pure."""

from __future__ import annotations

import hashlib
import json
import math
import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from .errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Field = Mapping[str, Any]

LONGEST = 5000
MOST_FILES = 9
_BETWEEN = ",，、;；\n"  # what may stand between the items of a checklist
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
_BETWEEN_FILES = re.compile(r"[\s,，、]+")
_CHINESE_DATE = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?")


def read_answers(form: Sequence[Field], given: Mapping[str, str]) -> dict[str, Any]:
    """Give the answers with numbers as numbers, checked items and files as lists, by the keys of the form.

    ``given`` may name fields by key or by label; what is left blank counts as not given. Raises
    :class:`DubanError` naming every field that is wrong: unknown, twice, missing, out of its limits.
    """
    wrong: list[str] = []
    texts = _texts(form, given, wrong)
    answers: dict[str, Any] = {}
    for field in form:
        if text := texts.get(field["key"], ""):
            try:
                answers[field["key"]] = _READERS[field["type"]](field, text)
            except ValueError as problem:
                wrong.append(f"“{field['label']}”{problem}")
        elif field["required"]:
            wrong.append(f"缺少“{field['label']}”")
    if wrong:
        raise DubanError(f"{'；'.join(wrong)}。{_described(form)}")
    return answers


def fault_of(field: Field, text: str) -> str:
    """Give what is wrong with the answer to one field, as a clause to follow its name; empty if right.

    It finds what :func:`read_answers` finds, for those who show each fault at its own cell or entry.
    """
    if not text.strip():
        return "必填，没有填写" if field["required"] else ""
    try:
        _ = _READERS[field["type"]](field, text.strip())
    except ValueError as problem:
        return str(problem)
    return ""


def form_digest(form: Sequence[Field]) -> str:
    """Give the SHA-256 of a form, in hex, the same for the same form whichever database kept it.

    A page or a workbook carries it, so that a form changed between opening and sending is noticed.
    """
    plain = [_canonical(dict(field)) for field in form]
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """Write whole numbers as integers: a database may give back 5 for 5.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _canonical(one) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(one) for one in cast("list[Any]", value)]
    return value


def _texts(form: Sequence[Field], given: Mapping[str, str], wrong: list[str]) -> dict[str, str]:
    """Give what was said, by key; a key says more than a label that looks like it."""
    keys = {field["label"]: field["key"] for field in form} | {field["key"]: field["key"] for field in form}
    texts: dict[str, str] = {}
    for name, text in given.items():
        key = keys.get(name.strip())
        if key is None:
            wrong.append(f"表单没有“{name}”这一项")
        elif key in texts:
            wrong.append(f"“{name}”填了两次")
        else:
            texts[key] = text.strip()
    return texts


def _described(form: Sequence[Field]) -> str:
    if not form:
        return "本表没有要填的项目，情况可写在备注里。"
    return f"本表的项目：{'、'.join(_shown(field) for field in form)}。"


def _shown(field: Field) -> str:
    unit = f"（{field['unit']}）" if field["unit"] else ""
    return f"{field['label']}[{field['key']}]{unit}{'*' if field['required'] else ''}"


def _number(field: Field, text: str) -> int | float:
    value = _numeral(text)
    if field["min"] is not None and value < field["min"]:
        raise ValueError(f"不能小于{plain_number(field['min'])}，实际为{text}")
    if field["max"] is not None and value > field["max"]:
        raise ValueError(f"不能大于{plain_number(field['max'])}，实际为{text}")
    return value


def _numeral(text: str) -> int | float:
    try:
        # Python reads 1_000 as a number; nobody in an office means one by it.
        value = math.nan if "_" in text else float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"应是数字，实际为“{text}”")
    return int(value) if value.is_integer() else value


def plain_number(number: float) -> str:
    """Give a number in full, without an exponent or needless noughts: 1000000, 2.5."""
    text = f"{Decimal(str(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def answer_in_words(field: Field, answers: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Give one answer for people: with its measure, its items, the names of its files; empty for none.

    ``names`` gives the name of a file by its SHA-256.
    """
    answer = answers.get(field["key"])
    if answer is None:
        return ""
    if isinstance(answer, list):
        return "、".join(names.get(str(one), str(one)) for one in cast("list[Any]", answer))
    if isinstance(answer, (int, float)):
        return f"{plain_number(answer)}{field['unit']}"
    return str(answer)


def _text(_field: Field, text: str) -> str:
    if len(text) > LONGEST:
        raise ValueError(f"不能超过{LONGEST}字，实际为{len(text)}字")
    return text


def _choice(field: Field, text: str) -> str:
    if text not in field["options"]:
        raise ValueError(f"应是{'、'.join(field['options'])}之一，实际为“{text}”")
    return text


def _checklist(field: Field, text: str) -> list[str]:
    chosen = {_choice(field, item) for item in _items(field["options"], text)}
    return [option for option in field["options"] if option in chosen]


def _items(options: Sequence[str], text: str) -> Iterator[str]:
    """Take items off the front, the longest option first: an option may have commas and 、 of its own."""
    rest = text.strip(f"{_BETWEEN} ")
    while rest:
        fitting = [one for one in options if rest.startswith(one) and _ends(rest[len(one) :])]
        item = max(fitting, key=len, default="") or re.split(f"[{_BETWEEN}]", rest, maxsplit=1)[0]
        yield item.strip()
        rest = rest[len(item) :].lstrip(f"{_BETWEEN} ")


def _ends(rest: str) -> bool:
    return rest.lstrip(" ")[:1] in _BETWEEN


def _date(_field: Field, text: str) -> str:
    try:
        if found := _CHINESE_DATE.fullmatch(text):
            return date(*map(int, found.groups())).isoformat()
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"应是日期，如 2026-03-22，实际为“{text}”") from None


def _files(field: Field, text: str) -> str | list[str]:
    """Take the digests of files that were sent up; other text says where the files are, and stays text."""
    parts = [part for part in _BETWEEN_FILES.split(text) if part]
    if not all(_SHA256.fullmatch(part) for part in parts):
        return _text(field, text)
    digests = list(dict.fromkeys(part.lower() for part in parts))
    if len(digests) > MOST_FILES:
        raise ValueError(f"最多{MOST_FILES}个附件，实际为{len(digests)}个")
    return digests


_READERS: dict[str, Callable[[Field, str], Any]] = {
    "number": _number,
    "text": _text,
    "choice": _choice,
    "checklist": _checklist,
    "date": _date,
    "place": _text,
    "files": _files,
}
