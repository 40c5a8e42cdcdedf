"""Loads the annotated documents of tests/drafting/corpus and looks quotes up in their text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

CORPUS = Path(__file__).resolve().parents[1] / "drafting" / "corpus"
Half = Literal["open", "held"]

_UNIT = r"(?:minute|hour|day|workday|week|month)s?"
_CLOCK = r"(?: (?P<clock>\d{2}:\d{2}))?"
_DAY = r"\d{4}-\d{2}-\d{2}"
_MONTH = r"\d{4}-\d{2}"
_WHEN = tuple(
    re.compile(form)
    for form in (
        rf"(?P<day>{_DAY}){_CLOCK}",
        rf"(?P<first>{_DAY})\.\.(?P<last>{_DAY})",
        rf"(?P<first_month>{_MONTH})\.\.(?P<last_month>{_MONTH})",
        rf"daily{_CLOCK}",
        rf"weekly(?: (?:mon|tue|wed|thu|fri|sat|sun){_CLOCK})?",
        rf"monthly day (?:[1-9]|[12]\d|3[01]){_CLOCK}",
        r"monthly day [1-9]\d?\.\.[1-9]\d?",
        r"monthly last (?:day|workday)",
        r"quarterly (?:month [123](?: day [1-9]\d?)?|last day)",
        r"yearly (?P<month_day>\d{2}-\d{2})",
        r"half-monthly|monthly|quarterly|half-yearly|yearly|termly",
        rf"every \d+ {_UNIT}",
        rf"(?:monthly|quarterly|half-yearly|yearly) end [+-] \d+ {_UNIT}",
        rf"(?:event|meeting|issue) [+-] \d+ {_UNIT}{_CLOCK}",
    )
)
_PAGE = re.compile(r"[-—–－\s]*[0-9０-９]{1,3}[-—–－\s]*|第\s*\d+\s*页.*")
# What a reader might take for a time; each of them must be accounted for in the file of truth.
_TIMES = re.compile(
    r"[0-9一二三四五六七八九十]+月(?!饼)|每(?:半?[年月日天周旬]|个?季|[0-9两三]+|学期|星期)"
    r"|[0-9一二三四五六七八九十两]+个?(?:工作日|小时|分钟|天|日)(?:内|前|之内)|除夕|[初正]月?[一五八十]|次日|当日|当天|[年季月]底前|旬"
)
_FULL = re.compile(
    r"([0-9〇零○一二三四五六七八九]{4})年([0-9一二三四五六七八九十]+)月([0-9一二三四五六七八九十]+)日"
)
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_NUMERAL = {name: n for n, name in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TrueDuty(_Strict):
    """One thing that the document asks at one time; README.md of the corpus says how it is written."""

    quote: str
    clause: str
    when: str
    within: str | None = None
    who: tuple[str, ...]
    to: str
    what: str = Field(min_length=1)


class TruePhase(_Strict):
    """A stage that the document names, with its first and last day."""

    name: str
    start: date = Field(alias="from")
    end: date = Field(alias="to")


class Truth(_Strict):
    """What is true of one document."""

    title: str | None
    issuer: str | None
    number: str | None
    dated: date | None
    headers: tuple[str, ...] = ()
    duties: tuple[TrueDuty, ...]
    phases: tuple[TruePhase, ...]
    vague: tuple[str, ...]
    not_deadlines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Annotated:
    """A document of the corpus, its text as it is printed, and what is true of it."""

    name: str
    text: str
    truth: Truth
    joined: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "joined", joined(self.text, self.truth.headers))


def annotated(half: Half) -> list[Annotated]:
    """Give the documents of one half, by name."""
    return [
        Annotated(
            f"{half}/{path.stem}",
            path.with_suffix(".txt").read_text(encoding="utf-8"),
            Truth.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))),
        )
        for path in sorted((CORPUS / half).glob("*.yaml"))
    ]


def joined(text: str, headers: tuple[str, ...] = ()) -> str:
    """Give the text without page numbers, without running headers and without any white space."""
    furniture = {squeezed(header) for header in headers}
    lines = (line for line in text.splitlines() if not _PAGE.fullmatch(line))
    return "".join(bare for line in lines if (bare := squeezed(line)) not in furniture)


def squeezed(text: str) -> str:
    """Give the text without white space."""
    return "".join(text.split())


def understood(when: str) -> bool:
    """Tell whether a canonical time is one that README.md of the corpus knows, of days that there are."""
    for form in _WHEN:
        if (found := form.fullmatch(when)) is not None:
            return _exists(found.groupdict())
    return False


def _exists(parts: dict[str, str | None]) -> bool:
    shapes = {"day": "", "first": "", "last": "", "first_month": "-01", "last_month": "-01"}
    try:
        days = [
            date.fromisoformat(f"{day}{tail}") for name, tail in shapes.items() if (day := parts.get(name))
        ]
        time.fromisoformat(parts.get("clock") or "00:00")
        date.fromisoformat(f"2024-{parts.get('month_day') or '01-01'}")  # a leap year has every day
    except ValueError:
        return False
    return days == sorted(days)


def unaccounted(one: Annotated) -> list[str]:
    """Give the places that seem to name a time and that no part of the truth quotes or explains."""
    truth, text = one.truth, one.joined.translate(_DIGITS)
    known = [*(duty.quote for duty in truth.duties), *truth.vague, *truth.not_deadlines]
    known += [words for words in (truth.title, truth.number) if words]
    forms = [re.escape(squeezed(quote).translate(_DIGITS)) for quote in known]
    # A stage's own stretch stands behind its name, in brackets or behind a colon.
    forms += [re.escape(phase.name) + r"[^。；]{0,30}" for phase in truth.phases]
    spans = [found.span() for form in forms for found in re.finditer(form, text)]
    spans += [found.span() for found in _FULL.finditer(text) if _full(found) == truth.dated]
    return [
        text[max(0, found.start() - 12) : found.end() + 12]
        for found in _TIMES.finditer(text)
        if not any(start < found.end() and found.start() < end for start, end in spans)
    ]


def _full(found: re.Match[str]) -> date | None:
    """Give a full date, written in digits or in Chinese numerals; None where there is no such day."""
    year, month, day = found.groups()
    try:
        return date(int("".join(str(_NUMERAL.get(one, one)) for one in year)), _number(month), _number(day))
    except ValueError:
        return None


def _number(words: str) -> int:
    """Give a number below a hundred, written in digits or in Chinese numerals."""
    if words.isdecimal():
        return int(words)
    tens, ten, ones = words.rpartition("十")
    return (_NUMERAL.get(tens, 1) * 10 if ten else 0) + _NUMERAL.get(ones, 0)
