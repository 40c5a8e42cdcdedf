"""Where tables are printed: the terminal as it is, or a file or pipe with nothing cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.measure import Measurement

if TYPE_CHECKING:
    from rich.console import RenderableType

PLAIN_WIDTH = 80
_ENDLESS = 10_000


def screen_for(*shown: RenderableType) -> Console:
    """Give a console as wide as the terminal, or, into a file or pipe, as wide as what is shown needs.

    It reads no markup: what a user typed is printed as typed.
    """
    console = _console(None)
    if console.is_terminal:
        return console
    endless = _console(_ENDLESS)
    needed = (Measurement.get(endless, endless.options, one).maximum for one in shown)
    return _console(max(PLAIN_WIDTH, *needed))


def _console(width: int | None) -> Console:
    return Console(width=width, markup=False, emoji=False, highlight=False)
