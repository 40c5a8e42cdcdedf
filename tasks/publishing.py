"""Publishes the journal's last line once a day; every delivery begins with a look whether it is time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from prefect import task
from prefect.cache_policies import NO_CACHE

from ..calendar.dates import ZONE
from ..ledger import publishing

if TYPE_CHECKING:
    from .works import Works


@task(task_run_name="公示留痕", cache_policy=NO_CACHE)
def publish_head(works: Works, now: datetime) -> str | None:
    """Put the line of a workday into the outbox, from the hour of the settings on; gives the line.

    None when nobody is to be told, it is not time, or the day has had its line. Rest days have none: the
    next workday's line proves them too.
    """
    local = now.astimezone(ZONE)
    if not works.publish_to or local.time() < works.publish_at or not works.workdays.is_workday(local.date()):
        return None
    with works.book.read() as session:
        if not publishing.due(session, now):
            return None
    with works.book.write() as session:
        return publishing.publish(session, works.publish_to, now, works.slots(now, urgent=False).first)
