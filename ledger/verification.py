"""Proves the journal, and that the book says what was entered; reads in chunks.

Held against the journal: every report with its unit, verdict, request, exemption, remark, file, opened
rounds and how many owe in them, and which messages were sent, when and with what answer. Then the columns
that lists and counts read are held against those facts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import and_, func, select

from . import (
    appraisal_check,
    finding_proof,
    proof,
    proof_appeals,
    proof_cases,
    proof_climbing,
    proof_ladder,
    proof_lots,
    proof_sheets,
    proof_watch,
)
from .digests import CLOCK_ACCEPTED, NO_HASH, SUBMISSION_RECEIVED, canonical, entry_hash, submission_digest
from .kept import KINDS
from .kept_circulars import bytes_kept
from .kept_drafts import proposals_kept
from .tables import Attempt, JournalEntry, JournalHead, Message, Obligation, Round, Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from .kept import Kept
    from .secrets import SecretBox

MESSAGES_TRIED = "messages.tried"
_CHUNK = 2000
_Row = TypeVar("_Row")
_BY_ACTION = {action: kind for kind in KINDS for action in kind.actions}


@dataclass(frozen=True, slots=True)
class Verification:
    """What was proved: ``checked`` entries and ``submissions`` reports, and the first entry that is broken.

    ``first_broken_seq`` is none when all is well, or when what is broken is in no entry. ``sealed`` counts
    the draws that are still secret and could not be proved, as the book's key was not at hand.
    """

    ok: bool
    checked: int
    first_broken_seq: int | None = None
    reason_zh: str = ""
    submissions: int = 0
    sealed: int = 0


class _BrokenError(Exception):
    """The first thing that does not hold."""

    def __init__(self, seq: int | None, reason: str) -> None:
        self.seq, self.reason = seq, reason
        super().__init__(reason)


@dataclass(slots=True)
class _Walk:
    """How far the journal has been walked."""

    seq: int = 0
    hash: str = NO_HASH
    at: datetime | None = None
    reports: int = 0
    received: dict[int, tuple[int, str, int | None]] = field(
        default_factory=dict[int, "tuple[int, str, int | None]"]
    )
    entered: dict[str, dict[int, tuple[int, tuple[str, ...], bytes]]] = field(
        default_factory=lambda: {kind.called: {} for kind in KINDS}
    )
    held: dict[str, set[int]] = field(default_factory=lambda: {kind.called: set() for kind in KINDS})
    sent: dict[int, tuple[int, set[bytes]]] = field(default_factory=dict[int, "tuple[int, set[bytes]]"])
    bulk: proof_ladder.Bulk = field(default_factory=proof_ladder.Bulk)
    lots: proof_lots.Said = field(default_factory=proof_lots.Said)
    appeals: proof_appeals.Said = field(default_factory=proof_appeals.Said)
    climbing: proof_climbing.Said = field(default_factory=proof_climbing.Said)


def check(
    session: Session, *, submissions: bool, files: Path | None = None, box: SecretBox | None = None
) -> Verification:
    """Walk the journal, then its head, then the rest of the book if asked; stop at the first that fails.

    With ``files``, the folder where they lie, the bytes of attachments are checked too; with ``box``, which
    has the book's key, draws that are still sealed.
    """
    walk, box = _Walk(), box if box is not None and box.at_hand else None
    try:
        _walk_entries(session, walk)
        _check_head(session, walk)
        if submissions:
            _check_reports(session, walk)
            for kind in KINDS:
                _check_kept(session, kind, walk)
            _check_expected(session)
            _check_sent(session, walk)
            _check_proof(session, walk, files, box)
    except _BrokenError as broken:
        return Verification(
            ok=False,
            checked=walk.seq,
            first_broken_seq=broken.seq,
            reason_zh=broken.reason,
            submissions=walk.reports,
        )
    left = proof_lots.unproved(session, box) if submissions else 0
    return Verification(ok=True, checked=walk.seq, submissions=walk.reports, sealed=left)


def _walk_entries(session: Session, walk: _Walk) -> None:
    columns = JournalEntry.__table__.c
    query = select(*columns).order_by(columns.seq).execution_options(yield_per=_CHUNK)
    with session.execute(query) as rows:
        for row in _readable(rows, lambda: (walk.seq + 1, f"第{walk.seq + 1}条留痕已无法读取，被改动过")):
            _check_entry(row, walk)
            _note(row, walk)
            walk.seq, walk.hash, walk.at = row.seq, row.hash, row.at


def _note(row: Row[Any], walk: _Walk) -> None:
    """Note what the entry says of the book, to hold the book against it afterwards."""
    if row.action == SUBMISSION_RECEIVED:
        said = json.loads(row.detail)
        whose = (row.seq, said.get("sha256"), said.get("unit"))
        walk.received.setdefault(said.get("submission"), whose)
    elif row.action == MESSAGES_TRIED:
        for id_, fate, answer, *_ in json.loads(row.detail)["results"]:
            if fate == "sent":
                walk.sent.setdefault(id_, (row.seq, set[bytes]()))[1].add(_print([answer]))
    elif row.action in proof_ladder.ACTIONS:
        said = json.loads(row.detail)
        walk.bulk.note(row.seq, row.action, said)
        walk.climbing.note(said)
    elif row.action in proof_lots.SWITCHES:
        walk.lots.note(row.action, json.loads(row.detail))
    elif kind := _BY_ACTION.get(row.action):
        said = json.loads(row.detail)
        if row.action == proof_lots.MADE:
            walk.lots.note(row.action, said)
        walk.appeals.note(said)
        walk.climbing.note(said)
        if kind.number in said:
            names = kind.named_in(said)
            stood = (row.seq, names, _print(said[name] for name in names))
            walk.entered[kind.called].setdefault(said[kind.number], stood)


def _print(values: Iterable[Any]) -> bytes:
    """Give a digest of what is said, since a book may hold millions of rows."""
    return sha256(canonical(list(values)).encode()).digest()


def _check_entry(row: Row[Any], walk: _Walk) -> None:
    seq: int = row.seq
    if seq != walk.seq + 1:
        raise _BrokenError(walk.seq + 1, f"第{walk.seq + 1}条留痕缺失（下一条是第{seq}条）")
    if entry_hash(row[:5], row.detail, row.previous) != row.hash:
        raise _BrokenError(seq, f"第{seq}条留痕的内容与它的校验码不符，被改动过")
    if row.previous != walk.hash:
        raise _BrokenError(seq, f"第{seq}条留痕所记的上一条校验码，与上一条的校验码不符")
    if walk.at is not None and row.at < walk.at and row.action != CLOCK_ACCEPTED:
        raise _BrokenError(seq, f"第{seq}条留痕的时间早于上一条")


def _check_head(session: Session, walk: _Walk) -> None:
    head = session.execute(select(JournalHead.seq, JournalHead.hash, JournalHead.at)).one_or_none()
    if head is None:
        raise _BrokenError(None, "留痕的表头不见了，无法确认末尾是否完整")
    if head.seq > walk.seq:
        lost = f"第{walk.seq + 1}条" + (f"至第{head.seq}条" if head.seq > walk.seq + 1 else "")
        raise _BrokenError(walk.seq + 1, f"{lost}留痕缺失（末尾被截去）")
    if head.seq < walk.seq:
        raise _BrokenError(
            head.seq + 1, f"第{head.seq + 1}条留痕不在表头所记的范围内（表头只到第{head.seq}条）"
        )
    if (head.hash, head.at) != (walk.hash, walk.at):
        raise _BrokenError(walk.seq or None, f"表头所记的校验码或时间，与最后一条（第{walk.seq}条）留痕不符")


def _check_reports(session: Session, walk: _Walk) -> None:
    joined = select(Submission, Obligation.unit_id).join(
        Obligation, Obligation.id == Submission.obligation_id
    )
    options = {"yield_per": _CHUNK, "populate_existing": True}
    with session.execute(joined.order_by(Submission.id).execution_options(**options)) as rows:
        for row, unit_id in _readable(
            rows, lambda: (None, f"第{walk.reports + 1}份上报已无法读取，被改动过")
        ):
            _check_report(row, unit_id, walk)
            walk.reports += 1
    for submission, (seq, *_) in sorted(walk.received.items(), key=lambda item: item[1][0]):
        raise _BrokenError(seq, f"第{seq}条留痕所记的{submission}号上报已不在账簿中")


def _check_report(row: Submission, unit_id: int, walk: _Walk) -> None:
    seq, entered, unit = walk.received.pop(row.id, (None, None, None))
    if submission_digest(row) != row.sha256:
        raise _BrokenError(seq, f"{row.id}号上报的内容与它的校验码不符，被改动过")
    if seq is None:
        raise _BrokenError(None, f"{row.id}号上报没有留痕")
    if entered != row.sha256:
        raise _BrokenError(seq, f"{row.id}号上报的校验码与第{seq}条留痕所记的不符")
    if unit not in (None, unit_id):
        raise _BrokenError(seq, f"{row.id}号上报的单位与第{seq}条留痕所记的不符，被改动过")


def _check_kept(session: Session, kind: Kept, walk: _Walk) -> None:
    unreadable, entered = kind.called.format("某"), walk.entered[kind.called]
    with session.execute(kind.query().execution_options(yield_per=_CHUNK)) as rows:
        for row in _readable(rows, lambda: (None, f"{unreadable}已无法读取，被改动过")):
            called = kind.called.format(row[0])
            seq, names, said = entered.pop(row[0], (None, (), b""))
            if seq is None and not (kind.or_in and row[0] in walk.held[kind.or_in]):
                raise _BrokenError(None, f"{called}没有留痕")
            if seq is not None and _print(getattr(row, name) for name in names) != said:
                raise _BrokenError(seq, f"{called}与第{seq}条留痕所记的不符，被改动过")
            walk.held[kind.called].add(row[0])
    for number, (seq, *_) in sorted(entered.items(), key=lambda item: item[1][0]):
        raise _BrokenError(seq, f"第{seq}条留痕所记的{kind.called.format(number)}已不在账簿中")


def _check_proof(session: Session, walk: _Walk, files: Path | None, box: SecretBox | None) -> None:
    if walk.at is not None and (wrong := proof.standings(session, walk.at)):
        raise _BrokenError(None, wrong)
    if wrong := proof.plans(session) or (proof.files(session, files) if files else None):
        raise _BrokenError(None, wrong)
    if wrong := proof_cases.cases(session) or finding_proof.standings(session) or proof_watch.visits(session):
        raise _BrokenError(None, wrong)
    if wrong := proof_lots.draws(session, walk.lots, box):
        raise _BrokenError(None, wrong)
    if wrong := proof_sheets.states(session) or bytes_kept(session) or proposals_kept(session):
        raise _BrokenError(None, wrong)
    if wrong := appraisal_check.appraisals(session) or walk.appeals.fault(session):
        raise _BrokenError(None, wrong)
    if fault := walk.bulk.fault(session):
        raise _BrokenError(*fault)
    if wrong := walk.climbing.fault(session):
        raise _BrokenError(None, wrong)


def _check_expected(session: Session) -> None:
    """Count who owes in each opened round; how many were asked has been held against the journal before."""
    counted = func.count(Obligation.id)
    rows = session.execute(
        select(Round.id, Round.title, Round.expected, counted)
        .outerjoin(Obligation, Obligation.round_id == Round.id)
        .where(Round.opened_at.is_not(None))
        .group_by(Round.id, Round.title, Round.expected)
        .having(counted != Round.expected)
        .order_by(Round.id)
        .limit(1)
    )
    for id_, title, expected, there in rows:
        raise _BrokenError(
            None, f"{id_}号期次“{title}”下达给{expected}个单位，账簿中有{there}个单位的事项，有增删"
        )


def _check_sent(session: Session, walk: _Walk) -> None:
    made = and_(Attempt.message_id == Message.id, Attempt.ok, Attempt.at == Message.sent_at)
    answered = select(func.min(Attempt.answer)).where(made).correlate(Message).scalar_subquery()
    query = select(Message.id, Message.state, answered).order_by(Message.id)
    with session.execute(query.execution_options(yield_per=_CHUNK)) as rows:
        for id_, state, answer in rows:
            seq, said = walk.sent.pop(id_, (None, set[bytes]()))
            if state != "sent":  # a second worker may have settled it otherwise since
                continue
            if seq is None:
                raise _BrokenError(None, f"{id_}号消息记为已发出，但没有发送的留痕")
            if answer is None:
                raise _BrokenError(seq, f"{id_}号消息的发出时间没有相符的发送记录，被改动过")
            if _print([answer]) not in said:
                raise _BrokenError(seq, f"{id_}号消息的对方答复与第{seq}条留痕所记的不符，被改动过")
    for id_, (seq, _) in sorted(walk.sent.items(), key=lambda item: item[1][0]):
        raise _BrokenError(seq, f"第{seq}条留痕所记已发出的{id_}号消息已不在账簿中")


def _readable(rows: Iterable[_Row], named: Callable[[], tuple[int | None, str]]) -> Iterator[_Row]:
    """Give the rows; one whose time or JSON can no longer be read is named as broken, and does not crash."""
    try:
        yield from rows
    except ValueError as wrong:
        raise _BrokenError(*named()) from wrong
