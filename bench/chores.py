"""What a child process does at one moment, to be killed on its way: the clock, the counter, a new book."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from duban.app import at_once
from duban.ledger import attachments, importing, reports
from duban.ledger.attachments import FileFacts
from duban.ledger.reports import Report
from duban.ledger.tables import Obligation, Round, Unit
from duban.obligations.errors import DubanError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Select

    from duban.tasks.works import Works

EACH = 3  # reports, and lines of a workbook


@dataclass(frozen=True)
class Line:
    """A line of a workbook: nothing to report."""

    line: int
    unit_code: str
    by: str = "村文书"
    nil: bool = True
    note: str = ""
    answers: dict[str, str] = field(default_factory=dict[str, str])


def work(base: Works, folder: Path, at: datetime, confirm: int) -> None:
    """Advance, upload and report, import, deliver; write what was confirmed to ``confirm``, a line each."""
    at_once.bring_up(base, at)
    for number in _owed(base):
        key = f"{number}@{at.isoformat()}."
        file = FileFacts("现场.txt", "text/plain", f"现场照片{number}".encode())
        attachments.store(folder / "attachments", file.data)
        try:
            with base.book.write() as session:
                found = session.get_one(Obligation, number)
                attachments.receive(session, found, file, at, "村文书")
                reports.submit(session, found, Report(key, {}, nil=True, by="村文书"), at)
        except DubanError:  # there something has to be said
            continue
        os.write(confirm, f"{key}\n".encode())
    _import(base, at, confirm)
    at_once.deliver(base, at)


def _import(base: Works, at: datetime, confirm: int) -> None:
    workbook = f"w{at:%Y%m%d%H%M%S}"
    with base.book.write() as session:
        owing = _owing().order_by(Obligation.due_at.desc(), Obligation.id).limit(1)
        if (first := session.scalar(owing)) is None:
            return
        found = session.get_one(Round, first.round_id)
        codes = session.scalars(
            select(Unit.code)
            .join(Obligation, Obligation.unit_id == Unit.id)
            .where(Obligation.round_id == found.id, Obligation.state == "owed")
            .order_by(Obligation.id)
            .limit(EACH)
        )
        lines = [Line(number, code) for number, code in enumerate(codes, 1)]
        done = importing.take(session, found, lines, {one.line: 0 for one in lines}, workbook, at, "打非办")
    os.write(confirm, f"workbook {workbook} {len(done.taken)}.\n".encode())


def _owed(base: Works) -> list[int]:
    with base.book.read() as session:
        query = _owing().order_by(Obligation.due_at, Obligation.id).limit(EACH)
        return [one.id for one in session.scalars(query)]


def _owing() -> Select[tuple[Obligation]]:
    return (
        select(Obligation)
        .join(Round, Round.id == Obligation.round_id)
        .where(Obligation.state == "owed", Round.locked_at.is_(None), Round.opened_at.is_not(None))
    )
