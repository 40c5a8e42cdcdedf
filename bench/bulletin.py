"""A quarter's bulletin for 300 units: from the book to the bytes of the .docx file."""

from __future__ import annotations

import io
from time import perf_counter
from typing import TYPE_CHECKING

from docx import Document

from duban.app.papers_bulletin import Reported, bulletin_paper
from duban.documents.official import Paper, Table, write

from . import townships
from .books import shelves
from .report import Options, Report, ratios

if TYPE_CHECKING:
    from collections.abc import Callable

    from duban.ledger.book import Book

LIMIT = 3.0
ABOUT = Reported("erong-dafei", townships.YEAR, townships.NOW, quarter=2)
YEAR = Reported("erong-dafei", townships.YEAR, townships.NOW)
QUARTER, PAPER, PLAIN, WHOLE = (
    "a quarter's bulletin, from book to bytes",
    "of it, the paper made into a file",
    "the same table rows by python-docx",
    "a year's summary, from book to bytes",
)


def run(options: Options) -> None:
    """Measure on each database and print."""
    runs = options.pick(options.runs, 9, 1)
    for shelf in shelves(options.databases):
        book = townships.build(shelf, small=options.small)
        paper = _paper(book, ABOUT)
        rows = sum(len(one.rows) for one in paper.blocks if isinstance(one, Table))
        notes = [
            f"The second quarter of a township of 300 units, counted from the facts: {rows} rows of",
            f"tables and a chart, {len(write(paper)):,} bytes. Turn about, {runs} runs after one unmeasured.",
        ]
        works: dict[str, Callable[[], object]] = {
            QUARTER: lambda book=book: write(_paper(book, ABOUT)),
            PAPER: lambda paper=paper: write(paper),
            PLAIN: lambda paper=paper: _plain(paper),
            WHOLE: lambda book=book: write(_paper(book, YEAR)),
        }
        _tell(f"bulletin · {shelf.name} {shelf.version}".rstrip(), options, notes, _measure(works, runs))
        shelf.drop(book)


def _paper(book: Book, about: Reported) -> Paper:
    with book.read() as session:
        return bulletin_paper(session, about, "示例镇打非办")


def _plain(paper: Paper) -> bytes:
    """Write the tables as anybody would who has python-docx and no layout to keep."""
    document, out = Document(), io.BytesIO()
    for block in paper.blocks:
        if isinstance(block, Table):
            table = document.add_table(len(block.rows) + 1, len(block.columns))
            for row, said in zip(
                table.rows, [[one.heading for one in block.columns], *block.rows], strict=True
            ):
                for cell, text in zip(row.cells, said, strict=True):
                    cell.text = text
    document.save(out)
    return out.getvalue()


def _measure(works: dict[str, Callable[[], object]], runs: int) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {name: [] for name in works}
    for number in range(runs + 1):
        for name, work in works.items():
            begun = perf_counter()
            work()
            if number:
                spent[name].append(perf_counter() - begun)
    return spent


def _tell(title: str, options: Options, notes: list[str], spent: dict[str, list[float]]) -> None:
    report = Report(title, options, notes)
    report.under(QUARTER, spent[QUARTER], LIMIT)
    report.under(WHOLE, spent[WHOLE], LIMIT)
    report.seconds(PAPER, spent[PAPER])
    report.seconds(PLAIN, spent[PLAIN])
    report.beside("ratio, our file to those tables", ratios(spent[PAPER], spent[PLAIN]))
    report.print()
