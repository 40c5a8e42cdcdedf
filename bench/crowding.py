"""Many worker processes at one book, killed at random and replaced: shared, nothing lost, nothing done twice.

Each process does what a worker does: it brings the book up, and delivers. A letter may come twice only if it
was in the hands of a worker that was killed, at most one for each thread of it, with the same key.
"""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, text, update

from duban.app import at_once
from duban.ledger import channels, journal
from duban.ledger.channels import NewChannel
from duban.ledger.tables import (
    Attempt,
    Contact,
    Cue,
    JournalEntry,
    Message,
    Obligation,
    PlanRevision,
    Round,
    Sheet,
)

from . import sink
from .books import scratch, shelves, works
from .forking import ended_well, fork
from .report import Options, Report
from .rows import PLAN, add_units, round_row

if TYPE_CHECKING:
    from duban.ledger.book import Session
    from duban.tasks.works import Works

    from .books import Shelf
    from .sink import Sink

OPENS = datetime(2026, 3, 2, 1, tzinfo=UTC)
BEFORE = OPENS - timedelta(days=1)
CLIMBS = datetime(2026, 3, 11, 1, tzinfo=UTC)  # a whole workday after the day on which it was due
SWEPT = timedelta(minutes=20)  # by then what a dead worker held is free again
CROWDS, SMALL_CROWDS = (2, 5, 10), (3,)
PLANS, DUTIES = 8, 3  # of each plan
UNITS, SMALL = 2_000, 80
KILLS, SMALL_KILLS = 15, 2  # at each of four moments
THREADS = 4
LATENCY = 0.02  # seconds until the sink answers


def run(options: Options) -> None:
    """Torture each crowd on PostgreSQL and print what was found; stops where something does not hold."""
    if "PostgreSQL" not in options.databases:  # a writer of SQLite is alone
        return
    units = max(1, options.pick(options.rows, UNITS, SMALL) // PLANS) * PLANS
    kills = SMALL_KILLS if options.small else KILLS
    for shelf in shelves(("PostgreSQL",)):
        for many in SMALL_CROWDS if options.small else CROWDS:
            report = Report(f"{many} workers at one book · PostgreSQL {shelf.version}", options, _NOTES)
            for what, value in _torture(shelf, many, units, kills, options.seed).items():
                report.plain(what, value)
            report.print()


_NOTES = [
    f"{PLANS} plans with {DUTIES} rounds each, which open, remind and climb; every process brings the book",
    f"up and delivers ({THREADS} threads, to a sink of {LATENCY * 1000:.0f} ms). At random moments one is",
    "killed and another begins. Held: every message came, again only what a killed one held, each round",
    "was opened once, each 催办单 issued once and numbered without gaps, the journal is proved.",
]


@dataclass
class _Dead:
    """What the killed had claimed: the keys of letters that may come again."""

    killed: int = 0
    held: set[str] = field(default_factory=set[str])


def _torture(shelf: Shelf, many: int, units: int, kills: int, seed: int) -> dict[str, str]:
    chance = random.Random(seed + many)  # noqa: S311 - to repeat it, not to hide it
    with scratch() as folder, sink.running(LATENCY) as taker:
        base = works(shelf.new(), folder / "outbox", THREADS)
        _fill(base, taker, units)
        _work(base, BEFORE)  # nothing is due; a child then begins with what is compiled
        dead, begun = _Dead(), time.perf_counter()
        for moment in (OPENS, OPENS + SWEPT, CLIMBS, CLIMBS + SWEPT):
            _crowd(base, moment, many, kills, chance, dead)
        for moment in (OPENS, CLIMBS):
            _crowd(base, moment + 2 * SWEPT + (CLIMBS - OPENS), many, 0, chance, dead)
        spent = time.perf_counter() - begun
        found = _judge(base, taker, units, dead)
        shelf.drop(base.book)
        return found | {"seconds": f"{spent:.0f}"}


def _fill(base: Works, taker: Sink, units: int) -> None:
    """Write the units, each of one plan's part, the plans, and their rounds with a reminder as they open."""
    with base.book.write() as session:
        add_units(session, units)
        tags = "INSERT INTO unit_tags (unit_id, tag) SELECT id, 't' || (id % :plans) FROM units"
        session.execute(text(tags), {"plans": PLANS})
        channels.add(
            session, base.box, NewChannel("钩子", "webhook", None, {"url": taker.url}), BEFORE, "演练"
        )
        session.execute(update(Contact).values(channel_id=1))
        for plan in range(PLANS):
            _add_plan(session, plan)


def _add_plan(session: Session, plan: int) -> None:
    read = PLAN.replace("slug: p\n", f"slug: p{plan}\n")
    revision = PlanRevision(
        slug=f"p{plan}", revision=1, title=f"第{plan}号工作方案", office="示例镇打非办", content=read
    )
    revision.sha256, revision.adopted_at = sha256(read.encode()).hexdigest(), BEFORE - timedelta(days=30)
    session.add(revision)
    session.flush()
    named = {"plan_id": revision.id, "slug": revision.slug}
    rows = [round_row(number, OPENS, f"t{plan}") | named for number in range(DUTIES)]
    ids = session.scalars(insert(Round).returning(Round.id), rows).all()
    cue = {"at": OPENS, "kind": "opening", "urgent": False, "state": "planned"}
    session.execute(insert(Cue), [cue | {"round_id": id_} for id_ in ids])


def _crowd(base: Works, now: datetime, many: int, kills: int, chance: random.Random, dead: _Dead) -> None:
    """Let so many work at a moment until nothing is left; kill one now and then, and start another."""
    base.book.close()  # nothing of a database is open over the fork
    alive = [_worker(base, now) for _ in range(many)]
    for _ in range(kills):
        time.sleep(chance.uniform(0.0, 1.0))
        victim = alive.pop(chance.randrange(len(alive)))
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        if not ended_well(victim):
            dead.killed += 1
            dead.held |= _held_by(base, victim)
            base.book.close()
        alive.append(_worker(base, now))
    for one in alive:
        assert ended_well(one)


def _worker(base: Works, now: datetime) -> int:
    return fork(lambda: _work(replace(base, worker=f"{os.getpid()}"), now))


def _work(mine: Works, now: datetime) -> None:
    assert at_once.bring_up(mine, now).failed == []
    at_once.deliver(mine, now)


def _held_by(base: Works, worker: int) -> set[str]:
    with base.book.read() as session:
        mine = select(Message.key).where(Message.state == "sending", Message.claimed_by == f"{worker}")
        return set(session.scalars(mine))


def _judge(base: Works, taker: Sink, units: int, dead: _Dead) -> dict[str, str]:
    owed, (posts, keys), again = units * DUTIES, taker.counted(), taker.again()
    with base.book.read() as session:
        states = dict(
            session.execute(select(Message.state, func.count()).group_by(Message.state)).tuples().all()
        )
        attempts = session.scalar(select(func.count()).select_from(Attempt)) or 0
        opened = select(JournalEntry.detail).where(JournalEntry.action == "round.opened")
        rounds = session.scalars(opened).all()
        made = session.scalar(select(func.count()).select_from(Obligation))
        numbers = select(
            Sheet.series, func.count(), func.max(Sheet.number), func.count(Sheet.obligation_id.distinct())
        )
        sheets = session.execute(numbers.where(Sheet.rung == "cuiban").group_by(Sheet.series)).tuples().all()
        proof = journal.verify(session)
    assert set(states) == {"sent"}, f"something was left behind: {states}"
    assert states["sent"] == keys, "a message is said to be sent that did not come"
    assert again <= dead.held, "a message came again that no killed worker had held"
    assert posts - keys <= posts - attempts <= dead.killed * THREADS, "more came again than was in flight"
    assert len(rounds) == len(set(rounds)) == PLANS * DUTIES, "a round was not opened once"
    assert made == owed, "not everybody owes what is to be reported, once"
    assert {tuple(one[1:]) for one in sheets} == {(owed // PLANS,) * 3}, "a sheet is missing, or there twice"
    assert len(sheets) == PLANS, "a ladder has not climbed"
    assert proof.ok, proof.reason_zh
    return {
        "killed on their way": f"{dead.killed:,}",
        "rounds opened, each once": f"{len(rounds):,}",
        "催办单 issued, each once": f"{sum(one[1] for one in sheets):,}",
        "messages sent, all of which came": f"{keys:,}",
        "letters that had left unrecorded at the kills": f"{posts - attempts:,}",
        "came again, with the same key": f"{posts - keys:,}",
        "journal entries, proved": f"{proof.checked:,}",
    }
