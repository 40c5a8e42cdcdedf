"""The first start on an empty book: an invented township, and this year of the plans that are shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..calendar import loader
from ..calendar.dates import local_day
from ..calendar.expansion import expand
from ..calendar.faults import PlanFault
from ..documents.roster import example_roster
from ..ledger import years
from ..ledger.tables import PlanYear, Unit
from ..ledger.units import import_roster
from ..obligations.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.loader import Loaded
    from ..calendar.workdays import Workdays
    from ..ledger.book import Book

ACTOR = "duban"


def fill(book: Book, workdays: Workdays, now: datetime) -> list[str]:
    """Put the example township and the shipped plans into an empty book, all or nothing; gives what was done.

    The year is that of ``now`` in Asia/Shanghai; what was due before ``now`` is left aside. A book that
    holds a unit or a plan stays as it is, and the answer is empty.
    """
    with book.write() as session:
        if not _is_empty(session):
            return []
        roster = example_roster()
        import_roster(session, roster, now, ACTOR)
        year = local_day(now).year
        said = [f"导入{roster.title}：{len(roster.units)}个单位、{len(roster.contacts)}个联系人"]
        return [
            *said,
            *(_adopt(session, loader.load(path), year, workdays, now) for path in loader.shipped()),
        ]


def _is_empty(session: Session) -> bool:
    return not any(session.scalar(select(func.count()).select_from(table)) for table in (Unit, PlanYear))


def _adopt(session: Session, loaded: Loaded, year: int, workdays: Workdays, now: datetime) -> str:
    try:
        expanded = expand(loaded.plan, year, workdays)
    except PlanFault as wrong:
        raise InputError([loaded.source.problem(fault) for fault in wrong.faults]) from wrong
    done = years.adopt(session, expanded, loaded.source.text, now, ACTOR)
    aside = f"（其中{done.skipped}期在今日以前，不再追溯）" if done.skipped else ""
    return f"启用方案《{loaded.plan.title}》{year}年：{done.rounds}期{aside}"
