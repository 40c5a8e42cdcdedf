"""``duban holidays``: the State Council's notice of days off, read into a table of ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...obligations.errors import DubanError
from .draft import save_new

if TYPE_CHECKING:
    from ...calendar.notice_text import Arranged

app = typer.Typer(help="放假通知：读国务院办公厅的通知，写成节假日表。", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep ``read`` a command of its own, though it is the only one."""


@app.command()
def read(
    file: Annotated[Path, typer.Argument(help="通知的 .docx、.pdf、.html 或 .txt 文件", metavar="通知")],
    out: Annotated[Path | None, typer.Option("--out", help="写成哪个文件；不写则为 年份.yaml")] = None,
) -> None:
    """读放假通知的全文，列出放假和调休上班的日子，写成节假日表；有一句读不懂就不写。"""
    from ...calendar.notice_text import read_notice
    from ...documents.reading import read_document

    notice = read_notice(read_document(file), str(file))
    path = out or Path(f"{notice.year}.yaml")
    if path.name != f"{notice.year}.yaml":
        raise DubanError(f"--out {path}：这是{notice.year}年的通知，文件名应为 {notice.year}.yaml。")
    save_new(path, notice.table())
    typer.echo(f"{notice.number}，{notice.year}年：")
    for one in notice.holidays:
        typer.echo(f"  {_said(one)}")
    typer.echo(f"已写出 {path}。放进程序的 calendar/holidays 文件夹并重新启动后，暂定的日期自动按它重排。")


def _said(one: Arranged) -> str:
    length = (one.last - one.first).days + 1
    days = f"{one.first}" if length == 1 else f"{one.first} 至 {one.last}"
    makeup = f"；{'、'.join(map(str, one.makeup))} 上班" if one.makeup else ""
    return f"{one.name}：{days} 放假，共{length}天{makeup}"
