"""Healthchecks' way, rebuilt on Django's ORM: one check for each unit, and a loop over the rows that are due.

Nothing of its code is here. Its shape, as its ``sendalerts`` has it: the loop takes one due check at a time,
marks it by a conditional UPDATE and writes a row that it has gone down; then it takes one such row at a
time, claims it by a conditional UPDATE and gives it to a worker, who reads it again with its check and its
channels, writes a row for each notification, sends, and notes what came of it. Kinder than the original:
where all workers are busy that sleeps for two seconds, this waits for the first.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from threading import BoundedSemaphore

from django.conf import settings
from job import MOMENTS, THREADS, Hand, asked, measure

HERE = asked()
AT = {one: datetime.fromisoformat(one).replace(tzinfo=UTC) for one in MOMENTS}
DATABASE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": HERE.folder / "checks.sqlite",
    "OPTIONS": {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
    },
}
settings.configure(DATABASES={"default": DATABASE}, USE_TZ=True)

import django

django.setup()
from django.db import connection, models


class Channel(models.Model):
    """A way to reach somebody."""

    kind = models.CharField(max_length=20)
    value = models.TextField()
    last_notify = models.DateTimeField(null=True)

    class Meta:
        app_label = "peer"


class Check(models.Model):
    """One unit's duty, as a check that goes down at a moment."""

    name = models.CharField(max_length=100)
    status = models.CharField(max_length=6, default="up")
    alert_after = models.DateTimeField(null=True, db_index=True)

    class Meta:
        app_label = "peer"


class Assigned(models.Model):
    """Which channels a check has."""

    owner = models.ForeignKey(Check, models.CASCADE)
    channel = models.ForeignKey(Channel, models.CASCADE)

    class Meta:
        app_label = "peer"


class Flip(models.Model):
    """A check that went down, to be told by one worker."""

    owner = models.ForeignKey(Check, models.CASCADE)
    created = models.DateTimeField()
    processed = models.DateTimeField(null=True, db_index=True)

    class Meta:
        app_label = "peer"


class Notification(models.Model):
    """One sending and what came of it."""

    owner = models.ForeignKey(Check, models.CASCADE)
    channel = models.ForeignKey(Channel, models.CASCADE)
    created = models.DateTimeField()
    error = models.CharField(max_length=200, default="")

    class Meta:
        app_label = "peer"


HANDED = min(HERE.most, HERE.units)
NUMBERS = range(1, HERE.units + 1)
hand = Hand(HERE.sink)
failed: list[BaseException] = []
seats = BoundedSemaphore(THREADS)
pool = ThreadPoolExecutor(THREADS)


def fill(first: str) -> None:
    """Make a check and a channel for each unit; those that are not to be handed over are never due."""
    with connection.schema_editor() as editor:
        for table in (Channel, Check, Assigned, Flip, Notification):
            editor.create_model(table)
    Channel.objects.bulk_create(Channel(id=n, kind="webhook", value=HERE.sink) for n in NUMBERS)
    Check.objects.bulk_create(
        Check(id=n, name=f"第{n}村", alert_after=AT[first] if n <= HANDED else None) for n in NUMBERS
    )
    Assigned.objects.bulk_create(Assigned(owner_id=n, channel_id=n) for n in NUMBERS)


def goes_down(now: datetime) -> bool:
    """Take one check that is due, if any."""
    due = Check.objects.filter(alert_after__lte=now).exclude(status="down").order_by("alert_after").first()
    if due is None:
        return False
    mine = Check.objects.filter(id=due.id, status=due.status)
    if mine.update(status="down", alert_after=None):
        Flip.objects.create(owner=due, created=now)
    return True


def tell(flip_id: int, moment: str) -> None:
    """Tell one unit, in a worker."""
    flip = Flip.objects.select_related("owner").get(id=flip_id)
    mine = Assigned.objects.filter(owner=flip.owner).values("channel")
    for channel in Channel.objects.filter(id__in=mine):
        noted = Notification.objects.create(
            owner=flip.owner, channel=channel, created=AT[moment], error="sending"
        )
        hand(flip.owner_id, moment)
        Notification.objects.filter(id=noted.id).update(error="")
        Channel.objects.filter(id=channel.id).update(last_notify=AT[moment])


def takes_flip(moment: str) -> bool:
    """Give one row that says a check went down to a worker, once one is free."""
    flip = Flip.objects.filter(processed=None).first()
    if flip is None:
        return False
    if Flip.objects.filter(id=flip.id, processed=None).update(processed=AT[moment]):
        seats.acquire()
        pool.submit(tell, flip.id, moment).add_done_callback(release)
    return True


def release(done: Future[None]) -> None:
    """Give a seat back; what went wrong ends the run."""
    seats.release()
    if wrong := done.exception():
        failed.append(wrong)
        hand.over.set()


def remind(moment: str) -> None:
    """Loop over what is due until all is told."""
    hand.expect(HANDED)
    while goes_down(AT[moment]) or takes_flip(moment):
        pass
    hand.over.wait()
    assert not failed, failed


def come_up(moment: str) -> None:
    """Let every check be up again, and due at the next moment."""
    for after in [one for one in MOMENTS if one > moment][:1]:
        Check.objects.filter(id__lte=HANDED).update(status="up", alert_after=AT[after])


fill(MOMENTS[0])
measure(HANDED, remind, come_up)
pool.shutdown()
