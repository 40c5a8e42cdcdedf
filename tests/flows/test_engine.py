"""The flows through Prefect's own engine, once each: a run costs about a second."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from duban.flows import serve
from duban.flows.advance import advance, bring_up, plainly
from duban.flows.backup import backup
from duban.flows.deliver import deliver
from duban.flows.kinds import run_meeting, run_month, run_phase, run_quarter, run_window, run_year
from duban.ledger import agenda
from duban.obligations.errors import DubanError
from duban.tasks.works import Works
from support.scratch import SHANGHAI

pytestmark = pytest.mark.usefixtures("prefect_server")
NOW = datetime(2023, 1, 10, 10, 0, tzinfo=SHANGHAI)


def last_run() -> tuple[str, str]:
    """The name and the state of the run that began last."""
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(sort="START_TIME_DESC", limit=1)  # pyright: ignore[reportArgumentType]
    return runs[0].name, str(runs[0].state_name)


def artifact(key: str) -> Any:
    with get_client(sync_client=True) as client:
        found = client.request(
            "POST", "/artifacts/latest/filter", json={"artifacts": {"key": {"any_": [key]}}}
        )
    return json.loads(found.json()[0]["data"])


@pytest.mark.parametrize(
    ("flow", "given", "name", "line"),
    [
        (
            run_year,
            {"period": "2023", "plan": "changzhou-ranfang", "duty": "lingdao-xiaozu"},
            "2023年 · lingdao-xiaozu",
            "2023年 · 成立工作领导小组：下达13个单位，任务下达13条",
        ),
        (
            run_quarter,
            {"period": "2023-Q1", "duty": "sida-xingdong", "title": "2023年第一季度 · 四个大"},
            "2023年第一季度 · 四个大",
            "2023年第一季度 · 第一季度“四个大”：打击非法经营：下达15个单位，任务下达15条",
        ),
        (
            run_month,
            {"period": "2023-01", "plan": "erong-dafei"},
            "2023年1月 · erong-dafei",
            "2023年1月 · 每月检查：下达21个单位",
        ),
        (
            run_meeting,
            {"period": "2023", "plan": "changzhou-ranfang"},
            "2023年 · changzhou-ranfang",
            "2023年 · 召开专题会议：下达13个单位",
        ),
        (
            run_phase,
            {"plan": "changzhou-ranfang", "duty": "guankong-qi"},
            "到期事项 · guankong-qi",
            "2023年 · 节日管控期：开始",
        ),
        (
            run_window,
            {"period": "2023/xuanchuan-zhou"},
            "2023/xuanchuan-zhou · 全部",
            "2023年宣传周 · “烟花爆竹燃放管控宣传周”活动：下达",
        ),
    ],
    ids=["year", "quarter", "month", "meeting", "phase", "window"],
)
def test_the_flow_of_a_kind_does_its_work_once_and_bears_a_readable_name(
    example: Works, flow: Callable[..., list[str]], given: dict[str, str], name: str, line: str
) -> None:
    done = flow(**given, now=NOW)
    assert any(one.startswith(line) for one in done), done
    assert last_run() == (name, "Completed")
    assert flow(**given, now=NOW) == []


def test_advance_calls_the_flow_of_each_kind_and_leaves_the_table_of_the_day(example: Works) -> None:
    bring_up(example, NOW, plainly)
    twelfth = datetime(2023, 1, 12, 10, 0, tzinfo=SHANGHAI)
    done = advance(now=twelfth)
    assert "2023年 · 成立工作领导小组：到期提醒13条" in done
    assert {"事项": "2023年 · 成立工作领导小组", "处理": "到期提醒13条"} in artifact("today")
    assert advance(now=twelfth) == []
    assert artifact("today") == [{"事项": "今日", "处理": "没有到期事项"}]


def test_a_run_of_advance_fails_when_something_could_not_be_done(
    example: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DubanError("磁盘已满")

    monkeypatch.setattr("duban.ledger.rounds.open_round", full)
    twelfth = datetime(2023, 1, 12, 10, 0, tzinfo=SHANGHAI)
    monkeypatch.setattr("duban.flows.advance.by_flow", plainly)
    with pytest.raises(DubanError, match="每月检查：磁盘已满"):
        advance(now=twelfth)
    table = artifact("today")
    assert {"事项": "【未能处理】", "处理": "2023年1月 · 每月检查：磁盘已满"} in table
    # What could be done has been done.
    assert {"事项": "2023年 · 节日管控期", "处理": "开始"} in table


def test_deliver_sends_what_waits_and_leaves_its_figures(example: Works) -> None:
    bring_up(example, NOW, plainly)
    sent = deliver(now=NOW)["送达渠道"]
    assert sent == len([*example.outbox.rglob("*.txt")]) > 20
    assert artifact("outbox") == [{"送达渠道": sent, "待重试": 0, "无法送达": 0, "已报送故撤回": 0}]
    assert deliver(now=NOW)["送达渠道"] == 0


def test_the_book_is_backed_up_once_a_day(example: Works) -> None:
    assert backup(NOW)["结果"] == "已备份并核对"
    assert last_run() == ("备份 · 1月10日10:00", "Completed")
    [made] = artifact("backup")
    assert made["文件"].endswith("duban-20230110-100000.duban")
    assert backup(NOW) == {"结果": "今天已有备份"}


def test_every_flow_is_deployed_by_module_path_and_only_the_clocks_have_a_schedule(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DUBAN_ADVANCE_CRON", "30 7 * * *")
    made = serve.deployments()
    assert {one.name: one.entrypoint for one in made} == {
        "推进": "duban.flows.advance.advance",
        "投递": "duban.flows.deliver.deliver",
        "备份": "duban.flows.backup.backup",
        "年度": "duban.flows.kinds.run_year",
        "季度": "duban.flows.kinds.run_quarter",
        "月度": "duban.flows.kinds.run_month",
        "会议": "duban.flows.kinds.run_meeting",
        "阶段": "duban.flows.kinds.run_phase",
        "时段": "duban.flows.kinds.run_window",
        "督办": "duban.flows.kinds.run_ladder",
        "整改": "duban.flows.kinds.run_findings",
        "督查": "duban.flows.kinds.run_inspection",
        "考核": "duban.flows.kinds.run_appraisal",
    }
    assert {one.concurrency_limit for one in made} == {1}
    crons = {
        (one.name, getattr(schedule.schedule, "cron", ""), getattr(schedule.schedule, "timezone", ""))
        for one in made
        for schedule in one.schedules or []
    }
    assert crons == {
        ("推进", "30 7 * * *", "Asia/Shanghai"),
        ("投递", "*/10 * * * *", "Asia/Shanghai"),
        ("备份", "40 * * * *", "Asia/Shanghai"),
    }


def test_serve_refuses_to_run_without_a_server_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        temporary_settings(restore_defaults={PREFECT_API_URL}),
        pytest.raises(SystemExit, match="PREFECT_API_URL"),
    ):
        serve.main()


def test_in_a_work_pool_a_worker_does_what_the_schedule_would(
    example: Works, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DUBAN_WORK_POOL", "zhen")
    serve.register("zhen")
    with get_client(sync_client=True) as client:
        pool = client.read_work_pool("zhen")
        deployment = client.read_deployment_by_name("advance/推进")
        run = client.create_flow_run_from_deployment(deployment.id, parameters={"now": NOW.isoformat()})
    assert (pool.type, deployment.work_pool_name, deployment.entrypoint) == (
        "process",
        "zhen",
        "duban.flows.advance.advance",
    )
    command = [sys.executable, "-c", "from duban.flows.serve import work; work('zhen', '--run-once')"]
    environment = os.environ | {"PREFECT_API_URL": str(PREFECT_API_URL.value())}
    done = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with get_client(sync_client=True) as client:
        state = client.read_flow_run(run.id).state
    assert state is not None
    assert state.is_completed(), (state, done.stdout)
    with example.book.read() as session:
        assert agenda.due(session, NOW) == []
