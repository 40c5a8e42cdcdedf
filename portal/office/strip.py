"""The year's phases and windows as a picture: one strip for each plan, drawn on the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise
from typing import NamedTuple

from markupsafe import Markup, escape

from ...calendar.dates import local_day

WIDTH = 1200
_LANE, _TITLE, _HEAD, _HAN, _PAD = 26, 30, 26, 13.5, 6
_NARROW = 0x2E80  # signs below it are half as wide as a hanzi


@dataclass(frozen=True, slots=True)
class Bar:
    """One phase or window; ``first`` and ``last`` are days of Asia/Shanghai, both within it."""

    plan: str
    name: str
    phase: bool
    first: date
    last: date
    provisional: bool = False

    @property
    def said(self) -> str:
        """Give name and days in words."""
        days = f"{self.first.month}月{self.first.day}日"
        if self.last != self.first:
            days += f"至{self.last.month}月{self.last.day}日"
        return f"{self.name}（{days}{'，暂定' if self.provisional else ''}）"


class _Placed(NamedTuple):
    bar: Bar
    left: float
    right: float
    text: float
    anchor: str
    begins: float  # of bar and label together
    ends: float


def draw(bars: Iterable[Bar], year: int, now: datetime) -> Markup:
    """Give the picture as SVG; empty if there is nothing to show. ``bars`` come plan by plan."""
    rows, height = list[Markup](), float(_HEAD)
    for plan, some in groupby(bars, key=lambda bar: bar.plan):
        rows.append(Markup('<text class="s-plan" x="2" y="{}">{}</text>').format(height + 20, plan))
        height += _TITLE
        for lane in _lanes(sorted(some, key=lambda bar: (not bar.phase, bar.first, bar.last)), year):
            rows += [_bar(one, height) for one in lane]
            height += _LANE
    if not rows:
        return Markup()
    height += _PAD
    inner = Markup().join([*months(year, height), *rows, *_today(year, now, height)])
    return Markup('<svg class="strip" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, round(height), f"{year}年各方案的阶段和时段", inner
    )


def across(day: date, year: int) -> float:
    """Give where a day of the year begins, from the left."""
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return min(max((day - date(year, 1, 1)).days, 0), days) / days * WIDTH


def _width(text: str) -> float:
    return sum(_HAN if ord(sign) >= _NARROW else _HAN / 2 for sign in text)


def _lanes(bars: Sequence[Bar], year: int) -> list[list[_Placed]]:
    """Lay bars into as few lines as hold them with their labels; phases come before windows."""
    lanes: list[list[_Placed]] = []
    for bar in bars:
        placed = _place(bar, year)
        fitting = (lane for lane in lanes if lane[0].bar.phase == bar.phase and _free(lane, placed))
        lane = next(fitting, None)
        if lane is None:
            lanes.append([placed])
        else:
            lane.append(placed)
    return lanes


def _free(lane: Iterable[_Placed], new: _Placed) -> bool:
    return all(one.ends + _PAD <= new.begins or new.ends + _PAD <= one.begins for one in lane)


def _place(bar: Bar, year: int) -> _Placed:
    left = across(bar.first, year)
    right = max(across(date.fromordinal(bar.last.toordinal() + 1), year), left + 4)
    label = _width(bar.name) + _PAD
    if label + _PAD <= right - left:
        return _Placed(bar, left, right, left + _PAD, "start", left, right)
    if right + label + _PAD <= WIDTH:
        return _Placed(bar, left, right, right + 4, "start", left, right + label)
    return _Placed(bar, left, right, left - 4, "end", left - label, right)


def _bar(one: _Placed, top: float) -> Markup:
    kind = ("s-phase" if one.bar.phase else "s-window") + (" s-unsure" if one.bar.provisional else "")
    inside = " s-in" if one.left < one.text < one.right else ""
    return Markup(
        '<g><title>{}</title><rect class="{}" x="{:.1f}" y="{:.0f}" width="{:.1f}" height="20" rx="2"/>'
        '<text class="s-name{}" x="{:.1f}" y="{:.0f}" text-anchor="{}">{}</text></g>'
    ).format(
        *(one.bar.said, kind, one.left, top, one.right - one.left),
        *(inside, one.text, top + 15, one.anchor, one.bar.name),
    )


def months(year: int, height: float) -> Iterator[Markup]:
    """Give the ground of a picture of a year: its months, shaded in turn, with their names above."""
    edges = [*(across(date(year, month, 1), year) for month in range(1, 13)), float(WIDTH)]
    for month, (left, right) in enumerate(pairwise(edges), start=1):
        shade = "s-odd" if month % 2 else "s-even"
        yield Markup('<rect class="{}" x="{:.1f}" y="0" width="{:.1f}" height="{:.0f}"/>').format(
            shade, left, right - left, height
        )
        yield Markup('<text class="s-month" x="{:.1f}" y="17" text-anchor="middle">{}月</text>').format(
            (left + right) / 2, month
        )


def _today(year: int, now: datetime, height: float) -> Iterator[Markup]:
    day = local_day(now)
    if day.year == year:
        x = across(day, year)
        yield Markup(
            '<g><title>{}</title><line class="s-today" x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{:.0f}"/></g>'
        ).format(escape("今天"), x, x, _HEAD - 4, height)
