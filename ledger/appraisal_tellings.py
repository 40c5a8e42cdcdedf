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

    from .appraisal_results import Run
    from .means import Doing

DRAFT = "draft"


class _Letter(NamedTuple):
    about: str
    mark: str
    since: datetime


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
    row.appeal_until = max(row.appeal_until, whole_second(limit_at(doing.now, days, doing.means.workdays)))
    session.flush()
    journal.append(session, doing.now, doing.by, "appraisal.told", about(row.id), TELLINGS.said(found))


def untold(session: Session, run: AppraisalRun, rows: Iterable[Appraisal]) -> frozenset[int]:
    """Give which of these results of a run their units have not been told of, whole; by number."""
    mine = {row.id: row for row in rows}
    since = changes(session, run, list(mine.values()))
    wanted = {
        id_: [_Letter(about_run(run.id), DRAFT, run.drafted_at), *(_letter(id_, one) for one in since[id_])]
        for id_ in mine
    }
    went = _went(session, {letter.about for letters in wanted.values() for letter in letters})
    told = _told(session, list(mine))
    return frozenset(
        id_
        for id_, letters in wanted.items()
        if any(
            not _has(went[letter.about, mine[id_].unit_id], letter)
            and not any(at >= letter.since for at in told[id_])
            for letter in letters
        )
    )


def _letter(appraisal_id: int, change: Change) -> _Letter:
    return _Letter(about(appraisal_id), change.mark, change.at)


def _has(keys: Sequence[str], letter: _Letter) -> bool:
    return any(key.startswith(f"a-{letter.about}-{letter.mark}-") for key in keys)


def _went(session: Session, abouts: Iterable[str]) -> defaultdict[tuple[str, int], list[str]]:
    """Give the keys of letters that have left, by what they are about and the unit."""
    found: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    query = select(Message.about, Contact.unit_id, Message.key).join(
        Contact, Contact.id == Message.contact_id
    )
    for name, unit_id, key in session.execute(
        query.where(Message.about.in_(sorted(abouts)), Message.state == "sent")
    ):
        found[name or "", unit_id].append(key)
    return found


def _told(session: Session, ids: Sequence[int]) -> defaultdict[int, list[datetime]]:
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    query = select(AppraisalTelling.appraisal_id, AppraisalTelling.at)
    for id_, at in session.execute(query.where(AppraisalTelling.appraisal_id.in_(ids))):
        found[id_].append(at)
    return found
