"""Tells again of events that nobody has heard in time; every delivery begins with it.

``advance`` does the same, but it comes once an hour, and a delivery every ten minutes (docs/decisions/0006).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefect import task
from prefect.cache_policies import NO_CACHE

from ..ledger import alerts

if TYPE_CHECKING:
    from datetime import datetime

    from .works import Works


@task(task_run_name="再次告知没有签收的单位", cache_policy=NO_CACHE)
def tell_again(works: Works, now: datetime) -> int:
    """Put another urgent letter about each into the outbox; gives how many events that were."""
    with works.book.read() as session:
        waiting = alerts.due(session, now, works.workdays)
    for one in waiting:
        with works.book.write() as session:
            alerts.handle(session, one, now, works.means)
    return len(waiting)
