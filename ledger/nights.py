"""Nights on duty: the roster of each unit, and the morning's summary, which is made and told once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select

from ..calendar.dates import local_day
from ..calendar.nights import first_morning, summary_at
from ..obligations import nights as rules
from ..obligations.nights import Happened, NightFacts, OnDuty, Sum
from . import addressed, journal
from .addressed import Letter
from .agenda import Due
from .audiences import matches
from .duties import duty_of, plan_of
from .homes import within
from .kept_watch import NIGHT_ROSTERS, NIGHT_SUMMARIES
from .marks import latest_version
from .tables import NightRoster, NightSummary, Obligation, Round, Submission, Unit
from .upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from ..calendar.rules_duty import Night
    from ..calendar.workdays import Workdays
    from .means import Means

WHAT = "nights"
AROUND = timedelta(days=14)  # a summary is looked for as long after, and may be planned as long before
_REPORTED = ("submitted", "accepted")


def night_of(session: Session, found: Round) -> Night | None:
    """Give what a round's duty says of its night; None when it is no night on duty."""
    duty = duty_of(session, found) if found.kind == "window" else None
    return duty.night if duty else None


def file_roster(
    session: Session, found: Obligation, people: Sequence[OnDuty], now: datetime, by: str
) -> NightRoster:
    """Keep who is on duty in a unit as a new version; the obligation comes locked.

    Raises :class:`DubanError` when the window is over, nobody is named, or a telephone is none.
    """
    round_ = session.get_one(Round, found.round_id)
    rules.check_roster(people, round_.ends_at, now)
    last = select(func.max(NightRoster.version)).where(NightRoster.obligation_id == found.id)
    row = NightRoster(obligation_id=found.id, version=(session.scalar(last) or 0) + 1, at=now, by=by)
    row.people = [one._asdict() for one in people]
    session.add(row)
    session.flush()
    journal.append(session, now, by, "night.roster", f"obligation/{found.id}", NIGHT_ROSTERS.said(row))
    return row


def roster_of(session: Session, obligation_id: int) -> NightRoster | None:
    """Give the latest version of a roster; None when there is none."""
    mine = select(NightRoster).where(NightRoster.obligation_id == obligation_id)
    return session.scalar(mine.order_by(NightRoster.version.desc()).limit(1))


def due(session: Session, now: datetime, workdays: Workdays) -> list[Due]:
    """Give the windows whose summary is to be made by ``now``."""
    made = exists().where(NightSummary.round_id == Round.id)
    around = (Round.due_at > now - AROUND, Round.due_at < now + AROUND)
    rounds = session.scalars(
        select(Round).where(Round.kind == "window", Round.opened_at.is_not(None), *around, ~made)
    )
    found = [(one, when_due(session, one, workdays)) for one in rounds]
    return [
        Due(WHAT, "window", f"{one.title} · 汇总", one.slug, one.duty, one.period, at, one.id)
        for one, at in found
        if at is not None and at <= now
    ]


def when_due(session: Session, found: Round, workdays: Workdays) -> datetime | None:
    """Give when a round's summary is made; None when it has none."""
    night = night_of(session, found)
    if night is None or found.starts_at is None or found.ends_at is None:
        return None
    others = {name: at for name, at in (("opens", found.opens_at), ("due", found.due_at)) if at is not None}
    return summary_at(night, found.starts_at, found.ends_at, others, workdays)


def handle(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Make a window's summary, unless it is made already, and tell it to whom it is for."""
    found = session.scalar(select(Round).where(Round.id == due.id).with_for_update(key_share=True))
    night = night_of(session, found) if found else None
    if found is None or night is None:
        return None
    facts = facts_of(session, found, now, roster=night.roster)
    values = {"round_id": found.id, "made_at": now, "text": rules.summary(facts), "figures": _figures(facts)}
    made = insert_new(session, NightSummary, values, ("round_id",))
    if made is None:
        return None
    row = session.get_one(NightSummary, made)
    audience = plan_of(session, found.plan_id).audiences[night.to]
    here = matches(audience, local_day(now), within(session, found.slug))
    to = list(session.scalars(select(Unit.id).where(here)))
    letter = Letter(f"night/{row.id}", "summary", f"【汇总】{found.title}", row.text, urgent=True)
    told = addressed.address(session, to, letter, means.slots(now, True).first)  # noqa: FBT003 - as Means says
    detail = NIGHT_SUMMARIES.said(row) | {"told": to, "untold": list(told.untold)}
    journal.append(session, now, "duban", "night.summed", f"night/{found.id}", detail)
    return f"汇总{len(facts.reported)}个单位的报告，告知{told.letters}人"


def _figures(facts: NightFacts) -> dict[str, Any]:
    return {
        "reported": len(facts.reported),
        "nil": len(facts.nil),
        "missing": list(facts.missing),
        "sums": [[one.label, one.total, one.unit] for one in facts.sums],
        "events": len(facts.events),
        "rosterless": list(facts.rosterless),
    }


def facts_of(session: Session, found: Round, now: datetime, *, roster: bool) -> NightFacts:
    """Give what is known of a window at ``now``; a report that was sent back counts as not reported."""
    rows = session.execute(
        select(Obligation.id, Unit.name, Obligation.state, Submission.nil, Submission.answers)
        .join(Unit, Unit.id == Obligation.unit_id)
        .outerjoin(Submission, latest_version())
        .where(Obligation.round_id == found.id, Obligation.state != "exempt")
        .order_by(Unit.code)
    ).all()
    came = [row for row in rows if row.state in _REPORTED]
    told = select(NightRoster.obligation_id).join(Obligation, Obligation.id == NightRoster.obligation_id)
    with_roster = set(session.scalars(told.where(Obligation.round_id == found.id)))
    return NightFacts(
        title=found.title,
        as_of=now,
        reported=tuple(row.name for row in came),
        nil=tuple(row.name for row in came if row.nil),
        missing=tuple(row.name for row in rows if row.state not in _REPORTED),
        sums=_sums(found, came),
        events=_events(session, found, now),
        rosterless=tuple(row.name for row in rows if row.id not in with_roster) if roster else (),
    )


def _sums(found: Round, came: Sequence[Row[Any]]) -> tuple[Sum, ...]:
    return rules.sums(found.form, [row.answers for row in came if not row.nil])


def _events(session: Session, found: Round, now: datetime) -> tuple[Happened, ...]:
    """Give the plan's events from the window's beginning to the morning after, with the units concerned."""
    until = min(now, first_morning(found.ends_at)) if found.ends_at else now
    rows = session.execute(
        select(Round.id, Round.starts_at, Round.emphasis, Round.name, Unit.name.label("unit"))
        .join(Obligation, Obligation.round_id == Round.id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .where(Round.slug == found.slug, Round.kind == "event", Round.year.in_(_years(found)))
        .where(Round.starts_at >= found.starts_at, Round.starts_at <= until)
        .order_by(Round.starts_at, Round.id, Unit.code)
    ).all()
    units: dict[int, list[str]] = {}
    for row in rows:
        units.setdefault(row.id, []).append(row.unit)
    first = {row.id: row for row in reversed(rows)}
    return tuple(
        Happened(first[id_].starts_at, "、".join(names), first[id_].emphasis or first[id_].name)
        for id_, names in units.items()
    )


def _years(found: Round) -> tuple[int, int]:
    return (found.year, found.year + 1)  # a night may run into the next year
