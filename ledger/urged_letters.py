"""What letters about runs of 催办单 say as they leave, and which of them told a unit of one sheet.

Between their writing and their leaving a sheet may be withdrawn, or its finding rectified: of that they say
nothing more (DESIGN §5.15).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import literal_column, select

from ..obligations.moments import in_words
from ..obligations.sheet_names import sheet_number
from ..obligations.words import CueKind, Rung
from .tables import Contact, Cue, Finding, Message, Notice, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import Session

    from .ladder_writing import Numbers
    from .tables import Sheet as SheetRow

ABOUT = "sheets/"
FINDINGS, COPY = "findings", "copy"
_RUNS: ColumnElement[bool] = Sheet.state == literal_column("'issued'")
_OPEN: ColumnElement[bool] = Finding.state == literal_column("'open'")
_HEAD = "下列隐患到期未整改，现予催办："


class Said(NamedTuple):
    """What a letter says."""

    subject: str
    text: str


class _Run(NamedTuple):
    """The run of 催办单 that a letter is about, as its key says."""

    series: str
    what: str
    year: int
    first: int
    last: int

    @property
    def sheets(self) -> tuple[ColumnElement[bool], ...]:
        same = (Sheet.series == self.series, Sheet.rung == str(Rung.CUIBAN), Sheet.year == self.year)
        return (*same, Sheet.number.between(self.first, self.last))


def mark(what: str, numbers: Numbers) -> str:
    """Give the mark of a letter about a run: what it is, and which numbers."""
    return f"{what}-{numbers.year}-{numbers.first}-{numbers.last}"


def to_rectify(session: Session, sheets: Iterable[ColumnElement[bool]]) -> dict[int, Said]:
    """Give what each unit is told of 催办单 about findings that it is to rectify, by unit."""
    lines: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(_lines().where(*sheets)):
        called = sheet_number(Rung.CUIBAN, row.year, row.number)
        matter, asked = row.matter.rstrip("。"), row.requirement.rstrip("。；")
        by = in_words(row.limit_at)
        lines[row.unit_id].append(f"{called}：{matter}。要求：{asked}；限{by}前。")
    return {
        unit_id: Said(f"【工作督办】隐患整改催办{len(own)}项", "\n".join([_HEAD, *own]))
        for unit_id, own in lines.items()
    }


def _lines() -> Select[Any]:
    return (
        select(Sheet.unit_id, Sheet.year, Sheet.number, Sheet.matter, Sheet.requirement, Sheet.limit_at)
        .join(Finding, Finding.id == Sheet.finding_id)
        .order_by(Sheet.number)
    )


def as_they_leave(session: Session, rows: Iterable[Row[Any]]) -> dict[int, Said | None]:
    """Give what each letter about a run says now, by message; None for one that has nothing left to say.

    A row has the message's id, key, about, subject, wording and its contact's unit_id.
    """
    found: dict[int, Said | None] = {}
    for row in rows:
        if row.about is not None and row.about.startswith(ABOUT):
            found[row.id] = _now(session, _run(row.key), row)
    return found


def _now(session: Session, run: _Run, row: Row[Any]) -> Said | None:
    if run.what == FINDINGS:
        still = (*run.sheets, _RUNS, _OPEN, Sheet.unit_id == row.unit_id, Finding.unit_id == row.unit_id)
        return to_rectify(session, still).get(row.unit_id)
    # A copy says what was issued, which stays true as long as any of it stands.
    stands = select(Sheet.id).where(*run.sheets, Sheet.state != literal_column("'withdrawn'")).limit(1)
    return None if session.scalar(stands) is None else Said(row.subject, row.wording)


def _run(key: str) -> _Run:
    about, what, year, first, last, _contact = key.removeprefix("a-").rsplit("-", 5)
    return _Run(about.removeprefix(ABOUT), what, int(year), int(first), int(last))


def carriers(session: Session, found: SheetRow) -> list[int]:
    """Give the messages by which its unit was to learn of a 催办单, the earliest first, by id."""
    if found.obligation_id is not None:
        query = select(Notice.message_id).join(Cue, Cue.id == Notice.cue_id)
        mine = (Notice.obligation_id == found.obligation_id, Cue.kind == str(CueKind.URGED))
        return sorted(id_ for id_ in session.scalars(query.where(*mine)) if id_ is not None)
    people = select(Contact.id).where(Contact.unit_id == found.unit_id)
    query = select(Message.id, Message.key).where(Message.about == f"{ABOUT}{found.series}")
    rows = session.execute(query.where(Message.contact_id.in_(people)).order_by(Message.id)).all()
    return [row.id for row in rows if _covers(_run(row.key), found)]


def _covers(run: _Run, found: SheetRow) -> bool:
    return (
        run.what == FINDINGS
        and run.year == found.year
        and found.number is not None
        and run.first <= found.number <= run.last
    )


def alone() -> ColumnElement[bool]:
    """Tell of a sheet that nobody has acknowledged it and that its unit has nobody to be told."""
    reached = select(Contact.unit_id).where(Contact.active)
    return Sheet.acknowledged_at.is_(None) & Sheet.unit_id.not_in(reached)
