"""What the journal repeats in full of sheets, of the replies to them and of talks."""

from __future__ import annotations

from sqlalchemy import and_

from .kept_kind import Kept
from .tables import Sheet, SheetReply, Talk

PROGRAM = "duban"  # what it issues and closes by itself is covered in bulk, by ``proof_ladder``

SHEETS = Kept(
    "{}号督办文书的签发",
    ("sheet.issued",),
    {
        "sheet": Sheet.id,
        "rung": Sheet.rung,
        "series": Sheet.series,
        "year": Sheet.year,
        "number": Sheet.number,
        "cause": Sheet.cause,
        "reason": Sheet.reason,
        "obligation": Sheet.obligation_id,
        "finding": Sheet.finding_id,
        "unit": Sheet.unit_id,
        "matter": Sheet.matter,
        "responsible": Sheet.responsible,
        "lead": Sheet.lead,
        "requirement": Sheet.requirement,
        "basis": Sheet.basis,
        "clause": Sheet.clause,
        "limit_days": Sheet.limit_days,
        "limit_at": Sheet.limit_at,
        "made_at": Sheet.made_at,
        "made_by": Sheet.made_by,
        "issued_at": Sheet.issued_at,
        "signed_by": Sheet.signed_by,
    },
    and_(Sheet.number.is_not(None), Sheet.signed_by.is_distinct_from(PROGRAM)),
)
SHEETS_ACKNOWLEDGED = Kept(
    "{}号督办文书的签收",
    ("sheet.acknowledged",),
    {"sheet": Sheet.id, "acknowledged_at": Sheet.acknowledged_at, "acknowledged_by": Sheet.acknowledged_by},
    Sheet.acknowledged_at.is_not(None),
)
SHEETS_CLOSED = Kept(
    "{}号督办文书的办结",
    ("sheet.closed",),
    {
        "sheet": Sheet.id,
        "closed_at": Sheet.closed_at,
        "closed_by": Sheet.closed_by,
        "closing": Sheet.closing,
    },
    and_(Sheet.closed_at.is_not(None), Sheet.closed_by.is_distinct_from(PROGRAM)),
)
SHEETS_WITHDRAWN = Kept(
    "{}号督办文书的撤销",
    ("sheet.withdrawn", "sheet.dropped"),
    {
        "sheet": Sheet.id,
        "state": Sheet.state,
        "withdrawn_at": Sheet.withdrawn_at,
        "withdrawn_by": Sheet.withdrawn_by,
        "withdrawn_why": Sheet.withdrawn_why,
    },
    Sheet.withdrawn_at.is_not(None),
)
REPLIES = Kept(
    "{}号督办文书回复",
    ("sheet.replied",),
    {
        "reply": SheetReply.id,
        "sheet": SheetReply.sheet_id,
        "at": SheetReply.at,
        "by": SheetReply.by,
        "text": SheetReply.text,
    },
)
REPLIES_DECIDED = Kept(
    "{}号督办文书回复的答复",
    ("sheet.decided",),
    {
        "reply": SheetReply.id,
        "sheet": SheetReply.sheet_id,
        "decided_at": SheetReply.decided_at,
        "decided_by": SheetReply.decided_by,
        "accepted": SheetReply.accepted,
        "answer": SheetReply.answer,
    },
    SheetReply.decided_at.is_not(None),
)
TALKS = Kept(
    "{}号约谈的记录",
    ("talk.minuted",),
    {
        "talk": Talk.id,
        "sheet": Talk.sheet_id,
        "at": Talk.at,
        "place": Talk.place,
        "attending": Talk.attending,
        "material": Talk.material,
        "minutes": Talk.minutes,
        "minuted_at": Talk.minuted_at,
        "minuted_by": Talk.minuted_by,
        "promised": Talk.promised,
        "promised_by": Talk.promised_by,
    },
    Talk.minuted_at.is_not(None),
)
TALKS_FOLLOWED = Kept(
    "{}号约谈的跟进",
    ("talk.followed",),
    {
        "talk": Talk.id,
        "sheet": Talk.sheet_id,
        "followed_at": Talk.followed_at,
        "followed_by": Talk.followed_by,
        "followed": Talk.followed,
    },
    Talk.followed_at.is_not(None),
)
SHEET_KINDS = (
    *(SHEETS, SHEETS_ACKNOWLEDGED, SHEETS_CLOSED, SHEETS_WITHDRAWN),
    *(REPLIES, REPLIES_DECIDED, TALKS, TALKS_FOLLOWED),
)
