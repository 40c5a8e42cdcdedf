"""What the journal repeats in full of findings: each as found, every step of it, the files that came."""

from __future__ import annotations

from ..obligations.findings import StepKind
from .kept_kind import Kept
from .tables import Finding, FindingFile, FindingStep

FINDINGS = Kept(
    "{}号隐患的登记",
    ("finding.recorded",),
    {
        "finding": Finding.id,
        "key": Finding.key,
        "plan": Finding.slug,
        "year": Finding.year,
        "number": Finding.number,
        "obligation": Finding.obligation_id,
        "entered_at": Finding.entered_at,
        "entered_by": Finding.entered_by,
        "via": Finding.via,
        "found_at": Finding.found_at,
        "checked_by": Finding.checked_by,
        "inspectors": Finding.inspectors,
        "item": Finding.item,
        "place": Finding.place,
        "description": Finding.description,
        "kind": Finding.kind,
        "clause": Finding.clause,
        "first_due_at": Finding.first_due_at,
    },
)
STEPS = Kept(
    "{}号隐患办理记录",
    tuple(f"finding.{kind}" for kind in StepKind),
    {
        "step": FindingStep.id,
        "finding": FindingStep.finding_id,
        "at": FindingStep.at,
        "kind": FindingStep.kind,
        "by": FindingStep.by,
        "people": FindingStep.people,
        "text": FindingStep.text,
        "until": FindingStep.until,
        "done_on": FindingStep.done_on,
        "unit": FindingStep.unit_id,
        "grade": FindingStep.grade,
        "measures": FindingStep.measures,
        "responsible": FindingStep.responsible,
    },
)
FILES = Kept(
    "{}号隐患附件",
    ("finding.file",),
    {
        "file": FindingFile.id,
        "finding": FindingFile.finding_id,
        "step": FindingFile.step_id,
        "sha256": FindingFile.sha256,
        "name": FindingFile.name,
        "media_type": FindingFile.media_type,
        "size": FindingFile.size,
        "at": FindingFile.at,
        "by": FindingFile.by,
    },
)
FINDING_KINDS = (FINDINGS, STEPS, FILES)
