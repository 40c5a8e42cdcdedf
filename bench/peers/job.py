"""What every peer shares: units and what is due, the moments, the way to the sink. Only standard library."""

from __future__ import annotations

import json
import sqlite3
import sys
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Lock, local
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

THREADS = 8
# A monthly duty that opens on the 2nd and is due on the 9th; three mornings on which it reminds.
MOMENTS = ("2026-03-02T01:00:00", "2026-03-05T01:00:00", "2026-03-09T00:30:00")
TEXT = (
    "王文书同志：您单位有1项任务尚未报送：1. 每月检查 · 2026年3月，请于3月9日（星期一）前报送检查情况和台账。"
    "依据：《烟花爆竹“打非”工作方案》三、（一）。请将情况报打非办。"
)


class Asked(NamedTuple):
    """What a run is asked for.

    ``most`` is how many it hands over at each moment; with ``kept`` each answer is on the disk.
    """

    sink: str
    folder: Path
    units: int
    most: int
    kept: bool


def asked() -> Asked:
    """Give what the command line says."""
    sink, folder, units, most, *kept = sys.argv[1:]
    return Asked(sink, Path(folder), int(units), int(most), kept == ["kept"])


class Units:
    """The units as a table that says when each is next to be reminded, for those that keep none."""

    def __init__(self, here: Asked) -> None:
        self._most = here.most
        self._table = sqlite3.connect(here.folder / "units.sqlite", check_same_thread=False)
        self._table.execute("PRAGMA journal_mode=WAL")
        self._table.execute("CREATE TABLE units (id INTEGER PRIMARY KEY, phone TEXT, next_at TEXT)")
        self._table.execute("CREATE INDEX units_next_at ON units (next_at)")
        rows = [(number, "13900000000", MOMENTS[0]) for number in range(1, here.units + 1)]
        self._table.executemany("INSERT INTO units VALUES (?, ?, ?)", rows)
        self._table.commit()

    def due(self, moment: str) -> list[int]:
        """Give the units that are to be reminded by ``moment``, no more than are to be handed over."""
        query = "SELECT id FROM units WHERE next_at <= ? ORDER BY id LIMIT ?"
        return [row[0] for row in self._table.execute(query, (moment, self._most))]

    def carry_on(self, moment: str) -> None:
        """Note for all at once that they were reminded at ``moment``."""
        after = [one for one in MOMENTS if one > moment]
        self._table.execute("UPDATE units SET next_at = ?", (after[0] if after else None,))
        self._table.commit()


class Answers:
    """What was answered, a row for each, for those that keep nothing of what they did."""

    def __init__(self, here: Asked) -> None:
        self._file = here.folder / "answers.sqlite"
        self._mine = local()
        table = "CREATE TABLE answers (unit INTEGER, moment TEXT, at TEXT, answer TEXT)"
        self._connected().executescript(f"PRAGMA journal_mode=WAL; {table}")

    def _connected(self) -> sqlite3.Connection:
        if not hasattr(self._mine, "table"):
            self._mine.table = sqlite3.connect(self._file, timeout=30, isolation_level=None)
            self._mine.table.execute("PRAGMA synchronous=FULL")
        return self._mine.table

    def __call__(self, unit: int, moment: str, answer: str) -> None:
        """Keep one answer; it is on the disk afterwards."""
        self._connected().execute("INSERT INTO answers VALUES (?, ?, ?, ?)", (unit, moment, moment, answer))


class Hand:
    """Hands one reminder to the sink, over connections that stay open, one for each thread; counts them."""

    def __init__(self, sink: str, keep: Callable[[int, str, str], None] | None = None) -> None:
        """Take where to hand it, and what keeps the answer, if anything does."""
        self._keep = keep
        self._host = urlsplit(sink).netloc
        self._mine = local()
        self._lock = Lock()
        self._left = 0
        self.over = Event()

    def expect(self, count: int) -> None:
        """Say how many are to come, after which ``over`` is set."""
        self._left = count
        self.over.clear()

    def __call__(self, unit: int, moment: str) -> str:
        """Post one reminder and give the answer; raises AssertionError unless it is 200."""
        said = {"key": f"{unit}-{moment}", "to": "13900000000", "title": "今日1项待报", "message": TEXT}
        head = {"Content-Type": "application/json", "Idempotency-Key": str(said["key"])}
        if not hasattr(self._mine, "way"):
            self._mine.way = HTTPConnection(self._host)
        self._mine.way.request("POST", "/", json.dumps(said, ensure_ascii=False).encode(), head)
        answer = self._mine.way.getresponse()
        words = f"HTTP {answer.status} {answer.read().decode()}"
        assert answer.status == 200
        if self._keep is not None:
            self._keep(unit, moment, words)
        with self._lock:
            self._left -= 1
            if not self._left:
                self.over.set()
        return words


def measure(handed: int, remind: Callable[[str], None], between: Callable[[str], None] | None = None) -> None:
    """Do what is due at each moment and print how many were handed over, in how many seconds.

    ``between`` is done after each moment and not measured.
    """
    spent = 0.0
    for moment in MOMENTS:
        begun = perf_counter()
        remind(moment)
        spent += perf_counter() - begun
        if between is not None:
            between(moment)
    print(json.dumps({"handed": handed * len(MOMENTS), "seconds": spent}), flush=True)
