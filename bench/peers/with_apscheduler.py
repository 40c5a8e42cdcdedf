"""APScheduler: a job for each unit and reminder in its SQLAlchemy job store, under a clock of our own.

It forgets a job when it hands it to a thread, so that a crash loses what is queued; nothing can be done about
that here. Of what came of a job it keeps nothing: where answers are to be kept, the job writes them down.
"""

from __future__ import annotations

from datetime import UTC, datetime

import apscheduler.schedulers.base as scheduling
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from job import MOMENTS, THREADS, Answers, Hand, asked, measure
from sqlalchemy import create_engine, event

HERE = asked()
AT = {one: datetime.fromisoformat(one).replace(tzinfo=UTC) for one in MOMENTS}
DAYBREAK = datetime(2026, 3, 1, tzinfo=UTC)
hand = Hand(HERE.sink, Answers(HERE) if HERE.kept else None)


class Clock(datetime):
    """What the scheduler takes for the time."""

    moment = DAYBREAK

    @classmethod
    def now(cls, tz=None):
        """Give the moment at which it is asked to look."""
        return cls.moment.astimezone(tz)


def one(unit: int, moment: str) -> None:
    """Remind one unit; named in the store as ``__main__:one``."""
    hand(unit, moment)


def remind(moment: str) -> None:
    """Wake the scheduler at a moment, and wait until all that was due is handed over."""
    hand.expect(HANDED)
    Clock.moment = AT[moment]
    scheduler.wakeup()
    hand.over.wait()


scheduling.datetime = Clock
engine = create_engine(f"sqlite:///{HERE.folder / 'jobs.sqlite'}")
event.listen(
    engine, "connect", lambda raw, _: raw.executescript(f"PRAGMA journal_mode=WAL; {' '.join(settings)}")
)
settings = ["PRAGMA synchronous=OFF;"]  # until the store is filled, which is not measured
scheduler = BackgroundScheduler(
    jobstores={"default": SQLAlchemyJobStore(engine=engine)},
    executors={"default": ThreadPoolExecutor(THREADS)},
    job_defaults={"misfire_grace_time": None},
    timezone=UTC,
)
HANDED = min(HERE.most, HERE.units)
scheduler.start()
for number in range(1, HANDED + 1):
    for when, at in AT.items():
        scheduler.add_job(one, "date", run_date=at, args=(number, when), id=f"{number}-{when}")
settings.clear()
engine.dispose()
measure(HANDED, remind)
scheduler.shutdown()
