"""Huey: a task for each unit that is due in its SQLite queue, taken by the threads of its consumer.

Its SQLite waits for the disk, as it comes. Where answers are to be kept they are its tasks' results.
"""

from __future__ import annotations

import logging

from huey import SqliteHuey
from job import THREADS, Hand, Units, asked, measure

HERE = asked()
logging.getLogger("huey").setLevel(logging.ERROR)
hand, units = Hand(HERE.sink), Units(HERE)
queue = SqliteHuey("peer", filename=str(HERE.folder / "queue.sqlite"), results=HERE.kept)


@queue.task()
def one(unit: int, moment: str) -> str:
    """Remind one unit."""
    return hand(unit, moment)


def remind(moment: str) -> None:
    """Put a task for each unit that is due into the queue, and wait until all are done."""
    due = units.due(moment)
    hand.expect(len(due))
    for unit in due:
        one(unit, moment)
    hand.over.wait()


consumer = queue.create_consumer(workers=THREADS, periodic=False, check_worker_health=False)
consumer.start()
measure(min(HERE.most, HERE.units), remind, units.carry_on)
consumer.stop()
