"""Pages: how long the site takes for each, with a year in the book and with a hundred times as much."""

from __future__ import annotations

import asyncio
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from fastapi import FastAPI

from duban.portal import site

from . import townships
from .asgi import get
from .books import scratch, shelves
from .page_list import COOKIE, addresses, let_in, refuse_forgotten
from .receiving import counter_over
from .report import Options, Report, ratios, time
from .townships import NOW

if TYPE_CHECKING:
    from duban.ledger.book import Book

    from .books import Shelf

SETS = 99  # beside the year itself: a hundred times as much
TIMES = 2.0
LIMITS = {  # seconds
    "/l/{token}": 0.030,
    "/l/{token}/{obligation_id:int}": 0.030,
    "/year/grid": 0.150,
}
OVERDUE, OVERDUE_LIMIT = ("/overdue", "/overdue, the middle page", "/overdue, last August"), 0.200
Spent = dict[str, tuple[list[float], list[float]]]


def run(options: Options) -> None:
    """Measure on each database and print."""
    sets, runs = options.pick(options.rows, SETS, 1), options.pick(options.runs, 15, 1)
    for shelf in shelves(options.databases):
        begun = perf_counter()
        one = townships.build(shelf)
        hundred = townships.build(shelf, sets, one)
        made = perf_counter() - begun
        counts = [townships.count(book) for book in (one, hundred)]
        spent = asyncio.run(_measure(one, hundred, runs))
        sizes = [shelf.size(book) / 1e6 for book in (one, hundred)]
        notes = [
            *_notes(counts, runs),
            f"On disk {sizes[0]:,.0f} MB and {sizes[1]:,.0f} MB; made in {time(made)}.",
        ]
        _tell(shelf, options, notes, spent)
        for book in (one, hundred):
            shelf.drop(book)


def _notes(counts: list[tuple[int, int]], runs: int) -> list[str]:
    (few, late), (many, later) = counts
    return [
        f"A year of the three shipped plans for 300 units, on 20 September: {few:,} obligations, of which",
        f"{late:,} are overdue; and the same year after eleven others of 27 plans: {many:,}, {later:,}.",
        "Seconds within the site, from the request to the last byte, asked through ASGI in one process. What",
        "a page shows is of the same year, so the rest lies beside it in every index.",
        f"Turn about, {runs} runs after one unmeasured.",
    ]


def _tell(shelf: Shelf, options: Options, notes: list[str], spent: Spent) -> None:
    name = f"{shelf.name} {shelf.version}".rstrip()
    report = Report(f"pages · {name}", options, notes)
    for page, limit in LIMITS.items():
        report.under(page, spent[page][0], limit)
    for page in OVERDUE:
        report.under(f"{page}, of the larger book", spent[page][1], OVERDUE_LIMIT)
    report.print()
    head = "Seconds in the one and in the other."
    growth = Report(f"pages, a hundred times as much · {name}", options, [head])
    for page, (few, many) in spent.items():
        growth.ratio(f"{page}  {time(median(few))}, {time(median(many))}", ratios(many, few), TIMES)
    growth.print()


async def _measure(one: Book, hundred: Book, runs: int) -> Spent:
    with scratch() as folder:
        sites, lists = list[FastAPI](), list[dict[str, str]]()
        for book in (one, hundred):
            counter = counter_over(book, folder, NOW)
            let_in(counter)
            sites.append(site.create(counter))
            with book.read() as session:
                lists.append(addresses(session, townships.count(book)[1]))
        refuse_forgotten(sites[0], lists[0])
        spent: Spent = {page: ([], []) for page in lists[0]}
        for page, seconds in spent.items():
            for number in range(runs + 1):
                for which in (0, 1) if number % 2 else (1, 0):
                    took = await _timed(sites[which], page, lists[which][page])
                    if number:
                        seconds[which].append(took)
        return spent


async def _timed(app: FastAPI, page: str, address: str) -> float:
    answer = await get(app, address, COOKIE)
    assert answer.status == 200, f"{page} at {address}: {answer.status} {answer.body.decode()[-600:]}"
    return answer.seconds
