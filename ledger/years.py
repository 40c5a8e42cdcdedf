"""Adopting a plan and opening its year: rounds, cues and stretches as rows; units come later."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, insert, select

from ..calendar.dates import local_day
from ..calendar.faults import Fault, PlanFault
from ..obligations.errors import DubanError
from . import journal
from .audiences import matches
from .homes import within
from .tables import Cue, PlanRevision, PlanYear, Round, Stretch, Unit
from .upsert import insert_new

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from ..calendar.expansion import CueSpec, RoundSpec, StretchSpec, Year

_OF_ROUND = (
    *(
        "duty",
        "period",
        "year",
        "name",
        "kind",
        "flow",
        "title",
        "opens_at",
        "due_at",
        "locks_at",
        "starts_at",
    ),
    *("ends_at", "provisional", "source", "clause", "emphasis", "ask", "receiver", "urgent"),
)
_OF_STRETCH = ("kind", "key", "year", "name", "starts_at", "ends_at", "source", "clause", "provisional")


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening a year did: rounds and stretches written, and rounds left aside as already over."""

    slug: str
    year: int
    rounds: int
    stretches: int
    skipped: int


def adopt(
    session: Session, opened: Year, content: str, now: datetime, actor: str, *, renews: bool = True
) -> Opened:
    """Put a plan in force for a year and open that year; a second call changes nothing.

    ``content`` is the YAML as read; with ``renews`` the next year opens by itself each December.
    Raises :class:`PlanFault` naming the audiences that select no unit of the book in some round still ahead;
    :class:`DubanError` if the year is already under another revision (a change of revision is no adoption),
    or if this revision is in the book with another content.
    """
    refuse_empty_audiences(session, opened, now)
    revision_id = revision_of(session, opened, content, now, actor)
    _year(session, opened, revision_id, now, renews=renews)
    return open_year(session, revision_id, opened, now, actor)


def refuse_empty_audiences(session: Session, opened: Year, now: datetime) -> None:
    """Raise :class:`PlanFault` naming the audiences that select no unit in some round still ahead."""
    seen: dict[tuple[str, date], RoundSpec] = {}
    for spec in sorted(opened.rounds, key=lambda spec: spec.opens_at):
        if not is_over(spec, now):
            seen.setdefault((spec.audience, local_day(spec.opens_at)), spec)
    empty: dict[str, RoundSpec] = {}
    lasting: set[str] = set()
    here = within(session, opened.plan.slug)
    for (key, day), spec in seen.items():
        if key in lasting or key in empty:
            continue
        found = matches(opened.plan.audiences[key], day, here)
        # A unit that has no end is there on every later day too: one look serves them all.
        if session.scalar(select(exists().where(found, Unit.closed_on.is_(None)))):
            lasting.add(key)
        elif not session.scalar(select(exists().where(found))):
            empty[key] = spec
    if empty:
        raise PlanFault(_selects_nobody(opened, key, spec) for key, spec in empty.items())


def _selects_nobody(opened: Year, key: str, spec: RoundSpec) -> Fault:
    message = f"“{opened.plan.audiences[key].name}”在账簿的名册中一个单位也没有（{spec.title}）"
    return Fault(("audiences", key), f"{message}，请先导入名册或修改方案", "至少一个单位", "0 个")


def revision_of(session: Session, opened: Year, content: str, now: datetime, actor: str) -> int:
    """Give the number of a plan's revision, which is written when it is new.

    Raises :class:`DubanError` if this revision is in the book with another content.
    """
    plan, digest = opened.plan, hashlib.sha256(content.encode()).hexdigest()
    values = {name: getattr(plan, name) for name in ("slug", "revision", "title", "office")}
    values |= {"content": content, "sha256": digest, "adopted_at": now}
    written = insert_new(session, PlanRevision, values, ("slug", "revision"))
    if written is not None:
        detail = {"revision": plan.revision, "sha256": digest}
        journal.append(session, now, actor, "plan.adopted", plan.slug, detail)
        return written
    known = session.execute(
        select(PlanRevision.id, PlanRevision.sha256).where(
            PlanRevision.slug == plan.slug, PlanRevision.revision == plan.revision
        )
    ).one()
    if known.sha256 != digest:
        raise DubanError(
            f"方案“{plan.slug}”修订版 {plan.revision} 的内容与账簿中的不同；"
            "改动方案须把 revision 加一，再用 duban plan diff 查看变动、duban plan apply 执行。"
        )
    return known.id


def _year(session: Session, opened: Year, revision_id: int, now: datetime, *, renews: bool) -> None:
    values = {"plan_id": revision_id, "slug": opened.plan.slug, "year": opened.year}
    if insert_new(session, PlanYear, {**values, "adopted_at": now, "renews": renews}, ("slug", "year")):
        return
    under = session.scalar(
        select(PlanYear.plan_id).where(PlanYear.slug == opened.plan.slug, PlanYear.year == opened.year)
    )
    if under != revision_id:
        raise DubanError(
            f"方案“{opened.plan.slug}”{opened.year}年已按另一修订版执行，没有改动；"
            "要改为这一修订版，请用 duban plan diff 查看变动、duban plan apply 执行。"
        )


def open_year(session: Session, plan_id: int, opened: Year, now: datetime, actor: str) -> Opened:
    """Write the year's rounds, cues and stretches; those that are there already stay as they are.

    A round whose deadline is past at ``now`` is written as skipped: adopting a plan in mid-year asks nothing
    back in time. Event-driven duties have no round until something happens.
    """
    specs = [spec for spec in opened.rounds if spec.kind != "event"]
    fresh = [spec for spec in specs if write_round(session, plan_id, opened, spec, now)]
    stretches = sum(write_stretch(session, plan_id, spec, now) for spec in opened.stretches)
    skipped = sum(is_over(spec, now) for spec in fresh)
    done = Opened(opened.plan.slug, opened.year, len(fresh), stretches, skipped)
    if fresh or stretches:
        detail = {"rounds": done.rounds, "stretches": stretches, "skipped": skipped}
        journal.append(session, now, actor, "year.opened", f"{done.slug}/{done.year}", detail)
    return done


def is_over(spec: RoundSpec, now: datetime) -> bool:
    """Tell whether a round's deadline is past: it is not asked for back in time."""
    return spec.due_at is not None and spec.due_at < now


def write_round(session: Session, plan_id: int, opened: Year, spec: RoundSpec, now: datetime) -> bool:
    """Write a round with its cues, unless it is there already; tells whether it was written."""
    over = is_over(spec, now)
    values = round_values(opened, spec) | {"plan_id": plan_id}
    values |= {"next_at": None if over else spec.opens_at, "skipped_at": now if over else None}
    written = insert_new(session, Round, values, ("slug", "duty", "period"))
    if written is not None and not over:
        write_cues(session, written, spec.cues)
    return written is not None


def round_values(opened: Year, spec: RoundSpec) -> dict[str, Any]:
    """Give the columns of a round that its spec decides."""
    audience = opened.plan.audiences[spec.audience].model_dump()
    lead = opened.plan.audiences[spec.lead].name if spec.lead else ""
    return {name: getattr(spec, name) for name in _OF_ROUND} | {
        "slug": spec.plan,
        "audience": audience | {"key": spec.audience, "lead": lead},
        "form": [field.model_dump() for field in spec.form],
    }


def write_cues(session: Session, round_id: int, cues: tuple[CueSpec, ...]) -> None:
    """Write the cues of a round."""
    if cues:
        rows = [
            {"round_id": round_id, "at": cue.at, "kind": str(cue.kind), "urgent": cue.urgent} for cue in cues
        ]
        session.execute(insert(Cue), rows)


def write_stretch(session: Session, plan_id: int, spec: StretchSpec, now: datetime) -> bool:
    """Write a phase or window, unless it is there already; tells whether it was written."""
    values: dict[str, Any] = {name: getattr(spec, name) for name in _OF_STRETCH}
    values |= {"slug": spec.plan, "plan_id": plan_id}
    values |= {"next_at": None if spec.ends_at < now else spec.starts_at}
    return insert_new(session, Stretch, values, ("slug", "kind", "key", "year")) is not None
