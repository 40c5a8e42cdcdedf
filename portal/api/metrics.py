"""The same figures as OpenMetrics, for Prometheus and whatever reads its format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.openmetrics import exposition
from prometheus_client.registry import Collector, CollectorRegistry

from ...ledger.vitals import vitals
from .described import LOOKING
from .limited import Limited
from .reading import Looking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prometheus_client.metrics_core import Metric

    from ...ledger.vitals import Vitals

router = APIRouter(route_class=Limited)

_SAID: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "OpenMetrics 文本",
        "content": {exposition.CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}},
    }
}


class _Of(Collector):
    """The figures of one look, for one answer."""

    def __init__(self, found: Vitals) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        """Give them."""
        found = self._found
        for name, said, value in (
            ("obligations_open", "Obligations not handed in yet", found.owed),
            ("obligations_overdue", "Of these, those past their date", found.overdue),
            ("due", "Rounds and stretches that wait for advance", found.due),
            ("advance_lag_seconds", "How long the oldest has waited", found.advance_lag.total_seconds()),
            ("deliver_lag_seconds", "How long a message has waited", found.deliver_lag.total_seconds()),
        ):
            yield GaugeMetricFamily(f"duban_{name}", said, value)
        waiting = {"queued": found.queued, "retrying": found.retrying}
        stuck = {"sending": found.sending, "dead": found.dead}
        yield _by_state("messages", "Messages that have not arrived; retrying are queued", waiting | stuck)
        yield _by_state("messages_of_today", "Messages of today, Asia/Shanghai", found.today)
        yield CounterMetricFamily("duban_journal_entries", "Entries in the journal", found.entries)


def _by_state(name: str, said: str, counts: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(f"duban_{name}", said, labels=["state"])
    for state, count in counts.items():
        family.add_metric([state], count)
    return family


@router.get("/metrics", summary="运行指标", response_class=Response, responses=LOOKING | _SAID)
def metrics(here: Looking) -> Response:
    """Give what waits, what is late and what did not arrive, as OpenMetrics; it holds no name of anybody."""
    registry = CollectorRegistry(auto_describe=False)
    here.require_whole()
    with here.read() as desk:
        registry.register(_Of(vitals(desk.session, here.now)))
    text = cast("bytes", exposition.generate_latest(registry))  # pyright: ignore[reportUnknownMemberType]
    return Response(text, media_type=exposition.CONTENT_TYPE_LATEST)
