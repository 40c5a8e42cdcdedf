"""Talks (约谈): when and where, what was prepared, the minutes, what was promised, what became of that.

The sheet comes locked from ``sheet_facts.find``; ``now`` is the server's time (UTC).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..obligations import talk_moves
from ..obligations.words import SheetState
from . import sheet_letters
from .asking import said
from .kept_sheets import TALKS, TALKS_FOLLOWED
from .sheet_acts import tell_all
from .sheet_drafts import enter_note
from .sheet_facts import arranged_talk, facts, talk_of
from .tables import Talk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .means import Means
    from .tables import Sheet

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Arranged:
    """When (aware) and where a talk is, who speaks and who attends, and what is to be prepared."""

    at: datetime
    place: str
    attending: str
    material: str = ""


@dataclass(frozen=True, slots=True)
class Minuted:
    """What was said in a talk, and what was promised until when (aware), if anything was."""

    minutes: str
    promised: str = ""
    promised_by: datetime | None = None


def arrange(
    session: Session, found: Sheet, now: datetime, by: str, means: Means, where: Arranged
) -> tuple[str, ...]:
    """Set when and where a talk is; once it has been called, its unit is told of the change.

    Gives the names of units that have nobody to be told.
    """
    place, attending = said(where.place), said(where.attending)
    before = facts(session, found)
    talk_moves.check_arrange(before, now, at=where.at, place=place, attending=attending)
    row = talk_of(session, found.id) or Talk(sheet_id=found.id)
    row.at, row.place, row.attending, row.material = where.at, place, attending, said(where.material)
    session.add(row)
    session.flush()
    told: tuple[str, ...] = ()
    if found.state == str(SheetState.ISSUED):
        told = tell_all(session, found, sheet_letters.moved(found, row, now), now, means)
    detail = {"talk": row.id, "at": where.at, "place": place, "attending": attending}
    enter_note(session, found, now, by, "talk.arranged", {**detail, "material": row.material})
    return told


def minute(session: Session, found: Sheet, now: datetime, by: str, heard: Minuted) -> None:
    """Write the minutes of a talk; with a promise, the ladder looks again when its time is over."""
    talk_moves.check_minute(
        facts(session, found),
        now,
        minutes=said(heard.minutes),
        promised=said(heard.promised),
        promised_by=heard.promised_by,
    )
    row = arranged_talk(session, found)
    row.minutes, row.minuted_at, row.minuted_by = said(heard.minutes), now, by
    row.promised, row.promised_by = said(heard.promised) or None, heard.promised_by
    # The sheet's own limit stays, a promise only adds to it; what has gone on already does not go on twice.
    if heard.promised_by is not None and found.next_at is not None:
        found.next_at = max(found.next_at, heard.promised_by + _SECOND)
    session.flush()
    detail = TALKS.said(row) | {"next_at": found.next_at}
    enter_note(session, found, now, by, "talk.minuted", detail)


def follow(session: Session, found: Sheet, now: datetime, by: str, text: str, *, kept: bool | None) -> None:
    """Record what became of what was promised; where it was kept the ladder lets the matter be."""
    talk_moves.check_follow(facts(session, found), said(text), kept=kept)
    row = arranged_talk(session, found)
    row.followed_at, row.followed_by = now, by
    row.followed = f"{talk_moves.KEPT if kept else talk_moves.BROKEN}：{said(text)}"
    if kept:
        found.next_at = None
    session.flush()
    enter_note(session, found, now, by, "talk.followed", TALKS_FOLLOWED.said(row) | {"kept": bool(kept)})
