"""Rows that an entry of the journal repeats in full, so that the proof can hold one against the other."""

from __future__ import annotations

from .kept_appraisal import APPRAISAL_KINDS
from .kept_cases import CASE_KINDS
from .kept_circulars import CIRCULAR_KINDS
from .kept_drafts import DRAFT_KINDS
from .kept_findings import FINDING_KINDS
from .kept_inspections import INSPECTION_KINDS
from .kept_kind import Kept
from .kept_meetings import MEETING_KINDS
from .kept_sheets import SHEET_KINDS
from .kept_watch import WATCH_KINDS
from .tables import Exemption, Extension, Remark, Round, Transfer, Upload, Verdict

__all__ = [
    "EXEMPTIONS",
    "EXTENSIONS",
    "EXTENSIONS_ASKED",
    "KINDS",
    "REMARKS",
    "ROUNDS",
    "TRANSFERS",
    "TRANSFERS_ASKED",
    "UPLOADS",
    "VERDICTS",
    "Kept",
]

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
    *SHEET_KINDS,
    *MEETING_KINDS,
    *APPRAISAL_KINDS,
    *CASE_KINDS,
    *CIRCULAR_KINDS,
    *WATCH_KINDS,
    *FINDING_KINDS,
    *INSPECTION_KINDS,
    *DRAFT_KINDS,
)
