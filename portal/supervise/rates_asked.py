"""What is asked of completeness and timeliness: by what, of which part of the book, as of when."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ...documents.plain_text import plain_line
from ...ledger import overdue_sums, round_list
from ...ledger.slices import Slice
from ...obligations.words import Outcome
from .. import asked
from .when import AsOf, as_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastapi import Request

    from ..access import Desk

ALL_YEARS = "all"
_NOBODY = 0  # no unit has this number


class By(StrEnum):
    """By what the shares are listed."""

    UNIT = "unit"
    ROUND = "round"
    PLAN = "plan"


TABS = {By.UNIT: "按单位", By.ROUND: "按期次", By.PLAN: "按方案"}
_IN_TIME = (Outcome.ON_TIME, Outcome.NIL, Outcome.EXTENDED)
# What a number counts, by the word that the address of its expected set uses.
GROUPS: dict[str, tuple[str, tuple[Outcome, ...]]] = {
    "": ("全部（含免报）", ()),
    "obliged": ("应报", tuple(one for one in Outcome if one is not Outcome.EXEMPT)),
    "received": ("已报", (*_IN_TIME, Outcome.LATE)),
    "timely": ("及时", _IN_TIME),
    **{str(one): (one.zh, (one,)) for one in Outcome},
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, with the names of what has been chosen; ``unit`` is the code that was given."""

    by: By
    chosen: Slice
    when: AsOf
    plans: Sequence[round_list.Plan]
    years: Sequence[int]
    units: Sequence[str]
    outcome: str = ""
    unit: str = ""
    unit_name: str = ""
    round_title: str = ""

    def said(self) -> dict[str, Any]:
        """Give what is asked by the names that the address uses, less what is not."""
        every = {
            "by": str(self.by) if self.by is not By.UNIT else "",
            "as_of": self.when.day,
            "year": self.chosen.year or ALL_YEARS,
            "plan": self.chosen.slug,
            "unit": self.unit,
            "round": self.chosen.round_id,
            "outcome": self.outcome,
        }
        return {name: value for name, value in every.items() if value}

    def address(self, path: str, **more: Any) -> str:
        """Give an address that asks the same but for ``more``; what is empty in it is left out."""
        said = urlencode({name: value for name, value in (self.said() | more).items() if value})
        return f"{path}?{said}" if said else path

    def conditions(self) -> Iterator[str]:
        """Say what has been chosen, one phrase each."""
        titles = {one.slug: one.title for one in self.plans}
        yield f"年度：{self.chosen.year}年" if self.chosen.year else "年度：全部"
        if self.chosen.slug:
            yield f"方案：{titles.get(self.chosen.slug, self.chosen.slug)}"
        if self.chosen.round_id is not None:
            yield f"期次：{self.round_title or '没有这一期'}"
        if self.unit:
            yield f"单位：{self.unit_name or self.unit}"


def read(desk: Desk, request: Request) -> Question:
    """Read what is asked; without a year it is the latest that has begun."""
    by = By.UNIT
    with suppress(ValueError):
        by = By(request.query_params.get("by", ""))
    said, when = _text(request, "unit"), as_of(request, desk.now)
    unit = overdue_sums.unit_called(desk.session, said) if said else None
    round_id = asked.whole(request, "round")
    here = overdue_sums.round_named(desk.session, round_id) if round_id is not None else None
    years = round_list.years(desk.session)
    outcome = request.query_params.get("outcome", "")
    return Question(
        by=by,
        chosen=Slice(
            year=_year(request, years, when),
            slug=_text(request, "plan") or None,
            round_id=round_id,
            unit_id=unit.id if unit else _NOBODY if said else None,
        ),
        when=when,
        plans=round_list.plans(desk.session),
        years=years,
        units=overdue_sums.unit_names(desk.session),
        outcome=outcome if outcome in GROUPS else "",
        unit=unit.code if unit else said,
        unit_name=unit.name if unit else "",
        round_title=here.title if here else "",
    )


def _year(request: Request, years: Sequence[int], when: AsOf) -> int | None:
    if request.query_params.get("year") == ALL_YEARS or request.query_params.get("round"):
        return None
    latest = (one for one in years if one <= (int(when.day[:4]) if when.day else when.now_day.year))
    return asked.whole(request, "year") or next(latest, None)


def _text(request: Request, name: str) -> str:
    # PostgreSQL keeps no U+0000 in a text.
    return plain_line(asked.text(request, name) or "")
