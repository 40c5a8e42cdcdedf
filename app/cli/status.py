"""``duban status``, ``overdue`` and ``verify``: what stands in the book, today or on any past day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ...obligations.errors import DubanError
from .desk import JsonOption, NowOption, echo_json, reading
from .run import DataOption, settings_of

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session
    from ...ledger.heads import Noted

AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="按过去某一时刻统计，如 2023-03-25（到当日24时）；不写则为此刻")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (status, overdue, verify):
        app.command()(command)


def moment_of(as_of: str | None, now: str | None) -> datetime:
    """Give the moment that is asked about: the end of a past day, or now; refuses one to come."""
    from .. import clock

    here = clock.moment(now)
    if as_of is None:
        return here
    if clock.moment(as_of) > here:
        raise DubanError(f"--as-of {as_of} 还没有到，只能统计过去的时刻。")
    return min(clock.end_of_day(as_of), here)


def status(  # noqa: PLR0913 - its options
    plan: Annotated[str | None, typer.Argument(help="方案；不写则为全部", metavar="方案")] = None,
    year: Annotated[int | None, typer.Option("--year", help="哪一年的期次；不写则为统计时刻所在的年")] = None,
    duty: Annotated[str | None, typer.Option("--duty", help="任务的键")] = None,
    period: Annotated[str | None, typer.Option("--period", help="期次，如 2023-03")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="单位名称或代码")] = None,
    units: Annotated[bool, typer.Option("--units", help="逐个单位列出")] = False,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """各期办理情况：应报、按时、迟报、漏报、零报告、退回、延期、免报、未到期，完整率和及时率。

    完整率=已报÷（应报-免报），及时率=按时报（含零报告、延期内）÷（应报-免报）；可按过去任何一天重新统计，与当日所见一致。

    JSON：{as_of, rounds: [...]}。每期有 plan、duty、period、year、name、title、kind、clause、lead，
    opens_at、due_at、locks_at，expected、pending、on_time、late、missing、nil、returned、extended、exempt、obliged、received、timely，
    completeness、timeliness（0 到 1，没有应报单位则为 null），
    units: [{unit, unit_name, state, outcome, outcome_zh, nil, extended, due_at, credited_at, overdue_seconds,
    final, reminded, filed, last_reminded_at, no_contact}]。
    """
    from ...ledger.standings import Filters, by_round, standpoints
    from . import status_rows
    from .filters import check

    at = moment_of(as_of, now)
    filters = Filters(plan, duty, period, unit, year or (None if period else status_rows.year_of(at)))
    with reading(data).read() as session:
        check(session, filters)
        counted = by_round(standpoints(session, filters, at))
    if as_json:
        echo_json(status_rows.status_json(counted, at))
    else:
        status_rows.print_status(counted, at, units=units)


def overdue(
    plan: Annotated[str | None, typer.Argument(help="方案；不写则为全部", metavar="方案")] = None,
    duty: Annotated[str | None, typer.Option("--duty", help="任务的键")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="单位名称或代码")] = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """谁逾期未报：何事、依据、自何时起、逾期多久、实际提醒过几次、牵头单位。逾期最久的在前。

    JSON：{as_of, overdue: [{unit, unit_name, plan, duty, period, title, clause, lead, state, outcome,
    outcome_zh, due_at, overdue_seconds, overdue_days, reminded, filed, last_reminded_at, no_contact,
    final}]}；
    reminded 是确已经由渠道发出的提醒次数，filed 是仅写入发件箱文件夹的条数，final 为真表示已截止补报。
    """
    from ...ledger.standings import Filters, overdue as find
    from . import status_rows
    from .filters import check

    at = moment_of(as_of, now)
    filters = Filters(plan, duty, None, unit)
    with reading(data).read() as session:
        check(session, filters)
        found = find(session, filters, at, today=as_of is None and now is None)
    if as_json:
        echo_json(status_rows.overdue_json(found, at))
    else:
        status_rows.print_overdue(found, at)


def _check_noted(session: Session, line: Noted) -> None:
    from ...ledger.heads import check_head

    found = check_head(session, line.seq, line.hash)
    if not found.same:
        wrong = "校验码不同" if found.there else "账簿中没有这一条"
        typer.echo(f"与公示的不符：第{line.seq}条，{wrong}；从前的留痕已被改写。请立即保留现场。", err=True)
        raise typer.Exit(1)
    typer.echo(f"与公示的相符：第{line.seq}条，校验码前{found.digits}位相同。")


def verify(
    data: DataOption = None,
    journal_only: Annotated[bool, typer.Option("--journal-only", help="只核对留痕，不核对各份上报")] = False,
    noted: Annotated[
        str | None, typer.Option("--head", help="从前公示或抄录的一行：“留痕截至第…条……校验码……”")
    ] = None,
) -> None:
    """核对留痕：逐条验算校验码，并核对各份上报；不符则指出第一处，退出码为 1。

    给出 --head 则还核对：从前公示的那一条如今仍在，校验码未变；在它之前的一切因此也未被改写。
    """
    from ...ledger import journal
    from ...ledger.damage import refuse_damaged
    from ...ledger.heads import read_noted
    from ..at_once import is_rehearsal
    from ..wiring import secret_box

    line = None if noted is None else read_noted(noted)
    book, settings = reading(data), settings_of(data=data)
    refuse_damaged(book)
    with book.read() as session:
        if line is not None:
            _check_noted(session, line)
        found = journal.verify(
            session, submissions=not journal_only, files=settings.attachments, box=secret_box(settings)
        )
        head = journal.head_line(session) if found.ok else ""
    if not found.ok:
        typer.echo(
            f"核对不符：{found.reason_zh}。此前的{found.checked}条无误。请立即保留现场，与备份比对。",
            err=True,
        )
        raise typer.Exit(1)
    reports = "" if journal_only else f"，上报{found.submissions}份"
    typer.echo(f"核对无误：留痕{found.checked}条{reports}。{head}。")
    if found.sealed:
        typer.echo(f"另有{found.sealed}场抽签尚未公开，这里没有密钥，种子未能核对。")
    if is_rehearsal(book):
        typer.echo("这是演练账簿：各条的时间由操作的人指定，不能作为依据。")
