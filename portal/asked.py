"""What the address of a page asks for, read with patience: what cannot be read is as if it were not there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import Path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request

MOST = 10**9
YEARS = range(
    1900, 2101
)  # what lies outside is no month or day of a plan, and breaks what is reckoned from it
# A number that no database can hold is no number of ours.
Number = Annotated[int, Path(ge=1, le=2**53)]
Small = Annotated[int, Path(ge=1, le=2**31 - 1)]  # of the tables whose numbers are kept in four bytes


def text(request: Request, name: str) -> str | None:
    """Give what is asked for under a name; None for nothing."""
    # PostgreSQL keeps no nought in a text.
    return request.query_params.get(name, "").replace("\0", "").strip() or None


def whole(request: Request, name: str) -> int | None:
    """Give a whole number, nought or more; None for anything else."""
    said = request.query_params.get(name, "")
    found = int(said) if said.isascii() and said.isdecimal() and len(said) <= len(str(MOST)) else None
    return found if found is not None and found <= MOST else None


def number(said: str) -> int | None:
    """Give a whole number from 1 on that was typed or chosen in a form; None for anything else."""
    found = int(said) if said.isascii() and said.isdecimal() and len(said) < len(str(MOST)) else 0
    return found or None


def start(request: Request) -> int:
    """Give from which row on a page begins."""
    return whole(request, "start") or 0


def month(request: Request, name: str) -> date | None:
    """Give the first day of a month written ``2023-03``, of the years that a calendar knows."""
    try:
        found = date.fromisoformat(f"{request.query_params.get(name, '')}-01")
    except ValueError:
        return None
    return found if found.year in YEARS else None


def filters(path: str, chosen: Mapping[str, object]) -> str:
    """Give an address that ends in ``start=``, with what has been chosen before it, for turning pages."""
    said = urlencode({name: str(value) for name, value in chosen.items() if value not in (None, "")})
    return f"{path}?{said}&start=" if said else f"{path}?start="
