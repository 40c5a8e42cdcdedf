"""What units ask of the office: more time, that it is not theirs; and what both say to each other.

A request is a row when it is made and is decided once. Each act leaves an entry in the journal, last of all.
The obligation comes locked from ``lookup.obligation`` or ``owed.find``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select

from ..obligations import moves
from ..obligations.errors import DubanError
from ..obligations.words import RemarkKind
from . import reports, rounds
from .kept import EXTENSIONS, EXTENSIONS_ASKED, REMARKS, TRANSFERS, TRANSFERS_ASKED
from .tables import Extension, Remark, Transfer

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .tables import Obligation

_T = TypeVar("_T")
LONGEST = 1000  # characters of one remark or reason


def ask_for_time(
    session: Session, found: Obligation, now: datetime, by: str, *, until: datetime, reason: str
) -> Extension:
    """Let a unit ask for a later due moment, in time and with a reason; the office decides.

    Raises :class:`DubanError` when it is too late, or a request is already waiting.
    """
    if waiting_extension(session, found) is not None:
        raise DubanError("已有一份延期申请在等候答复，无需重复提出。")
    moves.check_extend(reports.facts(session, found), now, asked_at=now, until=until, reason=said(reason))
    row = Extension(obligation_id=found.id, asked_at=now, asked_by=by, reason=said(reason), until=until)
    session.add(row)
    session.flush()
    reports.enter(session, found, now, by, "extension.asked", EXTENSIONS_ASKED.said(row) | {"until": until})
    return row


def waiting_extension(session: Session, found: Obligation) -> Extension | None:
    """Give the request for more time that waits for an answer, if there is one."""
    here = Extension.obligation_id == found.id
    return session.scalar(select(Extension).where(here, Extension.decided_at.is_(None)).limit(1))


def grant_time(session: Session, found: Obligation, now: datetime, by: str, until: datetime | None) -> None:
    """Grant the request that waits, until the date asked for or another; reminders are planned for it."""
    row = _waiting(waiting_extension(session, found), "延期申请")
    limit = until or row.until
    facts = reports.facts(session, found)
    moves.check_extend(facts, now, asked_at=row.asked_at, until=limit, reason=row.reason)
    row.until, row.decided_at, row.by, row.granted = limit, now, by, True
    reports.bring_up(session, found, now)
    rounds.plan_extended(session, found.round_id, limit, now)
    reports.enter(session, found, now, by, "obligation.extended", EXTENSIONS.said(row))


def refuse_time(session: Session, found: Obligation, now: datetime, by: str, answer: str) -> None:
    """Refuse the request that waits, saying why."""
    row = _waiting(waiting_extension(session, found), "延期申请")
    row.decided_at, row.by, row.granted, row.answer = now, by, False, _why(answer)
    session.flush()
    reports.enter(session, found, now, by, "extension.refused", EXTENSIONS.said(row))


def ask_to_transfer(
    session: Session, found: Obligation, now: datetime, by: str, *, reason: str, to_unit: str
) -> Transfer:
    """Let a unit say that this is not its duty (转办申请), and whose it may be; the office decides.

    Raises :class:`DubanError` without a reason, when nothing is owed any more, or a request is waiting.
    """
    if waiting_transfer(session, found) is not None:
        raise DubanError("已有一份转办申请在等候答复，无需重复提出。")
    moves.check_owed(reports.facts(session, found), now, "申请转办")
    row = Transfer(obligation_id=found.id, asked_at=now, asked_by=by, reason=_why(reason))
    row.to_unit = said(to_unit)
    session.add(row)
    session.flush()
    reports.enter(session, found, now, by, "transfer.asked", TRANSFERS_ASKED.said(row))
    return row


def waiting_transfer(session: Session, found: Obligation) -> Transfer | None:
    """Give the request to transfer that waits for an answer, if there is one."""
    here = Transfer.obligation_id == found.id
    return session.scalar(select(Transfer).where(here, Transfer.decided_at.is_(None)).limit(1))


def decide_transfer(
    session: Session, found: Obligation, now: datetime, by: str, *, granted: bool, answer: str
) -> None:
    """Answer the request that waits, saying why. Granted, the unit is let off this round (免报).

    The expected set of a round is frozen (DESIGN §5.8): whoever takes over is told by the office.
    """
    row = _waiting(waiting_transfer(session, found), "转办申请")
    row.decided_at, row.by, row.granted, row.answer = now, by, granted, _why(answer)
    session.flush()
    reports.enter(session, found, now, by, "transfer.decided", TRANSFERS.said(row))
    if granted:
        to = f"，转{row.to_unit}" if row.to_unit else ""
        reports.exempt(session, found, now, by, reason=f"转办{to}：{row.answer}", approver=by)


def remark(  # noqa: PLR0913 - a call has two facts more
    session: Session,
    found: Obligation,
    now: datetime,
    by: str,
    *,
    kind: RemarkKind,
    text: str,
    whom: str = "",
    reached: bool | None = None,
) -> Remark:
    """Keep what was said about an obligation: a unit's reply, the office's note, a call that was made.

    A call names ``whom`` and whether they were ``reached``; both are for calls alone. Raises
    :class:`DubanError` when nothing is said.
    """
    if kind is RemarkKind.CALL and not whom.strip():
        raise DubanError("请写明打给了谁。")
    words = said(text) if kind is RemarkKind.CALL else _why(text)
    values = {"obligation_id": found.id, "at": now, "kind": str(kind), "by": by, "text": words}
    row = Remark(**values, whom=said(whom), reached=reached)
    session.add(row)
    session.flush()
    reports.enter(session, found, now, by, f"remark.{kind}", REMARKS.said(row))
    return row


def said(text: str) -> str:
    """Give what somebody typed, without the space around it; raises :class:`DubanError` when too long."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise DubanError(f"最多写{LONGEST}字，现有{len(text)}字，请精简。")
    return text


def _why(text: str) -> str:
    if not said(text):
        raise DubanError("请写明理由或内容。")
    return said(text)


def _waiting(row: _T | None, what: str) -> _T:
    if row is None:
        raise DubanError(f"没有等候答复的{what}，可能刚刚已有人办理。")
    return row
