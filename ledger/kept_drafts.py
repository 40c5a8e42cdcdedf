"""What the journal repeats in full of drafts and the decisions about them; proposals go by their hash."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.reviewing.settling import DEEDS
from .kept_kind import Kept
from .tables import PlanDraft, PlanDraftAct

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DRAFTS = Kept(
    "{}号方案草稿",
    ("draft.made",),
    {
        "draft": PlanDraft.id,
        "unit": PlanDraft.unit_id,
        "at": PlanDraft.at,
        "by": PlanDraft.by,
        "title": PlanDraft.title,
        "name": PlanDraft.name,
        "media_type": PlanDraft.media_type,
        "size": PlanDraft.size,
        "sha256": PlanDraft.sha256,
        "items": PlanDraft.items,
        "content_sha256": PlanDraft.content_sha256,
    },
)
DRAFT_ACTS = Kept(
    "{}号方案草稿核定记录",
    tuple(f"draft.{kind}" for kind in DEEDS),
    {
        "act": PlanDraftAct.id,
        "draft": PlanDraftAct.draft_id,
        "item": PlanDraftAct.item,
        "n": PlanDraftAct.n,
        "kind": PlanDraftAct.kind,
        "at": PlanDraftAct.at,
        "by": PlanDraftAct.by,
        "details": PlanDraftAct.details,
        "reason": PlanDraftAct.reason,
    },
)
DRAFT_KINDS = (DRAFTS, DRAFT_ACTS)


def proposals_kept(session: Session) -> str | None:
    """Give the first draft whose proposals are not those that were read; None when all are."""
    query = select(PlanDraft.id, PlanDraft.content, PlanDraft.content_sha256).order_by(PlanDraft.id)
    for number, content, digest in session.execute(query.execution_options(yield_per=10)):
        if sha256(content.encode()).hexdigest() != digest:
            return f"{number}号方案草稿的内容与它的校验码不符，被改动过"
    return None
