"""One, two and four processes that deliver from one book, through a provider that is far away."""

from __future__ import annotations

import os
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from duban.ledger.tables import Message
from duban.tasks.outbox import deliver_batch

from . import sink
from .books import scratch, shelves, works
from .delivering import NOW, fill
from .forking import ended_well, fork
from .report import Options, Report, ratios

if TYPE_CHECKING:
    from duban.tasks.works import Works

    from .books import Shelf

LATENCY = 0.2  # seconds until the sink answers
THREADS = 8
CROWDS = (1, 2, 4)
WARM = 8  # messages
NEAR = 0.85  # of what as many times one would do


def run(options: Options) -> None:
    """Measure on each database and print."""
    count, runs = options.pick(options.rows, 2_000, 40), options.pick(options.runs, 1, 1)
    for shelf in shelves(options.databases):
        report = Report(f"workers · {shelf.name} {shelf.version}".rstrip(), options, _notes(count))
        spent = [_measure(shelf, count) for _ in range(runs)]
        for many in CROWDS:
            report.seconds(f"{many} at work", [one[many] for one in spent], count)
        for many in CROWDS[1:]:
            gained = ratios([one[1] for one in spent], [one[many] for one in spent])
            report.ratio(f"rate of {many} / rate of 1", gained, NEAR * many, at_least=True)
        report.print()


def _notes(count: int) -> list[str]:
    return [
        f"{count:,} messages to a sink that answers after {LATENCY * 1000:.0f} ms; {THREADS} threads in",
        f"each, so one sends {THREADS / LATENCY:.0f} a second at most. From the first claim to the last end.",
    ]


def _measure(shelf: Shelf, count: int) -> dict[int, float]:
    """Give the seconds that each crowd took."""
    with scratch() as folder, sink.running(LATENCY) as taker:
        base = works(shelf.new(), folder, THREADS)
        fill(base, taker, count)
        warm = replace(base, book=shelf.copy(base.book))
        # A child begins with what is compiled by then, as a worker that has run for a while.
        assert deliver_batch.fn(warm, NOW, WARM).claimed == WARM
        shelf.drop(warm.book)
        spent: dict[int, float] = {}
        for many in CROWDS:
            here = replace(base, book=shelf.copy(base.book))
            spent[many] = _one_run(here, many)
            with here.book.read() as session:
                sent = session.scalar(select(func.count()).where(Message.state == "sent"))
            assert sent == count
            shelf.drop(here.book)
        shelf.drop(base.book)
        assert taker.counted() == (len(CROWDS) * count + WARM, count)
    return spent


def _one_run(here: Works, many: int) -> float:
    here.book.close()  # nothing of a database is open over the fork
    begun = perf_counter()
    crowd = [fork(lambda: _deliver(here)) for _ in range(many)]
    for one in crowd:
        assert ended_well(one)
    return perf_counter() - begun


def _deliver(here: Works) -> None:
    mine = replace(here, worker=f"{os.getpid()}")
    while deliver_batch.fn(mine, NOW).claimed:
        pass
