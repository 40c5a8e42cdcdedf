"""What a sheet that is drafted by hand begins with: the facts of its matter, filled in.

Also what a 通报 says of what went before: which sheets were issued about the matter, and that it is not
settled yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..calendar.dates import local_day
from ..obligations.errors import DubanError
from ..obligations.findings import called
from ..obligations.ladder_words import ASKED
from ..obligations.moments import in_words
from ..obligations.sheet_moves import Draft
from ..obligations.sheet_names import sheet_number
from ..obligations.words import Grade, Rung
from .sheet_rules import latest_plan, rules_for
from .tables import Contact, Finding, Obligation, PlanRevision, Round, Sheet, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from ..calendar.rules_ladder import LadderRules

LIMIT = 5  # workdays, where the rules say nothing of a rung


class Before(NamedTuple):
    """A sheet that was issued about a matter earlier; the moment in UTC."""

    sheet_id: int
    rung: str
    year: int
    number: int
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Prefilled:
    """What is known of a matter: whose it is, under which plan, and what a draft would say."""

    series: str
    unit_id: int
    unit: str
    draft: Draft


def of_obligation(session: Session, obligation_id: int, rung: Rung, now: datetime) -> Prefilled:
    """Give what is known of an obligation; raises :class:`DubanError` when there is none of this number."""
    query = (
        select(Obligation, Round, Unit, PlanRevision.title)
        .join(Round, Round.id == Obligation.round_id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .join(PlanRevision, PlanRevision.id == Round.plan_id)
        .where(Obligation.id == obligation_id)
    )
    row = session.execute(query).tuples().one_or_none()
    if row is None:
        raise DubanError("没有这个事项，请从事项页面起草。")
    owed, here, unit, title = row
    rules = rules_for(session, here.slug, obligation_id, None, now)
    draft = Draft(
        matter=_owed_words(session, owed, here, rung, now),
        requirement=ASKED[rung],
        responsible=_contact(session, unit.id),
        lead=here.audience.get("lead", ""),
        basis=book_title(title),
        clause=here.clause,
        limit_days=limit_days(rules, rung),
    )
    return Prefilled(here.slug, unit.id, unit.name, draft)


def of_finding(session: Session, finding_id: int, rung: Rung, now: datetime) -> Prefilled:
    """Give what is known of a finding; raises :class:`DubanError` when there is none of this number."""
    found = session.get(Finding, finding_id)
    if found is None:
        raise DubanError("没有这处隐患，请从隐患页面起草。")
    unit = session.get_one(Unit, found.unit_id)
    rules = rules_for(session, found.slug, None, finding_id, now)
    draft = Draft(
        matter=_found_words(session, found, rung, now),
        requirement="；".join(filter(None, (found.measures.rstrip("。；"), ASKED[rung]))),
        responsible=found.responsible or _contact(session, unit.id),
        lead="",
        basis=book_title(latest_plan(session, found.slug).title),
        clause=found.clause,
        limit_days=limit_days(rules, rung),
    )
    return Prefilled(found.slug, unit.id, unit.name, draft)


def blank(rung: Rung) -> Draft:
    """Give what a draft about neither begins with."""
    return Draft("", ASKED[rung], "", "", "", "", LIMIT)


def limit_days(rules: LadderRules, rung: Rung) -> int:
    """Give how many workdays the rules give at a rung."""
    return next((one.limit for one in rules.rungs if one.rung is rung), LIMIT)


def issued_before(
    session: Session, *, obligation_id: int | None = None, finding_id: int | None = None
) -> list[Before]:
    """Give the sheets that were issued about a matter and not withdrawn, the earliest first."""
    about = Sheet.finding_id == finding_id if obligation_id is None else Sheet.obligation_id == obligation_id
    rows = session.execute(
        select(Sheet.id, Sheet.rung, Sheet.year, Sheet.number, Sheet.issued_at)
        .where(about, Sheet.number.is_not(None), Sheet.state.in_(("issued", "closed")))
        .order_by(Sheet.issued_at, Sheet.id)
    )
    return [Before(*row) for row in rows]


def said_before(sheets: Sequence[Before]) -> str:
    """Give the sheets issued so far in one clause: ``经催办〔2023〕1号（3月28日）…督办``; empty for none."""
    named = (f"{sheet_number(one.rung, one.year, one.number)}（{_day(one.issued_at)}）" for one in sheets)
    listed = "、".join(named)
    return f"经{listed}催办督办" if listed else ""


def book_title(title: str) -> str:
    """Give a document's title in its marks, once."""
    return title if "《" in title else f"《{title}》"


def _owed_words(session: Session, owed: Obligation, here: Round, rung: Rung, now: datetime) -> str:
    due = owed.due_at or here.due_at
    by = f"应于{in_words(due)}前完成" if due else "应即时完成"
    until = f"截至{_day(now)}仍"
    state = {"owed": f"{until}未报送", "returned": f"退回后{until}未更正"}.get(owed.state, "")
    days = (local_day(now) - local_day(due)).days if due else 0
    late = f"，已逾期{days}天" if state and days > 0 else ""
    told = said_before(issued_before(session, obligation_id=owed.id)) if rung is not Rung.DUBAN else ""
    parts = [f"{here.title}，{by}", told, state]
    return "，".join(filter(None, parts)) + late + "。"


def _found_words(session: Session, found: Finding, rung: Rung, now: datetime) -> str:
    grade = Grade(found.grade).zh
    told = said_before(issued_before(session, finding_id=found.id)) if rung is not Rung.DUBAN else ""
    parts = [
        f"{found.place}{grade}隐患（{called(found.year, found.number)}）：{found.description.rstrip('。')}",
        f"整改期限{in_words(found.due_at)}",
        told,
        {"open": f"截至{_day(now)}未完成整改", "fixed": "已报整改，尚未复查销号"}.get(found.state, ""),
    ]
    return "，".join(filter(None, parts)) + "。"


def _contact(session: Session, unit_id: int) -> str:
    query = select(Contact.name).where(Contact.unit_id == unit_id, Contact.active).order_by(Contact.id)
    return session.scalar(query.limit(1)) or ""


def _day(at: datetime) -> str:
    day: date = local_day(at)
    return f"{day.month}月{day.day}日"
