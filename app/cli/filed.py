"""``duban ledger`` and ``duban binder``: what a township files, as of any day."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...obligations.errors import DubanError
from .desk import NowOption, PlanArgument, reading
from .run import DataOption, settings_of
from .status import AsOfOption, moment_of

if TYPE_CHECKING:
    from ...ledger.book import Session
    from ..ledgers import Scope

YearOption = Annotated[int, typer.Option("--year", help="哪一年")]
UnitOption = Annotated[str | None, typer.Option("--unit", help="只要一个单位（名称或代码）")]
OutOption = Annotated[Path, typer.Option("--out", help="写到哪个文件；已有的文件不会被覆盖")]


class Kind(StrEnum):
    """Which ledger."""

    REPORTS = "reports"
    FINDINGS = "findings"
    SHEETS = "sheets"
    MEETINGS = "meetings"
    APPRAISAL = "appraisal"


_KINDS = (
    "哪一种台账：reports 报送台账，findings 隐患台账，sheets 督办台账，meetings 会议台账，appraisal 考核表"
)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (ledger, binder):
        app.command()(command)


def ledger(  # noqa: PLR0913 - its options
    kind: Annotated[Kind, typer.Argument(help=_KINDS)],
    plan: PlanArgument,
    year: YearOption,
    out: OutOption,
    unit: UnitOption = None,
    as_of: AsOfOption = None,
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """导出一种台账（.xlsx），截至过去任何一天。"""
    from ..binder import title_of
    from ..ledgers import LEDGERS

    at = moment_of(as_of, now)
    _refuse_old(out)
    with reading(data).read() as session:
        scope = _scope(session, plan, year, unit)
        content = LEDGERS[kind].write(session, scope, at, title_of(session, scope, at))
    out.write_bytes(content)
    typer.echo(f"已写入 {out}（{len(content) // 1000 + 1} KB）。")


def binder(
    plan: PlanArgument,
    year: YearOption,
    out: OutOption,
    unit: UnitOption = None,
    as_of: AsOfOption = None,
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """装订迎检资料：方案、台账、上报材料、隐患、督办文书、会议、通报、督查、回头看和留痕等，一个压缩包，附目录和校验码。

    同一天的资料，什么时候装订都一样，逐个字节相同。
    """
    from ..binder import bind
    from ..papers_meetings import host_of

    at = moment_of(as_of, now)
    _refuse_old(out)
    part = out.with_name(f".{out.name}.part")
    try:
        with reading(data).read() as session, part.open("xb") as file:
            scope = _scope(session, plan, year, unit)
            settings = settings_of(data=data)
            host = host_of(settings.portal_url)
            digest = bind(session, scope, at, settings.attachments, file, host=host)
        part.rename(out)
    finally:
        part.unlink(missing_ok=True)
    typer.echo(f"已写入 {out}（{out.stat().st_size / 1_000_000:.1f} MB）。校验清单的校验码：{digest}")


def _scope(session: Session, plan: str, year: int, unit: str | None) -> Scope:
    from ...ledger.lookup import unit_called
    from ...ledger.standings import Filters
    from ..ledgers import Scope
    from .filters import check

    check(session, Filters(slug=plan, unit=unit))
    found = None if unit is None else unit_called(session, plan, unit)
    return Scope(plan, year, found.code if found else None)


def _refuse_old(out: Path) -> None:
    if out.exists():
        raise DubanError(f"文件 {out} 已经有了，没有覆盖；请用 --out 另写一个名字。")
