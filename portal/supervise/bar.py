"""A share as a bar, drawn on the server; the numbers beside it say the same in text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from ...obligations.outcome import Tally

WIDTH, HEIGHT = 120, 10
_TIMELY, _LATE, _REST = "#1c6b3c", "#e0a94a", "#f1eee9"


def draw(tally: Tally) -> Markup:
    """Give what came in time, and beside it what came late, of all that was owed; empty where nothing was."""
    if not tally.obliged:
        return Markup()
    timely, received = (WIDTH * count / tally.obliged for count in (tally.timely, tally.received))
    parts = ((0.0, WIDTH, _REST), (0.0, timely, _TIMELY), (timely, received - timely, _LATE))
    rects = Markup().join(
        Markup('<rect x="{:.1f}" y="0" width="{:.1f}" height="{}" fill="{}"/>').format(x, width, HEIGHT, fill)
        for x, width, fill in parts
        if width > 0
    )
    edge = Markup('<rect x="0.5" y="0.5" width="{}" height="{}" fill="none" stroke="#8b857b"/>')
    return Markup(
        '<svg width="{0}" height="{1}" viewBox="0 0 {0} {1}" aria-hidden="true" focusable="false">{2}</svg>'
    ).format(WIDTH, HEIGHT, rects + edge.format(WIDTH - 1, HEIGHT - 1))
