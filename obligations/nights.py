"""Nights on duty: the roster, and the morning's summary with its sums and its words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from .errors import DubanError
from .forms import plain_number
from .moments import in_words, whole_second

MOST_PEOPLE = 30
LONGEST = 30
_PHONE = re.compile(r"\+?\d[\d\- ]{5,18}\d")


class OnDuty(NamedTuple):
    """Somebody on duty: the name, the telephone under which they answer at night, and what they do."""

    name: str
    phone: str
    task: str


class Sum(NamedTuple):
    """What the reports say of one number, together."""

    label: str
    total: int | float
    unit: str

    @property
    def said(self) -> str:
        """Give it for people: ``投入警力34人次``."""
        return f"{self.label}{plain_number(self.total)}{self.unit}"


class Happened(NamedTuple):
    """An event of the night: when, which units, what."""

    at: datetime
    units: str
    text: str


@dataclass(frozen=True, slots=True)
class NightFacts:
    """What was known of a window when its summary was made (``as_of``): who reported, who did not, the sums.

    ``nil`` are those of the reported that had nothing to report; ``rosterless`` gave no roster, if one is
    due.
    """

    title: str
    as_of: datetime
    reported: tuple[str, ...]
    nil: tuple[str, ...]
    missing: tuple[str, ...]
    sums: tuple[Sum, ...]
    events: tuple[Happened, ...]
    rosterless: tuple[str, ...] = ()


def check_roster(people: Sequence[OnDuty], ends_at: datetime | None, now: datetime) -> None:
    """Let a roster be given while the window is not over: somebody by name, with a telephone that answers."""
    if ends_at is not None and whole_second(now) > ends_at:
        raise DubanError(f"本时段已于{in_words(ends_at)}结束，值班表不再改动。")
    if not people:
        raise DubanError("请填写值班人员，至少一人。")
    if len(people) > MOST_PEOPLE:
        raise DubanError(f"值班人员最多填{MOST_PEOPLE}人，现有{len(people)}人。")
    for one in people:
        _check_person(one)
    names = [one.name for one in people]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DubanError(f"“{'、'.join(twice)}”填了两次。")


def _check_person(one: OnDuty) -> None:
    if not one.name:
        raise DubanError(f"电话{one.phone or '（空）'}没有写是谁。")
    if not _PHONE.fullmatch(one.phone):
        raise DubanError(f"“{one.name}”的电话应是数字，如 13900000001 或 0550-1234567，实际为“{one.phone}”。")
    if max(len(one.name), len(one.task)) > LONGEST:
        raise DubanError(f"“{one.name[:LONGEST]}”的姓名和岗位最多各写{LONGEST}字。")


def sums(form: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]]) -> tuple[Sum, ...]:
    """Give the sum of each number of a form over the reports; what a report leaves out counts as none."""
    return tuple(
        Sum(field["label"], sum(_number(one.get(field["key"])) for one in answers), field["unit"])
        for field in form
        if field["type"] == "number"
    )


def _number(answer: object) -> int | float:
    return answer if isinstance(answer, (int, float)) else 0


def summary(facts: NightFacts) -> str:
    """Give the summary as it is told and kept, in numbered paragraphs."""
    expected = len(facts.reported) + len(facts.missing)
    lines = [f"{facts.title}情况汇总（截至{in_words(facts.as_of)}）", _reports(facts, expected)]
    lines.append(f"二、数据合计：{'，'.join(one.said for one in facts.sums) or '本表没有数字项目'}。")
    lines.append(f"三、重大事件：{len(facts.events)}起{'：' if facts.events else '。'}")
    lines += [
        f"{number}．{in_words(one.at)}，{one.units}：{one.text}" for number, one in enumerate(facts.events, 1)
    ]
    if facts.rosterless:
        lines.append(f"四、没有报值班表的{len(facts.rosterless)}个单位：{'、'.join(facts.rosterless)}。")
    return "\n".join(lines)


def _reports(facts: NightFacts, expected: int) -> str:
    said = f"一、报告情况：应报{expected}个单位，已报{len(facts.reported)}个"
    said += f"（零报告{len(facts.nil)}个）" if facts.nil else ""
    if not facts.missing:
        return f"{said}，全部报齐。"
    return f"{said}，未报{len(facts.missing)}个：{'、'.join(facts.missing)}。"
