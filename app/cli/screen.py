"""Where tables are printed: the terminal as it is, or a file or pipe with nothing cut short."""

from __future__ import annotations

from rich.console import Console

_ENDLESS = 10_000


def screen() -> Console:
    """Give the terminal as a console, or, into a file or pipe, one so wide that every row is one whole line.

    It reads no markup: what a user typed is printed as typed.
    """
    console = _console(None)
    return console if console.is_terminal else _console(_ENDLESS)


def _console(width: int | None) -> Console:
    return Console(width=width, markup=False, emoji=False, highlight=False)
