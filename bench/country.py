"""A country's year on PostgreSQL: opened, brought to its busiest day, delivered; COPY of the same rows.

The units are synthetic, in the shape of the real register: 31 provinces, 342 cities, 2,978 counties, 41,352
townships and 620,572 villages, scaled to a number of units. Each province has a plan of its own, bound to its
part of the tree, and so has one county. Each step is a process of its own, whose memory is measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from cryptography.fernet import Fernet
from sqlalchemy import Integer, bindparam, func, select, text, update

from duban.calendar import loader
from duban.calendar.expansion import expand
from duban.calendar.workdays import Workdays
from duban.flows.advance import bring_up, plainly
from duban.ledger import channels, homes, years
from duban.ledger.book import Book
from duban.ledger.secrets import SecretBox
from duban.ledger.tables import Contact, Message
from duban.tasks.outbox import deliver_batch

from . import memory, sink
from .books import scratch, shelves, works
from .report import Options, Report, ratios

if TYPE_CHECKING:
    from psycopg import Connection

    from .books import Shelf

REGISTER = {"省": 31, "市": 342, "县": 2_978, "镇": 41_352, "村": 620_572}
SIZES = (6_900, 69_000, 690_000)
PLANS = 31
COUNTY = "县1"
LIMIT = 2.0
MEMORY = 400  # MiB
MOST = 100_000
EVE = datetime(2026, 3, 31, 4, tzinfo=UTC)
DAY = datetime(2026, 4, 1, 1, tzinfo=UTC)
TABLES = ("obligations", "messages", "notices")
BLOCK = 1 << 20
PLAN = """
slug: {slug}
title: 烟花爆竹“打非”工作方案
issuer: 示例省人民政府
year: 2026
office: 打非办
audiences:
  cun: {{name: 各村, kinds: [村], under: {code}}}
  zhen: {{name: 各乡镇, kinds: [镇], under: {code}}}
defaults: {{locks: due + 15 days, reminders: [opens, due - 3 workdays, due, due + 1 workday]}}
duties:
  - {{key: yuedu, name: 检查, kind: monthly, audience: cun, clause: 三（一）, source: local, due: day 25}}
  - {{key: jidu, name: 排查, kind: quarterly, audience: cun, clause: 三, source: local, due: month 2 day 20}}
  - {{key: huizong, name: 汇总, kind: monthly, audience: zhen, clause: 三（三）, source: local, due: day 28}}
"""
# Numbers are given in order, so those of the level above are known.
_LEVEL = text("""
    INSERT INTO units (code, name, kind, parent_id)
    SELECT :kind || n, '第' || n || :kind, :kind, :above + (n - 1) % :many FROM generate_series(1, :count) n
""").bindparams(bindparam("above", type_=Integer()), bindparam("many", type_=Integer()))
# The book's triggers, which would write the way from the root, rest while it is filled.
_WAYS = """
    UPDATE units SET path = coalesce(above.path, '/') || units.id || '/'
    FROM units here LEFT JOIN units above ON above.id = here.parent_id
    WHERE here.id = units.id AND units.kind = :kind
"""
_CONTACTS = """
    INSERT INTO contacts (unit_id, name, phone, email, active)
    SELECT id, '王文书', '13900000000', '', true FROM units WHERE kind IN ('镇', '村')
"""


class Spent(NamedTuple):
    """What one step took: seconds, and the most memory of its process in MiB; ``things`` is what it did."""

    seconds: float
    peak: float
    things: int


def run(options: Options) -> None:
    """Measure each size and print."""
    sizes = (options.rows,) if options.rows else (690,) if options.small else SIZES
    for shelf in shelves(tuple(name for name in options.databases if name == "PostgreSQL")):
        for units in sizes:
            report = Report(f"country · {units:,} units · {shelf.name} {shelf.version}", options, _NOTES)
            _measure(shelf, units, report, options)


_NOTES = [
    "Synthetic units shaped like the register, 32 plans, 31 at home in a province and one in a county; on",
    "1 April two rounds of each open for its villages and one for its townships, and remind. COPY: the same",
    "rows of obligations, messages and notices from files into a copy of the book, a transaction for each.",
    "Opening the year, advance and deliver are processes of their own; memory is each one's peak, without",
    "the server's.",
]


def _measure(shelf: Shelf, units: int, report: Report, options: Options) -> None:
    with scratch() as folder, sink.running() as taker:
        book = _book(shelf, units, folder, taker.url)
        opened = _step("open", book, folder)
        other = shelf.copy(book)
        advanced = _step("advance", book, folder)
        rows, copied = _copy(book, other, folder)
        shelf.drop(other)
        sent = _step("deliver", book, folder)
        assert taker.counted()[1] == sent.things
        _tell(report, (opened, advanced, sent), rows, copied)
        if options.pages:
            # The site would add its own to the memory of the steps, which are processes that import this.
            from . import country_pages  # noqa: PLC0415

            country_pages.measure(shelf, book, folder, options)
        shelf.drop(book)


def _tell(report: Report, steps: tuple[Spent, Spent, Spent], rows: int, copied: float) -> None:
    opened, advanced, sent = steps
    report.seconds("the year opened, 32 plans", [opened.seconds], opened.things)
    report.seconds(f"advance through the day, {rows:,} rows", [advanced.seconds], rows)
    report.seconds("COPY of the same rows", [copied], rows)
    report.ratio("ratio of times", ratios([advanced.seconds], [copied]), LIMIT)
    report.seconds(f"deliver, {sent.things:,} of {advanced.things:,} messages", [sent.seconds], sent.things)
    for what, step in (("opening", opened), ("advance", advanced), ("deliver", sent)):
        report.most(f"memory of {what}", step.peak, MEMORY)
    report.print()


def _book(shelf: Shelf, units: int, folder: Path, address: str) -> Book:
    book = shelf.new()
    shelf.hurry(book)
    with book.write() as session:
        above, many_above, last = None, 1, 0
        for kind, many in REGISTER.items():
            count = many if many == PLANS else max(PLANS, round(many * units / sum(REGISTER.values())))
            given = {"kind": kind, "count": count, "above": above, "many": many_above}
            session.execute(_LEVEL, given)
            session.execute(text(_WAYS), {"kind": kind})
            above, many_above, last = last + 1, count, last + count
        session.execute(text(_CONTACTS))
        webhook = channels.NewChannel("平台", "webhook", None, {"url": address})
        key = Fernet.generate_key()
        (folder / "key").write_bytes(key)
        channels.add(session, SecretBox(key), webhook, EVE, "bench")
        session.execute(update(Contact).values(channel_id=1))
    shelf.settle(book)
    return book


def _step(what: str, book: Book, folder: Path) -> Spent:
    """Take a step in a process of its own."""
    book.close()
    address = book.engine.url.render_as_string(hide_password=False)
    command = (sys.executable, "-m", "bench.country", what, address, str(folder))
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    return Spent(*json.loads(done.stdout.splitlines()[-1]))


def _copy(book: Book, other: Book, folder: Path) -> tuple[int, float]:
    """COPY the rows that the day brought into the other book; gives how many, and the seconds."""
    rows, seconds = 0, 0.0
    for table in TABLES:
        path = folder / f"{table}.copy"
        with (
            book.engine.connect() as connection,
            path.open("wb") as file,
            _raw(connection).cursor() as cursor,
        ):
            with cursor.copy(f"COPY {table} TO STDOUT".encode()) as pipe:
                for block in pipe:
                    file.write(block)
            rows += cursor.rowcount
        begun = perf_counter()
        with other.engine.connect() as connection, path.open("rb") as file:
            with (
                _raw(connection).cursor() as cursor,
                cursor.copy(f"COPY {table} FROM STDIN".encode()) as pipe,
            ):
                while block := file.read(BLOCK):
                    pipe.write(block)
            _raw(connection).commit()
        seconds += perf_counter() - begun
        path.unlink()
    return rows, seconds


def _raw(connection: Any) -> Connection[Any]:
    return cast("Connection[Any]", connection.connection.driver_connection)


def _open(book: Book, _folder: Path) -> int:
    """Open the year of each province's plan, and of a county's, on the eve; gives how many rounds."""
    workdays, rounds = Workdays.load(), 0
    for number, code in enumerate([*(f"省{one}" for one in range(1, PLANS + 1)), COUNTY], 1):
        written = PLAN.format(slug=f"p{number}", code=code)
        with book.write() as session:
            homes.bind(session, f"p{number}", homes.root_called(session, code), "", EVE, "bench")
            year = expand(loader.read(written, f"p{number}").plan, 2026, workdays)
            rounds += years.adopt(session, year, written, EVE, "bench").rounds
    return rounds


def _advance(book: Book, folder: Path) -> int:
    """Bring the book to the day; gives how many messages wait."""
    brought = bring_up(works(book, folder), DAY, plainly)
    assert not brought.failed, brought.failed[:3]
    with book.read() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


def _deliver(book: Book, folder: Path) -> int:
    """Send so many; gives how many were."""
    here, sent = works(book, folder, key=(folder / "key").read_bytes()), 0
    while sent < MOST and (came := deliver_batch.fn(here, DAY)).claimed:
        assert came.sent == came.claimed, came
        sent += came.sent
    return sent


STEPS = {"open": _open, "advance": _advance, "deliver": _deliver}


def main() -> None:
    """Take one step, and print its seconds, the peak of its memory and what it counted."""
    what, address, folder = sys.argv[1:]
    book = Book.open(address)
    begun = perf_counter()
    count = STEPS[what](book, Path(folder))
    took = perf_counter() - begun
    peak = memory.peak() / memory.MIB
    print(json.dumps([took, peak, count]))


if __name__ == "__main__":
    main()
