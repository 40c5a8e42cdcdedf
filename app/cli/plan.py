"""``duban plan``: check, list and show plans; these need neither the book nor Prefect."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...calendar import loader
from ...calendar.expansion import attempt
from ...calendar.workdays import Workdays
from ...obligations.errors import DubanError, InputError, Problem
from ..expanding import expanded

if TYPE_CHECKING:
    from ...calendar.expansion import Year
    from ...calendar.faults import Fault
    from ...obligations.roster import Roster

app = typer.Typer(help="方案：检查、列出、排出一年。", no_args_is_help=True)
_MOST_NAMED = 6


@app.command("list")
def list_plans() -> None:
    """列出随程序提供的方案。"""
    from rich import box
    from rich.table import Table

    from .screen import screen

    table = Table(box=box.HORIZONTALS, pad_edge=False)
    table.add_column("方案", no_wrap=True)
    table.add_column("名称", overflow="fold")
    for heading in ("年份", "任务", "阶段", "时段"):
        table.add_column(heading, justify="right", no_wrap=True)
    for path in loader.shipped():
        plan = loader.load(path).plan
        counts = (plan.year, len(plan.duties), len(plan.phases), len(plan.windows))
        table.add_row(plan.slug, plan.title, *map(str, counts))
    screen().print(table)


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(help="方案文件或名称，可以写多个")],
    year: Annotated[int | None, typer.Option("--year", help="按哪一年核对；不写则为方案的年份")] = None,
    units: Annotated[Path | None, typer.Option("--units", help="名册文件，用来核对受众")] = None,
) -> None:
    """检查方案，一次列出全部问题；有问题则退出码为 1。"""
    roster = _roster(units)[0] if units else None
    workdays = Workdays.load()
    problems = [problem for name in files for problem in _check(name, year, workdays, roster)]
    for problem in problems:
        typer.echo(problem.text(), err=True)
    if problems:
        typer.echo(f"共 {len(problems)} 处问题。", err=True)
        raise typer.Exit(1)


def _check(name: str, year: int | None, workdays: Workdays, roster: Roster | None) -> list[Problem]:
    """Give all that is wrong with one plan; say so when nothing is."""
    try:
        draft = loader.draft(loader.find(name))
        if draft.plan is None:
            return draft.problems()
        opened, faults = attempt(draft.plan, year or draft.plan.year, workdays)
    except InputError as wrong:
        return list(wrong.problems)
    except DubanError as wrong:
        return [Problem(name, str(wrong))]
    problems = draft.problems([*faults, *_selecting_nobody(opened, roster)])
    if not problems:
        _say_fine(draft.source.file, opened)
    return problems


def _selecting_nobody(opened: Year, roster: Roster | None) -> list[Fault]:
    from ...calendar.rosters import empty_audiences

    return empty_audiences(opened, roster) if roster else []


def _say_fine(file: str, opened: Year) -> None:
    counts = f"{opened.year}年，{len(opened.rounds)} 期，{len(opened.stretches)} 个阶段和时段"
    typer.echo(f"{file}：没有问题（{counts}）")
    unsure = list(
        dict.fromkeys(spec.name for spec in (*opened.stretches, *opened.rounds) if spec.provisional)
    )
    if unsure:
        shown = "、".join(unsure[:_MOST_NAMED]) + ("等" if len(unsure) > _MOST_NAMED else "")
        typer.echo(f"提示：放假通知尚未收录，按工作日推算的 {len(unsure)} 项日期为暂定：{shown}")


@app.command()
def show(
    slug: Annotated[str, typer.Argument(help="方案名称或文件")],
    year: Annotated[int | None, typer.Option("--year", help="哪一年；不写则为方案的年份")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    units: Annotated[Path | None, typer.Option("--units", help="名册文件；不写则用示例名册")] = None,
) -> None:
    """排出方案的一年：每期何时下达、何时截止、涉及多少单位。"""
    loaded = loader.load(loader.find(slug))
    workdays = Workdays.load()
    opened = expanded(loaded, year or loaded.plan.year, workdays)
    if as_json:
        from ...calendar.listing import rows

        typer.echo(json.dumps(rows(opened), ensure_ascii=False, indent=1))
        return
    _print_year(opened, workdays, units)


def _print_year(opened: Year, workdays: Workdays, units: Path | None) -> None:
    from .screen import screen
    from .year_table import WIDE, YearTables

    console = screen()
    YearTables(opened, workdays, *_roster(units)).print(console, wide=console.width >= WIDE)


def _roster(units: Path | None) -> tuple[Roster, str]:
    """Give the roster to count with, and what to call it."""
    from ...documents.roster import example_roster, read_roster

    if units is not None:
        return read_roster(units), f"名册“{units.name}”"
    return example_roster(), "示例名册"


@app.command()
def schema() -> None:
    """输出方案语言的 JSON Schema，供编辑器补全和检查。"""
    from ...calendar.schema import text

    typer.echo(text(), nl=False)
