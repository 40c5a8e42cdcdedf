"""The binder of a whole campaign, 300 units and a year: its seconds, its memory, its size."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from duban.app.binder import bind
from duban.app.ledgers import Scope
from duban.ledger.book import Book

from . import townships
from .books import scratch, shelves
from .memory import MIB, peak
from .report import Options, Report, ratios
from .supervision import NOW, SLUG, supervise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .books import Shelf

SECONDS, MEMORY = 60.0, 300


class Bound(NamedTuple):
    """One binder: its seconds, and the most memory of its process in MiB."""

    seconds: float
    peak: float


def run(options: Options) -> None:
    """Measure on each database and print."""
    for shelf in shelves(options.databases):
        with scratch() as folder:
            _run(shelf, folder, options)


def _run(shelf: Shelf, folder: Path, options: Options) -> None:
    book, files = townships.build(shelf, now=NOW, small=options.small), folder / "files"
    supervise(book, files, 0.02 if options.small else 1)
    out = folder / "binder.zip"
    bound, plain = list[Bound](), list[float]()
    for _ in range(options.pick(options.runs, 5, 1)):
        bound.append(_bound(book, files, out))
        plain.append(_zipped(out, folder))
    _tell(f"binder · {shelf.name} {shelf.version}".rstrip(), options, out, bound, plain)
    shelf.drop(book)


def _bound(book: Book, files: Path, out: Path) -> Bound:
    """Bind in a process of its own."""
    address = book.engine.url.render_as_string(hide_password=False)
    command = (sys.executable, "-m", __spec__.name, address, str(files), str(out))
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own
    seconds, peak = done.stdout.split()
    return Bound(float(seconds), float(peak))


def _zipped(out: Path, folder: Path) -> float:
    """Give the seconds in which zipfile packs the same files, ready on the disk."""
    loose = folder / "loose"
    with zipfile.ZipFile(out) as archive:
        names = archive.namelist()
        archive.extractall(loose)
    begun = perf_counter()
    with zipfile.ZipFile(folder / "again.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.write(loose / name, name)
    return perf_counter() - begun


def _tell(title: str, options: Options, out: Path, bound: Sequence[Bound], plain: Sequence[float]) -> None:
    with zipfile.ZipFile(out) as archive:
        names = archive.namelist()
        whole = sum(one.file_size for one in archive.infolist())
    papers = sum(name.endswith(".docx") for name in names)
    notes = [
        f"{len(names):,} files, of which {papers:,} papers; {whole / 1e6:,.0f} MB in a zip of",
        f"{out.stat().st_size / 1e6:,.0f} MB. Each in a process of its own, {len(bound)} runs.",
    ]
    report, seconds = Report(title, options, notes), [one.seconds for one in bound]
    report.under("binder of a campaign", seconds, SECONDS)
    peaks = [one.peak for one in bound]
    report.plain("peak memory", f"{median(peaks):,.0f} MiB", f"{min(peaks):,.0f} – {max(peaks):,.0f} MiB")
    report.seconds("zipfile, of the same files ready on the disk", plain)
    report.beside("ratio", ratios(seconds, plain))
    report.print()


def _child(address: str, files: Path, out: Path) -> None:
    """Bind once and say how long it took and how much memory."""
    book = Book.open(address)
    begun = perf_counter()
    with book.read() as session, out.open("wb") as file:
        bind(session, Scope(SLUG, townships.YEAR), NOW, files, file)
    spent = perf_counter() - begun
    print(spent, peak() / MIB)


if __name__ == "__main__":
    _child(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
