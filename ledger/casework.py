"""What is done to a case: opened with its lines, each line settled or waived, closed, taken up again.

Each act leaves a row and, last of all, an entry in the journal. The case comes locked from :func:`find`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..calendar.dates import local_day
from ..obligations import cases
from ..obligations.cases import LINES, CaseState, CaseStepKind, LineFact, Part
from ..obligations.errors import DubanError
from . import journal, locks
from .asking import said
from .audiences import check_there
from .case_list import lines_of
from .journal import Note
from .kept_cases import CASE_STEPS, CASES
from .tables import Case, CaseLine, CaseStep

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a case is opened with; ``operator`` adds the lines for whoever made or sold illegally.

    ``key`` is the form's own: the same form sent twice opens one case.
    """

    key: str
    slug: str
    unit_id: int
    title: str
    description: str
    operator: bool = False
    finding_id: int | None = None
    clue_id: int | None = None


def open_case(session: Session, new: NewCase, now: datetime, by: str) -> Case:
    """Open a case with its lines, or give the one that this form has opened already.

    Raises :class:`DubanError` when it does not say what the case is about.
    """
    locks.numbers(session)
    if known := session.scalar(select(Case).where(Case.key == new.key)):
        return known
    title, description = said(new.title), said(new.description)
    if not title or not description:
        raise DubanError("请写明案由和简要案情。")
    check_there(session, new.unit_id, now)
    year = local_day(now).year
    last = select(func.max(Case.number)).where(Case.slug == new.slug, Case.year == year)
    found = Case(key=new.key, slug=new.slug, year=year, number=(session.scalar(last) or 0) + 1)
    found.unit_id, found.finding_id, found.clue_id = new.unit_id, new.finding_id, new.clue_id
    found.title, found.description, found.opened_at, found.opened_by = title, description, now, by
    session.add(found)
    session.flush()
    parts = (Part.SIX, Part.OPERATOR) if new.operator else (Part.SIX,)
    for part in parts:
        _add_lines(session, found, part)
    detail = CASES.said(found) | {"parts": [str(part) for part in parts]}
    journal.append(session, now, by, "case.opened", f"case/{found.id}", detail)
    return found


def find(session: Session, case_id: int) -> Case | None:
    """Give a case by its number, locked until the transaction ends."""
    return session.scalar(select(Case).where(Case.id == case_id).with_for_update(key_share=True))


def line_of(session: Session, found: Case, line_id: int) -> CaseLine | None:
    """Give a line of this case by its number."""
    return session.scalar(select(CaseLine).where(CaseLine.id == line_id, CaseLine.case_id == found.id))


def settle(session: Session, found: Case, line: CaseLine, now: datetime, by: str, *, done: str) -> None:
    """Note what was done about a line."""
    cases.check_settle(CaseState(found.state), _fact(line), said(done))
    _settle(session, line, CaseStep(kind=str(CaseStepKind.SETTLED), text=said(done), approver=""), now, by)


def waive(
    session: Session, found: Case, line: CaseLine, now: datetime, by: str, *, why: str, approver: str
) -> None:
    """Note that a line does not fit this case, why, and who approved it."""
    cases.check_waive(CaseState(found.state), _fact(line), said(why), said(approver), by)
    kind = str(CaseStepKind.WAIVED)
    _settle(session, line, CaseStep(kind=kind, text=said(why), approver=said(approver)), now, by)


def _settle(session: Session, line: CaseLine, step: CaseStep, now: datetime, by: str) -> None:
    line.settled = True
    step.line_id = line.id
    note = _note(session, line.case_id, step, now, by)
    journal.append_many(session, now, by, [note])


def add_operator_lines(session: Session, found: Case, now: datetime, by: str) -> None:
    """Add the seven lines for an illegal operator who has come to light since."""
    there = any(Part(line.part) is Part.OPERATOR for line in lines_of(session, found.id))
    cases.check_add(CaseState(found.state), there)
    _add_lines(session, found, Part.OPERATOR)
    step = CaseStep(kind=str(CaseStepKind.ADDED), text=Part.OPERATOR.zh, approver="")
    journal.append_many(session, now, by, [_note(session, found.id, step, now, by)])


def close(session: Session, found: Case, now: datetime, by: str, *, text: str) -> None:
    """Close a case of which no line is open; the database refuses any other too."""
    facts = [_fact(line) for line in lines_of(session, found.id)]
    cases.check_close(CaseState(found.state), facts, said(text))
    found.state, found.closed_at, found.closed_by = str(CaseState.CLOSED), now, by
    step = CaseStep(kind=str(CaseStepKind.CLOSED), text=said(text), approver="")
    journal.append_many(session, now, by, [_note(session, found.id, step, now, by)])


def reopen(
    session: Session, found: Case, line_ids: Collection[int], now: datetime, by: str, *, why: str
) -> None:
    """Take a closed case up again for some of its lines, which are open once more."""
    again = [line for line in lines_of(session, found.id) if line.id in line_ids]
    cases.check_reopen(CaseState(found.state), map(_fact, again), said(why))
    found.state, found.closed_at, found.closed_by = str(CaseState.OPEN), None, None
    found.reopened += 1
    session.flush()  # the lines of a closed case stay settled
    first = CaseStep(kind=str(CaseStepKind.REOPENED), text=said(why), approver="")
    notes = [_note(session, found.id, first, now, by)]
    for line in again:
        line.settled = False
        step = CaseStep(kind=str(CaseStepKind.UNSETTLED), line_id=line.id, text=said(why), approver="")
        notes.append(_note(session, found.id, step, now, by))
    journal.append_many(session, now, by, notes)


def _add_lines(session: Session, found: Case, part: Part) -> None:
    lines = [
        CaseLine(case_id=found.id, part=str(part), number=number, text=text)
        for number, text in enumerate(LINES[part], 1)
    ]
    session.add_all(lines)
    session.flush()


def _fact(line: CaseLine) -> LineFact:
    return LineFact(line.text, line.settled)


def _note(session: Session, case_id: int, step: CaseStep, now: datetime, by: str) -> Note:
    step.case_id, step.at, step.by = case_id, now, by
    session.add(step)
    session.flush()
    return Note(f"case.{step.kind}", f"case/{case_id}", CASE_STEPS.said(step))
