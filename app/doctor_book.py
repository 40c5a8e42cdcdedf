"""The book: whether it can be used, and what in it needs a person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..calendar.dates import local_day
from ..ledger import agenda, channels, journal
from ..ledger.book import Book, known_revisions
from ..ledger.damage import refuse_damaged
from ..ledger.tables import JournalEntry, JournalHead, PlanYear
from ..obligations.errors import DubanError
from ..obligations.moments import in_words
from . import wiring
from .backup import ENDING
from .doctor_finding import Finding, doubtful, fine, wrong
from .doctor_people import people_findings
from .doctor_said import said_findings
from .doctor_told import told_findings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .settings import Settings

BEHIND = timedelta(hours=2)


def book_findings(settings: Settings, now: datetime, *, full: bool) -> Iterator[Finding]:
    """Check the book that the settings name, as of ``now``; one that cannot be used is the only finding."""
    try:
        book = Book.open(settings.url)
    except DubanError as why:
        yield wrong("账簿", str(why), "按所说处理后再查")
        return
    try:
        unusable = _unusable(book)
        if unusable is None:
            refuse_damaged(book)
            yield fine("账簿", book.name)
            with book.read() as session:
                yield from _inside(session, settings, now, full=full)
        else:
            yield unusable
    except DubanError as why:
        yield wrong("账簿", str(why), f"按所说处理后再查；{_latest_backup(settings)}")
    finally:
        book.close()


def _latest_backup(settings: Settings) -> str:
    made = sorted(path.name for path in settings.backups.glob(f"*{ENDING}"))
    return f"最近的备份：{settings.backups / made[-1]}" if made else f"{settings.backups} 中没有备份"


def _unusable(book: Book) -> Finding | None:
    found = book.revision()
    if found is None:
        return wrong("账簿", f"还没有账簿（{book.name}）", "运行 duban up 建立；或用 --data 指明所在")
    if found != max(known_revisions()):
        return wrong("账簿", f"结构版本 {found} 较旧（{book.name}）", "运行 duban up，会自动升级")
    return None


def _inside(session: Session, settings: Settings, now: datetime, *, full: bool) -> Iterator[Finding]:
    yield _journal(session, settings, full=full)
    yield _clock(session, now)
    yield _plans(session, now)
    yield _backlog(session, now)
    yield _channels(session, settings)
    yield from people_findings(session, local_day(now))
    yield from said_findings(session, now)
    yield from told_findings(session, settings, now)


def _journal(session: Session, settings: Settings, *, full: bool) -> Finding:
    broken = "停止使用，保留现场，从最近的备份核对；运行 duban verify 看断在哪里"
    if full:
        proof = journal.verify(session, box=wiring.secret_box(settings))
        if proof.ok:
            return fine("留痕", f"逐条核对无误：{proof.checked}条留痕，{proof.submissions}份上报")
        return wrong("留痕", proof.reason_zh, broken)
    head = session.execute(select(JournalHead.seq, JournalHead.hash)).one_or_none()
    last = session.execute(
        select(JournalEntry.seq, JournalEntry.hash).order_by(JournalEntry.seq.desc()).limit(1)
    ).one_or_none()
    if head is None or (last is None and head.seq != 0) or (last is not None and tuple(head) != tuple(last)):
        return wrong("留痕", "末尾与表头不符", broken)
    return fine("留痕", f"共{head.seq}条，末尾相符（逐条核对：duban doctor --full）")


def _clock(session: Session, now: datetime) -> Finding:
    last = session.scalar(select(JournalHead.at))
    if last is None:
        return fine("时钟", in_words(now))
    if last - now > journal.DRIFT:
        said = f"系统时钟 {in_words(now)}，早于最近一条留痕 {in_words(last)}"
        return wrong("时钟", said, "先校准时钟；确认无误后运行 duban clock accept --reason 理由")
    return fine("时钟", f"{in_words(now)}；最近一条留痕 {in_words(last)}")


def _plans(session: Session, now: datetime) -> Finding:
    year = local_day(now).year
    slugs = sorted(session.scalars(select(PlanYear.slug).where(PlanYear.year == year)))
    if slugs:
        return fine("方案", f"{year}年执行{len(slugs)}个：{'、'.join(slugs)}")
    earlier = session.scalar(select(func.max(PlanYear.year)))
    said = f"{year}年没有执行中的方案" + (f"（最近的是{earlier}年）" if earlier else "")
    return doubtful("方案", said, f"不启用方案就不会下达任务：duban adopt 方案 --year {year}")


def _backlog(session: Session, now: datetime) -> Finding:
    behind = [*agenda.years_due(session, now - BEHIND), *agenda.due(session, now - BEHIND)]
    if not behind:
        return fine("到期事项", "没有积压")
    said = f"{len(behind)}项到期已超过两小时仍未办理，最早：{behind[0].title}（{in_words(behind[0].at)}）"
    return wrong("到期事项", said, "确认 duban up 在运行；也可立即运行 duban advance")


def _channels(session: Session, settings: Settings) -> Finding:
    known = channels.everything(session, wiring.secret_box(settings)).values()
    troubles = [one.trouble for one in known if one.trouble]
    if troubles:
        return wrong(
            "渠道",
            "；".join(troubles),
            "找回原来的 secret.key（或 DUBAN_SECRET_KEY），或用 duban channels add 重新设置",
        )
    return fine("渠道", "、".join(one.name for one in known) or "没有另设渠道，全部写入发件箱文件夹")
