"""What the journal repeats in full of draws, of inspections and of look-backs.

Of a draw that is still secret it has the seal alone; what was drawn is entered when it becomes public, and
only then do the units that were drawn have rows of their own.
"""

from __future__ import annotations

from .kept_kind import Kept
from .tables import (
    InspectedFinding,
    InspectedUnit,
    Inspection,
    Inspector,
    InspectorConflict,
    LookBack,
    Lot,
    Replacement,
    Revisit,
    SealLook,
)

COMMITTED = Kept(
    "{}号抽签承诺",
    ("lot.committed",),
    {
        "lot": Lot.id,
        "kind": Lot.kind,
        "context": Lot.context,
        "made_at": Lot.made_at,
        "made_by": Lot.made_by,
        "commitment": Lot.commitment,
        "listed": Lot.listed,
    },
)
SEALED = Kept(
    "{}号抽签的密封",
    ("lot.sealed",),
    {"lot": Lot.id, "seal": Lot.seal, "drawn_at": Lot.drawn_at, "drawn_by": Lot.drawn_by},
    Lot.seal.is_not(None),
)
REVEALED = Kept(
    "{}号抽签的结果",
    ("lot.revealed",),
    {
        "lot": Lot.id,
        "seed": Lot.seed,
        "drawn_at": Lot.drawn_at,
        "drawn_by": Lot.drawn_by,
        "drawn_from": Lot.drawn_from,
        "result": Lot.result,
        "revealed_at": Lot.revealed_at,
    },
    Lot.revealed_at.is_not(None),
)
WITHDRAWN = Kept(
    "{}号抽签承诺的作废",
    ("lot.withdrawn",),
    {
        "lot": Lot.id,
        "seed": Lot.seed,
        "withdrawn_at": Lot.withdrawn_at,
        "withdrawn_by": Lot.withdrawn_by,
        "why": Lot.withdrawn_why,
    },
    Lot.withdrawn_at.is_not(None),
)
INSPECTORS = Kept(
    "{}号检查人员的登记",
    ("inspector.added",),
    {
        "inspector": Inspector.id,
        "name": Inspector.name,
        "unit": Inspector.unit_id,
        "made_at": Inspector.made_at,
        "made_by": Inspector.made_by,
    },
)
CONFLICTS = Kept(
    "{}号回避的登记",
    ("conflict.added",),
    {
        "conflict": InspectorConflict.id,
        "inspector": InspectorConflict.inspector_id,
        "unit": InspectorConflict.unit_id,
        "kind": InspectorConflict.kind,
        "since": InspectorConflict.since,
        "until": InspectorConflict.until,
        "reason": InspectorConflict.reason,
        "made_at": InspectorConflict.made_at,
        "made_by": InspectorConflict.made_by,
    },
)
CONFLICTS_ENDED = Kept(
    "{}号回避的解除",
    ("conflict.ended",),
    {
        "conflict": InspectorConflict.id,
        "ended_at": InspectorConflict.ended_at,
        "ended_by": InspectorConflict.ended_by,
        "why": InspectorConflict.ended_why,
    },
    InspectorConflict.ended_at.is_not(None),
)
INSPECTIONS = Kept(
    "{}号督查",
    ("inspection.prepared",),
    {
        "inspection": Inspection.id,
        "round": Inspection.round_id,
        "plan": Inspection.slug,
        "year": Inspection.year,
        "title": Inspection.title,
        "clause": Inspection.clause,
        "announced": Inspection.announced,
        "prepared_at": Inspection.prepared_at,
    },
)
BEGUN = Kept(
    "{}号督查的开始",
    ("inspection.begun",),
    {
        "inspection": Inspection.id,
        "lot": Inspection.lot_id,
        "begins_at": Inspection.begins_at,
        "begun_at": Inspection.begun_at,
        "begun_by": Inspection.begun_by,
    },
    Inspection.begun_at.is_not(None),
)
CLOSED = Kept(
    "{}号督查的结束",
    ("inspection.closed",),
    {"inspection": Inspection.id, "closed_at": Inspection.closed_at},
    Inspection.closed_at.is_not(None),
)
UNITS = Kept(
    "{}号被查单位",
    ("inspection.unit",),
    {
        "inspected": InspectedUnit.id,
        "inspection": InspectedUnit.inspection_id,
        "place": InspectedUnit.place,
        "unit": InspectedUnit.unit_id,
        "team": InspectedUnit.team,
    },
)
RESULTS = Kept(
    "{}号被查单位的结果",
    ("inspection.result",),
    {
        "inspected": InspectedUnit.id,
        "checked": InspectedUnit.checked,
        "checked_at": InspectedUnit.checked_at,
        "checked_by": InspectedUnit.checked_by,
        "text": InspectedUnit.text,
        "entered_at": InspectedUnit.entered_at,
        "entered_by": InspectedUnit.entered_by,
    },
    InspectedUnit.checked.is_not(None),
)
REPLACEMENTS = Kept(
    "{}号检查人员的替换",
    ("inspection.replaced",),
    {
        "replacement": Replacement.id,
        "inspected": Replacement.inspected_id,
        "out": Replacement.out,
        "into": Replacement.into,
        "reason": Replacement.reason,
        "at": Replacement.at,
        "by": Replacement.by,
    },
)
INSPECTED_FINDINGS = Kept(
    "{}号隐患与督查的关联",
    ("inspection.finding",),
    {"finding": InspectedFinding.finding_id, "inspected": InspectedFinding.inspected_id},
)
LOOKS = Kept(
    "{}号查看密封结果的记录",
    ("inspection.looked",),
    {"look": SealLook.id, "inspection": SealLook.inspection_id, "by": SealLook.by, "at": SealLook.at},
)
LOOKBACKS = Kept(
    "{}号回头看",
    ("lookback.made",),
    {
        "lookback": LookBack.id,
        "round": LookBack.round_id,
        "lot": LookBack.lot_id,
        "plan": LookBack.slug,
        "year": LookBack.year,
        "title": LookBack.title,
        "clause": LookBack.clause,
        "made_at": LookBack.made_at,
        "due_at": LookBack.due_at,
    },
)
REVISITS = Kept(
    "{}号复查",
    ("revisit.made",),
    {
        "revisit": Revisit.id,
        "lookback": Revisit.lookback_id,
        "number": Revisit.number,
        "kind": Revisit.kind,
        "why": Revisit.why,
        "finding": Revisit.finding_id,
        "unit": Revisit.unit_id,
        "promised": Revisit.promised,
    },
)
REVISITED = Kept(
    "{}号复查的结果",
    ("revisit.done",),
    {
        "revisit": Revisit.id,
        "visitor": Revisit.visitor_id,
        "visitors": Revisit.visitors,
        "found": Revisit.found,
        "visited_at": Revisit.visited_at,
        "visited_by": Revisit.visited_by,
        "text": Revisit.text,
        "until": Revisit.until,
        "entered_at": Revisit.entered_at,
        "entered_by": Revisit.entered_by,
    },
    Revisit.found.is_not(None),
)
INSPECTION_KINDS = (
    *(COMMITTED, SEALED, REVEALED, WITHDRAWN, INSPECTORS, CONFLICTS, CONFLICTS_ENDED, INSPECTIONS, BEGUN),
    *(CLOSED, UNITS, RESULTS, REPLACEMENTS, INSPECTED_FINDINGS, LOOKS, LOOKBACKS, REVISITS, REVISITED),
)
