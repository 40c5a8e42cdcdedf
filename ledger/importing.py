"""Reports that come back in a round's workbook: what each line would do, and taking those that are chosen.

A line's key is made of the workbook, the obligation and what is said, so the same workbook imported twice
takes nothing twice, even after a return. Reading and writing take a few statements, whatever the lines.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sqlalchemy import func, select

from ..obligations import moves
from ..obligations.errors import DubanError
from . import journal
from .digests import canonical
from .facts import facts_where
from .submitting import Handed, Report, read_report, submit_many
from .tables import Obligation, Submission, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..obligations.facts import ObligationFacts
    from .tables import Round

VIA = "excel"


class Line(Protocol):
    """One filled-in line, as ``documents.round_sheet.ReadRow`` has it."""

    @property
    def line(self) -> int:
        """Where it stands in the workbook, from 1."""
        ...

    @property
    def unit_code(self) -> str:
        """Whose it is."""
        ...

    @property
    def nil(self) -> bool:
        """Whether there is nothing to report."""
        ...

    @property
    def answers(self) -> Mapping[str, str]:
        """The answers as texts, by the keys of the form."""
        ...

    @property
    def note(self) -> str:
        """What was added in words."""
        ...

    @property
    def by(self) -> str:
        """Who filled it in; may be empty."""
        ...


class Fate(StrEnum):
    """What a line would do: a first report or one after a return, instead of one not judged yet, nothing."""

    NEW = "new"
    REPLACES = "replaces"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Judged:
    """A line held against the book; ``last`` is the unit's latest version, ``why`` says why it is refused."""

    line: int
    unit_code: str
    unit: str
    obligation_id: int | None
    fate: Fate
    answers: Mapping[str, Any]
    nil: bool
    note: str
    by: str
    last: Submission | None = None
    why: str = ""

    @property
    def seen_version(self) -> int:
        """Give the latest version that the reader of this has seen, nought for none."""
        return self.last.version if self.last else 0


class Imported(NamedTuple):
    """What came of taking the chosen lines: the units taken, and (unit, why) of those refused."""

    taken: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


class _Books(NamedTuple):
    """What the book has about a round, by obligation; ``units`` gives (obligation, name) by code."""

    units: Mapping[str, tuple[int, str]]
    facts: Mapping[int, ObligationFacts]
    last: Mapping[int, Submission]
    keys: frozenset[str]


def judge(
    session: Session, found: Round, lines: Sequence[Line], workbook_id: str, now: datetime
) -> list[Judged]:
    """Give what each line would do to the book at ``now``, in their order; nothing is written."""
    books = _read(session, found, lines, workbook_id)
    return [_judged(one, found, books, workbook_id, now) for one in lines]


def take(
    session: Session,
    found: Round,
    lines: Sequence[Line],
    seen: Mapping[int, int],
    workbook_id: str,
    now: datetime,
    by: str,
) -> Imported:
    """Take the chosen lines, all in this transaction; one that is refused stops no other.

    ``seen`` gives the lines and the version that was the latest of that unit when they were chosen: who has
    answered since is told. ``by`` stands for whoever filled in a line without a name.
    """
    chosen = [one for one in lines if one.line in seen]
    judged = judge(session, found, chosen, workbook_id, now)
    handed = [
        Handed(one.obligation_id, _report(one, line, seen[one.line], workbook_id, by), now)
        for one, line in zip(judged, chosen, strict=True)
        if one.fate in (Fate.NEW, Fate.REPLACES) and one.obligation_id is not None
    ]
    outcomes = submit_many(session, handed) if handed else []
    names = {one.obligation_id: one.unit for one in judged}
    refused = [(one.unit, one.why) for one in judged if one.fate is Fate.REFUSED]
    refused += [
        (names[sent.obligation_id], str(outcome))
        for sent, outcome in zip(handed, outcomes, strict=True)
        if isinstance(outcome, DubanError)
    ]
    taken = [
        names[sent.obligation_id]
        for sent, outcome in zip(handed, outcomes, strict=True)
        if not isinstance(outcome, DubanError)
    ]
    if taken:
        detail = {"round": found.id, "workbook": workbook_id, "taken": len(taken), "refused": len(refused)}
        journal.append(session, now, by, "workbook.imported", f"round/{found.id}", detail)
    return Imported(tuple(taken), tuple(refused))


def _report(one: Judged, line: Line, seen_version: int, workbook_id: str, by: str) -> Report:
    return Report(
        key=_key(workbook_id, one.obligation_id or 0, one.answers, line),
        answers=line.answers,
        nil=line.nil,
        note=line.note,
        via=VIA,
        # Anybody can write a name into a workbook; who brought it in is known.
        by=f"{line.by}（表格，{by}导入）" if line.by else by,
        seen_version=seen_version,
    )


def _key(workbook_id: str, obligation_id: int, answers: Mapping[str, Any], line: Line) -> str:
    said = canonical([dict(answers), line.nil, line.note])
    digest = hashlib.sha256(said.encode()).hexdigest()[:24]
    return f"{VIA}-{workbook_id}-{obligation_id}-{digest}"


def _read(session: Session, found: Round, lines: Sequence[Line], workbook_id: str) -> _Books:
    here = Obligation.round_id == found.id
    query = select(Unit.code, Obligation.id, Unit.name).join(Obligation, Obligation.unit_id == Unit.id)
    units = {code: (id_, name) for code, id_, name in session.execute(query.where(here))}
    ids = select(Obligation.id).where(here)
    versions = select(func.max(Submission.id)).where(Submission.obligation_id.in_(ids))
    last = select(Submission).where(Submission.id.in_(versions.group_by(Submission.obligation_id)))
    keys = [
        _key(workbook_id, units[one.unit_code][0], answers, one)
        for one in lines
        if one.unit_code in units and (answers := _answers(found, one)) is not None
    ]
    return _Books(
        units,
        facts_where(session, here),
        {one.obligation_id: one for one in session.scalars(last)},
        frozenset(session.scalars(select(Submission.key).where(Submission.key.in_(keys)))),
    )


def _answers(found: Round, line: Line) -> dict[str, Any] | None:
    try:
        return read_report(found.form, Report("", line.answers, line.nil))
    except DubanError:
        return None


def _judged(one: Line, found: Round, books: _Books, workbook_id: str, now: datetime) -> Judged:
    said = (one.nil, one.note, one.by)
    if one.unit_code not in books.units:
        unit = (one.line, one.unit_code, one.unit_code, None)
        return Judged(*unit, Fate.REFUSED, dict(one.answers), *said, None, "本期没有这个单位。")
    id_, name = books.units[one.unit_code]
    unit, last = (one.line, one.unit_code, name, id_), books.last.get(id_)
    try:
        answers = read_report(found.form, Report("", one.answers, one.nil))
        fate = _fate(one, answers, books, workbook_id, now)
    except DubanError as wrong:
        return Judged(*unit, Fate.REFUSED, dict(one.answers), *said, last, str(wrong))
    return Judged(*unit, fate, answers, *said, last)


def _fate(one: Line, answers: dict[str, Any], books: _Books, workbook_id: str, now: datetime) -> Fate:
    id_ = books.units[one.unit_code][0]
    last, facts = books.last.get(id_), books.facts[id_]
    same = last is not None and (last.nil, last.answers, last.note) == (one.nil, answers, one.note)
    if same or _key(workbook_id, id_, answers, one) in books.keys:
        return Fate.SAME
    moves.check_submit(facts, now)
    waiting = bool(facts.submissions) and facts.submissions[-1].verdict is None
    return Fate.REPLACES if waiting else Fate.NEW
