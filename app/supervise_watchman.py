"""Watches over the runs of ``duban up``; tells the office, by duban's own channels, when they fail or stop.

It needs nothing of Prefect but its answers, and takes no answer for one; see docs/decisions/0017.
"""

from __future__ import annotations

import http.client
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..ledger.alarms import Trouble, raise_alarm
from ..ledger.vitals import vitals
from ..obligations.errors import DubanError
from .doctor_prefect import CLOCKS, ENDED, active, stale_after
from .supervise_prefect import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from ..tasks.works import Works
    from .supervise_prefect import Api

PATIENCE = timedelta(minutes=15)  # for which a trouble may pass by itself
LAG = timedelta(hours=3)
WATCHED = (*CLOCKS, "备份")
FEW = 20  # letters that leave in one look, so that the children are not left alone for long


class Watchman:
    """Looks whether runs fail, stop coming, or leave due things undone; what lasts is told once a day."""

    def __init__(self, works: Works, api: Api, begun: datetime, say: Callable[[str], None]) -> None:
        """Take the works, Prefect's API, and since when (UTC) it is on watch: what was before is past."""
        self._works, self._api, self._begun, self._say = works, api, begun, say
        self._since: dict[str, datetime] = {}

    def look(self, now: datetime) -> None:
        """Look once, at ``now`` (UTC); raise no error, as there is nobody else to hear it."""
        try:
            found = {one.key: one for one in self._troubles(now)}
            self._since = {key: self._since.get(key, now) for key in found}
            lasting = [one for key, one in found.items() if now - self._since[key] >= PATIENCE]
            if lasting:
                self._tell(lasting, now)
        except DubanError as wrong:
            self._say(f"告警没有发出：{wrong}")

    def _tell(self, lasting: list[Trouble], now: datetime) -> None:
        # Imports Prefect, which takes seconds; nothing of it is run.
        from ..tasks.outbox import deliver_batch

        for one in lasting:
            with self._works.book.write() as session:
                count = raise_alarm(session, one, self._works.alarm_to, now, self._works.awake(now))
            if count:
                self._say(f"运行异常，已告知办公室{count}人：{one.said}")
        # Whoever sends as a rule may be what fails.
        deliver_batch.fn(self._works, now, FEW)

    def _troubles(self, now: datetime) -> Iterator[Trouble]:
        with self._works.book.read() as session:
            found = vitals(session, now)
        lag = min(found.advance_lag, now - self._begun)
        if lag > LAG:
            yield Trouble("lag", f"有{found.due}项到期事项已超过{_hours(lag)}小时没有办理。")
        if not self._api.healthy():
            yield Trouble("engine", "自动运行的引擎（Prefect）没有应答，到期事项和提醒不会自动办理。")
            return
        try:
            known = {str(one["name"]): one for one in self._api.deployments()}
            for name in WATCHED:
                if name in known:
                    yield from self._of(name, known[name], now)
                else:
                    yield Trouble(f"absent-{_KEYS[name]}", f"“{name}”不在自动运行的日程中，不会自动办理。")
        except (OSError, ValueError, KeyError, http.client.HTTPException):
            yield Trouble("engine", "自动运行的引擎（Prefect）答复异常，到期事项和提醒可能没有办理。")

    def _of(self, name: str, deployment: dict[str, Any], now: datetime) -> Iterator[Trouble]:
        runs = self._api.runs(
            limit=1,
            sort="END_TIME_DESC",
            deployment_id={"any_": [deployment["id"]]},
            state={"type": {"any_": ENDED}},
        )
        ended, run = self._begun, next(iter(runs), None)
        if run is not None:
            ended = max(ended, moment(run["end_time"] or run["expected_start_time"]))
            if run["state_type"] != "COMPLETED" and ended > self._begun:
                yield Trouble(f"failed-{_KEYS[name]}", f"最近一次“{name}”没有成功：{_why(run)}。")
        limit, words = stale_after(name, active(deployment))
        if now - ended > limit:
            yield Trouble(f"late-{_KEYS[name]}", f"“{name}”已超过{words}没有运行。")


_KEYS = {"推进": "advance", "投递": "deliver", "备份": "backup"}


def _why(run: dict[str, Any]) -> str:
    state: dict[str, Any] = run.get("state") or {}
    return str(state.get("message") or run.get("state_name") or run["state_type"])[:200]


def _hours(lag: timedelta) -> int:
    return int(lag.total_seconds() // 3600)
