"""A roster of who is on duty, as it is typed into a form: a row for each, and some empty ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..obligations.nights import MOST_PEOPLE, OnDuty
from .filled import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import FormData

ROWS, SPARE = 4, 2


def typed_people(typed: FormData) -> list[OnDuty]:
    """Give the rows in which something was typed."""
    rows = [
        OnDuty(word(typed, f"name-{n}"), word(typed, f"phone-{n}"), word(typed, f"task-{n}"))
        for n in range(MOST_PEOPLE)
    ]
    return [one for one in rows if any(one)]


def rows(people: Sequence[OnDuty]) -> list[OnDuty]:
    """Give the rows of the form: these people, then empty ones."""
    count = min(max(ROWS, len(people) + SPARE), MOST_PEOPLE)
    return [*people, *[OnDuty("", "", "")] * (count - len(people))]
