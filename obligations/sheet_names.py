"""How people name the sheets of the ladder on paper, on pages and in digests: ``督办〔2023〕3号``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .moments import SHANGHAI
from .words import Rung

if TYPE_CHECKING:
    from datetime import datetime

# What stands before the year in a sheet's number, by rung.
SERIES: Final = {Rung.CUIBAN: "催办", Rung.DUBAN: "督办", Rung.YUETAN: "约谈", Rung.TONGBAO: "通报"}


def sheet_number(rung: str, year: int, number: int | None) -> str:
    """Give the number of a sheet as ``督办〔2023〕3号``; empty for a draft, which has none.

    The brackets are those of official papers, and the number has neither 第 nor leading noughts (GB/T
    9704-2012, 7.2.5). Raises ValueError for a rung that the ladder does not have.
    """
    return "" if number is None else f"{SERIES[Rung(rung)]}〔{year}〕{number}号"


def sheet_name(rung: str, year: int, number: int | None) -> str:
    """Give what a sheet is called: ``督办单（督办〔2023〕3号）``, and ``督办单（待签发）`` for a draft."""
    return f"{Rung(rung).zh}（{sheet_number(rung, year, number) or '待签发'}）"


def sheet_year(at: datetime) -> int:
    """Give the year in whose series a sheet signed at ``at`` is numbered: that of Beijing time."""
    return at.astimezone(SHANGHAI).year
