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

_UNNOTED = "没有给出记下的承诺（--commitment），只核对了文件本身"

app = typer.Typer(help="抽签：核对并重算。", no_args_is_help=True)


@app.callback()
def _draw() -> None:
    """抽签：核对并重算。"""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="督查、回头看或抽签公告页面上下载的 draw.json")],
    commitment: Annotated[str, typer.Option(help="公布时记下的承诺（64位），与文件中的核对")] = "",
) -> None:
    """核对种子与承诺、名单与公布的校验码，并重算抽签；有一项不符则退出码为 1。"""
    paper = repeat(_read(file), commitment)
    typer.echo(f"文件中的承诺与您记下的相同：{paper.commitment}" if commitment else _UNNOTED)
    typer.echo(f"种子与承诺相符：{paper.commitment}")
    typer.echo(f"名单与公布的相符：{paper.listed}" if paper.listed else "名单在抽签时才确定，没有事先公布")
    if paper.listed and not paper.terms.counted:
        typer.echo("各单位已抽中的次数不在公布的名单之内")
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
    found += [
        f"  替换：{units[one.unit]}，{people[one.into]}接替{people[one.out]}，是名单中的下一位"
        for one in paper.replaced
    ]
    return found
