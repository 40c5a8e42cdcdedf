"""``duban demo``: a whole year with invented units, in a scratch folder, in about a minute."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import date

    from ..demo import Span
    from ..demo_figures import Figures
    from ..demo_year import Rehearsal, Watch

_KIB_IN_MIB = 1024


def demo(
    data: Annotated[Path, typer.Option("--data", help="演示数据文件夹；原有的演示数据会被清空")] = Path(
        "demo"
    ),
    seed: Annotated[int, typer.Option("--seed", help="种子数；同一个数，结果完全相同")] = 2023,
    year: Annotated[int, typer.Option("--year", min=2005, max=2026, help="演示哪一年")] = 2023,
    engine: Annotated[
        bool, typer.Option("--engine/--no-engine", help="是否让每类流程经 Prefect 引擎运行一次")
    ] = True,
) -> None:
    """用示例单位走完一整年：三个方案，真实日期，消息写入文件，不对外发送。"""
    from .. import demo as rehearsal

    begun = time.monotonic()
    span = rehearsal.whole_year(year)
    typer.echo(f"演示：{year}年，示例名册（虚构），种子 {seed}，文件夹 {data}。不对外发送任何消息。")
    with _progress(span) as watch:
        figures = rehearsal.rehearse(data, seed, span, watch, engine=engine)
    _print(figures)
    _print_where(data, year)
    typer.echo(f"用时：{time.monotonic() - begun:.0f} 秒　内存峰值：{_peak()}")


def _print(figures: Figures) -> None:
    from .demo_tables import sheets, summary
    from .screen import screen

    typer.echo()
    console = screen()
    for sheet in sheets(figures):
        console.print(sheet.table)
        typer.echo(f"  {sheet.note}\n" if sheet.note else "")
    typer.echo(summary(figures))


@contextmanager
def _progress(span: Span) -> Generator[Watch]:
    """Give what is told of each day: a bar on a terminal, a line a month elsewhere."""
    if not sys.stdout.isatty():
        yield _Lines()
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), transient=True) as bar:
        task = bar.add_task(f"{span.year}年", total=(span.last - span.first).days)

        def watch(day: date, year: Rehearsal) -> None:
            done = (day - span.first).days
            bar.update(task, completed=done, description=f"{_month(day)}　{_so_far(year)}")

        yield watch


class _Lines:
    """Says a line at the end of each month."""

    def __init__(self) -> None:
        self._month = ""

    def __call__(self, day: date, year: Rehearsal) -> None:
        if self._month not in ("", _month(day)):
            typer.echo(f"{self._month}底　累计下达 {year.opened()} 期，{_so_far(year)}")
        self._month = _month(day)


def _month(day: date) -> str:
    return f"{day.year}年{day.month}月"


def _so_far(year: Rehearsal) -> str:
    return f"提醒 {year.done['told']} 项次，上报 {year.done['answer']} 件"


def _print_where(data: Path, year: int) -> None:
    """Say where to look, and the commands for it."""
    from ..demo import BINDER

    typer.echo(f"消息文件：{data / 'outbox'}（每天一个文件夹，每条消息一个文件）")
    typer.echo(f"迎检资料：{data / BINDER}（方案、台账、文书、会议、通报和留痕，附校验码）")
    typer.echo(f"账簿：{data / 'book.sqlite'}。接着可以看：")
    for command in ("status", "overdue"):
        typer.echo(f"  duban {command} --data {data} --as-of {year}-06-30")
    typer.echo(f"  duban verify --data {data}")


def _peak() -> str:
    """Give the peak memory of this process and of the largest of its children, where the system tells."""
    try:
        import resource
    except ImportError:  # Windows
        return "（本系统不提供）"
    unit = _KIB_IN_MIB * (_KIB_IN_MIB if sys.platform == "darwin" else 1)
    own, child = (
        resource.getrusage(who).ru_maxrss // unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return f"本程序 {own} MB" + (f"，Prefect 服务 {child} MB" if child else "")
