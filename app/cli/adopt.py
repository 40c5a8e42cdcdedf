"""``duban adopt`` and ``duban event``: a plan is put in force, and something happens under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ...obligations.errors import DubanError
from .desk import ByOption, DutyArgument, NowOption, PlanArgument, desk, short
from .run import DataOption

if TYPE_CHECKING:
    from ...calendar.expansion import Year
    from ...calendar.loader import Loaded
    from ...ledger.years import Opened


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (adopt, event):
        app.command()(command)


def adopt(  # noqa: PLR0913 - its options
    slug: Annotated[str, typer.Argument(help="随程序提供的方案名称，或方案文件", metavar="方案")],
    year: Annotated[int | None, typer.Option("--year", help="执行哪一年；不写则为今年")] = None,
    no_renew: Annotated[bool, typer.Option("--no-renew", help="只执行这一年，12月不自动排出下一年")] = False,
    force: Annotated[bool, typer.Option("--force", help="启用去年、今年、明年以外的年份")] = False,
    under: Annotated[
        str, typer.Option("--under", help="几个乡镇共用账簿时：归哪个单位（代码或名称），只用于它和它的下级")
    ] = "",
    as_: Annotated[
        str, typer.Option("--as", help="另取名称启用，如 erong-dafei-2；同一方案归几个单位时用")
    ] = "",
    phone: Annotated[str, typer.Option("--phone", help="与 --under 同用：该办公室的电话，用于提醒")] = "",
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """启用方案的一年：核对受众，排出各期。重复执行不会重复；年中启用的，此前已到期的不再追溯。"""
    from ...calendar import loader
    from ...calendar.dates import local_day
    from ...calendar.faults import PlanFault
    from ...ledger import homes, years
    from ...obligations.errors import InputError

    if phone and not under:
        raise DubanError("--phone 要与 --under 同用；不分乡镇的，请设 DUBAN_OFFICE_PHONE。")
    loaded = loader.load(loader.find(slug))
    loaded = loader.renamed(loaded, as_) if as_ else loaded
    here = desk(data, now, by)
    this_year = local_day(here.now).year
    if year is not None and abs(year - this_year) > 1 and not force:
        raise DubanError(
            f"--year {year} 不是去年、今年或明年（今年是{this_year}年），没有启用。确要启用，请加 --force。"
        )
    try:
        opened = _expand(loaded, this_year if year is None else year)
        with here.book.write() as session:
            if under:
                root = homes.root_called(session, under)
                homes.bind(session, loaded.plan.slug, root, phone, here.now, here.by)
            done = years.adopt(session, opened, loaded.source.text, here.now, here.by, renews=not no_renew)
    except PlanFault as wrong:
        raise InputError([loaded.source.problem(fault) for fault in wrong.faults]) from wrong
    _say(loaded, done)


def _expand(loaded: Loaded, year: int) -> Year:
    from ...calendar.expansion import expand
    from ...calendar.workdays import Workdays

    return expand(loaded.plan, year, Workdays.load())


def _say(loaded: Loaded, done: Opened) -> None:
    if not done.rounds and not done.stretches:
        typer.echo(f"《{loaded.plan.title}》{done.year}年此前已经启用，没有改动。")
        return
    aside = f"，其中{done.skipped}期在启用前已到期，不再追溯" if done.skipped else ""
    counts = f"{done.rounds}期、{done.stretches}个阶段和时段{aside}"
    typer.echo(f"已启用《{loaded.plan.title}》{done.year}年：{counts}。")


def event(  # noqa: PLR0913 - its options
    plan: PlanArgument,
    duty: DutyArgument,
    unit: Annotated[
        list[str] | None, typer.Option("--unit", help="涉及的单位，可写多个；不写则为任务的全部受众")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="何时发生，如 2026-02-16 22:10；不写则为此刻")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="发生了什么，写进提醒")] = "",
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """登记突发事件：按方案的时限下达即时任务，立即提醒涉及的单位（由 deliver 发出）。"""
    from ...calendar.workdays import Workdays
    from ...ledger import events
    from .. import clock

    here = desk(data, now, by)
    happened = here.now if at is None else clock.moment(at)
    said = events.Event(plan, duty, happened, note, tuple(unit or ()))
    with here.book.write() as session:
        done = events.raise_event(session, said, Workdays.load(), here.now, here.by, here.slots(urgent=True))
    if not done.fresh:
        typer.echo(f"这起事件已经登记过：期次 {done.period}，没有重复下达。")
        return
    due = f"，{short(done.due_at)} 前上报" if done.due_at else ""
    typer.echo(f"{done.title}：期次 {done.period}，下达{done.expected}个单位，提醒{done.notices}条{due}。")
    if done.due_at and done.due_at < here.now:
        typer.echo("注意：按方案从事件发生时起算，时限已过。")
