"""``duban plan diff``, ``apply``, ``rollback`` and ``roll``: another revision of a plan, another year."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...obligations.errors import DubanError, InputError
from .desk import ByOption, NowOption, desk
from .draft import save_new
from .run import DataOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ...calendar.expansion import Year
    from ...calendar.loader import Loaded
    from ...ledger.book import Session
    from ...ledger.plan_apply import Applied
    from ...ledger.plan_fates import Change, PlanDiff
    from .desk import Desk

PlanFile = Annotated[str, typer.Argument(help="改动后的方案文件", metavar="文件")]
YearOption = Annotated[int | None, typer.Option("--year", help="改哪一年；不写则为今年")]
WhyOption = Annotated[str, typer.Option("--why", help="为什么改，记入留痕并告知单位，如：镇政府会议决定")]
MOST = 8  # names in a line


def register(app: typer.Typer) -> None:
    """Add the commands of this module to those of ``duban plan``."""
    for command in (diff, apply, rollback, roll):
        app.command()(command)


def diff(file: PlanFile, year: YearOption = None, data: DataOption = None, now: NowOption = None) -> None:
    """对照账簿中正在执行的修订版，列出改动后哪些新增、改期、取消，哪些因已下达而不改动。只看不改。"""
    from ...ledger import plan_diff

    here = desk(data, now)
    loaded, opened = _opened(file, year, here.now)
    with here.book.read() as session:
        found = plan_diff.diff(session, opened, here.now)
        for line in _lines(session, found):
            typer.echo(line)
    if found.to == found.revision and not found.nothing:
        typer.echo(f"提示：{loaded.source.file} 的 revision 仍是 {found.to}，执行前请加一。")


def apply(
    file: PlanFile,
    why: WhyOption,
    year: YearOption = None,
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """改为执行新的修订版：未下达的照新版排，已下达的不变；记入留痕，并通知有关单位。"""
    here = desk(data, now, by)
    loaded, opened = _opened(file, year, here.now)
    _apply(here, loaded, opened, why)


def rollback(
    slug: Annotated[str, typer.Argument(help="账簿中的方案名称", metavar="方案")],
    why: WhyOption,
    year: YearOption = None,
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """退回上一修订版：与 apply 一样，未下达的照旧版排，已下达的不变。"""
    from ...calendar import loader
    from ...calendar.dates import local_day
    from ...ledger import plan_apply

    here = desk(data, now, by)
    wanted = year or local_day(here.now).year
    with here.book.read() as session:
        earlier = plan_apply.before(session, slug, wanted)
    loaded = loader.read(earlier.content, f"{slug} 第{earlier.revision}版")
    _apply(here, loaded, _expanded(loaded, wanted), why, back=True)


def _opened(file: str, year: int | None, now: datetime) -> tuple[Loaded, Year]:
    from ...calendar import loader
    from ...calendar.dates import local_day

    loaded = loader.load(loader.find(file))
    return loaded, _expanded(loaded, year or local_day(now).year)


def _expanded(loaded: Loaded, year: int) -> Year:
    from ...calendar.workdays import Workdays
    from ..expanding import expanded

    return expanded(loaded, year, Workdays.load())


def _apply(here: Desk, loaded: Loaded, opened: Year, why: str, *, back: bool = False) -> None:
    from ...calendar.faults import PlanFault
    from ...ledger import plan_apply

    slot = here.slots(urgent=False).first
    try:
        with here.book.write() as session:
            done = plan_apply.apply(
                session, opened, loaded.source.text, here.now, here.by, why, slot, back=back
            )
            lines = list(_lines(session, done.diff))
    except PlanFault as wrong:
        raise InputError([loaded.source.problem(fault) for fault in wrong.faults]) from wrong
    for line in [*lines, *_told(done)]:
        typer.echo(line)


def _told(done: Applied) -> Iterator[str]:
    if done.diff.nothing:
        return
    yield f"已改为第{done.diff.to}版，通知 {done.letters} 人（由 deliver 发出）。"
    if done.untold:
        more = f"等{len(done.untold)}个" if len(done.untold) > MOST else ""
        yield f"没有联系人、通知不到的单位：{'、'.join(done.untold[:MOST])}{more}。"


def _lines(session: Session, found: PlanDiff) -> Iterator[str]:
    yield f"《{found.title}》{found.year}年：第{found.revision}版 → 第{found.to}版"
    yield from lines(session, found)


def lines(session: Session, found: PlanDiff) -> Iterator[str]:
    """Give what a diff holds, a line for each change and one for whom it is asked of anew or no more."""
    from ...ledger.plan_said import HEADINGS

    if not found.changes:
        yield "没有变动。"
    for fate, heading in HEADINGS.items():
        changes = found.of(fate)
        if changes:
            yield f"{heading}（{len(changes)}）"
            yield from (f"  {line}" for line in _changes(session, changes))


def _changes(session: Session, changes: Sequence[Change]) -> Iterator[str]:
    from ...ledger.plan_said import said

    before: list[str] = []
    for one in changes:
        what = said(one)
        yield f"{one.title}{'：' if what else ''}{what}"
        units = list(_units(session, one))
        # Twelve months of one duty concern the same villages: they are named once.
        if units != before:
            yield from units
        before = units


def _units(session: Session, one: Change) -> Iterator[str]:
    from ...ledger import plan_asked

    for heading, units in (("增加", one.gains), ("减少", one.loses)):
        if units:
            names = plan_asked.names(session, units)
            more = f"等{len(names)}个" if len(names) > MOST else ""
            yield f"    {heading}单位：{'、'.join(names[:MOST])}{more}"


def roll(
    file: Annotated[str, typer.Argument(help="方案名称或文件", metavar="方案")],
    to: Annotated[int, typer.Option("--to", help="排到哪一年")],
    out: Annotated[
        Path | None, typer.Option("--out", help="写成哪个文件；不写则为 方案名称-年份.yaml")
    ] = None,
) -> None:
    """把方案排到另一年：写出新文件，逐项列出哪些日期变了、为什么；只属于旧文件的内容标“待定”。"""
    from ...calendar import loader
    from ...calendar.rolling import moved, rolled
    from ...obligations.moments import in_words

    loaded = loader.load(loader.find(file))
    plan = loaded.plan
    if to == plan.year:
        raise DubanError(f"方案“{plan.slug}”本来就是{to}年的。")
    text, open_ = rolled(loaded.source.text, plan.year, to)
    path = out or Path(f"{plan.slug}-{to}.yaml")
    changes = moved(_expanded(loaded, plan.year), _expanded(loaded, to))
    save_new(path, text)
    typer.echo(f"已写出 {path}：{plan.year}年 → {to}年。")
    if open_:
        typer.echo(f"须由办公室定（{len(open_)}，定好以前方案不能启用）")
    for one in open_:
        typer.echo(f"  {path}:{one.line} {one.field}：原为“{one.said}”，{one.why}")
    typer.echo(f"日期与{plan.year}年不同的（{len(changes)}）" if changes else "日期没有变化。")
    for change in changes:
        said = f"{in_words(change.was)} → {in_words(change.then)}；{change.why}"
        typer.echo(f"  {change.title}：{change.what} {said}")
