"""Makes duties of sentences: each time with its unit, its matter and its reasons; the rest is listed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .asking import groups_of
from .found import Found, FoundDuty, FoundStretch, Unplaced
from .matters import Matter, matter
from .moments import plus_year, when_of
from .orders import AIMS, in_phase, name_of, ordered, phased, unplaced_why
from .readings import Context, labels_shared, read_of
from .stretches import less, stretch_of
from .structure import structure_of
from .subjects import who_of
from .years import years_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .found import When
    from .readings import Read
    from .said import Time
    from .years import Years


def draft(raw: str) -> Found:
    """Find everything in a document's text that a plan is made of. Never raises, and invents nothing."""
    structure = structure_of(raw)
    reads = labels_shared([read_of(one) for one in structure.sentences])
    every = [time for one in reads for time in one.times]
    years = years_of(structure.title, structure.dated, structure.text, every)
    context = Context(structure, years)
    duties: list[FoundDuty] = []
    stretches: list[FoundStretch] = []
    unplaced: list[Unplaced] = []
    for read in reads:
        _follow(context, read)
        stretch = stretch_of(read, context, len(stretches))
        if stretch:
            stretches.append(stretch)
        if stretch:
            context.phase = stretch if stretch.phase else context.phase
        elif context.phase and not read.sentence.clause.startswith(context.phase.clause):
            context.phase = None
        made = _duties(less(read, stretch), context, len(duties))
        duties += made
        if not made and not stretch and (why := unplaced_why(read)):
            unplaced.append(Unplaced(read.sentence.clause, read.sentence.shown.strip(), why))
    ordered = sorted(_merged(duties), key=lambda one: (-one.sure, one.order))
    return Found(structure, _settled(years, ordered), tuple(ordered), tuple(stretches), tuple(unplaced))


def _settled(years: Years, duties: Sequence[FoundDuty]) -> Years:
    """Give the year that a plan of these duties is of: the one in which most of its fixed days are."""
    if years.year is None:
        return years
    counted: dict[int, int] = {}
    for duty in duties:
        if duty.when.day:
            counted[duty.when.day.year] = counted.get(duty.when.day.year, 0) + 1
    year = max(counted, key=lambda one: (counted[one], one == years.year, -one), default=years.year)
    return replace(years, year=year)


def _follow(context: Context, read: Read) -> None:
    if read.sentence.paragraph != context.paragraph:
        context.paragraph = read.sentence.paragraph
        context.day = None
        context.units = ()


def _duties(read: Read, context: Context, order: int) -> list[FoundDuty]:
    groups = groups_of(read)
    made: list[FoundDuty] = []
    for n, group in enumerate(groups):
        stop = groups[n + 1][0].start if n + 1 < len(groups) else len(read.masked)
        before = groups[n - 1][-1].end if n else 0
        whens = _ascending(
            [_carried(when_of(one, context.years, context.day), one, context) for one in group]
        )
        whens = _onward(whens, group, made)
        when = _during(_together(whens), group[0], read, context)
        apart = (
            whens
            if when.by and len(whens) > 1
            else [when, *(replace(when, due=day) for day in group[-1].also)]
        )
        for one in apart:
            duty = _duty(read, context, one, group, (before, stop), order + len(made))
            if duty.who_said or group[-1].by or not _is_aim(read):
                made.append(_same_thing(duty, made[-1]) if made else duty)
    if read.actors:
        context.units = context.latest = read.actors[-1].names
    if not groups:
        undated = ordered(read, order) or in_phase(read, context, order)
        made += [phased(one, context.phase) for one in undated]
    return made


def _during(when: When, time: Time, read: Read, context: Context) -> When:
    """Give what recurs the stretch that it recurs in: one named before it, or the phase that it stands in."""
    if time.kind != "every":
        return when
    spans = [one for one in read.times if one.kind == "span" and one.end <= time.start]
    if spans and (span := when_of(spans[-1], context.years, context.day)) and span.first and span.day:
        return replace(when, during=(span.first, span.day))
    return replace(when, stretches=(context.phase.key,)) if context.phase else when


def _is_aim(read: Read) -> bool:
    """Tell whether a sentence tells of aims or of why the document was made, so that it asks nobody."""
    return read.sentence.clause == "引言" or any(AIMS.search(title) for title in read.sentence.titles)


def _same_thing(duty: FoundDuty, before: FoundDuty) -> FoundDuty:
    """Give a duty that hands on what the one before it asked for: “各村汇总后于6月18日前报乡安监站”."""
    if duty.thing or not duty.receiver or not before.thing:
        return duty
    return replace(duty, thing=before.thing, name=f"报{before.thing}"[:40])


def _ascending(whens: list[When]) -> list[When]:
    """Give the days of a list so that none comes before the one before it: 12月20日、1月20日 is two years."""
    found: list[When] = []
    for one in whens:
        latest = found[-1].day if found else None
        behind = latest and one.day and one.day < latest
        found.append(replace(one, day=plus_year(one.day)) if behind and one.day else one)
    return found


def _onward(whens: list[When], group: list[Time], made: list[FoundDuty]) -> list[When]:
    """Give days that follow those before them in the sentence, into the next year if need be."""
    latest = made[-1].when.day if made else None
    if latest is None or any(one.last and (one.last.year or one.last.said) for one in group):
        return whens
    return [replace(one, day=plus_year(one.day)) if one.day and one.day < latest else one for one in whens]


def _together(whens: list[When]) -> When:
    """Give the days of a list as one: each of them is a window of its own."""
    days = [one for one in whens if one.day]
    if len(days) < 2 or whens[-1].by:
        return whens[-1]
    said = "、".join(one.said for one in whens)
    lunar = tuple(name for one in days for name in one.lunar or ("",))
    return replace(
        days[-1], kind="window", said=said, days=tuple(one.day for one in days if one.day), lunar=lunar
    )


def _carried(when: When, time: Time, context: Context) -> When:
    said = [day for day in (time.last, time.first) if day]
    if when.day and (context.day or any(day.year or day.said for day in said)):
        context.day = when.day
    return when


def _duty(
    read: Read, context: Context, when: When, group: list[Time], bounds: tuple[int, int], order: int
) -> FoundDuty:
    time = group[-1]
    who, said, rule = who_of(read, (group[0].start, time.end), bounds, context)
    start = max([bounds[0], *(one.end for one in read.actors if one.end <= group[0].start)])
    following = [one for one in read.actors if one.start >= time.end and one.start - time.end <= 2]
    after = following[0].end if following else time.end
    found = matter(read.sentence.plain, _hidden(read.masked, group), after, bounds[1], start)
    row = next((one for one in read.actors if found.words.strip() in ("", one.text.strip())), None)
    if row:
        # In a row of a table the unit stands between the thing and the day.
        found = matter(read.sentence.plain, read.masked, row.start, row.start, bounds[0])
    receiver = found.receiver
    rules = [f"时间：{_NAMES[time.kind]}“{when.said}”", rule]
    if found.thing:
        rules.append(f"报送：{found.words}" + (f"，报给{receiver}" if receiver else ""))
    return FoundDuty(
        name=name_of(found),
        clause=read.sentence.clause,
        quote=read.sentence.shown.strip(),
        when=when,
        who=who,
        who_said=said,
        thing=found.thing,
        receiver=receiver,
        sure=_sure(when, said=said, matter_found=found, time=time),
        rules=tuple(rules),
        order=order,
        time=time,
    )


_NAMES = {
    "day": "日期",
    "span": "起止",
    "every": "周期",
    "after": "期限",
    "festival": "节日",
    "vague": "没有写明日期",
}


def _hidden(masked: str, group: list[Time]) -> str:
    """Hide what joins the days of a list, so that only the last of them counts."""
    start, end = group[0].start, group[-1].end
    return masked[:start] + "◷" * (end - start) + masked[end:]


def _sure(when: When, *, said: bool, matter_found: Matter, time: Time) -> float:
    """Give how sure a duty is: its date, its unit and what is sent each weigh."""
    date_weight = (
        0.45
        if not when.open_ and (time.by or time.kind in ("every", "after"))
        else 0.35
        if not when.open_
        else 0.15
    )
    return round(
        date_weight
        + 0.25 * said
        + (0.2 if matter_found.thing else 0.1 if matter_found.words else 0)
        + 0.1 * bool(matter_found.receiver),
        2,
    )


def _merged(duties: list[FoundDuty]) -> list[FoundDuty]:
    """Leave out a duty that says the same as one before it."""
    seen: set[tuple[object, ...]] = set()
    kept: list[FoundDuty] = []
    for one in duties:
        key = (one.when.kind, one.when.due, one.when.day, one.who, one.name, one.when.said)
        if key not in seen:
            seen.add(key)
            kept.append(one)
    return kept
