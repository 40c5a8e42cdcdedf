"""Rows that an entry of the journal repeats in full, so that the proof can hold one against the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from .tables import Exemption, Extension, Remark, Round, Transfer, Upload, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute

    from .tables import Base


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows of one kind: what people call one, by which actions it is entered, and which columns that tells.

    ``columns`` goes from the name in the entry's detail to the column; the first is the number by which row
    and entry find each other. ``which`` leaves out rows that have no entry yet; ``or_in`` names a kind whose
    entry says as much of a row that has none of this kind.
    """

    called: str
    actions: tuple[str, ...]
    columns: Mapping[str, InstrumentedAttribute[Any]]
    which: ColumnElement[bool] | None = None
    or_in: str = ""

    @property
    def number(self) -> str:
        """Give the name of the number in the detail."""
        return next(iter(self.columns))

    def said(self, row: Base) -> dict[str, Any]:
        """Give what the entry is to say of a row that has been flushed."""
        return {name: getattr(row, column.key) for name, column in self.columns.items()}

    def named_in(self, said: Mapping[str, Any]) -> tuple[str, ...]:
        """Give which of the columns a detail tells; older entries tell fewer."""
        return tuple(name for name in self.columns if name in said)

    def query(self) -> Select[Any]:
        """Give what the book has of these rows, under the names of the detail, in order."""
        columns = [column.label(name) for name, column in self.columns.items()]
        query = select(*columns).order_by(self.columns[self.number])
        return query if self.which is None else query.where(self.which)


ROUNDS = Kept(
    "{}号期次的下达",
    ("round.opened",),
    {
        "round": Round.id,
        "plan": Round.slug,
        "duty": Round.duty,
        "period": Round.period,
        "opens_at": Round.opens_at,
        "due_at": Round.due_at,
        "locks_at": Round.locks_at,
        "expected": Round.expected,
        "title": Round.title,
        "clause": Round.clause,
        "form": Round.form,
    },
    Round.opened_at.is_not(None),
)
VERDICTS = Kept(
    "{}号上报的审核结论",
    ("submission.accepted", "submission.returned"),
    {
        "submission": Verdict.submission_id,
        "verdict": Verdict.verdict,
        "at": Verdict.at,
        "by": Verdict.by,
        "reason": Verdict.reason,
        "material": Verdict.material,
        "correct_by": Verdict.correct_by,
    },
)
EXTENSIONS_ASKED = Kept(
    "{}号延期申请",
    ("extension.asked",),
    {
        "extension": Extension.id,
        "obligation": Extension.obligation_id,
        "asked_at": Extension.asked_at,
        "asked_by": Extension.asked_by,
        "reason": Extension.reason,
    },
    or_in="{}号延期",  # what the office grants of its own is entered once, with all that was asked
)
EXTENSIONS = Kept(
    "{}号延期",
    ("obligation.extended", "extension.refused"),
    {
        "extension": Extension.id,
        "obligation": Extension.obligation_id,
        "asked_at": Extension.asked_at,
        "asked_by": Extension.asked_by,
        "reason": Extension.reason,
        "until": Extension.until,
        "decided_at": Extension.decided_at,
        "by": Extension.by,
        "granted": Extension.granted,
        "answer": Extension.answer,
    },
    Extension.decided_at.is_not(None),
)
TRANSFERS_ASKED = Kept(
    "{}号转办申请",
    ("transfer.asked",),
    {
        "transfer": Transfer.id,
        "obligation": Transfer.obligation_id,
        "asked_at": Transfer.asked_at,
        "asked_by": Transfer.asked_by,
        "reason": Transfer.reason,
        "to_unit": Transfer.to_unit,
    },
)
TRANSFERS = Kept(
    "{}号转办",
    ("transfer.decided",),
    {
        "transfer": Transfer.id,
        "obligation": Transfer.obligation_id,
        "asked_at": Transfer.asked_at,
        "asked_by": Transfer.asked_by,
        "reason": Transfer.reason,
        "to_unit": Transfer.to_unit,
        "decided_at": Transfer.decided_at,
        "by": Transfer.by,
        "granted": Transfer.granted,
        "answer": Transfer.answer,
    },
    Transfer.decided_at.is_not(None),
)
REMARKS = Kept(
    "{}号记录",
    ("remark.reply", "remark.note", "remark.call"),
    {
        "remark": Remark.id,
        "obligation": Remark.obligation_id,
        "at": Remark.at,
        "kind": Remark.kind,
        "by": Remark.by,
        "text": Remark.text,
        "whom": Remark.whom,
        "reached": Remark.reached,
    },
)
UPLOADS = Kept(
    "{}号附件",
    ("file.received",),
    {
        "upload": Upload.id,
        "obligation": Upload.obligation_id,
        "sha256": Upload.sha256,
        "name": Upload.name,
        "media_type": Upload.media_type,
        "size": Upload.size,
        "at": Upload.at,
        "by": Upload.by,
    },
)
EXEMPTIONS = Kept(
    "{}号事项的免报",
    ("obligation.exempted",),
    {
        "obligation": Exemption.obligation_id,
        "at": Exemption.at,
        "approver": Exemption.by,
        "reason": Exemption.reason,
    },
)
KINDS = (
    *(ROUNDS, VERDICTS, EXTENSIONS, EXTENSIONS_ASKED, EXEMPTIONS, TRANSFERS, TRANSFERS_ASKED),
    *(REMARKS, UPLOADS),
)
