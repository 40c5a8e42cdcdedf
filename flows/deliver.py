"""``deliver``: sends what the outbox holds."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from prefect import flow
from prefect.artifacts import create_table_artifact

from ..app import wiring
from ..tasks.again import tell_again
from ..tasks.outbox import MINUTE, deliver_batch, sweep
from ..tasks.publishing import publish_head
from .moments import at
from .names import deliver_name
from .noting import note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..tasks.outbox import Batch
    from ..tasks.works import Works

PATIENCE = timedelta(minutes=8)
PAUSE = 2.0  # seconds between two looks while a robot's limit holds messages up


@flow(name="deliver", flow_run_name=deliver_name)
def deliver(now: datetime | None = None) -> dict[str, int]:
    """Send all that may leave; messages held up by a robot's limit are waited for, up to eight minutes.

    What was told at once and nobody has heard is told again first: it cannot wait for the next ``advance``.
    So is the journal's last line, once a day, where the settings name who keeps it.
    """
    works, begun = wiring.works(), at(now)
    tell_again(works, begun)
    publish_head(works, begun)
    sweep(works, begun)
    return _report(list(_batches(works, begun, now)))


def _batches(works: Works, begun: datetime, now: datetime | None) -> Iterator[Batch]:
    moment, held_until = begun, None
    while moment - begun < PATIENCE:
        batch = deliver_batch(works, moment)
        yield batch
        if batch.held:
            held_until = moment + MINUTE
        if batch.claimed == 0 and (now is not None or held_until is None or moment > held_until):
            return
        if batch.claimed == 0 or batch.held:
            time.sleep(PAUSE)
        moment = at(now)


def _report(batches: list[Batch]) -> dict[str, int]:
    names = {"sent": "送达渠道", "retried": "待重试", "dead": "无法送达", "withdrawn": "已报送故撤回"}
    sums = {name: sum(getattr(batch, name) for batch in batches) for name in names}
    note("deliver", **sums)
    counts = {zh: sums[name] for name, zh in names.items()}
    create_table_artifact(key="outbox", table=[counts], description="投递结果")
    return counts
