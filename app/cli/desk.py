"""What the commands over the book share: the book, the moment, and who sits at the desk."""

from __future__ import annotations

import getpass
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ...obligations.errors import DubanError
from .run import NowOption, settings_of

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Book, Session
    from ...ledger.reminding import Slots
    from ...ledger.tables import Obligation
    from ..settings import Settings

ByOption = Annotated[
    str,
    typer.Option("--by", envvar="DUBAN_BY", help="经办人，记入留痕；不写则为系统用户名", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON，时间为 ISO 8601（+08:00）")]
PlanArgument = Annotated[str, typer.Argument(help="方案，如 erong-dafei", metavar="方案")]
DutyArgument = Annotated[str, typer.Argument(help="任务的键，如 yuecha", metavar="任务")]
PeriodArgument = Annotated[
    str, typer.Argument(help="期次，如 2023-03、2023-Q1、2023、2023/chuxi、2023/e01", metavar="期次")
]
UnitArgument = Annotated[str, typer.Argument(help="单位名称或代码", metavar="单位")]
__all__ = [
    "ByOption",
    "DutyArgument",
    "JsonOption",
    "NowOption",
    "PeriodArgument",
    "PlanArgument",
    "UnitArgument",
]


class Desk(NamedTuple):
    """An open book, the settings, the moment of this command (UTC) and who gives it."""

    settings: Settings
    book: Book
    now: datetime
    by: str

    def slots(self, *, urgent: bool) -> Slots:
        """Give when a reminder made now may leave."""
        from ...calendar.slots import QuietHours
        from ...calendar.workdays import Workdays
        from ...ledger.reminding import slots_at

        quiet = QuietHours(self.settings.quiet_from, self.settings.quiet_until)
        return slots_at(self.now, Workdays.load(), quiet, urgent=urgent)


def desk(
    data: Path | None,
    now: str | None = None,
    by: str = "",
    *,
    make: bool = False,
    portal_port: int | None = None,
) -> Desk:
    """Open the book to write in it; with ``make`` one is made where there is none.

    Raises :class:`DubanError` when there is no book, or when ``now`` is given and the book is a real one.
    """
    from ...ledger.book import Book
    from .. import at_once, clock, wiring

    settings, moment = settings_of(data=data, portal_port=portal_port), clock.moment(now)
    book = wiring.open_book(settings) if make else Book.open(settings.url)
    if now is not None:
        at_once.refuse_chosen(book, moment)
    return Desk(settings, book, moment, by or user())


def reading(data: Path | None) -> Book:
    """Open the book to look at it. Raises :class:`DubanError` when there is none."""
    from ...ledger.book import Book

    return Book.open(settings_of(data=data).url)


def user() -> str:
    """Give the name under which the system knows who runs this command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "未署名"


def iso(at: datetime | None) -> str | None:
    """Give a moment as ISO 8601 with +08:00, for JSON."""
    from ...obligations.moments import SHANGHAI

    return None if at is None else at.astimezone(SHANGHAI).isoformat()


def short(at: datetime | None) -> str:
    """Give a moment as ``2023-03-24 24:00`` for a table; the last second of a day is its 24:00."""
    from ...obligations.moments import END_OF_DAY, SHANGHAI

    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    return f"{local:%Y-%m-%d} 24:00" if local.time() == END_OF_DAY else f"{local:%Y-%m-%d %H:%M}"


def echo_json(value: Any) -> None:
    """Print a value as JSON."""
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def pairs(given: list[str], option: str) -> dict[str, str]:
    """Read ``key=value`` of an option that may be given many times.

    Raises :class:`DubanError` for one without ``=``, and does not repeat it: it may be secret.
    """
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.replace("＝", "=", 1).partition("=")
        if not equals or not name.strip():
            raise DubanError(f"{option} 应写成 名称=值。")
        if name.strip() in found:
            plain = re.fullmatch("[a-z_-]{1,20}", name.strip())  # anything else may be a pasted address
            raise DubanError(f"{option} {name.strip() if plain else '有一项'} 写了两次。")
        found[name.strip()] = value
    return found


def standing_words(session: Session, found: Obligation, now: datetime, did: str) -> str:
    """Give in a sentence what was done to an obligation, and how it stands now."""
    from ...ledger import reports
    from ...ledger.tables import Round, Unit
    from ...obligations.outcome import standing

    here = standing(reports.facts(session, found), now)
    title = session.get_one(Round, found.round_id).title
    unit = session.get_one(Unit, found.unit_id).name
    outcome = f"{here.state.zh}，{here.outcome.zh}" if here.state.zh != here.outcome.zh else here.state.zh
    return f"{unit} · {title}：{did}（{outcome}）。"
