"""``kill -9`` at random moments, through advance, deliver and reports: nothing lost, nothing claimed.

Each round a child process does what the clock and the counter do at one moment of the rehearsed year, and is
killed somewhere on its way. What it had confirmed before must be there at the end. After each kill no more
letters have come without their answers' being recorded than there are threads that send, and no more than
those come again, with the same key; none may be said to be sent that did not come.
"""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from duban.app import at_once, first_run
from duban.ledger import attachments, channels, journal, reports
from duban.ledger.attachments import FileFacts
from duban.ledger.channels import NewChannel
from duban.ledger.reports import Report as Said
from duban.ledger.tables import Attempt, Contact, Message, Obligation, Round, Submission, Unit
from duban.obligations.errors import DubanError

from . import sink
from .books import scratch, shelves, works
from .report import Options, Report

if TYPE_CHECKING:
    from pathlib import Path

    from duban.tasks.works import Works

    from .books import Shelf
    from .sink import Sink

BEGIN = datetime(2023, 1, 3, 1, 0, tzinfo=UTC)
YEAR = timedelta(days=350)
SWEPT = timedelta(minutes=20)  # by then what a dead sender held is free again
REPORTED = 3  # reports in a round
THREADS = 4  # that send
LATENCY = 0.02  # seconds until the sink answers, so that a kill finds letters on their way
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
        f"{rounds:,} child processes, each killed at a random moment of: advance, {REPORTED} reports with a",
        f"file each, deliver ({THREADS} threads, to a local HTTP sink). Seed {seed}. Held: what was",
        "confirmed is there, every sent message came, no kill leaves more letters unrecorded that have left",
        "than threads send, none but these come again, the proof passes.",
    ]


def _torture(shelf: Shelf, rounds: int, seed: int) -> dict[str, str]:
    chance = random.Random(seed)  # noqa: S311 - to repeat it, not to hide it
    with scratch() as folder, sink.running(LATENCY) as taker:
        base = replace(works(shelf.new(), folder / "outbox", THREADS), public_url="")
        begin(base, taker)
        confirmed: set[str] = set()
        killed, most, longest = 0, 0, 0.5
        step = YEAR / rounds
        for number in range(rounds):
            at = BEGIN + step * number
            before = unrecorded(base, taker)
            base.book.close()  # nothing of a database is open over the fork
            after = None if number % 10 == 0 else chance.random() * longest
            took, was_killed = _one(base, folder, at, after, confirmed)
            killed += was_killed
            flying = unrecorded(base, taker) - before
            assert flying <= (THREADS if was_killed else 0), f"{flying} letters left and were not recorded"
            most = max(most, flying)
            longest = longest if was_killed or after is not None else max(0.05, took)
            if number % PROVED_EVERY == 0:
                prove(base, folder)
        finish(base, folder, BEGIN + YEAR)
        found = judge(base, taker, confirmed, unrecorded(base, taker))
        return {
            "killed on the way": f"{killed:,} of {rounds:,}",
            "letters that one kill left unrecorded": f"{most} at most",
            **found,
        }


def begin(base: Works, taker: Sink) -> None:
    first_run.fill(base.book, base.workdays, BEGIN)
    with base.book.write() as session:
        channels.add(
            session, base.box, NewChannel("钩子", "webhook", None, {"url": taker.url}), BEGIN, "演练"
        )
        people = select(Unit.name, Contact.name).join(Contact, Contact.unit_id == Unit.id)
        for unit, person in session.execute(people).tuples().all():
            channels.use(session, (unit, person), "钩子", BEGIN, "演练")


def _one(
    base: Works, folder: Path, at: datetime, after: float | None, confirmed: set[str]
) -> tuple[float, bool]:
    """Let a child do its round, and kill it ``after`` some seconds; gives how long it took, and if it was."""
    reading, writing = os.pipe()
    begun = time.perf_counter()
    if (child := os.fork()) == 0:
        code = 1
        try:
            os.close(reading)
            work(replace(base, worker=f"{os.getpid()}"), folder, at, writing)
            code = 0
        except BaseException:  # noqa: BLE001 - it must not go on as the parent
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    if after is not None:
        time.sleep(after)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        confirmed.update(line.decode() for line in pipe.read().splitlines() if line.endswith(b"."))
    _, status = os.waitpid(child, 0)
    was_killed = os.WIFSIGNALED(status)
    assert was_killed or os.WEXITSTATUS(status) == 0, "a round that nobody killed has failed"
    return time.perf_counter() - begun, was_killed


def work(base: Works, folder: Path, at: datetime, confirm: int) -> None:
    at_once.bring_up(base, at)
    for number in _owed(base):
        key = f"{number}@{at.isoformat()}."
        file = FileFacts("现场.txt", "text/plain", f"现场照片{number}".encode())
        attachments.store(folder / "attachments", file.data)
        try:
            with base.book.write() as session:
                found = session.get_one(Obligation, number)
                attachments.receive(session, found, file, at, "村文书")
                reports.submit(session, found, Said(key, {}, nil=True, by="村文书"), at)
        except DubanError:  # there something has to be said
            continue
        os.write(confirm, f"{key}\n".encode())
    at_once.deliver(base, at)


def _owed(base: Works) -> list[int]:
    query = (
        select(Obligation.id)
        .join(Round, Round.id == Obligation.round_id)
        .where(Obligation.state == "owed", Round.locked_at.is_(None), Round.opened_at.is_not(None))
        .order_by(Obligation.due_at, Obligation.id)
        .limit(REPORTED)
    )
    with base.book.read() as session:
        return list(session.scalars(query))


def prove(base: Works, folder: Path) -> None:
    with base.book.read() as session:
        found = journal.verify(session, files=folder / "attachments")
    assert found.ok, found.reason_zh


def finish(base: Works, folder: Path, end: datetime) -> None:
    """Let everything that still waits be done, with nobody killed."""
    for at in (end + timedelta(hours=2), end + timedelta(hours=2) + SWEPT):
        at_once.bring_up(base, at)
        at_once.deliver(base, at)
    prove(base, folder)


def unrecorded(base: Works, taker: Sink) -> int:
    """Give how many letters have come whose answers are not in the book, and never will be."""
    with base.book.read() as session:
        recorded = session.scalar(select(func.count()).select_from(Attempt)) or 0
    return taker.counted()[0] - recorded


def judge(base: Works, taker: Sink, confirmed: set[str], repeats: int) -> dict[str, str]:
    """Hold the book at the end against what was confirmed and came; at most ``repeats`` came again."""
    posts, keys = taker.counted()
    with base.book.read() as session:
        kept = set(session.scalars(select(Submission.key)))
        states = dict(
            session.execute(select(Message.state, func.count()).group_by(Message.state)).tuples().all()
        )
        entries = journal.verify(session).checked
    assert confirmed <= kept, "a report that was confirmed is lost"
    assert states.get("sent", 0) <= keys, "a message is said to be sent that did not come"
    assert posts - keys <= repeats, "a message came more often than the kills explain"
    assert not {"queued", "sending"} & states.keys(), f"something was left behind: {states}"
    return {
        "reports confirmed, all there": f"{len(confirmed):,}",
        "messages sent": f"{states.get('sent', 0):,}",
        "came again, with the same key": f"{posts - keys:,}",
        "journal entries, proved": f"{entries:,}",
    }
