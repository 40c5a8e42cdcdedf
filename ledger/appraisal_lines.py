"""How the lines of a result are kept in the book: as JSON, with points by their digits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ..obligations.appraisal import Line, LineKind
from ..obligations.appraisal_rules import points_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def said(lines: Iterable[Line]) -> list[dict[str, str]]:
    """Give lines as they are kept."""
    return [
        {
            "item": line.item,
            "name": line.name,
            "kind": line.kind.value,
            "points": points_text(line.points),
            "why": line.why,
            "clause": line.clause,
            "about": line.about,
            "rules": line.rules,
        }
        for line in lines
    ]


def lines_of(kept: Iterable[Mapping[str, str]]) -> list[Line]:
    """Give lines from how they are kept."""
    return [
        Line(
            *(one["item"], one["name"], LineKind(one["kind"]), Decimal(one["points"]), one["why"]),
            *(one["clause"], one["about"], one["rules"]),
        )
        for one in kept
    ]
