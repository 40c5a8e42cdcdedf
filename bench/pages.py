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
from .page_list import COOKIE, addresses, let_in, refuse_forgotten, some_unit
from .receiving import counter_over
from .report import Options, Report, ratios, time
from .townships import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duban.ledger.book import Book

    from .books import Shelf

    Spent = dict[str, list[list[float]]]  # by page: for each book the seconds of each run

SETS = 99  # beside the year itself: a hundred times as much
TIMES = 2.0
LIMITS = {  # seconds
    "/l/{token}": 0.030,
    "/l/{token}/{obligation_id:int}": 0.030,
    "/year/grid": 0.150,
    "/year/grid, all units": 0.150,
}
OVERDUE, OVERDUE_LIMIT = ("/overdue", "/overdue, the middle page", "/overdue, last August"), 0.200
MANY = 145  # of a thousand never answered, for a list of a hundred thousand


def run(options: Options) -> None:
    """Measure on each database and print."""
    sets, runs = options.pick(options.rows, SETS, 1), options.pick(options.runs, 15, 1)
    first = 1 if options.small else 0
    for shelf in shelves(options.databases):
        begun = perf_counter()
        one = townships.build(shelf, small=options.small)
        hundred = townships.build(shelf, sets, one, small=options.small)
        late = townships.build(shelf, sets, one, MANY, small=options.small)
        books, made = (one, hundred, late), perf_counter() - begun
        notes = [*_notes(books, runs), _sizes(shelf, books, made)]
        spent = asyncio.run(_measure((one, hundred), runs, first))
        listed = asyncio.run(_measure((late,), runs, first, OVERDUE))
        _tell(f"{shelf.name} {shelf.version}".rstrip(), options, notes, spent, listed)
        for book in books:
            shelf.drop(book)


def _notes(books: Sequence[Book], runs: int) -> list[str]:
    (few, late), (many, later), (_, listed) = map(townships.count, books)
    return [
        f"A year of the three shipped plans for 300 units, on 20 September: {few:,} obligations, {late:,} of",
        f"them overdue; and the same year after eleven others of 27 plans: {many:,}, {later:,} overdue,",
        f"and {listed:,} in a third book. Seconds within the site, from the request to the last byte, asked",
        "through ASGI in one process. What a page shows is of the same year, so the rest lies beside it in",
        f"every index. Turn about, {runs} runs after one unmeasured.",
    ]


def _sizes(shelf: Shelf, books: Sequence[Book], made: float) -> str:
    sizes = ", ".join(f"{shelf.size(book) / 1e6:,.0f} MB" for book in books)
    return f"On disk {sizes}; made in {time(made)}."


def _tell(name: str, options: Options, notes: list[str], spent: Spent, listed: Spent) -> None:
    report = Report(f"pages · {name}", options, notes)
    for page, limit in LIMITS.items():
        report.under(page, spent[page][0], limit)
    for page, [seconds] in listed.items():
        report.under(f"{page}, of the third book", seconds, OVERDUE_LIMIT)
    report.print()
    head = "Seconds in the one and in the other."
    growth = Report(f"pages, a hundred times as much · {name}", options, [head])
    for page, (few, many) in spent.items():
        growth.ratio(f"{page}  {time(median(few))}, {time(median(many))}", ratios(many, few), TIMES)
    growth.print()


async def _measure(books: Sequence[Book], runs: int, first: int, only: Sequence[str] = ()) -> Spent:
    with scratch() as folder:
        sites = [_opened(book, folder) for book in books]
        refuse_forgotten(*sites[0])
        spent: Spent = {page: [[] for _ in books] for page in only or sites[0][1]}
        for page in spent:
            for number in range(first, runs + 1):  # that of number 0 is not measured
                for which in range(len(sites))[:: 1 if number % 2 else -1]:
                    app, listed = sites[which]
                    took = await _timed(app, page, listed[page])
                    spent[page][which] += [took] if number else []
        return spent


def _opened(book: Book, folder: Path) -> tuple[FastAPI, dict[str, str]]:
    """Give a site over a book, with somebody signed in, and the addresses of its pages."""
    counter = counter_over(book, folder, NOW)
    with book.read() as session:
        unit = some_unit(session)
    let_in(counter, unit)
    with book.read() as session:
        return site.create(counter), addresses(session, townships.count(book)[1])


async def _timed(app: FastAPI, page: str, address: str) -> float:
    answer = await get(app, address, COOKIE)
    assert answer.status == 200, f"{page} at {address}: {answer.status} {answer.body.decode()[-600:]}"
    return answer.seconds
