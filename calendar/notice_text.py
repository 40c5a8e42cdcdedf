"""The words of the State Council's yearly notice of days off, read into the form of our own tables.

The wording is that of 国务院办公厅关于…年部分节假日安排的通知 since 2008: an item for each holiday says from
when to when is off, how many days that is, and which days are worked for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ..obligations.errors import InputError, Problem

WEEKDAYS = "一二三四五六日"
_TITLE = re.compile(r"关于(\d{4})年部分节假日安排的通知")
_NUMBER = re.compile(r"国办发(?:明电)?〔\d{4}〕\d+号")
_ITEM = re.compile(r"(?m)^[ \t　]*[一二三四五六七八九]、([^：:。\n]{1,12})[：:]")
_DAY = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:[（(]([^（）()]*)[）)])?"
_DATE = re.compile(_DAY)
_OFF = re.compile(rf"^{_DAY}(?:至{_DAY})?放假(?:调休)?(?:(\d+)天)?(?:，(?:共(\d+)天|与周末连休|不调休))*$")
_WORKED = re.compile(rf"^{_DAY}(?:、{_DAY})*上班$")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_ADVICE = "鼓励"  # the notice of 2024 asks employers to let people rest on the eve: advice, no arrangement
# What follows the last item: how to spend the days, and who signs when.
_CLOSING = re.compile(r"国务院办公厅|节假日期间")
_WIDE = str.maketrans("０１２３４５６７８９,", "0123456789，")
Pieces = tuple[str | None, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Arranged:
    """A holiday: its days off from ``first`` to ``last``, both included, and the days worked for it."""

    name: str
    first: date
    last: date
    makeup: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeText:
    """What a notice arranges for its year; ``number`` is 国办发明电〔…〕…号."""

    year: int
    number: str
    holidays: tuple[Arranged, ...]

    def table(self) -> str:
        """Give the notice as one of our tables, ``holidays/<year>.yaml``."""
        lines = [
            f"# {self.year}年放假安排，依通知原文读出。from 至 to 为放假（含首尾），makeup 为调休上班日。",
            f"year: {self.year}",
            f"notice: {self.number}",
            f"source: 国务院办公厅关于{self.year}年部分节假日安排的通知",
            "holidays:",
        ]
        for one in self.holidays:
            makeup = f", makeup: [{', '.join(map(str, one.makeup))}]" if one.makeup else ""
            lines.append(f"  - {{name: {one.name}, from: {one.first}, to: {one.last}{makeup}}}")
        return "\n".join(lines) + "\n"


def read_notice(text: str, file: str) -> NoticeText:
    """Read the words of a notice; ``file`` is how it is called when something is wrong.

    Nothing is passed over: raises :class:`InputError` with every sentence of an item that is not understood,
    every weekday that is not the day's and every number of days that is not what the dates come to.
    """
    return _Reading(text.translate(_WIDE), file).read()


class _Reading:
    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.year = 0
        self.problems: list[Problem] = []

    def read(self) -> NoticeText:
        # A title is often broken into two lines.
        title, number = _TITLE.search(re.sub(r"\s+", "", self.text)), _NUMBER.search(self.text)
        if title is None:
            expected = "“国务院办公厅关于××××年部分节假日安排的通知”的全文"
            raise InputError([Problem(self.file, "不是放假通知", expected=expected)])
        self.year = int(title.group(1))
        if number is None:
            self._say(1, "没有找到文号", expected="如“国办发明电〔2025〕7号”")
        heads = list(_ITEM.finditer(self.text))
        if not heads:
            self._say(
                1,
                "没有找到各节日的安排",
                expected="如“一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。”",
            )
        ends = [head.start() for head in heads[1:]] + [len(self.text)]
        found = [self._holiday(head, end) for head, end in zip(heads, ends, strict=True)]
        if self.problems or number is None:
            raise InputError(self.problems)
        return NoticeText(self.year, number.group(), tuple(one for one in found if one is not None))

    def _say(self, line: int, message: str, *, expected: str | None = None, found: str | None = None) -> None:
        self.problems.append(Problem(self.file, message, line, expected=expected, found=found))

    def _holiday(self, head: re.Match[str], end: int) -> Arranged | None:
        name, line = head.group(1).strip(), self.text.count("\n", 0, head.start(1)) + 1
        # The last item ends with its paragraph; what follows it is the closing of the notice.
        said = self.text[head.end() : end].split("\n\n")[0]
        off: tuple[date, date] | None = None
        makeup: list[date] = []
        for sentence in re.sub(r"\s+", "", said).split("。"):
            if (days := _OFF.match(sentence)) and off is None:
                off = self._off(days, line)
            elif _WORKED.match(sentence):
                makeup += self._worked(sentence, line)
            elif (
                _DATE.search(sentence) and not sentence.startswith(_ADVICE) and not _CLOSING.search(sentence)
            ):
                self._say(line, f"读不懂“{name}”的这一句", found=f"“{sentence}”")
        if off is None:
            self._say(line, f"没有读到“{name}”从哪天放到哪天")
            return None
        return Arranged(name, *off, tuple(makeup))

    def _off(self, days: re.Match[str], line: int) -> tuple[date, date] | None:
        pieces = days.groups()
        first = self._day(pieces[:4], None, line)
        last = self._day(pieces[4:8], first, line) if pieces[6] else first
        if first is None or last is None:
            return None
        count = pieces[9] or pieces[8]
        length = (last - first).days + 1
        if length < 1 or (count and int(count) != length):
            self._say(line, "天数与起止日期不符", expected=f"{count or '一'}天", found=f"{first}至{last}")
        return first, last

    def _worked(self, sentence: str, line: int) -> list[date]:
        days: list[date] = []
        for one in _DATE.finditer(sentence):
            day = self._day(one.groups(), days[-1] if days else None, line)
            if day is not None:
                days.append(day)
        return days

    def _day(self, pieces: Pieces | tuple[str | None, ...], before: date | None, line: int) -> date | None:
        """Give a day; without its year or month it is in those of the day before it in the sentence."""
        year, month, day, said = pieces
        if month is None and before is None:
            self._say(line, "这个日期没有写月份", found=f"{day}日")
            return None
        usual = before.year if before else self.year
        try:
            found = date(
                int(year or usual), int(month) if month else (before or date.min).month, int(day or 0)
            )
        except ValueError:
            self._say(line, "没有这一天", found=f"{month or ''}月{day}日")
            return None
        weekday = _WEEKDAY.search(said or "")
        if weekday and WEEKDAYS.index(weekday.group(1).replace("天", "日")) != found.weekday():
            self._say(line, f"{found}不是{weekday.group()}", expected=f"星期{WEEKDAYS[found.weekday()]}")
        return found
