"""Raising an event-driven duty: something has happened, and the units concerned owe a report at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ..calendar import cues as reminders, loader, timing
from ..calendar.dates import ZONE, Moment, local_day
from ..calendar.expansion import expand
from ..calendar.faults import PlanFault
from ..calendar.periods import whole_year
from ..obligations.errors import DubanError
from ..obligations.moments import in_words, whole_second
from ..obligations.words import CueKind
from . import alerts, journal, locks, reminding, rounds
from .alerts import Sounding
from .audiences import matches
from .homes import within
from .owed import hint
from .tables import Cue, PlanRevision, PlanYear, Round, Unit
from .upsert import insert_new
from .years import round_values, write_cues

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.cues import CueSpec
    from ..calendar.expansion import RoundSpec, Year
    from ..calendar.plan import Duty
    from ..calendar.workdays import Workdays
    from .reminding import Slots

MOST = 999  # events of one duty in one year


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: under which plan and duty, when, in a few words, and which units it concerns.

    ``units`` are codes or names; none means the duty's whole audience. ``reporter`` is the number of the unit
    that reports it, if a unit does.
    """

    slug: str
    duty: str
    at: datetime
    note: str = ""
    units: tuple[str, ...] = ()
    reporter: int | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """The round that an event made; ``fresh`` is false when the same event was there already."""

    period: str
    title: str
    due_at: datetime | None
    expected: int
    notices: int
    fresh: bool = True


def raise_event(
    session: Session, event: Event, workdays: Workdays, now: datetime, actor: str, slots: Slots
) -> Raised:
    """Open a round of an event-driven duty (period ``2023/e01``) and remind at once; twice is once.

    Whom the duty alerts is told urgently. The deadline counts from when it happened. Raises
    :class:`DubanError` when the plan is not in force that year, the duty is not event-driven, a unit is not
    of its audience, or it happened after ``now``.
    """
    event = replace(event, at=whole_second(event.at), note=event.note.strip())
    if event.at > now:
        raise DubanError(f"事件发生的时间不能晚于现在；所填为{in_words(event.at)}。")
    plan_id, year = _year(session, event, workdays)
    spec = _spec(year, event, workdays)
    values = round_values(year, spec)
    audience = _audience(session, values["audience"], event)
    locks.numbers(session)  # two taps at once are one event
    if known := _same_event(session, event, audience, spec.emphasis):
        return Raised(known.period, known.title, known.due_at, known.expected or 0, 0, fresh=False)
    found = _write(session, {**values, "plan_id": plan_id, "audience": audience}, event)
    notes = _alert(session, found, year, event, now, actor, slots)
    return _open(session, found, spec.cues, now, actor, slots, notes)


def _alert(
    session: Session, found: Round, year: Year, event: Event, now: datetime, actor: str, slots: Slots
) -> list[journal.Note]:
    plan = year.plan
    duty = next(one for one in plan.duties if one.key == event.duty)
    if not duty.alert:
        return []
    told = [plan.audiences[key] for key in duty.alert]
    about = Sounding(told, plan.office, duty.alert_again, event.note, event.reporter)
    return [alerts.sound(session, found, about, now, actor, slots.first)]


def _year(session: Session, event: Event, workdays: Workdays) -> tuple[int, Year]:
    year = local_day(event.at).year
    revision = session.scalar(
        select(PlanRevision)
        .join(PlanYear, PlanYear.plan_id == PlanRevision.id)
        .where(PlanYear.slug == event.slug, PlanYear.year == year)
    )
    if revision is None:
        known = list(
            session.scalars(select(PlanYear.slug).where(PlanYear.year == year).order_by(PlanYear.slug))
        )
        raise DubanError(f"{year}年没有执行方案“{event.slug}”{hint(event.slug, known)}")
    return revision.id, expand(loader.read(revision.content, event.slug).plan, year, workdays)


def _spec(year: Year, event: Event, workdays: Workdays) -> RoundSpec:
    """Give the round of the duty as this event sets its dates."""
    duties = {duty.key: duty for duty in year.plan.duties if duty.kind == "event"}
    if event.duty not in duties:
        raise DubanError(f"方案“{event.slug}”没有即时任务“{event.duty}”{hint(event.duty, sorted(duties))}")
    base = next((spec for spec in year.rounds if spec.duty == event.duty), None)
    if base is None:
        raise DubanError(f"方案“{event.slug}”{year.year}年没有排出任务“{event.duty}”。")
    local = event.at.astimezone(ZONE)
    dated = _dated(base, duties[event.duty], event, workdays)
    emphasis = "；".join(part for part in (event.note, base.emphasis) if part)
    title = f"{local.year}年{local.month}月{local.day}日 · {base.name}"
    return replace(dated, title=title, emphasis=emphasis, opens_at=local, starts_at=local, ends_at=None)


def _dated(base: RoundSpec, duty: Duty, event: Event, workdays: Workdays) -> RoundSpec:
    """Resolve what counts from the event: the deadline, the lock, and the duty's own reminders."""
    local = event.at.astimezone(ZONE)
    happened = Moment(local.date(), local.time())
    scope = replace(whole_year(local.year), marks=dict.fromkeys(("event", "opens", "starts"), happened))
    dates = timing.dated({"due": duty.due, "locks": duty.locks}, ())
    found, faults = timing.moments(dates, scope, workdays)
    if "due" in found:
        listed = [((), reminder) for reminder in duty.reminders or ()]
        scope = replace(scope, marks={**scope.marks, **found})
        cues, wrong = reminders.cues(listed, scope, workdays, urgent=duty.urgent)
        base, faults = replace(base, cues=tuple(cue for cue in cues if cue.at > event.at)), [*faults, *wrong]
    if faults:
        raise PlanFault(faults)
    at = timing.times(found)
    unsure = any(moment.provisional for moment in found.values())
    return replace(base, due_at=at.get("due"), locks_at=at.get("locks"), provisional=unsure)


def _audience(session: Session, whole: dict[str, Any], event: Event) -> dict[str, Any]:
    """Give the audience to owe: the named units, which must be of the duty's own audience, or all of it."""
    stored, day = rounds.StoredAudience(whole), local_day(event.at)
    owing = select(Unit.code, Unit.name).where(matches(stored, day, within(session, event.slug)))
    known = [(code, name) for code, name in session.execute(owing.order_by(Unit.code))]
    if not known:
        raise DubanError(f"“{whole['name']}”在{day}一个单位也没有，请先导入名册。")
    if not event.units:
        return whole
    codes = {name: code for code, name in known} | {code: code for code, _ in known}
    if strange := [unit for unit in event.units if unit not in codes]:
        names = [name for _, name in known]
        raise DubanError(
            f"“{'、'.join(strange)}”不在该任务的受众“{whole['name']}”之内{hint(strange[0], names)}"
        )
    chosen = sorted({codes[unit] for unit in event.units})
    return whole | {"kinds": [], "tags": [], "units": chosen, "under": None, "except_": []}


def _same_event(session: Session, event: Event, audience: dict[str, Any], emphasis: str) -> Round | None:
    same = select(Round).where(
        Round.slug == event.slug, Round.duty == event.duty, Round.kind == "event", Round.starts_at == event.at
    )
    told = [one for one in session.scalars(same) if one.audience == audience]
    return next((one for one in told if one.emphasis == emphasis), None)


def _write(session: Session, values: dict[str, Any], event: Event) -> Round:
    year = values["year"]
    own = (Round.slug == event.slug, Round.duty == event.duty, Round.period.like(f"{year}/e%"))
    count = session.scalar(select(func.count()).select_from(Round).where(*own)) or 0
    for number in range(count + 1, MOST + 1):  # another program may take a number first
        values["period"] = f"{year}/e{number:02d}"
        if written := insert_new(session, Round, values, ("slug", "duty", "period")):
            return session.get_one(Round, written)
    raise DubanError(f"任务“{event.duty}”{year}年的事件已满{MOST}起。")


def _open(
    session: Session,
    found: Round,
    cues: tuple[CueSpec, ...],
    now: datetime,
    actor: str,
    slots: Slots,
    alerted: list[journal.Note],
) -> Raised:
    notes: list[journal.Note] = []
    expected = rounds.open_round(session, found, now, notes)
    write_cues(session, found.id, cues)
    first = Cue(round_id=found.id, at=now, kind=str(CueKind.EVENT), urgent=True, state="planned")
    session.add(first)
    session.flush()
    fired = reminding.fire(session, found, first, now, slots)
    rounds.plan_next(session, found)
    detail = {"round": found.id, "at": found.starts_at, "period": found.period, "note": found.emphasis}
    raised = journal.Note("event.raised", found.title, detail)
    journal.append_many(session, now, actor, [raised, *alerted])
    journal.append_many(session, now, "duban", [*notes, fired.note])
    return Raised(found.period, found.title, found.due_at, expected, fired.notices)
