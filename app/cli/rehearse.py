"""``duban rehearse``: what a plan's year will ask of whom, before anybody signs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...calendar.rehearsing.burden import BUDGET
from .run import DataOption, settings_of

if TYPE_CHECKING:
    from ...calendar.loader import Loaded
    from ...obligations.roster import Roster


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(rehearse)


def rehearse(
    plans: Annotated[
        list[str],
        typer.Argument(help="方案文件或随带方案的名称，写几个则合算", metavar="方案..."),
    ],
    year: Annotated[int | None, typer.Option("--year", help="哪一年；不写则为方案的年份")] = None,
    roster: Annotated[
        Path | None,
        typer.Option("--roster", help="名册文件；不写则用账簿里的单位，账簿里没有则按受众计"),
    ] = None,
    under: Annotated[
        str, typer.Option("--under", help="几个乡镇共用账簿时：只算归哪个单位（代码或名称）的")
    ] = "",
    budget: Annotated[int, typer.Option("--budget", help="每个单位一周最多报几件，超过的列出")] = BUDGET,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    data: DataOption = None,
) -> None:
    """预演：启用之前看方案的一年，各单位每周要报几件、哪些日子不合适、哪些要求重复、要发多少提醒。"""
    from ...calendar import loader
    from ...calendar.rehearsing.listing import values
    from ...calendar.slots import QuietHours
    from ...calendar.workdays import Workdays
    from ..rehearsing import Asked, rehearsed

    loaded = [loader.load(loader.find(name)) for name in plans]
    settings = settings_of(data=data)
    quiet = QuietHours(settings.quiet_from, settings.quiet_until)
    asked = Asked(year or loaded[0].plan.year, budget, quiet)
    counted, name = _roster(roster, under, loaded, data)
    found = rehearsed(loaded, asked, Workdays.load(), counted)
    if as_json:
        typer.echo(json.dumps(values(found), ensure_ascii=False, indent=1))
        return
    from .rehearsal_tables import show
    from .screen import screen

    show(screen(), found, name)


def _roster(
    file: Path | None, under: str, plans: list[Loaded], data: Path | None
) -> tuple[Roster | None, str]:
    """Give the roster to count with, if there is any, and what to call it."""
    from ...documents.roster import read_roster
    from ...ledger.book import known_revisions
    from ..rehearsing import roster_in
    from .desk import reading

    if file is not None:
        return read_roster(file), f"名册“{file.name}”"
    book = reading(data)
    try:
        if book.revision() != max(known_revisions()):
            return None, ""
        with book.read() as session:
            return roster_in(session, [one.plan.slug for one in plans], under), "账簿里的名册"
    finally:
        book.close()
