"""What the journal repeats in full of cases and clues."""

from __future__ import annotations

from ..obligations.cases import CaseStepKind
from .kept_kind import Kept
from .tables import Case, CaseStep, Clue, ClueAnswer, ClueHop

CASES = Kept(
    "{}号案件",
    ("case.opened",),
    {
        "case": Case.id,
        "plan": Case.slug,
        "year": Case.year,
        "number": Case.number,
        "unit": Case.unit_id,
        "finding": Case.finding_id,
        "clue": Case.clue_id,
        "title": Case.title,
        "description": Case.description,
        "opened_at": Case.opened_at,
        "opened_by": Case.opened_by,
    },
)
CASE_STEPS = Kept(
    "{}号案件办理记录",
    tuple(f"case.{kind}" for kind in CaseStepKind),
    {
        "step": CaseStep.id,
        "case": CaseStep.case_id,
        "line": CaseStep.line_id,
        "at": CaseStep.at,
        "kind": CaseStep.kind,
        "by": CaseStep.by,
        "text": CaseStep.text,
        "approver": CaseStep.approver,
    },
)
CLUES = Kept(
    "{}号线索",
    ("clue.made",),
    {
        "clue": Clue.id,
        "plan": Clue.slug,
        "year": Clue.year,
        "number": Clue.number,
        "from": Clue.from_unit_id,
        "made_at": Clue.made_at,
        "made_by": Clue.made_by,
        "title": Clue.title,
        "text": Clue.text,
    },
)
_SENT = {
    "hop": ClueHop.id,
    "clue": ClueHop.clue_id,
    "n": ClueHop.n,
    "from": ClueHop.from_unit_id,
    "to": ClueHop.to_unit_id,
    "sent_at": ClueHop.sent_at,
    "sent_by": ClueHop.sent_by,
    "note": ClueHop.note,
    "receive_by": ClueHop.receive_by,
    "answer_by": ClueHop.answer_by,
}
CLUE_HOPS = Kept("{}号线索移送", ("clue.sent",), _SENT)
CLUE_RECEIPTS = Kept(
    "{}号线索签收",
    ("clue.received",),
    {"hop": ClueHop.id, "received_at": ClueHop.received_at, "received_by": ClueHop.received_by},
    ClueHop.received_at.is_not(None),
)
CLUE_ANSWERS = Kept(
    "{}号线索答复",
    ("clue.answered",),
    {
        "answer": ClueAnswer.id,
        "hop": ClueAnswer.hop_id,
        "at": ClueAnswer.at,
        "by": ClueAnswer.by,
        "verdict": ClueAnswer.verdict,
        "text": ClueAnswer.text,
    },
)
CASE_KINDS = (CASES, CASE_STEPS, CLUES, CLUE_HOPS, CLUE_RECEIPTS, CLUE_ANSWERS)
