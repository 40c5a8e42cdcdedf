"""What is reckoned from an event, and what is only said to be soon: 会后3日内、及时."""

from __future__ import annotations

import re
from dataclasses import replace

from .numerals import number
from .parts import clock_of, made
from .said import Time

_UNITS = {
    "个工作日": "workday",
    "工作日": "workday",
    "天": "day",
    "日": "day",
    "小时": "hour",
    "个小时": "hour",
    "周": "week",
    "分钟": "minute",
    "个月": "month",
    "个自然日": "day",
    "个星期": "week",
}


_PER = {
    "按月": "month",
    "按季": "quarter",
    "按季度": "quarter",
    "按周": "week",
    "按年": "year",
    "按年度": "year",
}


_EVENTS = re.compile(
    r"(?:自|从)[^，]*|(?:收到|接到|接|发现|发生|会议?|检查|活动|培训|整改|验收|本?通知|本?文件|本?方案|完成|工作|行动|任务|案件|事故|"
    r"问题|每|次月|季度|阶段|审核|公示|签订|下发|印发|受理|排查|演练|督查|巡查|交办|领取|到期|节|开学|放假|复工|汛期|假期|成立|立案|结束|处置|查处|年度|学期).*"
)
_NO_EVENT = re.compile(r"[^后起日]*(?:在|于|应|要|须|以?内)?")


def read_after(found: re.Match[str]) -> Time | None:
    """Read what is reckoned from an event, or simply 2小时内."""
    unit = _UNITS[found["u"]]
    said = found["event"] or ""
    head = _EVENTS.search(said)
    if head is None and (lead := re.match(r".*(?:[要应须请][在于]?|[在于])", said)):
        head = re.compile(r".*").match(said, lead.end())
    event = said[head.start() :] if head else "" if _NO_EVENT.fullmatch(said) else said
    start = found.start() + (head.start() if head else 0)
    if found["limit"] == "后" and not event:
        return None
    if unit == "day" and found["u"] == "日" and not event and found.string[: found.start()].endswith("月"):
        return None
    if (ended := _PERIOD.fullmatch(event)) and unit in ("day", "workday"):
        every = _PERIODS[ended[1]]
        within = f"end of {every} + {number(found['n'])} {unit}s"
        return replace(
            made(found, "every", every=every, within=within),
            start=start,
            text=found.string[start : found.end()],
        )
    time = made(
        found, "after", count=number(found["n"]), unit=unit, event=event.removeprefix("自").removeprefix("从")
    )
    return replace(time, start=start, text=found.string[start : found.end()])


_PERIODS = {"月": "month", "季度": "quarter", "半年": "half", "年度": "year", "年": "year"}
_PERIOD = re.compile(r"每?个?(月|季度|半年|年度|年)(?:结束|终了)后")


def read_same_day(found: re.Match[str]) -> Time:
    """Read the day of an event and the day after: 于当日内、次日12时前."""
    groups = found.groupdict()
    count = int((groups["a"] or groups["b"]) in ("次日", "翌日"))
    return made(found, "after", count=count, unit="day", event="当日", within=clock_of(groups, "k"))


def read_ahead(found: re.Match[str]) -> Time:
    """Read what comes before an event: 会前3个工作日."""
    return made(
        found,
        "after",
        count=-number(found["n"]),
        unit=_UNITS[found["u"]],
        event=(found["event"] or "") + found["side"],
    )


def read_vague(found: re.Match[str]) -> Time:
    """Read a word that says no day: 及时、定期; 按月 says how often."""
    if found[0] in _PER:
        return made(found, "every", every=_PER[found[0]])
    return made(found, "vague")
