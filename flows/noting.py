"""What a flow came to, for the log; it is written where the settings ask for JSON lines."""

from __future__ import annotations

import logging

from prefect.runtime import flow_run

log = logging.getLogger("duban.flows")


def note(event: str, **counts: int | str) -> None:
    """Note the counts of a run that has done its work, under the run's number and name."""
    whose = {"flow_run_id": str(flow_run.id or ""), "flow_run_name": str(flow_run.name or "")}
    log.info("%s", event, extra={"event": event, "counts": counts} | whose)
