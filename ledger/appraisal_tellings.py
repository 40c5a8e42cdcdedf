"""Who has been told of a result and of what changed it since: by a letter that went, or by a person.

Until a unit has been, its result is not published: it could not have appealed.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..calendar.limits import limit_at
from ..obligations import appraisal_moves as moves
from ..obligations.moments import whole_second
from . import journal
from .appraisal_changes import Change, changes
from .kept_appraisal import TELLINGS
from .tables import Appraisal, AppraisalRun, AppraisalTelling, Contact, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .appraisal_results import Run
    from .means import Doing

DRAFT = "draft"


class _Letter(NamedTuple):
    about: str
    mark: str
    since: datetime


class _Went(NamedTuple):
    key: str
    at: datetime


def about(appraisal_id: int) -> str:
    """Give what letters about one unit's result are about."""
    return f"appraisal/{appraisal_id}"


def about_run(run_id: int) -> str:
    """Give what letters about a whole run are about."""
    return f"appraisal-run/{run_id}"


def tell(session: Session, row: Appraisal, run: Run, how: str, doing: Doing) -> None:
    """Keep how a person told a unit of its draft (locked); its time for appeals runs from now on.

    Raises :class:`DubanError` for what has been published, or without saying how.
    """
    moves.check_telling(published=row.state == "published")
    found = AppraisalTelling(appraisal_id=row.id, at=doing.now, by=doing.by)
    found.how = moves.reason(how, "告知了谁、用什么方式")
    session.add(found)
    days = run.rules.text.rules.appeal
    row.appeal_until = last_second(days, row, doing.now, doing.means.workdays)
    session.flush()
    detail = TELLINGS.said(found) | {"appeal_until": row.appeal_until}
    journal.append(session, doing.now, doing.by, "appraisal.told", about(row.id), detail)


def last_second(days: int, row: Appraisal, told: datetime | None, workdays: Workdays) -> datetime:
    """Give the last second (UTC) for an appeal: ``days`` workdays from when the unit was told, or as planned.

    The later of the two: a letter that left late takes nothing of the time for appeals.
    """
    planned = row.appeal_until
    return planned if told is None else max(planned, whole_second(limit_at(told, days, workdays)))


def told_at(session: Session, run: AppraisalRun, rows: Iterable[Appraisal]) -> dict[int, datetime | None]:
    """Give when (UTC) the unit of each of these results of a run had been told of it, whole; by number.

    None for one that has not been.
    """
    mine = {row.id: row for row in rows}
    since = changes(session, run, list(mine.values()))
    wanted = {
        id_: [_Letter(about_run(run.id), DRAFT, run.drafted_at), *(_letter(id_, one) for one in since[id_])]
        for id_ in mine
    }
    went = _went(session, {letter.about for letters in wanted.values() for letter in letters})
    told = _told(session, list(mine))
    found: dict[int, datetime | None] = {}
    for id_, letters in wanted.items():
        firsts = [_first(letter, went[letter.about, mine[id_].unit_id], told[id_]) for letter in letters]
        heard = [at for at in firsts if at is not None]
        found[id_] = max(heard) if len(heard) == len(firsts) else None
    return found


def _letter(appraisal_id: int, change: Change) -> _Letter:
    return _Letter(about(appraisal_id), change.mark, change.at)


def _first(letter: _Letter, went: Sequence[_Went], told: Sequence[datetime]) -> datetime | None:
    """Give when a unit first heard of what a letter says, by any of its contacts or from a person."""
    sent = [one.at for one in went if one.key.startswith(f"a-{letter.about}-{letter.mark}-")]
    return min([*sent, *(at for at in told if at >= letter.since)], default=None)


def _went(session: Session, abouts: Iterable[str]) -> defaultdict[tuple[str, int], list[_Went]]:
    """Give the letters that have left, by what they are about and the unit."""
    found: defaultdict[tuple[str, int], list[_Went]] = defaultdict(list)
    query = select(Message.about, Contact.unit_id, Message.key, Message.sent_at).join(
        Contact, Contact.id == Message.contact_id
    )
    left = query.where(Message.about.in_(sorted(abouts)), Message.state == "sent")
    for name, unit_id, key, at in session.execute(left).tuples():
        if at is not None:
            found[name or "", unit_id].append(_Went(key, at))
    return found


def _told(session: Session, ids: Sequence[int]) -> defaultdict[int, list[datetime]]:
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    query = select(AppraisalTelling.appraisal_id, AppraisalTelling.at)
    for id_, at in session.execute(query.where(AppraisalTelling.appraisal_id.in_(ids))):
        found[id_].append(at)
    return found
