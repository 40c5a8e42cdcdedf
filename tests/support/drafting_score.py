"""How well drafts agree with the annotated documents, counted as the README of the corpus says.

``PYTHONPATH=tests python -m support.drafting_score open`` prints the score of a half and all that is amiss.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from duban.calendar.drafting.duties import draft
from support.drafting import Half, annotated, squeezed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duban.calendar.drafting.found import FoundDuty
    from duban.calendar.drafting.said import Time
    from support.drafting import Annotated, TrueDuty

_WEEKDAYS = dict(zip("一二三四五六日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), strict=True))
_STOPS = re.compile("[。！？；]")
_LONGEST_WHAT = 40
_TENTHS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31)}


@dataclass
class Score:
    """Counts over documents: true duties, finds that count, right dates, right triples; what went wrong."""

    true: int = 0
    found: int = 0
    dates: int = 0
    triples: int = 0
    said: list[str] = field(default_factory=list[str])

    def rates(self) -> tuple[float, float, float, float]:
        """Give precision and recall of dates, then of triples."""
        found, true = max(self.found, 1), max(self.true, 1)
        return self.dates / found, self.dates / true, self.triples / found, self.triples / true

    def line(self) -> str:
        """Give the rates in one line."""
        dates, all_dates, triples, all_triples = self.rates()
        counts = f"{self.true} true, {self.found} found"
        return (
            f"dates {dates:.3f} / {all_dates:.3f}, triples {triples:.3f} / {all_triples:.3f} "
            f"(precision / recall; {counts})"
        )


def score_of(documents: Iterable[Annotated]) -> Score:
    """Score the drafts of documents, all together."""
    score = Score()
    for one in documents:
        _add(score, one)
    return score


def _add(score: Score, one: Annotated) -> None:
    duties = draft(one.text).duties
    finds = [(duty, str(day)) for duty in duties for day in duty.when.days]
    finds += [(duty, when) for duty in duties if not duty.when.days and (when := canonical(duty))]
    open_ = list(range(len(one.truth.duties)))
    score.true += len(open_)
    taken: list[tuple[FoundDuty, str, TrueDuty]] = []
    # First those that fit in everything, so that none takes the place of another.
    for whole in (True, False):
        for duty, when in list(finds):
            match = next((n for n in open_ if _fits(duty, when, one, one.truth.duties[n], whole=whole)), None)
            if match is not None:
                open_.remove(match)
                finds.remove((duty, when))
                taken.append((duty, when, one.truth.duties[match]))
    split = [(duty, when) for duty, when in finds if _is_split(duty, when, one, taken)]
    score.found += len(taken)
    score.dates += len(taken)
    for duty, when, true in taken:
        parts = [duty, *(part for part, its in split if its == when and _beside(part.quote, duty.quote, one))]
        if any(_whole(part, true) for part in parts):
            score.triples += 1
        else:
            score.said.append(
                f"{one.name} triple: {true.who} {true.what} | {duty.who} {duty.name} | {true.quote}"
            )
    for duty, when in finds:
        if (duty, when) not in split and not _is_stretch(when, one):
            score.found += 1
            score.said.append(f"{one.name} wrong: {when} {duty.name} | {duty.quote[:60]}")
    score.said += [
        f"{one.name} missed: {true.when} {true.what} | {true.quote}"
        for true in map(one.truth.duties.__getitem__, open_)
    ]


def _fits(duty: FoundDuty, when: str, one: Annotated, true: TrueDuty, *, whole: bool) -> bool:
    return (
        _plain(when) == _plain(true.when)
        and _beside(duty.quote, true.quote, one)
        and (not whole or _whole(duty, true))
    )


def _plain(when: str) -> str:
    return re.sub(r"(minute|hour|day|workday|week|month)s\b", r"\1", when)


def _beside(quote: str, other: str, one: Annotated) -> bool:
    """Tell whether two quotes overlap in the text, or no stop stands between them."""
    spans = [
        (at, at + len(squeezed(words)))
        for words in (quote, other)
        if (at := one.joined.find(squeezed(words))) >= 0
    ]
    if len(spans) < 2:
        return False
    (_, end), (start, _) = sorted(spans)
    return start <= end or not _STOPS.search(one.joined, end, start)


def _whole(duty: FoundDuty, true: TrueDuty) -> bool:
    what, wanted = squeezed(duty.name), squeezed(true.what)
    named = {_name(name) for name in (duty.who if duty.who_said else ())} == {
        _name(name) for name in true.who
    }
    return named and len(what) <= _LONGEST_WHAT and (what in wanted or wanted in what)


def _name(text: str) -> str:
    return squeezed(text).translate(str.maketrans("()", "（）"))


def _is_split(
    duty: FoundDuty, when: str, one: Annotated, taken: list[tuple[FoundDuty, str, TrueDuty]]
) -> bool:
    return any(_plain(when) == _plain(its) and _beside(duty.quote, true.quote, one) for _, its, true in taken)


def _is_stretch(when: str, one: Annotated) -> bool:
    phases = {f"{phase.start}..{phase.end}" for phase in one.truth.phases}
    phases |= {f"{phase.start:%Y-%m}..{phase.end:%Y-%m}" for phase in one.truth.phases}
    return when in phases or when in {duty.within for duty in one.truth.duties}


def canonical(duty: FoundDuty) -> str:  # noqa: PLR0911 - one for each form of the corpus
    """Give when a found duty is owed in the words of the corpus; empty when no usable time was found."""
    time, when = duty.time, duty.when
    if time is None:
        return ""
    if time.kind == "every":
        return _every(time, when.due)
    if time.kind == "after":
        return _after(time)
    if when.kind == "yearly":
        return f"yearly {when.due}"
    if when.day is None:
        return ""
    if when.first:
        months = (
            time.last and time.first and not time.first.day and time.last.day in (0, 31) and time.first.month
        )
        return f"{when.first:%Y-%m}..{when.day:%Y-%m}" if months else f"{when.first}..{when.day}"
    if time.last and not time.last.day and time.last.month and not time.by:
        return f"{when.day:%Y-%m}..{when.day:%Y-%m}"
    tenth = next((days for word, days in _TENTHS.items() if word in time.text), None)
    if tenth and not time.by:
        return f"{when.day:%Y-%m}-{tenth[0]:02d}..{when.day}"
    return f"{when.day} {when.clock}".strip()


def _every(time: Time, due: str) -> str:
    clock = found[0] if (found := re.search(r"\d{2}:\d{2}$", due or time.within)) else ""
    if time.every == "day":
        return f"daily {clock}".strip()
    if time.every == "other":
        return _other(time.text)
    if found := re.search(r"(?:每|次)月(?:.*?)(\d+)日?(?:至|-|～)(\d+)日", time.text):
        return f"monthly day {found[1]}..{found[2]}"
    if found := re.search(r"[次下]个?月(\d+)日", time.text):
        return f"monthly day {found[1]}"
    if time.every == "quarter" and not due and (found := re.search(r"[第首末]([一二三]?)个?月", time.text)):
        return (
            f"quarterly month {'一二三'.index(found[1]) + 1 if found[1] else 1 if '首' in time.text else 3}"
        )
    name = {
        "week": "weekly",
        "month": "monthly",
        "quarter": "quarterly",
        "half": "half-yearly",
        "year": "yearly",
    }
    base = name[time.every or "month"]
    day = due.removesuffix(clock).strip()
    if day.startswith("周"):
        day = _WEEKDAYS[day[1]]
    if day.startswith("end of"):
        day = re.sub(r"end of \w+", "end", day)
    return " ".join(
        part for part in (base, re.sub(r"\b0(\d)\b", r"\1", day) if base != "yearly" else day, clock) if part
    )


def _other(text: str) -> str:
    if "学期" in text:
        return "termly"
    if "旬" in text:
        return "every 10 days"
    if "半" in text:
        return "half-monthly"
    found = re.search(r"(\d+|[两二三四五六十])个?(周|星期|月|天|日|小时)", text)
    if not found:
        return ""
    count = {"两": "2", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "十": "10"}.get(
        found[1], found[1]
    )
    unit = {"周": "weeks", "星期": "weeks", "月": "months", "小时": "hours"}.get(found[2], "days")
    return f"every {count} {unit}"


def _after(time: Time) -> str:
    head = "event"
    if re.match(r"(?:会议|会(?!商)|例会)", time.event):
        head = "meeting"
    elif (
        re.search(r"(?:本?(?:通知|方案|文件|办法|意见))?(?:印发|下发|发布)", time.event)
        and "收" not in time.event
    ):
        head = "issue"
    return f"{head} {'-' if time.count < 0 else '+'} {abs(time.count)} {time.unit}s {time.within}".strip()


def main() -> None:
    """Print the score of the half that is named, and each find that is amiss."""
    score = score_of(annotated(cast("Half", sys.argv[1])))
    sys.stdout.write("\n".join([score.line(), *sorted(score.said)]) + "\n")


if __name__ == "__main__":
    main()
