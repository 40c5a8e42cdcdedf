"""The parts of supervising that the clock drives: each says what has fallen due, and does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..ledger import (
    alerts,
    appraising,
    circulars,
    clue_reminding,
    finding_reminding,
    gates_due,
    heirs,
    inspection_agenda,
    ladder_due,
    meetings_due,
    night_asking,
    nights,
    watching,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ..calendar.workdays import Workdays
    from ..ledger.agenda import Due
    from ..ledger.book import Session
    from ..ledger.means import Means


class Part(NamedTuple):
    """What has fallen due by a moment, and how one such thing is done; that gives what was done, or None.

    Doing it looks first whether it is still to do, so that twice is once. ``ripe``, where there is one, says
    of what lies sealed whether it has fallen due.
    """

    due: Callable[[Session, datetime, Workdays], list[Due]]
    handle: Callable[[Session, Due, datetime, Means], str | None]
    ripe: Callable[[Session, Due, datetime, Means], bool] | None = None


# By the word that each of its things has as ``Due.what``.
PARTS: dict[str, Part] = {
    watching.WHAT: Part(watching.due, watching.handle),
    clue_reminding.WHAT: Part(clue_reminding.due, clue_reminding.handle),
    nights.WHAT: Part(nights.due, nights.handle),
    night_asking.WHAT: Part(night_asking.due, night_asking.handle),
    alerts.WHAT: Part(alerts.due, alerts.handle),
    appraising.WHAT: Part(appraising.due, appraising.handle),
    circulars.WHAT: Part(circulars.due, circulars.handle),
    finding_reminding.WHAT: Part(finding_reminding.due, finding_reminding.remind),
    heirs.WHAT: Part(heirs.due, heirs.handle),
    "gates": Part(gates_due.to_check, gates_due.check),
    ladder_due.WHAT: Part(ladder_due.to_climb, ladder_due.climbed),
    "meetings": Part(meetings_due.to_prepare, meetings_due.prepare),
    "sittings": Part(meetings_due.to_call, meetings_due.call),
    **{what: Part(*part) for what, part in inspection_agenda.PARTS.items()},
}
