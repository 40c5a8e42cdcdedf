"""A rehearsal as plain values, for programs: what ``duban rehearse --json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from ..expansion import RoundSpec
    from .alike import Alike
    from .burden import Burden
    from .crowding import Day
    from .owing import Owed
    from .rehearsal import Rehearsal
    from .reminding import Reminded


def values(found: Rehearsal) -> dict[str, Any]:
    """Give all that was found; weeks are named by their Monday, days and moments are ISO 8601 (+08:00)."""
    return {
        "year": found.year,
        "plans": [one.plan.slug for one in found.years],
        "by_name": found.owing.by_name,
        "budget": found.budget,
        "reports": found.reports,
        "rounds": [{**_round(one), "units": len(one.who)} for one in found.owing.rounds],
        "burdens": [_burden(one, found.budget) for one in found.burdens],
        "received": {name: _weeks(weeks) for name, weeks in found.received.items()},
        "rest_days": [_day(one) for one in found.rest_days],
        "before_holidays": [_day(one) for one in found.before_holidays],
        "collisions": [
            {"day": one.day.isoformat(), "units": one.units, "most": one.most, "rounds": _rounds(one.rounds)}
            for one in found.collisions
        ],
        "meetings": [
            {"day": one.day.isoformat(), "rounds": [_named(spec) for spec in one.meetings]}
            for one in found.meetings
        ],
        "alike": [_alike(one) for one in found.alike],
        "reminded": [_reminded(one) for one in found.reminded],
        "without_contact": list(found.untold),
        "nobody": list(found.nobody),
        "unsure": {
            "provisional": found.unsure.provisional,
            "source": found.unsure.source,
            "moving": [one._asdict() for one in found.unsure.moving],
            "firm": list(found.unsure.firm),
        },
    }


def _named(spec: RoundSpec) -> dict[str, Any]:
    return {"plan": spec.plan, "duty": spec.duty, "period": spec.period, "title": spec.title}


def _round(one: Owed) -> dict[str, Any]:
    return {**_named(one.spec), "due_at": one.due_at.isoformat(), "provisional": one.spec.provisional}


def _rounds(some: Iterable[Owed]) -> list[dict[str, Any]]:
    return [_round(one) for one in some]


def _weeks(weeks: Mapping[date, int]) -> dict[str, int]:
    return {week.isoformat(): count for week, count in weeks.items()}


def _burden(one: Burden, budget: int) -> dict[str, Any]:
    weeks = {week: len(some) for week, some in one.weeks.items()}
    over = [week.isoformat() for week in one.over(budget)]
    return {"units": list(one.names), "total": one.total, "weeks": _weeks(weeks), "over": over}


def _day(one: Day) -> dict[str, Any]:
    return {"day": one.day.isoformat(), "said": one.said, "rounds": _rounds(one.rounds)}


def _alike(one: Alike) -> dict[str, Any]:
    return {
        "duty": f"{one.one.plan.slug}/{one.one.duty.key}",
        "into": f"{one.other.plan.slug}/{one.other.duty.key}",
        "periods": [twin.spec.period for twin in one.into],
        "saved": one.saved,
        "fields": [list(pair) for pair in one.fields],
        "words": list(one.words),
        "proposal": one.proposal,
    }


def _reminded(one: Reminded) -> dict[str, Any]:
    who = {"unit": one.person.unit_name, "contact": one.person.name}
    return {**who, "messages": len(one.days), "at_most": one.at_most, "weeks": _weeks(one.weeks)}
