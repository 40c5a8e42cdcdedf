"""What is asked of the overdue list: filters, order and day, in words and as an address."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ...documents.plain_text import plain_line
from ...ledger import overdue_sums, round_list
from ...ledger.overdue import OverdueFilters, Sort
from ...obligations.words import State
from .. import asked
from .told_words import STATES
from .when import AsOf, as_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from fastapi import Request

    from ...ledger.book import Session
    from ...ledger.overdue_sums import Named, NamedRound

MOST_DAYS = 10_000
SORTS = {
    Sort.LONGEST: "逾期最久的在前",
    Sort.SHORTEST: "新近逾期的在前",
    Sort.UNIT: "按单位",
    Sort.ROUND: "按期次",
    Sort.LAST_TOLD: "最近提醒过的在前",
    Sort.LEAST_TOLD: "提醒最少的在前",
    Sort.MOST_TOLD: "提醒最多的在前",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as read from the address."""

    filters: OverdueFilters
    sort: Sort
    when: AsOf

    def said(self) -> dict[str, Any]:
        """Give what is asked by the names that the address uses, less what is not."""
        chosen = self.filters
        every = {
            "as_of": self.when.day,
            "plan": chosen.slug,
            "unit": chosen.unit,
            "year": chosen.year,
            "lead": chosen.lead,
            "duty": chosen.duty,
            "round": chosen.round_id,
            "state": chosen.state,
            "days": chosen.days,
            "sort": str(self.sort) if self.sort is not Sort.LONGEST else "",
        }
        return {name: value for name, value in every.items() if value}

    def address(self, path: str, **more: Any) -> str:
        """Give an address that asks the same, less what ``more`` empties."""
        said = urlencode({name: value for name, value in (self.said() | more).items() if value})
        return f"{path}?{said}" if said else path


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer, and the names of what has been chosen."""

    plans: Sequence[round_list.Plan]
    years: Sequence[int]
    leads: Sequence[str]
    units: Sequence[str]
    duties: Sequence[Named]
    rounds: Sequence[NamedRound]
    unit: str = ""
    round: str = ""


def read(request: Request, now: datetime) -> Question:
    """Read what is asked; what cannot be read is as if it were not there, but for the day."""
    state, sort = _text(request, "state"), Sort.LONGEST
    with suppress(ValueError):
        sort = Sort(_text(request, "sort") or "")
    chosen = OverdueFilters(
        slug=_text(request, "plan"),
        duty=_text(request, "duty"),
        round_id=asked.whole(request, "round"),
        year=asked.whole(request, "year"),
        lead=_text(request, "lead"),
        unit=_text(request, "unit"),
        state=state if state in STATES else None,
        days=min(asked.whole(request, "days") or 0, MOST_DAYS),
    )
    return Question(chosen, sort, as_of(request, now))


def _text(request: Request, name: str) -> str | None:
    # PostgreSQL keeps no U+0000 in a text.
    return plain_line(asked.text(request, name) or "") or None


def choices(session: Session, question: Question) -> Choices:
    """Read what the filters offer; duties and rounds of one plan alone, since a book may hold thousands."""
    chosen = question.filters
    here = overdue_sums.round_named(session, chosen.round_id) if chosen.round_id is not None else None
    slug = chosen.slug or (here.slug if here else None)
    unit = overdue_sums.unit_called(session, str(chosen.unit)) if chosen.unit else None
    rounds = overdue_sums.rounds(session, slug, chosen.year, question.when.at) if slug else []
    return Choices(
        plans=round_list.plans(session),
        years=round_list.years(session),
        leads=overdue_sums.leads(session),
        units=overdue_sums.unit_names(session),
        duties=overdue_sums.duties(session, slug) if slug else [],
        rounds=rounds if here is None or here in rounds else [here, *rounds],
        unit=unit.name if unit else "",
        round=here.title if here else "",
    )


def conditions(question: Question, offered: Choices) -> Iterator[str]:
    """Say what has been filtered, one phrase each."""
    chosen = question.filters
    titles = {one.slug: one.title for one in offered.plans}
    names = {one.key: one.name for one in offered.duties}
    if chosen.slug:
        yield f"方案：{titles.get(chosen.slug, chosen.slug)}"
    if chosen.year is not None:
        yield f"年度：{chosen.year}年"
    if chosen.duty:
        yield f"任务：{names.get(chosen.duty, chosen.duty)}"
    if chosen.round_id is not None:
        yield f"期次：{offered.round or '没有这一期'}"
    if chosen.lead:
        yield f"牵头：{chosen.lead}"
    if chosen.unit:
        yield f"单位：{offered.unit or chosen.unit}"
    if chosen.state:
        yield f"状态：{STATES[State(chosen.state)]}"
    if chosen.days:
        yield f"至少逾期{chosen.days}天"
