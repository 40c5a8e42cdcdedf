"""A year's supervising for a township's book: sheets of every rung, findings, meetings, photographs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, text

from duban.ledger import attachments, minutes
from duban.ledger.means import Doing
from duban.ledger.meetings import held
from duban.ledger.minutes import NewDecision
from duban.ledger.tables import (
    Finding,
    FindingStep,
    Meeting,
    MeetingReply,
    MeetingStep,
    Obligation,
    Presence,
    Round,
    Sheet,
    Submission,
    Talk,
    Unit,
    Upload,
)

from . import townships
from .books import works

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from duban.ledger.book import Book

SLUG = "erong-dafei"
NOW = datetime(2023, 12, 31, 15, 59, 59, tzinfo=UTC)
SHEETS = {"cuiban": 3000, "duban": 300, "yuetan": 60, "tongbao": 20}
FINDINGS, PHOTOS, PHOTO = 1200, 1000, 60_000
FIRST = 10_001  # the numbers of what is written here; the ladder has issued some of its own
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def supervise(book: Book, folder: Path, share: float) -> None:
    """Fill the book, less where ``share`` is below 1; the photographs are stored in ``folder``."""
    with book.write() as session:
        units = list(session.scalars(select(Unit.id).order_by(Unit.id)))
        _sheets(session, share)
        _findings(session, units, int(FINDINGS * share))
        _photos(session, folder, int(PHOTOS * share))
        _meetings(session)
        session.execute(text(_ENTERED))
        session.execute(text(_HEAD))
    with book.write() as session:
        _decide(session, book, folder)


def _spread(number: int, of: int) -> datetime:
    """Give a moment for the n-th of so many things in the course of the year."""
    return townships.NEW_YEAR + 40 * _DAY + number * 300 * _DAY / of


def _sheets(session: Session, share: float) -> None:
    owed = session.execute(
        select(Obligation.id, Obligation.unit_id, Round.title, Round.clause)
        .join(Round, Round.id == Obligation.round_id)
        .where(Round.slug == SLUG)
        .order_by(Obligation.id)
    ).all()
    for rung, many in SHEETS.items():
        count = max(1, int(many * share))
        rows = [_sheet(rung, number, count, owed[number * 7 % len(owed)]) for number in range(count)]
        session.execute(insert(Sheet), rows)
    for sheet_id, issued_at in session.execute(
        select(Sheet.id, Sheet.issued_at).where(Sheet.rung == "yuetan")
    ):
        at = issued_at + 2 * _DAY
        session.add(Talk(sheet_id=sheet_id, at=at, place="三楼会议室", attending="分管领导", material="台账"))


def _sheet(rung: str, number: int, of: int, owed: Any) -> dict[str, Any]:
    at = _spread(number, of)
    return {
        "rung": rung,
        "state": "closed",
        "series": SLUG,
        "year": townships.YEAR,
        "number": FIRST + number,
        "cause": "direct",
        "reason": "屡催不办，影响全镇进度",
        "obligation_id": owed.id,
        "unit_id": owed.unit_id,
        "matter": f"{owed.title}，到期未报送，已逾期3天。",
        "responsible": "王文书",
        "lead": "打非办",
        "requirement": "请立即办理，在期限内办结并书面回复办理情况；未能按期办理的，说明原因和整改措施。",
        "basis": "《烟花爆竹打非工作方案》",
        "clause": owed.clause,
        "limit_days": 5,
        "limit_at": at + 7 * _DAY,
        "made_at": at - _HOUR,
        "made_by": "王文书",
        "issued_at": at,
        "signed_by": "赵镇长",
        "acknowledged_at": at + _HOUR,
        "acknowledged_by": "王文书",
        "closed_at": at + 5 * _DAY,
        "closed_by": "王文书",
        "closing": "已办结，核实无误",
    }


def _findings(session: Session, units: list[int], many: int) -> None:
    rows, steps = list[dict[str, Any]](), list[dict[str, Any]]()
    for number in range(1, many + 1):
        at, unit = _spread(number, many), units[number * 13 % len(units)]
        rows.append(_finding(number, unit, at))
        said = {"unit_id": unit, "grade": "general", "measures": "立即清退", "responsible": "张三"}
        blank = dict.fromkeys(said)
        found = {"kind": "found", "until": at + 10 * _DAY, "people": "王芳、李强", "by": "王芳", **said}
        fixed = {"kind": "fixed", "text": "已清退", "done_on": (at + 3 * _DAY).date(), "by": "张三", **blank}
        closed = {"kind": "closed", "text": "复查合格", "people": "李强", "by": "李强", **blank}
        for days, step in enumerate((found, fixed, closed)):
            base = {"finding_id": number, "at": at + 3 * days * _DAY, "text": "", "people": ""}
            steps.append(base | {"until": None, "done_on": None} | step)
    if rows:
        session.execute(insert(Finding), rows)
        session.execute(insert(FindingStep), steps)


def _finding(number: int, unit: int, at: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "key": f"bench-{number}",
        "slug": SLUG,
        "year": townships.YEAR,
        "number": number,
        "unit_id": unit,
        "entered_at": at,
        "entered_by": "王芳",
        "via": "desk",
        "found_at": at - _HOUR,
        "checked_by": "镇应急办",
        "inspectors": "王芳、李强",
        "item": "烟花爆竹零售点",
        "place": f"{number}号小卖部",
        "description": "销售点违规存放烟花12箱，没有消防器材，未张贴警示标识。",
        "kind": "违规储存",
        "grade": "general",
        "measures": "立即清退",
        "responsible": "张三",
        "clause": "三（一）",
        "first_due_at": at + 10 * _DAY,
        "due_at": at + 10 * _DAY,
        "state": "closed",
        "fixed_at": at + 3 * _DAY,
        "fixed_on": (at + 3 * _DAY).date(),
        "fixed_by": "张三",
        "closed_at": at + 6 * _DAY,
        "closed_by": "李强",
    }


def _photos(session: Session, folder: Path, many: int) -> None:
    """Let so many of the reports have come once more, with a photograph, none the same as another."""
    random = Random(1)  # noqa: S311 - any bytes that do not get smaller
    rows = session.execute(
        select(Submission.obligation_id, Submission.answers, Submission.received_at)
        .join(Obligation, Obligation.id == Submission.obligation_id)
        .join(Round, Round.id == Obligation.round_id)
        .where(Round.slug == SLUG, ~Submission.nil)
        .order_by(Submission.id)
        .limit(many)
    ).all()
    for obligation_id, answers, at in rows:
        data = random.randbytes(PHOTO)
        digest = attachments.store(folder, data)
        session.add(
            Upload(
                obligation_id=obligation_id,
                sha256=digest,
                name="现场.jpg",
                media_type="image/jpeg",
                size=len(data),
                at=at,
                by="王文书",
            )
        )
        again = Submission(obligation_id=obligation_id, key=f"photo-{digest}", version=2, received_at=at)
        again.answers, again.via, again.by, again.sha256 = {**answers, "zhaopian": digest}, "link", "b", "b"
        session.add(again)


def _meetings(session: Session) -> None:
    """Let the year's joint meetings have been held."""
    query = select(Round).where(Round.slug == SLUG, Round.flow == "meeting", Round.opened_at.is_not(None))
    for here in session.scalars(query.where(Round.starts_at.is_not(None)).order_by(Round.id)).all():
        starts = here.starts_at or here.opens_at
        # What the program prepared as the rounds opened, late, is called after all.
        meeting = session.scalar(select(Meeting).where(Meeting.round_id == here.id))
        if meeting is None:
            meeting = Meeting(round_id=here.id, plan_id=here.plan_id, slug=SLUG, year=here.year)
            meeting.title, meeting.made_at = here.title.replace(" · ", ""), here.opens_at
            session.add(meeting)
            session.flush()
        _called(session, meeting.id, here, starts)


def _called(session: Session, meeting_id: int, here: Round, starts: datetime) -> None:
    agenda = [{"text": "通报本季“打非”形势", "unit": "", "proposal": None}]
    where = {"starts_at": starts, "ends_at": starts + 2 * _HOUR, "place": "镇政府会议室", "chair": "打非办"}
    when = {"notice_at": starts - 3 * _DAY, "minutes_due_at": starts + 7 * _DAY, "agenda": agenda}
    steps = select(func.count()).where(MeetingStep.meeting_id == meeting_id)
    first = (session.scalar(steps) or 0) + 1
    moves = (("prepared", "planned"), ("called", "called"))
    for version, (move, state) in enumerate(moves, start=first):
        step = {"meeting_id": meeting_id, "version": version, "at": starts - (5 - version) * _DAY}
        session.add(MeetingStep(**step, by="王文书", move=move, state=state, **where, **when))
    for unit in session.scalars(select(Obligation.unit_id).where(Obligation.round_id == here.id)):
        both = {"meeting_id": meeting_id, "unit_id": unit, "by": "王文书", "name": "王文书", "reason": ""}
        session.add(MeetingReply(**both, version=2, at=starts - _DAY, coming="coming", post="主任"))
        session.add(Presence(**both, at=starts, how="link", present=True))


def _decide(session: Session, book: Book, folder: Path) -> None:
    names = list(session.scalars(select(Unit.name).order_by(Unit.id).limit(3)))
    doing = Doing(NOW, "王文书", works(book, folder).means)
    for id_ in session.scalars(select(Meeting.id).order_by(Meeting.id)).all():
        here = held(session, id_, lock=True)
        if here is not None:
            decision = NewDecision("对废弃厂房逐处明确责任单位", tuple(names), NOW + 20 * _DAY, names[0])
            minutes.publish_minutes(session, here, "会议听取了各单位情况通报。\n" * 20, [decision], doing)


_ENTERED = """
    INSERT INTO journal (seq, at, actor, action, subject, detail, previous, hash)
    SELECT h.seq + row_number() OVER (ORDER BY s.issued_at, s.id), s.issued_at, 'duban', 'sheet.issued',
        'sheet/' || s.id, '{"limit_days": 5, "number": ' || s.number || ', "sheet": ' || s.id || '}', 'b', 'b'
    FROM sheets s CROSS JOIN journal_head h
"""
_HEAD = "UPDATE journal_head SET seq = (SELECT max(seq) FROM journal)"
