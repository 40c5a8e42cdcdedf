"""What a rehearsal says, in sentences: the same on the command line, on the page and on paper."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from ..calendar.dates import local_day
from ..calendar.rehearsing.crowding import called
from ..documents.wording import listed
from ..obligations.moments import SHANGHAI, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from ..calendar.expansion import RoundSpec, StretchSpec
    from ..calendar.rehearsing.alike import Alike
    from ..calendar.rehearsing.burden import Burden
    from ..calendar.rehearsing.crowding import Day
    from ..calendar.rehearsing.owing import Owed
    from ..calendar.rehearsing.rehearsal import Rehearsal
    from ..calendar.rehearsing.reminding import Reminded

# How many are named of units, of what is due, of what is provisional, of people.
_NAMES, _TITLES, _MOVING, _PEOPLE = 3, 4, 6, 3
_SUNDAY = timedelta(days=6)


class Section(NamedTuple):
    """One question that a leader asks of the year, what was found, and what is said where nothing was."""

    key: str
    title: str
    lines: tuple[str, ...]
    nothing: str


def sections(found: Rehearsal) -> tuple[Section, ...]:
    """Give what was found, question by question."""
    return (
        Section("over", f"超出每周{found.budget}件的", tuple(_over(found)), "没有超出的。"),
        Section("rest", "截止日是休息日的", tuple(_days(found.rest_days, "{}")), "没有。"),
        Section(
            "before",
            "截止日是节前最后一个工作日的",
            tuple(_days(found.before_holidays, "其后{}放假")),
            "没有。",
        ),
        Section("collide", "同一天要报几件的", tuple(_collisions(found)), "没有。"),
        Section("meetings", "同一天开几个会的", tuple(_meetings(found)), "没有。"),
        Section("alike", "要求重复、可以合并的", tuple(_alike(found)), "没有发现。"),
        Section("reminders", "提醒", tuple(_reminders(found)), "没有提醒。"),
        Section("unsure", "暂定的日期", tuple(_unsure(found)), ""),
    )


def headline(found: Rehearsal) -> str:
    """Give the year in one sentence."""
    rounds, people = len(found.owing.rounds), len(found.owing.names)
    if found.owing.by_name:
        return f"全年{rounds}期，{people}个单位共报{found.reports}件。"
    return f"全年{rounds}期。没有按单位计，{people}类受众各算一家；单位分属几类受众的，实际件数更多。"


def week(monday: date, year: int) -> str:
    """Give a week by its days, as ``2月27日—3月5日``."""
    return _days_of(monday, monday + _SUNDAY, year)


def day(on: date, year: int) -> str:
    """Give a day with its weekday, as ``3月15日（周三）``; the year is said where it is another."""
    return f"{_day(on, year)}（周{WEEKDAYS[on.weekday()]}）"


def _days_of(first: date, last: date, year: int) -> str:
    if first == last:
        return _day(first, year)
    return f"{_day(first, year)}—{f'{last.day}日' if last.month == first.month else _day(last, year)}"


def _day(on: date, year: int) -> str:
    return f"{'' if on.year == year else f'{on.year}年'}{on.month}月{on.day}日"


def names(rounds: Iterable[Owed]) -> str:
    """Give what is due by its name, how often where it is more than once; of many, the first and how many."""
    counts = Counter(one.spec.name for one in rounds)
    found = [name if count == 1 else f"{name}（{count}期）" for name, count in counts.items()]
    # Names have commas of both kinds in them.
    return "；".join(found[:_TITLES]) + (f"等{counts.total()}期" if len(found) > _TITLES else "")


def by_day(rounds: Iterable[Owed]) -> str:
    """Give what is due in a month, day by day, as ``15日：签订目标责任书　27日：每月检查``.

    A meeting that the office calls says when it sits.
    """
    days = ((on, map(_sitting, some)) for on, some in groupby(rounds, lambda one: one.day))
    return "　".join(f"{on.day}日：{'；'.join(dict.fromkeys(some))}" for on, some in days)


def _sitting(one: Owed) -> str:
    starts_at = one.spec.starts_at
    if not called(one.spec) or starts_at is None:
        return one.spec.name
    return f"{one.spec.name}（{_day(local_day(starts_at), one.spec.year)}开会）"


def stretches(found: Rehearsal) -> str:
    """Give the phases and windows with their days, as ``元旦（1月1日—3日）``; empty for none."""
    specs = sorted((one for year in found.years for one in year.stretches), key=lambda one: one.starts_at)
    return "；".join(_stretch(one, found.year) for one in specs)


def _stretch(one: StretchSpec, year: int) -> str:
    days = _days_of(local_day(one.starts_at), local_day(one.ends_at), year)
    return f"{one.name}（{days}{'，暂定' if one.provisional else ''}）"


def who(units: Sequence[str]) -> str:
    """Give who is meant; of many, the first and how many."""
    return listed(units, _NAMES)


def _over(found: Rehearsal) -> Iterator[str]:
    weeks = [
        (monday, burden, some) for burden in found.over for monday, some in burden.over(found.budget).items()
    ]
    for monday, burden, some in sorted(weeks, key=lambda one: one[0]):
        yield _heavy(burden, monday, some, found.year)


def _heavy(burden: Burden, monday: date, some: Sequence[Owed], year: int) -> str:
    return f"{week(monday, year)}，{who(burden.names)}各报{len(some)}件：{names(some)}"


def _days(days: Iterable[Day], said: str) -> Iterator[str]:
    for one in days:
        year = one.rounds[0].spec.year
        yield f"{day(one.day, year)}，{said.format(one.said)}：{names(one.rounds)}"


def _collisions(found: Rehearsal) -> Iterator[str]:
    for one in found.collisions:
        most = f"最多的{one.most}件" if one.units > 1 else f"{one.most}件"
        count = f"{one.units}个单位" if found.owing.by_name else f"{one.units}类受众"
        yield f"{day(one.day, found.year)}，{count}同日到期，{most}：{names(one.rounds)}"


def _meetings(found: Rehearsal) -> Iterator[str]:
    for one in found.meetings:
        held = (f"{_clock(spec)} {spec.name}" for spec in one.meetings)
        yield f"{day(one.day, found.year)}：{'；'.join(held)}"


def _clock(spec: RoundSpec) -> str:
    return "" if spec.starts_at is None else f"{spec.starts_at.astimezone(SHANGHAI):%H:%M}"


def _alike(found: Rehearsal) -> Iterator[str]:
    for one in found.alike:
        yield f"{one.proposal}{_because(one)}"


def _because(one: Alike) -> str:
    fields = "、".join(mine if mine == theirs else f"{mine}与{theirs}" for mine, theirs in one.fields)
    said = [f"填报项相近：{fields}"] if fields else []
    said += [f"用语相同：{'、'.join(one.words)}"] if one.words else []
    said += [f"现分别报{'、'.join(one.receivers)}，须先商定由谁收"] if len(one.receivers) > 1 else []
    return f"（{'；'.join(said)}）" if said else ""


def _reminders(found: Rehearsal) -> Iterator[str]:
    if not any(one.at_most for one in found.reminded):
        return
    total = sum(len(one.days) for one in found.reminded)
    people = f"{len(found.reminded)}人" if found.owing.by_name else f"{len(found.reminded)}类受众"
    yield f"{people}全年共收{total}条：假定都在截止那天才报，提前报的不再提醒；临时事件、督办单另计。"
    same: dict[tuple[Any, ...], list[Reminded]] = {}
    for one in found.reminded:
        same.setdefault((one.days, one.ever), []).append(one)
    for some in list(same.values())[:_PEOPLE]:
        yield _people(some, found)
    if found.untold:
        yield f"没有联系人、收不到提醒的单位：{listed(found.untold, _MOVING)}。"


def _people(some: Sequence[Reminded], found: Rehearsal) -> str:
    one = some[0]
    name = f"{one.person.unit_name}{one.person.name}"
    if len(some) > 1:
        name += f"等{len(some)}人，每人" if found.owing.by_name else f"等{len(some)}类受众，每类"
    busy = f"，最多一周{one.busiest[1]}条（{week(one.busiest[0], found.year)}）" if one.busiest else ""
    return f"{name}全年{len(one.days)}条{busy}；若一件都不报，{one.at_most}条。"


def _unsure(found: Rehearsal) -> Iterator[str]:
    here = found.unsure
    if here.provisional:
        yield f"{here.year}年放假通知尚未收录，工作日按法定假日推算；通知公布后，以下日期可能变动。"
    else:
        yield f"放假安排：{here.source}。"
    if here.moving:
        names = [one.name for one in here.moving]
        rounds = sum(one.rounds for one in here.moving)
        yield f"暂定的{rounds}期：{_some(names)}。"
    if here.firm:
        yield f"按农历、节气已定，只是当天是否上班、提醒哪天发出要等通知：{_some(here.firm)}。"


def _some(found: Sequence[str]) -> str:
    return "；".join(found[:_MOVING]) + (f"等{len(found)}项" if len(found) > _MOVING else "")
