"""Delivering messages to a local sink against Apprise alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import apprise
from sqlalchemy import func, insert, select, update

from duban.flows.advance import bring_up, plainly
from duban.ledger import channels
from duban.ledger.tables import Contact, Cue, Message, Round
from duban.tasks.outbox import BATCH, deliver_batch

from . import sink
from .books import scratch, shelves, works
from .report import Options, Report, ratios
from .rows import add_units, round_row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duban.ledger.book import Book
    from duban.tasks.works import Works

    from .books import Shelf
    from .sink import Sink

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LIMIT = 0.9
THREADS = 8
LINES = 3
SLICE = 1_000  # sent the one way, then the other
Text = tuple[str, str]


def run(options: Options) -> None:
    """Measure on each database and print."""
    count, runs = options.pick(options.rows, 5_000, 200), options.pick(options.runs, 5, 1)
    for shelf in shelves(options.databases):
        report = Report(
            f"deliver · {shelf.name} {shelf.version}".rstrip(),
            options,
            _notes(count, runs),
        )
        ours, bare = _measure(shelf, count, runs)
        report.seconds("duban deliver_batch", ours, count)
        report.seconds("bare Apprise", bare, count)
        report.ratio("ratio of rates", ratios(bare, ours), LIMIT, at_least=True)
        report.print()


def _notes(count: int, runs: int) -> list[str]:
    return [
        f"{count:,} messages of {LINES} lines to a local HTTP sink in its own process, {THREADS} threads.",
        "Ours: deliver_batch through a webhook channel: claim, last look at who owes, wording, sending,",
        "recording, with every commit. Bare: one Apprise json:// and a ThreadPoolExecutor, the same texts.",
        f"Turn about every {min(SLICE, count):,}; a fresh book for each of {runs} runs.",
    ]


def _measure(shelf: Shelf, count: int, runs: int) -> tuple[list[float], list[float]]:
    ours: list[float] = []
    bare: list[float] = []
    with scratch() as folder, sink.running() as taker:
        base = works(shelf.new(), folder, THREADS)
        fill(base, taker, count)
        texts = _texts(
            shelf, base, count
        )  # sending them once also warms ours up, as the next line does the other
        _bare(taker, texts)
        for number in range(runs):
            here = replace(base, book=shelf.copy(base.book))
            mine, other = _one_run(here, taker, texts, first=number % 2)
            _all_sent(here.book, count)
            shelf.drop(here.book)
            ours.append(mine)
            bare.append(other)
        shelf.drop(base.book)
        assert taker.counted() == ((2 * runs + 2) * count, count + 1)  # Apprise alone sends no key
    return ours, bare


def fill(here: Works, taker: Sink, count: int) -> None:
    """Put ``count`` messages into the outbox, by the functions that put them there in earnest."""
    with here.book.write() as session:
        add_units(session, count)
        webhook = channels.NewChannel("平台", "webhook", None, {"url": taker.url})
        channels.add(session, here.box, webhook, NOW, "bench")
        session.execute(update(Contact).values(channel_id=1))
        session.execute(insert(Round), [round_row(number, NOW) for number in range(LINES)])
        cue = {"at": NOW, "kind": "opening", "urgent": False, "state": "planned"}
        session.execute(insert(Cue), [cue | {"round_id": number + 1} for number in range(LINES)])
    assert len(bring_up(here, NOW, plainly).done) == LINES


def _texts(shelf: Shelf, base: Works, count: int) -> list[Text]:
    """Give what the messages say, by sending them once."""
    here = replace(base, book=shelf.copy(base.book))
    _deliver(here, count)
    with here.book.read() as session:
        texts = [(row.subject, row.body) for row in session.execute(select(Message.subject, Message.body))]
    shelf.drop(here.book)
    return texts


def _one_run(here: Works, taker: Sink, texts: Sequence[Text], first: int) -> tuple[float, float]:
    """Send everything both ways, some at a time, now the one first and now the other."""
    spent = {_deliver: 0.0, _bare: 0.0}
    slices = [texts[start : start + SLICE] for start in range(0, len(texts), SLICE)]
    for number, part in enumerate(slices, first):
        both = ((_deliver, partial(_deliver, here, len(part))), (_bare, partial(_bare, taker, part)))
        for name, way in both if number % 2 else both[::-1]:
            spent[name] += _timed(way)
    return spent[_deliver], spent[_bare]


def _timed(way: Callable[[], None]) -> float:
    begun = perf_counter()
    way()
    return perf_counter() - begun


def _deliver(here: Works, count: int) -> None:
    while count:
        claimed = deliver_batch.fn(here, NOW, min(BATCH, count)).claimed
        assert claimed
        count -= claimed


def _bare(taker: Sink, texts: Sequence[Text]) -> None:
    box: Any = apprise.Apprise()
    box.add(taker.url.replace("http:", "json:"))
    with ThreadPoolExecutor(THREADS) as pool:
        taken = [pool.submit(box.notify, body, subject) for subject, body in texts]
    assert all(one.result() for one in taken)


def _all_sent(book: Book, count: int) -> None:
    with book.read() as session:
        assert session.scalar(select(func.count()).where(Message.state == "sent")) == count
