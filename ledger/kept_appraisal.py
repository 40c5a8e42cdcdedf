"""What the journal repeats in full of the appraisal: rules, results, bonuses, vetoes, appeals."""

from __future__ import annotations

from .kept_kind import Kept
from .tables import (
    Appraisal,
    AppraisalAdjustment,
    AppraisalAppeal,
    AppraisalEntry,
    AppraisalRuleSet,
    AppraisalRun,
    AppraisalTelling,
)

APPRAISAL_RULES = Kept(
    "{}号考核规则",
    ("appraisal.adopted",),
    {
        "rules": AppraisalRuleSet.id,
        "plan": AppraisalRuleSet.slug,
        "since": AppraisalRuleSet.since,
        "digest": AppraisalRuleSet.digest,
        "content": AppraisalRuleSet.content,
        "origin": AppraisalRuleSet.origin,
        "adopted_at": AppraisalRuleSet.adopted_at,
        "by": AppraisalRuleSet.by,
    },
)
APPRAISAL_RUNS = Kept(
    "{}号考核",
    ("appraisal.begun",),
    {
        "run": AppraisalRun.id,
        "plan": AppraisalRun.slug,
        "period": AppraisalRun.period,
        "year": AppraisalRun.year,
        "name": AppraisalRun.name,
        "rules": AppraisalRun.rules_id,
        "as_of": AppraisalRun.as_of,
        "drafted_at": AppraisalRun.drafted_at,
        "units": AppraisalRun.units,
    },
)
APPRAISALS = Kept(
    "{}号考核结果",
    ("appraisal.drafted",),
    {
        "appraisal": Appraisal.id,
        "run": Appraisal.run_id,
        "unit": Appraisal.unit_id,
        "total": Appraisal.total,
        "grade": Appraisal.grade,
        "lines": Appraisal.lines,
    },
)
APPRAISALS_PUBLISHED = Kept(
    "{}号考核结果的公布",
    ("appraisal.published",),
    {
        "appraisal": Appraisal.id,
        "final_total": Appraisal.final_total,
        "final_grade": Appraisal.final_grade,
        "appeal_until": Appraisal.appeal_until,
        "published_at": Appraisal.published_at,
        "published_by": Appraisal.published_by,
    },
    Appraisal.published_at.is_not(None),
)
TELLINGS = Kept(
    "{}号考核结果的告知",
    ("appraisal.told",),
    {
        "telling": AppraisalTelling.id,
        "appraisal": AppraisalTelling.appraisal_id,
        "at": AppraisalTelling.at,
        "by": AppraisalTelling.by,
        "how": AppraisalTelling.how,
    },
)
APPRAISAL_ENTRIES = Kept(
    "{}号考核登记",
    ("appraisal.bonus", "appraisal.veto"),
    {
        "entry": AppraisalEntry.id,
        "plan": AppraisalEntry.slug,
        "period": AppraisalEntry.period,
        "unit": AppraisalEntry.unit_id,
        "kind": AppraisalEntry.kind,
        "key": AppraisalEntry.key,
        "name": AppraisalEntry.name,
        "points": AppraisalEntry.points,
        "clause": AppraisalEntry.clause,
        "reason": AppraisalEntry.reason,
        "approver": AppraisalEntry.approver,
        "at": AppraisalEntry.at,
        "by": AppraisalEntry.by,
    },
)
ENTRIES_SIGNED = Kept(
    "{}号一票否决的签批",
    ("appraisal.signed",),
    {
        "entry": AppraisalEntry.id,
        "signed_at": AppraisalEntry.signed_at,
        "signed_by": AppraisalEntry.signed_by,
    },
    AppraisalEntry.signed_at.is_not(None),
)
ENTRIES_WITHDRAWN = Kept(
    "{}号考核登记的撤销",
    ("appraisal.withdrawn",),
    {
        "entry": AppraisalEntry.id,
        "withdrawn_at": AppraisalEntry.withdrawn_at,
        "withdrawn_by": AppraisalEntry.withdrawn_by,
        "withdrawn_why": AppraisalEntry.withdrawn_why,
    },
    AppraisalEntry.withdrawn_at.is_not(None),
)
APPEALS = Kept(
    "{}号考核申诉",
    ("appraisal.appealed",),
    {
        "appeal": AppraisalAppeal.id,
        "appraisal": AppraisalAppeal.appraisal_id,
        "line": AppraisalAppeal.line,
        "at": AppraisalAppeal.at,
        "by": AppraisalAppeal.by,
        "text": AppraisalAppeal.text,
    },
)
APPEALS_ANSWERED = Kept(
    "{}号考核申诉的答复",
    ("appraisal.answered",),
    {
        "appeal": AppraisalAppeal.id,
        "appraisal": AppraisalAppeal.appraisal_id,
        "decided_at": AppraisalAppeal.decided_at,
        "decided_by": AppraisalAppeal.decided_by,
        "upheld": AppraisalAppeal.upheld,
        "answer": AppraisalAppeal.answer,
    },
    AppraisalAppeal.decided_at.is_not(None),
)
ADJUSTMENTS = Kept(
    "{}号考核更正",
    ("appraisal.adjusted",),
    {
        "adjustment": AppraisalAdjustment.id,
        "appraisal": AppraisalAdjustment.appraisal_id,
        "appeal": AppraisalAdjustment.appeal_id,
        "points": AppraisalAdjustment.points,
        "why": AppraisalAdjustment.why,
        "clause": AppraisalAdjustment.clause,
        "at": AppraisalAdjustment.at,
        "by": AppraisalAdjustment.by,
    },
)
APPRAISAL_KINDS = (
    *(APPRAISAL_RULES, APPRAISAL_RUNS, APPRAISALS, APPRAISALS_PUBLISHED, TELLINGS),
    *(APPRAISAL_ENTRIES, ENTRIES_SIGNED, ENTRIES_WITHDRAWN),
    *(APPEALS, APPEALS_ANSWERED, ADJUSTMENTS),
)
