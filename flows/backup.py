"""``backup``: the day's backup, checked, and the old ones thinned."""

from __future__ import annotations

from datetime import datetime

from prefect import flow
from prefect.artifacts import create_table_artifact

from ..app import wiring
from .moments import at
from .names import backup_name
from .noting import note


@flow(name="backup", flow_run_name=backup_name)
def backup(now: datetime | None = None) -> dict[str, str]:
    """Back the book up unless the day has a backup: who is off at night is backed up in the morning."""
    done = wiring.back_up(at(now))
    if done.made is not None:
        create_table_artifact(key="backup", table=[done.told], description="备份")
    note("backup", made=int(done.made is not None), gone=len(done.gone))
    return done.told
