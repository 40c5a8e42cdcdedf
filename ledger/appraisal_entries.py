"""What people enter for an appraisal: bonuses with their evidence and approver, and vetoes to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations import appraisal_moves as moves
from ..obligations.appraisal_periods import of_code
from ..obligations.appraisal_rules import NOUGHT, Spur, points_text
from ..obligations.errors import DubanError
from . import addressed, journal, locks
from .addressed import Letter
from .appraisal_changes import veto_mark
from .appraisal_sets import adopted, frame_of, kind_in
from .appraisal_tellings import about
from .appraising import appeal_until
from .kept_appraisal import APPRAISAL_ENTRIES, ENTRIES_SIGNED, ENTRIES_WITHDRAWN
from .tables import Appraisal, AppraisalEntry, AppraisalRun, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .appraisal_sets import Adopted
    from .means import Means


@dataclass(frozen=True, slots=True)
class New:
    """What is to be entered: for which unit and period, under which key of the rules, on what evidence."""

    slug: str
    period: str
    unit_id: int
    key: str
    reason: str
    approver: str = ""
    points: Decimal = NOUGHT


def enter_bonus(session: Session, new: New, now: datetime, by: str) -> AppraisalEntry:
    """Enter a bonus; raises :class:`DubanError` where the rules have none such, or it comes too late."""
    rules = _rules(session, new).pure
    bonus = rules.bonus(new.key)
    if bonus is None or bonus.spur is not Spur.ENTERED:
        known = [one.name for one in rules.bonuses if one.spur is Spur.ENTERED]
        raise DubanError(f"请选择由办公室登记的加分项：{'、'.join(known) or '本期规则没有'}。")
    locks.numbers(session)  # whoever draws the results up at the same time comes before or after
    moves.check_bonus(new.points, bonus.points, drafted=_drafted(session, new.slug, new.period))
    moves.reason(new.approver, "批准人")
    return _enter(session, new, ("bonus", bonus.name, bonus.clause), now, by)


def enter_veto(session: Session, new: New, now: datetime, by: str) -> AppraisalEntry:
    """Enter a veto, which counts once it is signed; raises as :func:`enter_bonus` does."""
    rules = _rules(session, new).pure
    veto = rules.veto(new.key)
    if veto is None:
        known = [one.name for one in rules.vetoes]
        raise DubanError(f"请选择一票否决的情形：{'、'.join(known) or '本期规则没有'}。")
    row = _draft(session, new.slug, new.period, new.unit_id)
    moves.check_veto(published=row is not None and row.state == "published")
    return _enter(session, new, ("veto", veto.name, veto.clause), now, by)


def _rules(session: Session, new: New) -> Adopted:
    """Give the rules that say what the period is out of."""
    sets = adopted(session, new.slug)
    try:
        period = of_code(new.period)
    except ValueError:
        raise DubanError("请选择考核周期。") from None
    frame = frame_of(sets, period)
    if frame is None or kind_in(sets, period.year) != period.kind:
        raise DubanError(f"{period.name}没有考核规则，不能登记。")
    if session.get(Unit, new.unit_id) is None:
        raise DubanError("请选择单位。")
    return frame


def _enter(session: Session, new: New, what: tuple[str, str, str], now: datetime, by: str) -> AppraisalEntry:
    kind, name, clause = what
    row = AppraisalEntry(slug=new.slug, period=new.period, unit_id=new.unit_id, kind=kind, key=new.key)
    row.name, row.clause, row.points = name, clause, points_text(new.points)
    row.reason, row.approver = moves.reason(new.reason, "事由和依据的材料"), new.approver.strip()
    row.at, row.by = now, by
    session.add(row)
    session.flush()
    action = f"appraisal.{kind}"
    journal.append(session, now, by, action, f"appraisal-entry/{row.id}", APPRAISAL_ENTRIES.said(row))
    return row


def locked(session: Session, entry_id: int) -> AppraisalEntry | None:
    """Give an entry, locked until the transaction ends."""
    return session.scalar(select(AppraisalEntry).where(AppraisalEntry.id == entry_id).with_for_update())


def sign(session: Session, found: AppraisalEntry, now: datetime, by: str, means: Means) -> None:
    """Sign a veto (locked); a unit whose draft lies before it is told, and has its time for appeals anew."""
    moves.check_signing(
        veto=found.kind == "veto",
        signed=found.signed_at is not None,
        withdrawn=found.withdrawn_at is not None,
    )
    row = _draft(session, found.slug, found.period, found.unit_id)
    moves.check_veto(published=row is not None and row.state == "published")
    found.signed_at, found.signed_by = now, by
    session.flush()
    detail = ENTRIES_SIGNED.said(found)
    if row is not None:
        row.appeal_until = appeal_until(_rules(session, _new(found)), now, means)
        text = f"本单位因“{found.name}”被一票否决，依据：{found.clause}。有异议的，请打开链接提出申诉。"
        _tell(session, row, Letter(about(row.id), veto_mark(found.id), "目标考核一票否决", text), now, means)
        detail |= {"appraisal": row.id, "appeal_until": row.appeal_until}
    journal.append(session, now, by, "appraisal.signed", f"appraisal-entry/{found.id}", detail)


def withdraw(session: Session, found: AppraisalEntry, why: str, now: datetime, by: str, means: Means) -> None:
    """Withdraw an entry (locked), with a reason; a unit that a signed veto stood against is told."""
    veto = found.kind == "veto"
    if not veto:
        locks.numbers(session)
    row = _draft(session, found.slug, found.period, found.unit_id) if veto else None
    moves.check_withdrawal(
        veto=veto,
        withdrawn=found.withdrawn_at is not None,
        drafted=_drafted(session, found.slug, found.period),
    )
    moves.check_veto(published=row is not None and row.state == "published")
    found.withdrawn_why = moves.reason(why, "撤销的理由")
    found.withdrawn_at, found.withdrawn_by = now, by
    session.flush()
    if row is not None and found.signed_at is not None:
        addressed.recall(session, about(row.id), now, by, only=veto_mark(found.id))
        text = f"本单位因“{found.name}”的一票否决已经撤销：{found.withdrawn_why}。"
        letter = Letter(about(row.id), f"{veto_mark(found.id)}-off", "目标考核一票否决已撤销", text)
        _tell(session, row, letter, now, means)
    said = ENTRIES_WITHDRAWN.said(found)
    journal.append(session, now, by, "appraisal.withdrawn", f"appraisal-entry/{found.id}", said)


def _new(found: AppraisalEntry) -> New:
    return New(found.slug, found.period, found.unit_id, found.key, found.reason)


def _tell(session: Session, row: Appraisal, letter: Letter, now: datetime, means: Means) -> None:
    addressed.address(session, [row.unit_id], letter, means.slots(now, False).first)  # noqa: FBT003 - not urgent


def _draft(session: Session, slug: str, period: str, unit_id: int) -> Appraisal | None:
    """Give a unit's result if it is drawn up, locked: who publishes meanwhile comes before or after."""
    return session.scalar(
        select(Appraisal)
        .join(AppraisalRun, AppraisalRun.id == Appraisal.run_id)
        .where(
            AppraisalRun.slug == slug,
            AppraisalRun.period == period,
            Appraisal.unit_id == unit_id,
        )
        .with_for_update(of=Appraisal)
    )


def _drafted(session: Session, slug: str, period: str) -> bool:
    there = select(AppraisalRun.id).where(AppraisalRun.slug == slug, AppraisalRun.period == period)
    return session.scalar(there.limit(1)) is not None


def entries(session: Session, slug: str, period: str) -> Sequence[tuple[AppraisalEntry, str]]:
    """Give what was entered for a period with the names of the units, the latest first."""
    return (
        session.execute(
            select(AppraisalEntry, Unit.name)
            .join(Unit, Unit.id == AppraisalEntry.unit_id)
            .where(AppraisalEntry.slug == slug, AppraisalEntry.period == period)
            .order_by(AppraisalEntry.id.desc())
        )
        .tuples()
        .all()
    )
