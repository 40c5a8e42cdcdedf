"""How the invented units behave: what each does about what it is told. Pure; one seed gives one year.

A unit acts on reminders alone: what it has not been told, it does not know. Its draws come from the seed and
from what is owed, so they do not depend on the order in which things happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from ..obligations.moments import SHANGHAI
from ..obligations.words import State, Via

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WAKING = (8, 21)


class Matter(NamedTuple):
    """What one unit owes in one round, by the names that a clerk would type."""

    slug: str
    duty: str
    period: str
    unit: str


@dataclass(frozen=True, slots=True)
class Told:
    """One reminder that has reached a unit; moments are aware."""

    matter: Matter
    state: State
    at: datetime
    due_at: datetime | None
    locks_at: datetime | None
    ends_at: datetime | None
    urgent: bool


class Act(Enum):
    """What a unit decides to do."""

    ANSWER = auto()
    ASK_FOR_TIME = auto()
    ASK_TO_BE_EXEMPT = auto()


class Mood(Enum):
    """How a unit takes one matter."""

    READY = auto()
    LAST_DAY = auto()
    LATE = auto()
    SILENT = auto()
    SHORT_OF_TIME = auto()
    NOTHING_TO_DO_WITH_IT = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit says when it answers, and how it comes in."""

    answers: dict[str, str]
    nil: bool
    via: Via
    note: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the office sends a report back."""

    reason: str
    material: bool


# Weights of the moods, for a unit that is diligent, ordinary or slow, and how many there are of each.
MOODS = (Mood.READY, Mood.LAST_DAY, Mood.LATE, Mood.SILENT, Mood.SHORT_OF_TIME, Mood.NOTHING_TO_DO_WITH_IT)
TEMPERS = ((780, 200, 15, 0, 3, 2), (560, 350, 60, 20, 6, 4), (280, 400, 200, 110, 6, 4))
TEMPER_WEIGHTS = (5, 4, 1)
EVENT = "/e"  # in the period of a round that an event has raised
NIL_WORDS = ("报“零”", "“无变动”")
NIL_SHARE = 0.35
FAULTS = ((0.015, Fault("数据前后不一致，请核实后重新报送", material=True)),
          (0.030, Fault("落款日期漏填，请补上后再报", material=False)))  # fmt: skip
VIAS = (Via.PHONE, Via.EXCEL, Via.DESK, Via.PAPER)


def draws(seed: int, *about: object) -> Random:
    """Give the draws that belong to one thing and to nothing else."""
    return Random("/".join(map(str, (seed, *about))))  # noqa: S311 - a rehearsal, not a secret


def mood(seed: int, matter: Matter) -> Mood:
    """Tell how a unit takes a matter, once and for all; what it has called in itself it always reports."""
    if EVENT in matter.period:
        return Mood.READY
    temper = draws(seed, matter.unit).choices(TEMPERS, TEMPER_WEIGHTS)[0]
    return _draws(seed, matter, "mood").choices(MOODS, temper)[0]


def decide(seed: int, told: Told) -> tuple[datetime, Act] | None:
    """Give when a unit does what about a reminder; None when it leaves it at that."""
    rng = _draws(seed, told.matter, told.at)
    if told.state is State.RETURNED:
        return _within(rng, told.at + HOUR, told.at + 20 * HOUR), Act.ANSWER
    soon = _within(rng, told.at + HOUR, told.at + 6 * HOUR)
    match mood(seed, told.matter):
        case Mood.SHORT_OF_TIME if _days_left(told) >= 1:
            return soon, Act.ASK_FOR_TIME
        case Mood.NOTHING_TO_DO_WITH_IT:
            return soon, Act.ASK_TO_BE_EXEMPT
        case Mood.LATE if not _overdue(told):
            return None
        case Mood.SILENT:
            return None
        case feeling:
            return _within(rng, *_span(feeling, told)), Act.ANSWER


def before(seed: int, matter: Matter, until: datetime) -> datetime:
    """Give when a unit that was granted more time answers: in the last days of it."""
    return _within(_draws(seed, matter, "extended"), until - 3 * DAY, until)


def _draws(seed: int, matter: Matter, *about: object) -> Random:
    return draws(seed, matter.slug, matter.duty, matter.period, matter.unit, *about)


def _overdue(told: Told) -> bool:
    return told.due_at is not None and told.at > told.due_at


def _days_left(told: Told) -> float:
    return (told.due_at - told.at) / DAY if told.due_at is not None else 0.0


def _span(feeling: Mood, told: Told) -> tuple[datetime, datetime]:
    """Give between which moments the unit means to answer: within days, or on the last, in time if it can.

    Not before a night or a meeting is over: there is nothing to report yet.
    """
    first = told.at + HOUR
    if told.ends_at is not None and (told.due_at is None or told.ends_at < told.due_at):
        first = max(first, told.ends_at + HOUR)
    limit = told.locks_at if _overdue(told) else told.due_at
    last = first + 4 * DAY if limit is None else min(first + 4 * DAY, limit)
    if feeling is Mood.LAST_DAY and told.due_at is not None and not _overdue(told):
        first, last = max(first, told.due_at - 12 * HOUR), told.due_at
    return min(first, last), last


def _within(rng: Random, first: datetime, last: datetime) -> datetime:
    """Draw a moment between two, by day if that can be had, in UTC and whole minutes."""
    last = max(first, last)
    at = (first + rng.random() * (last - first)).astimezone(SHANGHAI).replace(second=0, microsecond=0)
    if not WAKING[0] <= at.hour < WAKING[1]:
        by_day = at.replace(hour=rng.randrange(9, 18))
        at = by_day if first <= by_day <= last else at
    return max(at, first)


def answer(seed: int, matter: Matter, form: Sequence[Mapping[str, Any]], ask: str, at: datetime) -> Answer:
    """Give what a unit reports at ``at``, by the form of its round."""
    rng = _draws(seed, matter, "answer", at)
    via = rng.choices(VIAS, (4, 3, 2, 1))[0]
    if any(words in ask for words in NIL_WORDS) and rng.random() < NIL_SHARE:
        return Answer({}, nil=True, via=via, note="本期无情况，零报告")
    answers = {str(field["key"]): _filled(rng, field, at) for field in form}
    return Answer(answers, nil=False, via=via, note="")


def _filled(rng: Random, field: Mapping[str, Any], at: datetime) -> str:
    match field["type"]:
        case "number":
            least = int(field["min"] or 0)
            most = int(field["max"]) if field["max"] is not None else least + 12
            return str(rng.randint(least, min(most, least + 12)))
        case "choice":
            return str(rng.choice(field["options"]))
        case "checklist":
            options = [str(option) for option in field["options"]]
            return "、".join(options[: rng.randint(1, len(options))])
        case "date":
            return at.astimezone(SHANGHAI).date().isoformat()
        case "files":
            return "纸质件已交办公室"
        case _:
            return "分管负责人（演示）" if "姓名" in field["label"] else "已按要求落实（演示）"


def fault(seed: int, matter: Matter, version: int) -> Fault | None:
    """Give what the office finds wrong with a report; what has been corrected is taken."""
    drawn = _draws(seed, matter, "verdict").random()
    found = next((fault for share, fault in FAULTS if drawn < share), None)
    return found if version == 1 else None
