"""``duban draw``: repeat a draw from its file. It needs neither the book nor the network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...obligations.draw_paper import repeat
from ...obligations.errors import DubanError

if TYPE_CHECKING:
    from ...obligations.draw_paper import Paper

app = typer.Typer(help="抽签：核对并重算。", no_args_is_help=True)


@app.callback()
def _draw() -> None:
    """抽签：核对并重算。"""


@app.command()
def check(file: Annotated[Path, typer.Argument(help="督查或回头看页面上下载的 draw.json")]) -> None:
    """核对种子与承诺、名单与公布的校验码，并重算抽签；有一项不符则退出码为 1。"""
    paper = repeat(_read(file))
    typer.echo(f"种子与公布的承诺相符：{paper.commitment}")
    typer.echo(f"名单与公布的相符：{paper.listed}" if paper.listed else "名单在抽签时才确定，没有事先公布")
    typer.echo(f"重算的结果与公布的相同，{len(paper.terms.units)}个候选中抽取{len(paper.drawn)}个：")
    for line in _lines(paper):
        typer.echo(line)


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise DubanError(f"打不开“{file}”：{wrong.strerror}。") from wrong
    except ValueError as wrong:
        raise DubanError(f"“{file}”不是抽签文件（应为 JSON）。") from wrong


def _lines(paper: Paper) -> list[str]:
    units = {one.code: one.name for one in paper.terms.units}
    people = {one.code: one.name for one in paper.terms.inspectors}
    found: list[str] = []
    for place, one in enumerate(paper.drawn, 1):
        team = "、".join(people[code] for code in one.team)
        found.append(f"  {place}. {units[one.unit]}（{one.unit}）" + (f"：{team}" if team else ""))
    return found
