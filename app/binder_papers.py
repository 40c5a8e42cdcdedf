"""In the binder, the papers: sheets, meetings, bulletins and the summary of the year, as they were issued.

The office signs with its full name from the plan, whatever it is called in the settings today.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ..calendar.dates import local_day
from ..documents.archive import file_name
from ..documents.meeting_event import meeting_calendar
from ..documents.official import write
from ..documents.wording import day_of
from ..ledger import circular_list, circulars
from ..ledger.filed_meetings import filed_meeting_ids
from ..ledger.filed_sheets import filed_sheets
from ..ledger.meeting_facts import meeting_facts
from ..obligations.circular_names import QUARTERS, days_of, kind_of, stretch
from ..obligations.words import Rung
from .papers import name_of
from .papers_bulletin import issued_name
from .papers_meetings import event_of, minutes_paper, notice_papers
from .papers_sheets import issued_papers

if TYPE_CHECKING:
    from ..ledger.meeting_facts import MeetingFacts
    from ..ledger.tables import Circular
    from .binding import Binding

_SECOND: Final = timedelta(seconds=1)  # a day is over with its last second


def sheets(here: Binding) -> None:
    """Write each sheet that had been issued, as it was then, by kind."""
    scope = here.scope
    listed = filed_sheets(here.session, scope.slug, scope.year, here.as_of, scope.unit, scope.round_id)
    units = {one.sheet_id: one.unit for one in listed}
    for found, paper in issued_papers(here.session, [*units], here.as_of):
        name = name_of(replace(paper, number=f"{paper.number} {units[found.id]}"))
        here.add("督办文书", f"{Rung(found.rung).zh}/{name}", write(paper))


def meetings(here: Binding) -> None:
    """Write all notices, all minutes and the calendar's event of each meeting that had been called."""
    ids = filed_meeting_ids(here.session, here.scope.filters, here.as_of, here.scope.round_id)
    found = [one for id_ in ids if (one := meeting_facts(here.session, id_, here.as_of)) is not None]
    called = [one for one in found if one.called_at is not None]
    for number, one in enumerate(sorted(called, key=lambda one: (one.starts_at, one.id)), start=1):
        _meeting(here, number, one)


def _meeting(here: Binding, number: int, found: MeetingFacts) -> None:
    names: Counter[str] = Counter()
    for notice in notice_papers(here.session, found.id, here.as_of):
        name = name_of(notice)
        names[name] += 1
        again = f"（第{names[name]}次）.docx" if names[name] > 1 else ".docx"
        here.add("会议", f"{number:02d} {name.removesuffix('.docx')}{again}", write(notice))
    for one in found.minutes:
        minutes = minutes_paper(here.session, found.id, one.at)
        again = f"（第{one.version}版）.docx" if one.version > 1 else ".docx"
        here.add("会议", f"{number:02d} {name_of(minutes).removesuffix('.docx')}{again}", write(minutes))
    here.add(
        "会议", f"{number:02d} {file_name(found.title)}.ics", meeting_calendar(event_of(found, here.host))
    )


def bulletins(here: Binding) -> None:
    """Write the bulletins and the summary as they were issued; what was over and not issued is told of.

    Of what somebody decided not to sign, it is told who, when and why.
    A unit's binder has the bulletins, which went to all; a round's has neither.
    """
    if here.scope.round_id is not None:
        return
    about = (here.session, here.slug, here.year, here.as_of)
    issued, declined = circular_list.filed(*about), circular_list.declined(*about)
    for quarter in (*QUARTERS, *([] if here.scope.unit else [0])):
        if (row := issued.get(quarter)) is not None:
            content = circular_list.content(here.session, row.id)
            here.add("通报和总结", issued_name(row), content)
        elif local_day(here.as_of + _SECOND) > days_of(here.year, quarter)[1] and circulars.has_matter(
            here.session, here.slug, here.year, quarter
        ):
            named = f"{stretch(here.year, quarter)}的{kind_of(quarter).zh}"
            here.lacking.append(named + _declined(declined.get(quarter)))


def _declined(row: Circular | None) -> str:
    if row is None or row.dropped_at is None:
        return ""
    why = (row.dropped_why or "").rstrip("。")
    return f"（{row.dropped_by}于{day_of(row.dropped_at)}决定不予签发，理由：{why}）"
