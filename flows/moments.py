"""The moment that a run acts as of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prefect.runtime import deployment

from ..app import clock
from ..tasks.rounds import DubanError

DRIFT = timedelta(minutes=2)  # Prefect's server may be another machine


def at(now: datetime | None) -> datetime:
    """Give ``now`` in UTC if it was handed in, else read the clock; Prefect hands it in any zone.

    Raises :class:`DubanError` for a served run whose ``now`` is yet to come: the book would hold it, and
    nothing could be recorded until then. A rehearsal calls the flows itself and may.
    """
    if now is None:
        return clock.now()
    if now > clock.now() + DRIFT and deployment.id is not None:
        raise DubanError(
            "now 晚于系统时钟：记入账簿后，此前的时间就不能再用了。请留空，或填写不晚于此刻的时间。"
        )
    return now.astimezone(UTC)
