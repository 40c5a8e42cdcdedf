"""Plans drafted from documents: taken in once, then decided about by several clerks, one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from ..calendar.reviewing.settling import HEAD, SETTLED, WHOLE, Act, Deed, Settled, next_number, settle
from ..calendar.reviewing.shapes import Proposed
from ..obligations.errors import DubanError
from . import journal, locks
from .journal import Note
from .kept_drafts import DRAFT_ACTS, DRAFTS
from .scope import root_of
from .tables import PlanDraft, PlanDraftAct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .attachments import FileFacts

MOST_DECISIONS = 20_000  # about one draft


class OvertakenError(DubanError):
    """Somebody else has decided about the same meanwhile; ``act`` is their decision."""

    def __init__(self, act: Act) -> None:
        self.act = act
        super().__init__(
            f"{act.by}刚刚已经办过这一处，您的没有写入。请先看现在的内容；还要改的，请在这里重新提交。"
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody wants to decide; ``seen`` counts the decisions about the same that they had seen."""

    item: str
    kind: Deed
    seen: int
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])
    reason: str = ""


class Listed(NamedTuple):
    """A draft in a list: its title, how many of its proposals are settled, why it was given up, if it was."""

    draft: PlanDraft
    title: str
    settled: int
    items: int
    dropped: Act | None


def take(
    session: Session, key: str, file: FileFacts, proposed: Proposed, now: datetime, by: str
) -> tuple[PlanDraft, bool]:
    """Keep what was read in a document, whose file is stored already; gives whether it is new.

    The same form sent twice, and the same document while its draft stands, are one.
    """
    locks.numbers(session)
    if known := _known(session, key, file.sha256):
        return known, False
    content = proposed.model_dump_json()
    row = PlanDraft(key=key, unit_id=root_of(session), at=now, by=by, title=proposed.head.title)
    row.name, row.media_type, row.size, row.sha256 = file.name, file.media_type, len(file.data), file.sha256
    row.items, row.content = len(proposed.items), content
    row.content_sha256 = sha256(content.encode()).hexdigest()
    session.add(row)
    session.flush()
    journal.append(session, now, by, "draft.made", f"draft/{row.id}", DRAFTS.said(row))
    return row, True


def _known(session: Session, key: str, digest: str) -> PlanDraft | None:
    if same := session.scalar(select(PlanDraft).where(PlanDraft.key == key)):
        return same
    unit = root_of(session)
    dropped = select(PlanDraftAct.draft_id).where(PlanDraftAct.item == WHOLE)
    query = select(PlanDraft).where(PlanDraft.sha256 == digest, PlanDraft.id.not_in(dropped))
    query = query.where(PlanDraft.unit_id.is_(None) if unit is None else PlanDraft.unit_id == unit)
    return session.scalars(query.order_by(PlanDraft.id)).first()


def find(session: Session, draft_id: int, *, lock: bool = False) -> PlanDraft | None:
    """Give a draft by its number; locked, nobody else decides about it until the transaction ends."""
    query = select(PlanDraft).where(PlanDraft.id == draft_id)
    return session.scalar(query.with_for_update(key_share=True) if lock else query)


def state_of(session: Session, draft: PlanDraft) -> Settled:
    """Give a draft as it stands."""
    return settle(Proposed.model_validate_json(draft.content), _acts(session, draft.id))


def _acts(session: Session, draft_id: int) -> list[Act]:
    rows = session.scalars(
        select(PlanDraftAct).where(PlanDraftAct.draft_id == draft_id).order_by(PlanDraftAct.id)
    )
    return [_act(row) for row in rows]


def _act(row: PlanDraftAct) -> Act:
    return Act(row.item, row.n, row.kind, row.at, row.by, row.details, row.reason)  # pyright: ignore[reportArgumentType] - the table holds only these words


def decide(session: Session, draft: PlanDraft, decisions: Iterable[Decision], now: datetime, by: str) -> None:
    """Write decisions about a draft, which is locked, and enter them; all or none.

    Raises :class:`OvertakenError` when somebody else was first, :class:`DubanError` for a draft given up.
    """
    there, notes = _acts(session, draft.id), list[Note]()
    if any(act.item == WHOLE for act in there):
        raise DubanError("这份草稿已经作废，不能再改；需要的请重新上传文件。")
    for one in decisions:
        n = next_number(there, one.item)
        if n != one.seen + 1:
            theirs = [act for act in there if act.item == one.item]
            raise OvertakenError(theirs[-1]) if theirs else DubanError("这一页已经旧了，请刷新后再办。")
        if len(there) >= MOST_DECISIONS:
            raise DubanError("这份草稿改动的次数太多，请下载后在文件里改。")
        row = PlanDraftAct(draft_id=draft.id, item=one.item, n=n, kind=one.kind, at=now, by=by)
        row.details, row.reason = dict(one.details), one.reason
        session.add(row)
        session.flush()
        there.append(_act(row))
        notes.append(Note(f"draft.{one.kind}", f"draft/{draft.id}", DRAFT_ACTS.said(row)))
    journal.append_many(session, now, by, notes)


def listed(session: Session) -> list[Listed]:
    """Give the drafts, the newest first."""
    acts: dict[int, list[Act]] = {}
    for row in session.scalars(select(PlanDraftAct).order_by(PlanDraftAct.id)):
        acts.setdefault(row.draft_id, []).append(_act(row))
    drafts = session.scalars(select(PlanDraft).order_by(PlanDraft.id.desc()))
    return [_listed(draft, acts.get(draft.id, [])) for draft in drafts]


def _listed(draft: PlanDraft, acts: list[Act]) -> Listed:
    last = {act.item: act for act in acts}
    added = sum(1 for act in acts if act.kind == "added" and not act.item.startswith("stretch:"))
    settled = sum(
        1 for act in last.values() if act.kind in SETTLED and act.item[:1] in "dun" and act.item[1:].isdigit()
    )
    title = last[HEAD].values["title"] if HEAD in last else draft.title
    return Listed(draft, title, settled, draft.items + added, last.get(WHOLE))
