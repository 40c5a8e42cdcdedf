"""A quarter's bulletin and a year's summary: drafted by the program when it ends, signed by a person.

Each act leaves an entry in the journal, last of all. How one reads is not the ledger's: whoever signs hands
in what writes it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import exists, func, select

from ..calendar.dates import ZONE, local_day
from ..obligations import circular_names as names
from ..obligations.circular_names import CircularState
from ..obligations.errors import DubanError
from ..obligations.moments import END_OF_DAY, in_words
from ..obligations.sheet_names import sheet_year
from . import journal, locks, lookup
from .addressed import Letter, address
from .agenda import Due
from .asking import said
from .kept_circulars import CIRCULARS, CIRCULARS_DROPPED, CIRCULARS_ISSUED
from .tables import Circular, Finding, Obligation, PlanRevision, PlanYear, Round

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .means import Means

WHAT: Final = "circulars"
BY: Final = "duban"
_LATEST: Final = timedelta(days=366)  # what ended longer ago is drafted only when a person asks for it


class Issued(NamedTuple):
    """What was signed, and the names of the units that have nobody to be told."""

    circular: Circular
    untold: tuple[str, ...]


def due(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the quarters and years that are over, had any matter since their plan, and have no paper yet."""
    there = set(session.execute(select(Circular.slug, Circular.year, Circular.quarter)).tuples())
    query = select(PlanYear, PlanRevision.title).join(PlanRevision, PlanRevision.id == PlanYear.plan_id)
    query = query.where(PlanYear.year >= local_day(now - _LATEST).year, _told_of())
    return [
        one
        for plan, title in session.execute(query.order_by(PlanYear.slug, PlanYear.year)).tuples()
        for one in _over(plan, title, now)
        if (plan.slug, plan.year, _quarter(one.period)) not in there
        and has_matter(session, plan.slug, plan.year, _quarter(one.period))
    ]


def has_matter(session: Session, slug: str, year: int, quarter: int) -> bool:
    """Tell whether something of a plan fell due or was found in a quarter, or with 0 in a year.

    A paper without any matter would only be one more for the villages to read.
    """
    begins = datetime.combine(names.days_of(year, quarter)[0], time(), ZONE).astimezone(UTC)
    ends = _ended(year, quarter)
    owed = select(Round.id).where(Round.slug == slug, Round.opened_at.is_not(None))
    found = select(Finding.id).where(Finding.slug == slug, Finding.found_at.between(begins, ends))
    fell = owed.where(Round.due_at.between(begins, ends))
    return any(session.scalar(query.limit(1)) is not None for query in (fell, found))


def _over(plan: PlanYear, title: str, now: datetime) -> Iterator[Due]:
    for quarter in (*names.QUARTERS, 0):
        ended = _ended(plan.year, quarter)
        if plan.adopted_at < ended < now and now - ended < _LATEST:
            flow, period = "quarter" if quarter else "year", names.period_of(plan.year, quarter)
            named = names.circular_title(title, plan.year, quarter)
            yield Due(WHAT, flow, f"{named} · 起草", plan.slug, "", period, ended, plan.id)


def _told_of() -> ColumnElement[bool]:
    opened = (Round.slug == PlanYear.slug, Round.year == PlanYear.year, Round.opened_at.is_not(None))
    return exists().where(*opened)


def _ended(year: int, quarter: int) -> datetime:
    return datetime.combine(names.days_of(year, quarter)[1], END_OF_DAY, ZONE).astimezone(UTC)


def _quarter(period: str) -> int:
    return int(period.partition("-Q")[2] or 0)


def handle(session: Session, one: Due, now: datetime, _means: Means) -> str | None:
    """Draft what is due, unless it is there; gives what was done."""
    year, quarter = int(one.period[:4]), _quarter(one.period)
    drafted = _draft(session, one.slug, year, quarter, _ended(year, quarter), now, BY)
    return None if drafted is None else "拟出草稿，待签发"


def draft(session: Session, slug: str, year: int, quarter: int, now: datetime, by: str) -> Circular:
    """Draft the paper of a stretch that is over, as the facts stood at its end, because a person asks for it.

    Raises :class:`DubanError` when it is not over, the plan was not in force, or there is one already.
    """
    _plan_of(session, slug, year)
    ended, when = _ended(year, quarter), names.stretch(year, quarter)
    if ended >= now:
        raise DubanError(f"{when}还没有结束，不能起草{names.kind_of(quarter).zh}。")
    drafted = _draft(session, slug, year, quarter, ended, now, by)
    if drafted is None:
        raise DubanError(f"{when}的{names.kind_of(quarter).zh}已经起草或者印发，不用再起草。")
    return drafted


def _draft(
    session: Session, slug: str, year: int, quarter: int, as_of: datetime, now: datetime, by: str
) -> Circular | None:
    """Write a draft; None when there is one that was not dropped. Whoever numbers comes first."""
    locks.numbers(session)
    same = Circular.slug == slug, Circular.year == year, Circular.quarter == quarter
    standing = select(Circular.id).where(*same, Circular.state != str(CircularState.DROPPED))
    if session.scalar(standing.limit(1)) is not None:
        return None
    row = Circular(kind=str(names.kind_of(quarter)), slug=slug, year=year, quarter=quarter, as_of=as_of)
    row.title, row.made_at, row.made_by = (
        names.circular_title(_plan_of(session, slug, year).title, year, quarter),
        now,
        by,
    )
    session.add(row)
    session.flush()
    journal.append(session, now, by, "circular.drafted", about(row.id), CIRCULARS.said(row))
    return row


def _plan_of(session: Session, slug: str, year: int) -> PlanRevision:
    plan = lookup.revision(session, slug, year)
    if plan is None:
        raise DubanError(f"{year}年没有执行方案“{slug}”，没有可以通报的情况。")
    return plan


def sign(
    session: Session,
    circular_id: int,
    now: datetime,
    by: str,
    means: Means,
    *,
    write: Callable[[Circular], bytes],
) -> Issued:
    """Sign a draft: it takes the next number, its bytes are kept, and a bulletin goes to all who owed.

    ``write`` gives the bytes of the row as it leaves. Raises :class:`DubanError` when it is no draft.
    """
    locks.numbers(session)
    row = _draft_of(session, circular_id)
    row.numbered_in = sheet_year(now)
    same = Circular.slug == row.slug, Circular.kind == row.kind, Circular.numbered_in == row.numbered_in
    row.number = (session.scalar(select(func.max(Circular.number)).where(*same)) or 0) + 1
    row.issued_at, row.issued_by = now, by
    content = write(row)
    row.content, row.sha256 = content, sha256(content).hexdigest()
    row.state = str(CircularState.ISSUED)
    session.flush()
    untold = _send(session, row, now, means) if row.quarter else ()
    journal.append(session, now, by, "circular.issued", about(row.id), CIRCULARS_ISSUED.said(row))
    return Issued(row, untold)


def _send(session: Session, row: Circular, now: datetime, means: Means) -> tuple[str, ...]:
    number = names.circular_number(row.kind, row.numbered_in or 0, row.number)
    text = f"现将《{row.title}》（{number}，数据截至{in_words(row.as_of)}）印发给你单位，请对照抓好整改落实。"
    letter = Letter(about(row.id), "issued", f"【通报】{number}", text)
    slot = means.slots(now, False).first  # noqa: FBT003 - as tasks and pages give it
    return address(session, receivers(session, row), letter, slot).untold


def receivers(session: Session, row: Circular) -> list[int]:
    """Give the units that owed something under the plan in that year, by their numbers."""
    rounds = select(Round.id).where(Round.slug == row.slug, Round.year == row.year)
    query = select(Obligation.unit_id).where(Obligation.round_id.in_(rounds)).distinct()
    return sorted(session.scalars(query))


def drop(session: Session, circular_id: int, now: datetime, by: str, reason: str) -> None:
    """Let a draft not leave, saying why; another can be drafted then. Raises as :func:`sign` does."""
    row, why = _draft_of(session, circular_id), said(reason)
    if not why:
        raise DubanError("请写明不予签发的理由。")
    row.state, row.dropped_at = str(CircularState.DROPPED), now
    row.dropped_by, row.dropped_why = by, why
    session.flush()
    journal.append(session, now, by, "circular.dropped", about(row.id), CIRCULARS_DROPPED.said(row))


def about(circular_id: int) -> str:
    """Give the name under which letters and entries are about one."""
    return f"circular/{circular_id}"


def _draft_of(session: Session, circular_id: int) -> Circular:
    row = session.scalar(select(Circular).where(Circular.id == circular_id).with_for_update())
    if row is None:
        raise DubanError("没有这份通报或总结。")
    if CircularState(row.state) is not CircularState.DRAFT:
        raise DubanError(f"“{row.title}”已经签发或者作废，不能再办理。")
    return row
