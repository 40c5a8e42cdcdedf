"""What units were called at a past moment: renaming one leaves the old name in the journal alone."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, case, cast, literal, or_, select

from .successors import MANY
from .tables import JournalEntry, JournalHead, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

Renames = dict[int, list[tuple["datetime", str]]]  # until when (UTC) a unit had a name, the earliest first


def called(session: Session, as_of: datetime) -> ColumnElement[str]:
    """Give what to select as the name of a ``Unit``, as it was at ``as_of``."""
    then = renamed(session, as_of)
    return case(then, value=Unit.id, else_=Unit.name) if then else Unit.name.expression


def renamed(session: Session, as_of: datetime) -> dict[int, str]:
    """Give the names at ``as_of`` of the units that have been renamed since, by number."""
    return {id_: names[0][1] for id_, names in renames(session, as_of).items()}


def renames(session: Session, since: datetime) -> Renames:
    """Give the names that units lost after ``since``; cheap where nothing has been entered since."""
    last = session.scalar(select(JournalHead.at))
    if last is None or last <= since:
        return {}
    units = dict(session.execute(select(Unit.code, Unit.id)).tuples().all())
    found: Renames = defaultdict(list)
    # By subject, which is indexed: every unit's own, and that of many.
    subjects = select(literal("unit/") + cast(Unit.id, String))
    about = or_(JournalEntry.subject.in_(subjects), JournalEntry.subject == MANY)
    query = select(JournalEntry.at, JournalEntry.action, JournalEntry.detail).where(
        about, JournalEntry.at > since, JournalEntry.action.in_(("unit.changed", "roster.imported"))
    )
    for at, action, detail in session.execute(query.order_by(JournalEntry.seq)):
        for code, before in _before(action, json.loads(detail)):
            if code in units:
                found[units[code]].append((at, before))
    return dict(found)


def _before(action: str, said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    changed: Iterable[tuple[str, dict[str, list[str]]]] = (
        [(said["code"], said["changes"])] if action == "unit.changed" else said["changed"].items()
    )
    for code, facts in changed:
        if "name" in facts:
            yield code, facts["name"][0]


def name_at(lost: Renames, unit: Unit, at: datetime) -> str:
    """Give what a unit was called at a moment, by what :func:`renames` gave for that or an earlier one."""
    return next((name for until, name in lost.get(unit.id, ()) if until > at), unit.name)
