"""What a clerk records at the desk: a report by telephone or on paper, and what the office makes of it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from .desk import (
    ByOption,
    DutyArgument,
    NowOption,
    PeriodArgument,
    PlanArgument,
    UnitArgument,
    desk,
    pairs,
    short,
    standing_words,
)
from .run import DataOption

if TYPE_CHECKING:
    from ...ledger.book import Session
    from ...ledger.tables import Obligation
    from .desk import Desk

ReasonOption = Annotated[str, typer.Option("--reason", help="理由，记入留痕")]


class Way(StrEnum):
    """How a report reached the desk."""

    DESK = "desk"
    PHONE = "phone"
    PAPER = "paper"


class Opened(NamedTuple):
    """An obligation, locked, in the transaction that is to change it."""

    desk: Desk
    session: Session
    found: Obligation
    said: list[str]

    def say(self, did: str) -> None:
        """Say what was done and how the obligation stands now, once it is really in the book."""
        self.said.append(standing_words(self.session, self.found, self.desk.now, did))


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (submit, accept, exempt, extend, acknowledge):
        app.command()(command)
    app.command("return")(return_)


@contextmanager
def _opened(
    matter: tuple[str, str, str, str], by: str, data: Path | None, now: str | None
) -> Generator[Opened]:
    from ...ledger import owed

    here, said = desk(data, now, by), list[str]()
    with here.book.write() as session:
        yield Opened(here, session, owed.find(session, *matter), said)
    for line in said:
        typer.echo(line)


def submit(  # noqa: PLR0913 - its options
    plan: PlanArgument,
    duty: DutyArgument,
    period: PeriodArgument,
    unit: UnitArgument,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", help="表单的一项：键或名称=值，可写多次", metavar="名称=值"),
    ] = None,
    nil: Annotated[bool, typer.Option("--nil", help="零报告：本期无情况")] = False,
    note: Annotated[str, typer.Option("--note", help="备注")] = "",
    via: Annotated[Way, typer.Option("--via", help="怎样报来：desk 窗口、phone 电话、paper 纸质")] = Way.DESK,
    claimed_at: Annotated[
        str | None, typer.Option("--claimed-at", help="单位自称的报送时间，只作记录")
    ] = None,
    key: Annotated[
        str, typer.Option("--key", help="这份上报的编号；不写则按内容编，重复录入不会重复登记")
    ] = "",
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """登记一份上报；已报未审的，登记为新一版。按时与否以登记时刻为准。"""
    from dataclasses import replace

    from ...ledger import reports
    from .. import clock

    claimed = None if claimed_at is None else clock.moment(claimed_at)
    with _opened((plan, duty, period, unit), by, data, now) as here:
        said = pairs(answer or [], "--answer")
        report = reports.Report(key, said, nil, note, str(via), here.desk.by, claimed)
        report = replace(report, key=key or reports.natural_key(here.session, here.found, report))
        row = reports.submit(here.session, here.found, report, here.desk.now)
        again = (
            "" if row.received_at == here.desk.now else f"（此前已于{short(row.received_at)}登记，没有重复）"
        )
        here.say(f"已登记第{row.version}版{again}")


def accept(
    plan: PlanArgument,
    duty: DutyArgument,
    period: PeriodArgument,
    unit: UnitArgument,
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """接收最新一版上报，办结。"""
    from ...ledger import reports

    with _opened((plan, duty, period, unit), by, data, now) as here:
        reports.accept(here.session, here.found, here.desk.now, here.desk.by)
        here.say("已接收")


def return_(  # noqa: PLR0913 - its options
    plan: PlanArgument,
    duty: DutyArgument,
    period: PeriodArgument,
    unit: UnitArgument,
    reason: ReasonOption,
    material: Annotated[
        bool | None, typer.Option("--material/--trifle", help="实质性问题（影响按时认定）/一般瑕疵（不影响）")
    ] = None,
    correct_by: Annotated[str | None, typer.Option("--correct-by", help="更正期限，如 2026-03-28")] = None,
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """退回最新一版上报，写明原因和是否属于实质性问题；随即重新提醒该单位。"""
    from ...ledger import reports
    from ...ledger.tables import Round
    from .. import clock

    limit = None if correct_by is None else clock.end_of_day(correct_by)
    with _opened((plan, duty, period, unit), by, data, now) as here:
        urgent = here.session.get_one(Round, here.found.round_id).urgent
        why, slots = reports.Return(reason, material, limit), here.desk.slots(urgent=urgent)
        count = reports.return_(here.session, here.found, here.desk.now, here.desk.by, why, slots)
        here.say(f"已退回，提醒{count}条" if count else "已退回")


def extend(  # noqa: PLR0913 - its options
    plan: PlanArgument,
    duty: DutyArgument,
    period: PeriodArgument,
    unit: UnitArgument,
    until: Annotated[str, typer.Option("--until", help="新期限，如 2026-03-31 或 2026-03-31 17:30")],
    reason: ReasonOption,
    asked_at: Annotated[
        str | None, typer.Option("--asked-at", help="单位何时申请（须在到期前）；不写则为此刻")
    ] = None,
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """准予延期：写明理由和新期限；申请须在到期前提出。"""
    from ...ledger import reports
    from .. import clock

    with _opened((plan, duty, period, unit), by, data, now) as here:
        asked = here.desk.now if asked_at is None else clock.moment(asked_at)
        limit = clock.end_of_day(until)
        reports.extend(
            here.session, here.found, here.desk.now, here.desk.by, asked_at=asked, until=limit, reason=reason
        )
        here.say(f"准予延期至{short(limit)}")


def exempt(  # noqa: PLR0913 - its options
    plan: PlanArgument,
    duty: DutyArgument,
    period: PeriodArgument,
    unit: UnitArgument,
    reason: ReasonOption,
    approver: Annotated[str, typer.Option("--approver", help="批准人")],
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """免报：写明理由和批准人。"""
    from ...ledger import reports

    with _opened((plan, duty, period, unit), by, data, now) as here:
        reports.exempt(
            here.session, here.found, here.desk.now, here.desk.by, reason=reason, approver=approver
        )
        here.say(f"已免报，批准人{approver}")


def acknowledge(
    plan: PlanArgument,
    duty: DutyArgument,
    period: PeriodArgument,
    unit: UnitArgument,
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """登记签收：单位已知悉这项任务。"""
    from ...ledger import reports

    with _opened((plan, duty, period, unit), by, data, now) as here:
        reports.acknowledge(here.session, here.found, here.desk.now, here.desk.by)
        here.say("已签收")
