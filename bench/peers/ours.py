"""duban itself: a round with three reminders, ``advance`` and ``deliver`` at each, without the engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from duban.flows.advance import bring_up, plainly
from duban.ledger import channels
from duban.ledger.tables import Contact, Cue, Round
from duban.tasks.outbox import deliver_batch

from ..books import SqliteShelf, works
from ..rows import add_units, round_row
from .job import MOMENTS, THREADS, asked, measure

if TYPE_CHECKING:
    from duban.tasks.works import Works

KINDS = ("opening", "upcoming", "due")


def fill(here: Works, sink: str, units: int) -> None:
    """Write the units with their contacts, the channel to the sink, and the round with its reminders."""
    first = at(MOMENTS[0])
    with here.book.write() as session:
        add_units(session, units)
        webhook = channels.NewChannel("平台", "webhook", None, {"url": sink})
        channels.add(session, here.box, webhook, first, "bench")
        session.execute(update(Contact).values(channel_id=1))
        session.execute(insert(Round), [round_row(0, first)])
        cue = {"round_id": 1, "urgent": False, "state": "planned"}
        cues = [cue | {"at": at(one), "kind": kind} for one, kind in zip(MOMENTS, KINDS, strict=True)]
        session.execute(insert(Cue), cues)


def at(moment: str) -> datetime:
    """Give a moment in UTC."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def main() -> None:
    """Measure and print."""
    given = asked()
    here = works(SqliteShelf(given.folder).new(), given.folder, THREADS)
    fill(here, given.sink, given.units)

    def remind(moment: str) -> None:
        assert not bring_up(here, at(moment), plainly).failed
        while deliver_batch.fn(here, at(moment)).claimed:
            pass

    measure(given.units, remind)


if __name__ == "__main__":
    main()
