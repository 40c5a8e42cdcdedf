"""Holds what lists and counts rest on against the facts: obligations' columns, plans, attachments.

Each function gives the first thing that does not hold as a Chinese sentence, or None; reads in chunks.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, select, union

from ..obligations.facts import judged_at
from ..obligations.outcome import standing
from .facts import facts_where
from .shelf import place
from .tables import (
    Exemption,
    Extension,
    FindingFile,
    Obligation,
    PlanDraft,
    PlanRevision,
    Round,
    Submission,
    Unit,
    Upload,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import Session

CHUNK = 500
BLOCK = 1 << 20


def standings(session: Session, as_of: datetime) -> str | None:
    """Compare state, credit, nil mark and deadline of each obligation with what its facts come to."""
    return _untouched(session) or _touched(session, as_of)


def _untouched(session: Session) -> str | None:
    """What nobody has reported on, extended or exempted is owed until its round's own deadline."""
    plain = and_(
        Obligation.state == "owed",
        Obligation.credited_at.is_(None),
        Obligation.nil.is_(False),
        Obligation.due_at.is_not_distinct_from(Round.due_at),
    )
    query = _named().where(~plain, *(~exists().where(one) for one in _histories()))
    return next((_said(row) for row in session.execute(query.limit(1))), None)


def _histories() -> tuple[ColumnElement[bool], ...]:
    return (
        Submission.obligation_id == Obligation.id,
        Exemption.obligation_id == Obligation.id,
        and_(Extension.obligation_id == Obligation.id, Extension.granted.is_(True)),
    )


def _named() -> Any:
    return (
        select(
            *(Obligation.id, Obligation.state, Obligation.credited_at, Obligation.nil, Obligation.due_at),
            *(Round.title, Unit.name),
        )
        .join(Round, Round.id == Obligation.round_id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .order_by(Obligation.id)
    )


def _said(row: Row[Any]) -> str:
    return f"“{row.name}”的“{row.title}”（{row.id}号事项），账簿所记的情况与上报、审核、延期、免报的记录不符"


def _touched(session: Session, as_of: datetime) -> str | None:
    touched = union(
        select(Submission.obligation_id), select(Exemption.obligation_id), select(Extension.obligation_id)
    ).subquery()
    ids = list(session.scalars(select(touched.c.obligation_id).order_by(touched.c.obligation_id)))
    for start in range(0, len(ids), CHUNK):
        if wrong := _wrong_of(session, ids[start : start + CHUNK], as_of):
            return wrong
    return None


def _wrong_of(session: Session, ids: list[int], as_of: datetime) -> str | None:
    facts = facts_where(session, Obligation.id.in_(ids))
    for row in session.execute(_named().where(Obligation.id.in_(ids))):
        here = standing(facts[row.id], judged_at(facts[row.id], as_of))
        there = (row.state, row.credited_at, row.nil, row.due_at)
        if there != (str(here.state), here.credited_at, here.nil, here.effective_due):
            return _said(row)
    return None


def plans(session: Session) -> str | None:
    """Compare each plan's text with its check code, which the entry of its adoption repeats."""
    for row in session.scalars(select(PlanRevision).order_by(PlanRevision.id)):
        if sha256(row.content.encode()).hexdigest() != row.sha256:
            return f"方案“{row.slug}”第{row.revision}版的内容与它的校验码不符，被改动过"
    return None


def files(session: Session, folder: Path) -> str | None:
    """Compare the bytes of each file that came with a report or a finding, or was read, with its code."""
    checked: set[str] = set()
    tables = (Upload, FindingFile, PlanDraft)
    for digest, name in chain.from_iterable(_named_files(session, table) for table in tables):
        if digest not in checked:
            checked.add(digest)
            if wrong := _wrong_file(place(folder, digest), digest):
                return f"附件“{name}”（{digest[:16]}）{wrong}"
    return None


def _named_files(
    session: Session, table: type[Upload | FindingFile | PlanDraft]
) -> Iterator[tuple[str, str]]:
    query = select(table.sha256, table.name).order_by(table.id).execution_options(yield_per=CHUNK)
    yield from session.execute(query).tuples()


def _wrong_file(path: Path, digest: str) -> str:
    if not path.is_file():
        return "的文件不见了"
    found = sha256()
    for block in _blocks(path):
        found.update(block)
    return "" if found.hexdigest() == digest else "的内容与它的校验码不符，被改动过"


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
