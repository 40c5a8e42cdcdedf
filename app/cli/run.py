"""``duban up``, ``advance``, ``deliver`` and ``doctor``: keeping the whole thing running."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from ...tasks.works import Works
    from ..settings import Settings

DataOption = Annotated[
    Path | None, typer.Option("--data", help="数据目录；不写则用 DUBAN_DATA，再不写则为 data")
]
HostOption = Annotated[
    str | None, typer.Option("--host", help="Prefect 页面的监听地址；不写则用 DUBAN_HOST 或 127.0.0.1")
]
PortOption = Annotated[
    int | None,
    typer.Option("--port", help="Prefect 页面的端口；不写则用 DUBAN_PORT 或 4200", min=1, max=65535),
]
NowOption = Annotated[
    str | None,
    typer.Option("--now", help="按哪一时刻，如 2026-03-22 17:30；不写则为此刻；要写入的，只限演练账簿"),
]
PortalPortOption = Annotated[
    int | None,
    typer.Option(
        "--portal-port", help="办事页面的端口；不写则用 DUBAN_PORTAL_PORT 或 8080", min=1, max=65535
    ),
]
RehearsalOption = Annotated[
    bool, typer.Option("--rehearsal", help="演练：把空账簿定为演练账簿，此后可用 --now；不能改回")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (up, portal, advance, deliver, doctor):
        app.command()(command)


def settings_of(**given: Any) -> Settings:
    """Give the settings, what the command line says first; raises :class:`DubanError` as they do."""
    from .. import settings

    return settings.given(**given)


def up(
    data: DataOption = None,
    host: HostOption = None,
    port: PortOption = None,
    portal_port: PortalPortOption = None,
    empty: Annotated[bool, typer.Option("--empty", help="账簿为空时也不放入示例名册和方案")] = False,
) -> None:
    """启动督办：账簿、办事页面、Prefect 服务和日程，按 Ctrl-C 停止。"""
    from .. import logs
    from ..supervisor import up as keep_up

    settings = settings_of(data=data, host=host, port=port, portal_port=portal_port)
    keep_up(settings, logs.speaker(settings.log, _say), empty=empty)


def portal(data: DataOption = None, portal_port: PortalPortOption = None) -> None:
    """只启动办事页面，不启动 Prefect，按 Ctrl-C 停止。日程另由 duban up 或别的机器运行。"""
    from ...portal.serve import serve
    from .. import clock, first_administrator, logs, wiring
    from ..supervise_prefect import refuse_taken_portal_port

    settings = settings_of(data=data, portal_port=portal_port)
    refuse_taken_portal_port(settings)
    settings.data.mkdir(parents=True, exist_ok=True)
    with closing(wiring.open_book(settings)) as book:
        where = first_administrator.invite(settings, book, clock.now())
    say = logs.speaker(settings.log, _say)
    say(f"办事页面：{settings.portal_url}")
    if where is not None:
        say(f"还没有管理员。请打开此链接设置账号（一次有效，72小时内）：{where}")
    serve(settings)


def _say(line: str) -> None:
    typer.echo(line)


def advance(data: DataOption = None, now: NowOption = None, rehearsal: RehearsalOption = False) -> None:
    """立即把账簿推进到此刻：下达、提醒、到期、截止补报。不需要 Prefect。"""
    from rich.console import Console
    from rich.table import Table

    from .. import at_once

    works, at = _works(data, now, rehearsal)
    brought = at_once.bring_up(works, at)
    table = Table("事项", "处理", title="推进结果")
    for line in brought.done:
        title, _, done = line.rpartition("：")
        table.add_row(title, done)
    Console().print(table if brought.done else "没有到期事项。")
    for line in brought.failed:
        typer.echo(f"未能处理：{line}", err=True)
    if brought.failed:
        raise typer.Exit(1)


def deliver(data: DataOption = None, now: NowOption = None, rehearsal: RehearsalOption = False) -> None:
    """立即投递发件箱中到时可发的消息。不需要 Prefect。"""
    from rich.console import Console
    from rich.table import Table

    from .. import at_once
    from ..supervise_household import local

    works, at = _works(data, now, rehearsal)
    sent = at_once.deliver(works, at)
    table = Table("送达渠道", "待重试", "无法送达", "已报送故撤回", "等候限速", title="投递结果")
    table.add_row(*map(str, (sent.sent, sent.retried, sent.dead, sent.withdrawn, sent.held)))
    Console().print(table)
    count, first = at_once.waiting(works.book)
    if count and first:
        typer.echo(f"发件箱中还有{count}条，最早 {local(first)} 可发。")


def _works(data: Path | None, now: str | None, rehearsal: bool) -> tuple[Works, datetime]:
    from .. import at_once, clock, wiring
    from .desk import user

    settings = settings_of(data=data)
    at = clock.moment(now)
    at_once.quieten(settings)
    works = wiring.assemble(settings)
    if rehearsal:
        at_once.begin_rehearsal(works.book, at, user())
    if now is not None:
        at_once.refuse_chosen(works.book, at)
    return works, at


def doctor(
    data: DataOption = None,
    host: HostOption = None,
    port: PortOption = None,
    portal_port: PortalPortOption = None,
    full: Annotated[bool, typer.Option("--full", help="逐条核对全部留痕和上报")] = False,
) -> None:
    """检查运行情况，逐项说明怎么办；有 ✗ 则退出码为 1。"""
    from rich.console import Console
    from rich.table import Table

    from .. import clock
    from ..doctor import examine
    from ..doctor_finding import WRONG, in_one_sentence

    settings = settings_of(data=data, host=host, port=port, portal_port=portal_port)
    findings = examine(settings, clock.now(), full=full)
    table = Table("", title="督办检查")
    for heading in ("项目", "情况", "怎么办"):
        table.add_column(heading, overflow="fold")
    for one in findings:
        table.add_row(one.mark, one.item, one.state, one.remedy)
    Console().print(table)
    typer.echo(in_one_sentence(findings))
    if any(one.mark == WRONG for one in findings):
        raise typer.Exit(1)
