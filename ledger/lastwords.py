"""The last words between office and unit about an obligation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import case, cast, func, literal, null, select, union_all

from .tables import Exemption, Extension, Remark, Submission, Transfer, Verdict
from .types import UTCSecond

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

NO_TIME = cast(null(), UTCSecond)
# What is said, as a reader sees it, and whether the unit says it.
SAYINGS = {
    "report": ("上报说明", True),
    "returned": ("退回原因", False),
    "extension_asked": ("申请延期", True),
    "extension_granted": ("同意延期", False),
    "extension_refused": ("不同意延期", False),
    "transfer_asked": ("申请转办", True),
    "transfer_granted": ("同意转办", False),
    "transfer_refused": ("不同意转办", False),
    "exempted": ("免报", False),
    "reply": ("单位回复", True),
    "note": ("办公室说明", False),
    "call": ("电话记录", False),
}


class LastWord(NamedTuple):
    """Who said what last, when (UTC); ``kind`` is a key of :data:`SAYINGS`.

    ``until`` is the day asked for or granted in an extension, or until when a returned report may be
    corrected.
    """

    at: datetime
    by: str
    kind: str
    text: str
    until: datetime | None = None

    @property
    def zh(self) -> str:
        """Name the kind of thing said, in Chinese."""
        return SAYINGS[self.kind][0]

    @property
    def from_unit(self) -> bool:
        """Tell whether the unit said it, rather than the office."""
        return SAYINGS[self.kind][1]


def last_words(session: Session, ids: Sequence[int], as_of: datetime) -> dict[int, LastWord]:
    """Give the last thing said about each of these obligations by ``as_of``, by its id; one query.

    Of what was said in the same second, an answer comes after what it answers.
    """
    said = union_all(*_sayings(ids, as_of)).subquery()
    rows = session.execute(select(said).order_by(said.c.at, said.c.step))
    return {row.obligation_id: LastWord(row.at, row.by, row.kind, row.text, row.until) for row in rows}


def _sayings(ids: Sequence[int], as_of: datetime) -> Iterator[Select[Any]]:
    """Select everything said; whatever else people may say to each other one day is one more of these."""
    yield _saying(Submission, "report", Submission.received_at, Submission.by, Submission.note).where(
        Submission.obligation_id.in_(ids), Submission.received_at <= as_of, Submission.note != ""
    )
    yield (
        _saying(Submission, "returned", Verdict.at, Verdict.by, Verdict.reason, Verdict.correct_by, step=1)
        .join(Verdict, Verdict.submission_id == Submission.id)
        .where(Submission.obligation_id.in_(ids), Verdict.at <= as_of, Verdict.verdict == "returned")
    )
    yield from _requests(Extension, "extension", ids, as_of, Extension.until)
    yield from _requests(Transfer, "transfer", ids, as_of)
    yield _saying(Exemption, "exempted", Exemption.at, Exemption.by, Exemption.reason, step=1).where(
        Exemption.obligation_id.in_(ids), Exemption.at <= as_of
    )
    yield _saying(Remark, Remark.kind, Remark.at, Remark.by, Remark.text).where(
        Remark.obligation_id.in_(ids), Remark.at <= as_of
    )


def _requests(
    table: type[Extension | Transfer],
    kind: str,
    ids: Sequence[int],
    as_of: datetime,
    until: Any = NO_TIME,
) -> Iterator[Select[Any]]:
    """Select what units asked for, and what the office answered."""
    yield _saying(table, f"{kind}_asked", table.asked_at, table.asked_by, table.reason, until).where(
        table.obligation_id.in_(ids), table.asked_at <= as_of
    )
    decided = case((table.granted.is_(True), f"{kind}_granted"), else_=f"{kind}_refused")
    answer = func.coalesce(table.answer, "")
    yield _saying(table, decided, table.decided_at, table.by, answer, until, step=1).where(
        table.obligation_id.in_(ids), table.decided_at <= as_of
    )


def _saying(
    table: type[Any], kind: Any, at: Any, by: Any, text: Any, until: Any = NO_TIME, *, step: int = 0
) -> Select[Any]:
    named = literal(kind) if isinstance(kind, str) else kind
    return select(
        *(table.obligation_id, at.label("at"), by.label("by"), named.label("kind"), text.label("text")),
        *(until.label("until"), literal(step).label("step")),
    )
