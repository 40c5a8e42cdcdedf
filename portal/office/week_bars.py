"""How many reports come in each week of a year, as a picture: one bar for each week, drawn on the server."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup

from ...app.rehearsal_words import week
from .strip import WIDTH, across, months

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_HEAD, _TALL, _LABEL = 26, 80, 16
_GAP = 3
_WEEK = timedelta(days=7)


def draw(weeks: Mapping[date, int], year: int, said: str) -> Markup:
    """Give the picture as SVG; empty if nothing comes. Weeks are named by their Monday."""
    most = max(weeks.values(), default=0)
    if not most:
        return Markup()
    bottom = _HEAD + _LABEL + _TALL
    bars = [_bar(monday, count / most * _TALL, count, year) for monday, count in weeks.items()]
    inner = Markup().join([*months(year, bottom), *bars])
    return Markup('<svg class="strip" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, bottom + 2, said, inner
    )


def _bar(monday: date, tall: float, count: int, year: int) -> Markup:
    left, right = across(monday, year), across(monday + _WEEK, year)
    # A week of the next year still has its bar, at the edge.
    left = min(left, WIDTH - WIDTH / 53)
    right = max(right, left + WIDTH / 53)
    top = _HEAD + _LABEL + _TALL - tall
    shape = Markup('<rect class="s-phase" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
        left + _GAP / 2, top, right - left - _GAP, tall
    )
    text = Markup('<text class="s-month" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
        (left + right) / 2, top - 4, count
    )
    return Markup("<g><title>{}：{}件</title>{}{}</g>").format(week(monday, year), count, shape, text)
