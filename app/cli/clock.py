"""``duban clock``: when the computer's clock has gone back behind the journal."""

from __future__ import annotations

from typing import Annotated

import typer

from .desk import ByOption, desk
from .run import DataOption

app = typer.Typer(help="时钟：系统时钟倒退后，确认现在的时间无误。", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep ``accept`` a command of its own, though it is the only one."""


@app.command()
def accept(
    reason: Annotated[
        str, typer.Option("--reason", help="为什么确认现在的时钟无误，例如：此前时钟快了一天，已校准")
    ],
    by: ByOption = "",
    data: DataOption = None,
) -> None:
    """确认系统时钟无误：记入留痕，此后的办理从现在的时间接着记。"""
    from ...ledger import clock
    from ...obligations.moments import in_words

    here = desk(data, by=by)
    with here.book.write() as session:
        entry = clock.accept(session, here.now, here.by, reason)
    typer.echo(f"已记入第{entry.seq}条留痕：时钟为 {in_words(here.now)}。")
