"""``kill -9`` at random moments of advance, uploads, imports, deliver, migrations: nothing lost or claimed.

Each round a child process does what the clock and the counter do at one moment of the rehearsed year, and is
killed somewhere on its way, while the provider has its bad days. What it had confirmed before must be there
at the end. After each kill no more letters have left without their answers' being recorded than there are
threads that send, and no more than those are taken twice; none may be said to be sent that was not taken.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from duban.app import at_once, first_run
from duban.ledger import channels, journal
from duban.ledger.book import known_revisions
from duban.ledger.channels import NewChannel
from duban.ledger.tables import Attempt, Contact, JournalEntry, Message, Submission, Unit

from . import provider
from .books import scratch, shelves, works
from .chores import EACH, work
from .forking import ended_well, fork
from .provider import LATE, PATIENCE
from .report import Options, Report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duban.tasks.works import Works

    from .books import Shelf
    from .provider import Running

BEGIN = datetime(2023, 1, 3, 1, 0, tzinfo=UTC)
YEAR, WEEK = timedelta(days=350), timedelta(days=7)
LONGEST_MIGRATION = 0.6  # seconds
THREADS = 4  # that send
IMPORTED = JournalEntry.action == "workbook.imported"
MIGRATED_EVERY = 10
ROUNDS = {"SQLite": 1_000, "PostgreSQL": 300}
SMALL = 12
PROVED_EVERY = 50


def run(options: Options) -> None:
    """Torture each database and print what was found; stops at the first thing that does not hold."""
    for shelf in shelves(options.databases):
        rounds = options.pick(options.rows, ROUNDS[shelf.name], SMALL)
        report = Report(
            f"kill -9 · {shelf.name} {shelf.version}".rstrip(), options, _notes(rounds, options.seed)
        )
        for what, value in _torture(shelf, rounds, options.seed).items():
            report.plain(what, value)
        report.print()


def _notes(rounds: int, seed: int) -> list[str]:
    return [
        f"{rounds:,} child processes, each killed at a random moment of: advance, {EACH} reports with a",
        f"file each, a workbook of {EACH} lines, deliver ({THREADS} threads, to a webhook and a robot that",
        f"fail by chance); a new book each {MIGRATED_EVERY} rounds. Seed {seed}. Held: what was confirmed is",
        "there, every sent message was taken, no kill leaves more letters unrecorded that have left than",
        "threads send, none but these are taken again, the proof passes.",
    ]


def _torture(shelf: Shelf, rounds: int, seed: int) -> dict[str, str]:
    chance = random.Random(seed)  # noqa: S311 - to repeat it, not to hide it
    with scratch() as folder, provider.running(seed) as taker:
        base = replace(works(shelf.new(), folder / "outbox", THREADS), public_url="")
        begin(base, taker)
        confirmed: set[str] = set()
        killed, broken, most, longest = 0, 0, 0, 0.5
        step = min(YEAR / rounds, WEEK)
        for number in range(rounds):
            at = BEGIN + step * number
            before = unrecorded(base, taker)
            base.book.close()  # nothing of a database is open over the fork
            after = None if number % 10 == 0 else chance.random() * longest
            took, was_killed = _one(base, folder, at, after, confirmed)
            killed += was_killed
            if was_killed:
                time.sleep(2 * LATE)  # what was on its way is taken by then
            flying = unrecorded(base, taker) - before
            assert flying <= (THREADS if was_killed else 0), f"{flying} letters left and were not recorded"
            most = max(most, flying)
            if number % MIGRATED_EVERY == 0:
                broken += _migrate(shelf, chance.random() * LONGEST_MIGRATION)
            longest = longest if was_killed or after is not None else max(0.05, took)
            if number % PROVED_EVERY == 0:
                prove(base, folder)
        finish(base, folder, taker, BEGIN + step * rounds)
        found = judge(base, taker, confirmed, unrecorded(base, taker))
    return {
        "killed on the way": f"{killed:,} of {rounds:,}",
        "killed while migrating": f"{broken:,} of {-(-rounds // MIGRATED_EVERY):,}",
        "letters that one kill left unrecorded": f"{most} at most",
        **found,
    }


def begin(base: Works, taker: Running) -> None:
    """Put the example into the book, and let every other contact be reached by a webhook or by a robot."""
    first_run.fill(base.book, base.workdays, BEGIN)
    hook = {"url": f"{taker.url}/hook", "timeout": PATIENCE}
    robot = {"key": "693a91f6-7xxx", "base_url": taker.url, "timeout": PATIENCE}
    new = (NewChannel("钩子", "webhook", None, hook), NewChannel("群", "wecom", 100_000, robot))
    with base.book.write() as session:
        for one in new:
            channels.add(session, base.box, one, BEGIN, "演练")
        people = select(Unit.name, Contact.name).join(Contact, Contact.unit_id == Unit.id).order_by(Unit.id)
        for number, whom in enumerate(session.execute(people).tuples().all()):
            channels.use(session, whom, new[number % 2].name, BEGIN, "演练")


def _one(
    base: Works, folder: Path, at: datetime, after: float | None, confirmed: set[str]
) -> tuple[float, bool]:
    """Let a child do its round, and kill it ``after`` some seconds; gives how long it took, and if it was."""
    file = folder / "confirmed"
    begun = time.perf_counter()
    with file.open("wb", buffering=0) as out:
        was_killed = _child(
            lambda: work(replace(base, worker=f"{os.getpid()}"), folder, at, out.fileno()), after
        )
    took = time.perf_counter() - begun
    confirmed.update(line.decode() for line in file.read_bytes().splitlines() if line.endswith(b"."))
    return took, was_killed


def _migrate(shelf: Shelf, after: float) -> bool:
    """Let a child make a new book, and kill it; what is left is none, or a whole one. Gives if it was."""
    book = shelf.bare()
    book.close()  # as above
    was_killed = _child(book.migrate, after)
    assert book.revision() in {None, max(known_revisions())}, "half a book"
    book.migrate()
    with book.write() as session:
        assert journal.verify(session).ok
    shelf.drop(book)
    return was_killed


def _child(act: Callable[[], None], after: float | None) -> bool:
    """Let a child act, and kill it ``after`` some seconds; gives whether it was killed."""
    child = fork(act)
    if after is not None:
        time.sleep(after)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    return not ended_well(child)


def prove(base: Works, folder: Path) -> None:
    with base.book.read() as session:
        found = journal.verify(session, files=folder / "attachments")
    assert found.ok, found.reason_zh


def finish(base: Works, folder: Path, taker: Running, end: datetime) -> None:
    """Let everything that still waits be done, with nobody killed and the provider well."""
    taker.get_well()
    for hours in (
        2,
        3,
        26,
    ):  # by the second, what a dead sender held is free again; by the third, the retries
        bring = end + timedelta(hours=hours)
        at_once.bring_up(base, bring)
        at_once.deliver(base, bring)
    prove(base, folder)


def unrecorded(base: Works, taker: Running) -> int:
    """Give how many letters have come whose answers are not in the book, and never will be."""
    with base.book.read() as session:
        recorded = session.scalar(select(func.count()).select_from(Attempt)) or 0
    return taker.told().total() - recorded


def judge(base: Works, taker: Running, confirmed: set[str], repeats: int) -> dict[str, str]:
    """Hold the book against what was confirmed and what the provider says; gives the figures.

    At most ``repeats`` were taken again.
    """
    told = taker.told()
    taken, bad = told.pop("well", 0) + told.pop("late", 0), told
    with base.book.read() as session:
        kept = set(session.scalars(select(Submission.key)))
        states = dict(
            session.execute(select(Message.state, func.count()).group_by(Message.state)).tuples().all()
        )
        imported = {
            f"workbook {one['workbook']} {one['taken']}."
            for one in map(json.loads, session.scalars(select(JournalEntry.detail).where(IMPORTED)))
        }
        entries = journal.verify(session).checked
    lines = {one for one in confirmed if one.startswith("workbook") and not one.endswith(" 0.")}
    reported = {one for one in confirmed if not one.startswith("workbook")}
    sent = states.get("sent", 0)
    assert reported <= kept, "a report that was confirmed is lost"
    assert lines <= imported, "a workbook that was confirmed is lost"
    assert sent <= taken, "a message is said to be sent that was not taken"
    assert taken - sent <= repeats, "messages were taken more often than the kills explain"
    assert not {"queued", "sending"} & states.keys(), f"something was left behind: {states}"
    return {
        "reports confirmed, all there": f"{len(reported):,}",
        "workbooks confirmed, all there": f"{len(lines):,}",
        "messages sent": f"{sent:,}",
        "taken once more than that": f"{taken - sent:,}",
        "given up": f"{states.get('dead', 0):,}",
        **{f"answered: {way}": f"{count:,}" for way, count in sorted(bad.items())},
        "journal entries, proved": f"{entries:,}",
    }
