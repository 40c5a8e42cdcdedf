"""``duban worker``: one more pair of hands on another machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from ...obligations.errors import DubanError
from .run import DataOption, settings_of

if TYPE_CHECKING:
    from ..settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(worker)


def worker(
    server: Annotated[
        str,
        typer.Option(
            "--server", help="Prefect 服务的地址，如 http://duban:4200/api", envvar="PREFECT_API_URL"
        ),
    ],
    data: DataOption = None,
) -> None:
    """在另一台机器上一起办理日程：加入 DUBAN_WORK_POOL 所指的工作池，按 Ctrl-C 停止。"""
    from ..supervise_prefect import environment

    settings = settings_of(data=data)
    refuse_alone(settings)
    os.environ.update(environment(settings) | {"PREFECT_API_URL": server})
    # What it reads at import is in the environment now.
    from ...flows.serve import work

    work(settings.work_pool)


def refuse_alone(settings: Settings) -> None:
    """Raise :class:`DubanError` when what several machines must share is this machine's own."""
    if not settings.work_pool:
        raise DubanError("没有设置 DUBAN_WORK_POOL（工作池的名称）；应与运行 duban up 的机器相同。")
    if not settings.database_url.startswith("postgres"):
        raise DubanError("几台机器一起办理，账簿须在 PostgreSQL：请设置 DUBAN_DATABASE_URL。")
    if not settings.secret_key.get_secret_value():
        raise DubanError("几台机器一起办理，密钥须相同：请把 DUBAN_SECRET_KEY 设为 secret.key 的内容。")
