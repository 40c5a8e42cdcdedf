"""The cells of the year's grid, written in one go: a template called for each would take a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from ...obligations.moments import SHANGHAI, in_words
from ...obligations.outcome import Tally, tally
from ...obligations.words import Outcome
from ..pages import MARKS, percent

if TYPE_CHECKING:
    from ...ledger.grid import Grid, GridRound, Mark

_NOTHING = "<td></td>"
_OPENS = {
    outcome: f'<td><a class="mark m-{outcome}" aria-label="{outcome.zh}" href="/obligations/'
    for outcome in Outcome
}
_ENDS = {outcome: f'">{sign}</a></td>' for outcome, sign in MARKS.items()}


@dataclass(frozen=True, slots=True)
class Head:
    """A column's heading; ``day`` is the day of the month on which it is due, ``edge``: a month begins."""

    round: GridRound
    day: str
    said: str
    edge: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The grid as a page shows it: headings by month, rows of cells, and shares in the last row."""

    months: Sequence[tuple[str, int]]
    heads: Sequence[Head]
    rows: Markup
    shares: Markup
    counted: int


def table(
    found: Grid, tallies: Mapping[int, Tally] | None, year: int, now: datetime, half: int | None = None
) -> Table:
    """Give the table of a grid at ``now``; skipped rounds are left out, and what is not due has no share yet.

    ``tallies`` counts each round over all units; without it the units that are shown are counted. With
    ``half`` only the rounds that end in the first (1) or second (2) half of the year.
    """
    kept = [number for number, one in enumerate(found.rounds) if not one.skipped and _within(one, year, half)]
    rounds = [found.rounds[number] for number in kept]
    months = [(_called(month, year), len(list(some))) for month, some in groupby(rounds, key=_month)]
    rows = [
        _row(unit.id, unit.name, [cells[number] for number in kept])
        for unit, cells in zip(found.units, found.marks, strict=True)
    ]
    heads = _heads(rounds)
    shares = _shares(heads, _counted(found) if tallies is None else tallies, now)
    return Table(months, heads, Markup("".join(rows)), shares, len(rows))  # noqa: S704 - every part is escaped or ours


def _at(one: GridRound) -> datetime:
    return (one.due_at or one.ends_at or one.opens_at).astimezone(SHANGHAI)


def _within(one: GridRound, year: int, half: int | None) -> bool:
    # What ends in the January after belongs to the second half, as what ended before belongs to the first.
    second = _month(one) > (year, 6)
    return half is None or second == (half == 2)  # noqa: PLR2004 - the second half


def _month(one: GridRound) -> tuple[int, int]:
    return _at(one).year, _at(one).month


def _called(month: tuple[int, int], year: int) -> str:
    return f"{month[1]}月" if month[0] == year else f"{month[0]}年{month[1]}月"


def _heads(rounds: Sequence[GridRound]) -> list[Head]:
    heads: list[Head] = []
    for index, one in enumerate(rounds):
        edge = index > 0 and _month(rounds[index - 1]) != _month(one)
        day = str(_at(one).day) if one.due_at else "—"
        said = f"期限：{in_words(one.due_at)}" if one.due_at else "不定期"
        heads.append(Head(one, day, said, edge))
    return heads


def _row(unit_id: int, name: str, cells: Sequence[Mark | None]) -> str:
    parts = [f'<tr><th scope="row"><a href="/year/grid?unit={unit_id}">{escape(name)}</a></th>']
    parts += [
        _NOTHING if cell is None else f"{_OPENS[cell.outcome]}{cell.obligation_id}{_ENDS[cell.outcome]}"
        for cell in cells
    ]
    count = tally(cell.outcome for cell in cells if cell is not None)
    parts.append(f'<td class="num share">{count.timely}/{count.obliged}</td></tr>\n')
    return "".join(parts)


def _counted(found: Grid) -> dict[int, Tally]:
    columns = zip(found.rounds, zip(*found.marks, strict=True), strict=True) if found.marks else ()
    return {one.id: tally(cell.outcome for cell in cells if cell is not None) for one, cells in columns}


def _shares(heads: Sequence[Head], tallies: Mapping[int, Tally], now: datetime) -> Markup:
    cells: list[Markup] = []
    for head in heads:
        count = tallies.get(head.round.id)
        if count is None or not count.obliged:
            cells.append(Markup("<td>—</td>"))
        else:
            said, due = f"{count.timely}/{count.obliged}", head.round.due_at
            over = due is not None and due < now
            said = said if over else f"还未到期，已按时{said}"
            rate = percent(count.timeliness).rstrip("%") if over else "—"
            cells.append(Markup('<td title="{}">{}</td>').format(said, rate))
    return Markup().join(cells)
