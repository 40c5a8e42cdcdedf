"""The journal: entries that are only ever added, each carrying the hash of the one before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert, select, update

from ..obligations.errors import DubanError
from ..obligations.moments import in_words, whole_second
from .digests import CLOCK_ACCEPTED, SUBMISSION_RECEIVED, canonical, entry_hash, submission_digest
from .explain import BookError
from .tables import Base, JournalEntry, JournalHead

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from .secrets import SecretBox
    from .verification import Verification

__all__ = [
    "CLOCK_ACCEPTED",
    "SUBMISSION_RECEIVED",
    "ClockWentBack",
    "Entry",
    "Note",
    "accept_clock",
    "append",
    "append_done",
    "append_many",
    "append_signed",
    "head_line",
    "refuse_old",
    "submission_digest",
    "verify",
]

DRIFT = timedelta(seconds=120)  # two machines on one book differ by this much and nobody is at fault

# Built once: no change of state goes without them.
_HEAD = Base.metadata.tables[JournalHead.__tablename__]
_LAST = select(_HEAD.c.seq, _HEAD.c.at, _HEAD.c.hash)
_LOCKED = _LAST.with_for_update()
_ADD = insert(Base.metadata.tables[JournalEntry.__tablename__])
_MOVE = update(_HEAD)


class Note(NamedTuple):
    """What is to be entered: an action (``round.opened``), its subject, and details that JSON can hold."""

    action: str
    subject: str
    detail: Mapping[str, Any]


class Entry(NamedTuple):
    """An entry as it stands in the journal; ``at`` is in UTC, ``detail`` is canonical JSON."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    previous: str
    hash: str


class ClockWentBack(BookError):
    """The clock is well behind the last entry, so nothing is recorded until someone has looked."""

    def __init__(self, now: datetime, last: datetime) -> None:
        super().__init__(
            f"系统时钟（{in_words(now)}）早于最近一条留痕（{in_words(last)}），请先校准时钟；"
            "确认无误后执行 duban clock accept"
        )


def append(
    session: Session, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, Any]
) -> Entry:
    """Add one entry; ``at`` is aware, of any zone. Raises as :func:`append_many` does."""
    return append_many(session, at, actor, [Note(action, subject, detail)])[0]


def append_many(session: Session, at: datetime, actor: str, entries: Iterable[Note]) -> list[Entry]:
    """Add entries under one lock, in order; the caller's transaction keeps or drops them.

    An ``at`` up to two minutes behind the last entry takes that entry's time. Raises :class:`ClockWentBack`
    when it is further behind, :class:`ValueError` when it is naive.
    """
    return append_signed(session, at, [(actor, note) for note in entries])


def append_signed(session: Session, at: datetime, entries: Iterable[tuple[str, Note]]) -> list[Entry]:
    """Add entries of several people, (actor, note), as :func:`append_many` does."""
    notes = list(entries)
    if not notes:
        return []
    head = _head(session, lock=True)
    moment = whole_second(at)
    if head.at is not None and moment < head.at:
        if head.at - moment > DRIFT:
            raise ClockWentBack(moment, head.at)
        moment = head.at
    return _add(session, head, moment, notes)


def append_done(session: Session, at: datetime, actor: str, note: Note) -> Entry:
    """Add an entry about what cannot be undone, and is therefore not refused for a clock that went back.

    It then takes the time of the last entry.
    """
    head = _head(session, lock=True)
    return _add(session, head, max(whole_second(at), head.at or at), [(actor, note)])[0]


def refuse_old(session: Session, at: datetime) -> None:
    """Raise :class:`ClockWentBack` if an entry made at ``at`` would be refused.

    For what cannot be taken back once it is done: it is asked before, since the entry can only be made after.
    """
    last, moment = _head(session, lock=False).at, whole_second(at)
    if last is not None and last - moment > DRIFT:
        raise ClockWentBack(moment, last)


def accept_clock(session: Session, at: datetime, actor: str, reason: str) -> Entry:
    """Enter that the clock, which is behind the last entry, is right; the next entries go on from ``at``.

    Raises :class:`DubanError` when the clock is not behind or no reason is given.
    """
    head = _head(session, lock=True)
    moment = whole_second(at)
    if not reason.strip():
        raise DubanError("请写明确认时钟无误的理由。")
    if head.at is None or moment >= head.at:
        raise DubanError("系统时钟并不早于最近一条留痕，无需确认。")
    note = Note(CLOCK_ACCEPTED, "clock", {"previous": head.at, "reason": reason})
    return _add(session, head, moment, [(actor, note)])[0]


def verify(
    session: Session,
    *,
    submissions: bool = True,
    files: Path | None = None,
    box: SecretBox | None = None,
) -> Verification:
    """Prove the journal from first to last, and with ``submissions`` that the book says what was entered.

    Checks numbers, hashes, links, times (which go back only where someone accepted the clock) and the head;
    then reports, verdicts, requests, exemptions, opened rounds and sent messages against their entries, and
    the columns of obligations against all of these; with ``files``, the folder of attachments, their bytes;
    with ``box``, which has the book's key, draws that are still sealed (``Verification.sealed`` without).
    The first that fails is named. Use a session of ``book.read()``, which sees one moment of the book.
    """
    # What is proved enters itself in the journal, so that each would want the other loaded first.
    from .verification import check  # noqa: PLC0415

    return check(session, submissions=submissions, files=files, box=box)


def head_line(session: Session) -> str:
    """Give the journal's last number, time and hash in one line, to print on paper and compare later."""
    head = _head(session, lock=False)
    if head.at is None:
        return "留痕尚无记录"
    return f"留痕截至第{head.seq}条（{in_words(head.at)}），校验码 {head.hash}"


class _Head(NamedTuple):
    seq: int
    at: datetime | None
    hash: str


def _head(session: Session, *, lock: bool) -> _Head:
    # Locking the one head row puts writers in a queue on PostgreSQL; on SQLite a writer is alone anyway.
    # What else the session has changed is locked before, in the order in which it was done.
    session.flush()
    row = session.connection().execute(_LOCKED if lock else _LAST).one_or_none()
    if row is None:
        raise DubanError("留痕的表头不见了。请停止使用，并从最近的备份恢复。")
    return _Head(row.seq, row.at, row.hash)


def _add(session: Session, head: _Head, at: datetime, notes: list[tuple[str, Note]]) -> list[Entry]:
    entries: list[Entry] = []
    previous = head.hash
    for seq, (actor, note) in enumerate(notes, head.seq + 1):
        who, detail = (seq, at, actor, note.action, note.subject), canonical(dict(note.detail))
        entries.append(Entry(*who, detail, previous, entry_hash(who, detail, previous)))
        previous = entries[-1].hash
    connection = session.connection()
    connection.execute(_ADD, [entry._asdict() for entry in entries])
    connection.execute(_MOVE, {"seq": entries[-1].seq, "hash": previous, "at": at})
    return entries
