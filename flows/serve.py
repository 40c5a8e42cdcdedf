"""The deployments: every flow by module path, ``advance``, ``deliver`` and ``backup`` on schedules.

``python -m duban.flows.serve`` registers them with the server at PREFECT_API_URL and runs what falls due: by
itself, or, where the settings name a work pool, as a worker of that pool, one of any number on any machines.
"""

from __future__ import annotations

import runpy
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from prefect import serve
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists
from prefect.schedules import Cron
from prefect.settings import PREFECT_API_URL
from prefect.types.entrypoint import EntrypointType
from prefect.workers.process import ProcessWorker

from ..app import clock, wiring
from .advance import advance
from .backup import backup
from .deliver import deliver
from .kinds import (
    run_appraisal,
    run_findings,
    run_inspection,
    run_ladder,
    run_meeting,
    run_month,
    run_phase,
    run_quarter,
    run_window,
    run_year,
)

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.deployments.runner import RunnerDeployment

TAG = "督办"
AT_ONCE = 4  # runs at the same time, over all deployments
_BY_HAND = "可手动运行，重复运行不会重复办理。不填参数则办理此类全部到期事项。"
_KINDS: tuple[tuple[Flow[..., Any], str, str], ...] = (
    (run_year, "年度", "排出续行方案的下一年，办理年度、半年和一次性任务。"),
    (run_quarter, "季度", "办理每季度的任务。"),
    (run_month, "月度", "办理每月、每周的任务。"),
    (run_meeting, "会议", "办理会议。"),
    (run_phase, "阶段", "开始和结束各阶段，办理阶段内的任务。"),
    (run_window, "时段", "开始和结束各时段（如重点夜晚），办理时段内的任务。"),
    (run_ladder, "督办", "逐级督办：发出催办单，起草督办单、约谈通知和通报，待人签发。"),
    (run_findings, "整改", "跟踪隐患整改、案件和线索，安排重点人员和场所的回访。"),
    (run_inspection, "督查", "准备督查检查、公布抽取结果，安排“回头看”。"),
    (run_appraisal, "考核", "起草考核结果，了结没有申诉的结果。"),
)
_CLOCKS = {
    "advance": "把账簿推进到此刻：下达、提醒、到期、截止补报。按时自动运行，停机后自动补上；可随时手动运行。",
    "backup": "每天备份一次账簿和附件，写完即重读核对，并清理旧的。每小时看一次，当天已有备份就不再做。",
    "deliver": "投递发件箱中到时可发的消息。按时自动运行；可随时手动运行。",
}


def deployments() -> list[RunnerDeployment]:
    """Give a deployment for each flow; the schedules are those of the settings, in Asia/Shanghai."""
    settings = wiring.Settings()
    pool = settings.work_pool or None
    return [
        _deployment(advance, "推进", _CLOCKS["advance"], pool, settings.advance_cron),
        _deployment(deliver, "投递", _CLOCKS["deliver"], pool, settings.deliver_cron),
        _deployment(backup, "备份", _CLOCKS["backup"], pool, settings.backup_cron),
        *(_deployment(flow, name, said + _BY_HAND, pool) for flow, name, said in _KINDS),
    ]


def _deployment(
    flow: Flow[..., Any], name: str, said: str, pool: str | None, cron: str = ""
) -> RunnerDeployment:
    made = flow.to_deployment(
        name,
        work_pool_name=pool,
        schedules=[Cron(cron, timezone=clock.ZONE)] if cron else None,
        description=said,
        tags=[TAG],
        concurrency_limit=1,
        # By file path the rooms' relative imports would fail.
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return cast("RunnerDeployment", made)  # a coroutine only where a loop is running


def register(pool: str) -> None:
    """Make the work pool where there is none, and put the deployments of the settings into it."""
    template = ProcessWorker.get_default_base_job_template()
    with get_client(sync_client=True) as client, suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=pool, type="process", base_job_template=template))
    for one in deployments():
        one.apply()


def work(pool: str, *options: str) -> None:
    """Be one worker of a pool until told to stop; the pool must be there."""
    start = ["--no-prompt", "worker", "start", "--type", "process", "--no-create-pool-if-not-found"]
    sys.argv = ["prefect", *start, "--pool", pool, "--limit", str(AT_ONCE), *options]
    # In this process: whoever watches it would lose sight of another.
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


def main() -> None:
    """Serve the deployments until told to stop.

    Refuses without PREFECT_API_URL: Prefect would silently start a server of its own, with its own state.
    """
    if PREFECT_API_URL.value() is None:
        sys.exit("没有设置 PREFECT_API_URL，不知道 Prefect 服务在哪里。请先设置，或用 duban up 启动。")
    if pool := wiring.Settings().work_pool:
        register(pool)
        work(pool)
    else:
        serve(*deployments(), limit=AT_ONCE, print_starting_message=False)


if __name__ == "__main__":
    main()
