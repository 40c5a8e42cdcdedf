"""Appeals of units against their drafts, the office's answers, adjustments beside the draft."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations import appraisal_moves as moves
from ..obligations.appraisal import LineKind
from ..obligations.appraisal_rules import NOUGHT, points_text, signed_text
from ..obligations.errors import DubanError
from . import addressed, journal
from .addressed import Letter
from .appraisal_changes import adjusted_mark, appeal_mark
from .appraisal_results import whole
from .appraisal_tellings import about
from .appraising import appeal_until, in_time
from .kept_appraisal import ADJUSTMENTS, APPEALS, APPEALS_ANSWERED
from .tables import Appraisal, AppraisalAdjustment, AppraisalAppeal

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .appraisal_results import Whole
    from .means import Doing


@dataclass(frozen=True, slots=True)
class Answer:
    """What the office says to an appeal: whether it holds, the points that this changes, and why.

    ``clause`` is needed where the appeal is about the whole result.
    """

    upheld: bool
    text: str
    points: Decimal | None = None
    clause: str = ""


def locked(session: Session, appraisal_id: int) -> Appraisal | None:
    """Give a result, locked until the transaction ends."""
    query = select(Appraisal).where(Appraisal.id == appraisal_id)
    return session.scalar(query.with_for_update(key_share=True))


def appeal(session: Session, row: Appraisal, line: int, text: str, doing: Doing) -> AppraisalAppeal:
    """Take a unit's appeal against a line of its draft (locked), 0 the whole, or what changed it since."""
    here, now, by = _whole(session, row), doing.now, doing.by
    until = here.appeal_until(doing.means.workdays)
    moves.check_appeal(
        published=row.state == "published",
        # The time of who has not been told does not run.
        until=max(until, now) if here.untold else until,
        now=now,
        line=line,
        lines=len(row.lines),
        since=[one.line for one in here.since],
    )
    said = moves.reason(text, "申诉的理由")
    same = (AppraisalAppeal.appraisal_id == row.id, AppraisalAppeal.line == line)
    if session.scalar(select(AppraisalAppeal.id).where(*same).limit(1)) is not None:
        raise DubanError("这一项已经申诉过，请等候或查看答复。")
    found = AppraisalAppeal(appraisal_id=row.id, line=line, at=now, by=by, text=said)
    session.add(found)
    session.flush()
    journal.append(session, now, by, "appraisal.appealed", f"appraisal/{row.id}", APPEALS.said(found))
    return found


def answer(session: Session, row: Appraisal, appeal_id: int, said: Answer, doing: Doing) -> None:
    """Answer an appeal against a result (locked); raises :class:`DubanError` when that cannot be."""
    found = session.get(AppraisalAppeal, appeal_id)
    if found is None or found.appraisal_id != row.id:
        raise DubanError("没有找到这件申诉。")
    published = row.state == "published"
    moves.check_answer(decided=found.decided_at is not None, published=published)
    here = _whole(session, row)
    _check_consequence(said, here, found.line)
    why = moves.reason(said.text, "答复的理由")
    found.answer, found.upheld = why, said.upheld
    found.decided_at, found.decided_by = doing.now, doing.by
    notes = [journal.Note("appraisal.answered", f"appraisal/{row.id}", APPEALS_ANSWERED.said(found))]
    if said.points is not None:
        what = (said.points, why, _clause(here, found.line) or said.clause)
        notes.append(_adjust(session, here, what, doing, found.id))
    session.flush()
    how = "成立" if said.upheld else "不成立"
    change = f"，更正{signed_text(said.points)}分" if said.points is not None else ""
    text = f"本单位对{here.run.row.name}目标考核结果的申诉已经答复：申诉{how}{change}。{why}"
    if said.points is not None and said.points < NOUGHT:
        text += _anew(row, here, doing)
        notes[-1] = _timed(notes[-1], row)
    _tell(session, row, Letter(about(row.id), appeal_mark(found.id), "考核申诉已答复", text), doing)
    journal.append_many(session, doing.now, doing.by, notes)


def _check_consequence(said: Answer, here: Whole, line: int) -> None:
    """Let an appeal be upheld without points only where it is about a veto, which is then withdrawn."""
    if not said.upheld and said.points is not None:
        raise DubanError("申诉不成立的，不更正分数。")
    if line > 0:
        vetoed = here.lines[line - 1].kind is LineKind.VETO
    else:
        vetoed = line % 2 == 0 if line else bool(here.vetoes)
    if said.upheld and said.points is None and not vetoed:
        raise DubanError("申诉成立的，请写明更正几分。")


def adjust(session: Session, row: Appraisal, points: Decimal, why: str, clause: str, doing: Doing) -> None:
    """Adjust a draft (locked) of the office's own accord; where points go, the time for appeals is anew."""
    here = _whole(session, row)
    note = _adjust(session, here, (points, why, clause), doing, None)
    anew = _anew(row, here, doing) if points < NOUGHT else ""
    note = _timed(note, row)
    changed = f"{here.run.row.name}目标考核结果更正{signed_text(points)}分"
    said = f"{changed}：{why.strip()}（依据：{clause.strip()}）。{anew}"
    letter = Letter(about(row.id), adjusted_mark(note.detail["adjustment"]), "考核结果已更正", said)
    _tell(session, row, letter, doing)
    journal.append_many(session, doing.now, doing.by, [note])


def _anew(row: Appraisal, here: Whole, doing: Doing) -> str:
    """Give the unit its time for appeals anew, and say so."""
    row.appeal_until = appeal_until(here.run.rules, doing.now, doing.means)
    return f"有异议的，请{in_time(here.run.rules)}提出申诉。"


def _timed(note: journal.Note, row: Appraisal) -> journal.Note:
    """Let an entry say until when appeals are taken now."""
    return note._replace(detail={**note.detail, "appeal_until": row.appeal_until})


def _clause(here: Whole, line: int) -> str:
    if line > 0:
        return here.lines[line - 1].clause
    return next((one.clause for one in here.since if one.line == line), "")


def _adjust(
    session: Session,
    here: Whole,
    what: tuple[Decimal, str, str],
    doing: Doing,
    appeal_id: int | None,
) -> journal.Note:
    points, why, clause = what
    published = here.row.state == "published"
    moves.check_adjustment(here.standing.total, points, here.run.most, published=published)
    row = AppraisalAdjustment(appraisal_id=here.row.id, appeal_id=appeal_id, points=points_text(points))
    row.why, row.clause = moves.reason(why, "更正的理由"), moves.reason(clause, "依据的条款")
    row.at, row.by = doing.now, doing.by
    session.add(row)
    session.flush()
    return journal.Note("appraisal.adjusted", f"appraisal/{here.row.id}", ADJUSTMENTS.said(row))


def _whole(session: Session, row: Appraisal) -> Whole:
    found = whole(session, row.id)
    if found is None:
        raise DubanError("没有找到这份考核结果。")
    return found


def _tell(session: Session, row: Appraisal, letter: Letter, doing: Doing) -> None:
    addressed.address(session, [row.unit_id], letter, doing.means.slots(doing.now, False).first)  # noqa: FBT003 - not urgent
