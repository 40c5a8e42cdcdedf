"""Prefect: whether the server answers, the schedules are on, and the last runs went well."""

from __future__ import annotations

import http.client
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .doctor_finding import Finding, doubtful, fine, wrong
from .supervise_household import local
from .supervise_lock import holder
from .supervise_prefect import Api, api_url, moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from .settings import Settings

CLOCKS = ("推进", "投递")
KINDS = ("年度", "季度", "月度", "会议", "阶段", "时段")
# How long without a run is too long, on the schedules of the settings' defaults: some are missed by then.
STALE = MappingProxyType(
    {
        ("推进", "0 * * * *"): (timedelta(hours=3), "三小时"),
        ("投递", "*/10 * * * *"): (timedelta(hours=1), "一小时"),
    }
)
STALE_OTHERWISE = (timedelta(hours=26), "一天")  # a daily schedule, and two hours of grace
ENDED = ["COMPLETED", "FAILED", "CRASHED"]
RESTART = "停止后重新运行 duban up"


def prefect_findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Check the server at PREFECT_API_URL, else at the host and port of the settings, as of ``now``."""
    url = api_url(settings)
    api = Api(url)
    if not api.healthy():
        yield _unreachable(settings, url)
        return
    yield fine("Prefect 服务", url.removesuffix("/api"))
    yield from schedule_findings(api, now)


def schedule_findings(api: Api, now: datetime) -> Iterator[Finding]:
    """Check the deployments, their schedules and their last runs on a server that answers."""
    try:
        known = {str(one["name"]): one for one in api.deployments()}
        for name in CLOCKS:
            yield _schedule(known.get(name), name)
            if name in known:
                yield _last_run(api, known[name], now)
        yield from _kinds(known)
        yield from _late(api)
    except (OSError, ValueError, KeyError, http.client.HTTPException) as why:
        yield wrong("Prefect 服务", f"答复异常（{type(why).__name__}）", f"查看 logs/prefect.log；{RESTART}")


def _unreachable(settings: Settings, url: str) -> Finding:
    pid = holder(settings.data)
    if pid is None:
        remedy = "没有 duban up 在运行：请运行 duban up；若它在别的端口，请用 --port 或 DUBAN_PORT 指明"
    else:
        remedy = f"duban up（进程号 {pid}）在运行：刚启动请稍候；否则核对 --port，查看 logs/prefect.log"
    return wrong("Prefect 服务", f"{url} 没有应答", remedy)


def _schedule(deployment: dict[str, Any] | None, name: str) -> Finding:
    item = f"日程：{name}"
    if deployment is None:
        return wrong(item, "没有登记", RESTART)
    if deployment.get("paused"):
        return wrong(item, "已暂停", f"在 Prefect 页面恢复这个部署，或{RESTART}")
    crons = active(deployment)
    if not crons:
        return wrong(item, "没有生效的时间表", f"在 Prefect 页面打开它的时间表，或{RESTART}")
    return fine(item, f"时间表 {'、'.join(crons)}")


def active(deployment: dict[str, Any]) -> list[str]:
    """Give the schedules of a deployment that are on, as cron lines."""
    schedules: list[dict[str, Any]] = deployment.get("schedules") or []
    return [one["schedule"].get("cron", "") for one in schedules if one.get("active")]


def _last_run(api: Api, deployment: dict[str, Any], now: datetime) -> Finding:
    name = str(deployment["name"])
    item = f"最近{name}"
    runs = api.runs(
        limit=1,
        sort="END_TIME_DESC",
        deployment_id={"any_": [deployment["id"]]},
        state={"type": {"any_": ENDED}},
    )
    command = {"推进": "duban advance", "投递": "duban deliver"}[name]
    if not runs:
        return doubtful(item, "还没有按日程运行过", f"刚启动请稍候；也可运行 {command}")
    ended = moment(runs[0]["end_time"] or runs[0]["expected_start_time"])
    if runs[0]["state_type"] != "COMPLETED":
        state: dict[str, Any] = runs[0].get("state") or {}
        why = str(state.get("message") or runs[0]["state_name"])
        return wrong(item, f"{local(ended)} 没有成功：{why}", f"按所说处理；再运行 {command} 看是否成功")
    stale, words = stale_after(name, active(deployment))
    if now - ended > stale:
        return wrong(
            item, f"{local(ended)}，已超过{words}", f"刚启动请稍候；否则先运行 {command}，再{RESTART}"
        )
    return fine(item, f"{local(ended)} 完成")


def stale_after(name: str, crons: list[str]) -> tuple[timedelta, str]:
    """Give for how long a deployment may not have run, and that in words; it follows its schedules."""
    return STALE.get((name, "、".join(crons)), STALE_OTHERWISE)


def _kinds(known: dict[str, Any]) -> Iterator[Finding]:
    absent = [name for name in KINDS if name not in known]
    if absent:
        yield doubtful("手动运行", f"没有登记：{'、'.join(absent)}", RESTART)


def _late(api: Api) -> Iterator[Finding]:
    late = api.runs(state={"name": {"any_": ["Late"]}})
    if len(late) > 1:
        yield wrong("逾时的运行", f"{len(late)}次运行到时没有开始", f"查看 logs/serve.log；{RESTART}")
