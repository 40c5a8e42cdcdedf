"""When the rounds of a plan that changes remind, as the book has it and as a revision says."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from .rounds import EXTENDED
from .tables import Cue

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.expansion import RoundSpec

    Cues = frozenset[tuple[datetime, str, bool]]


def cues_of(session: Session, ids: Sequence[int]) -> Mapping[int, Cues]:
    """Give the cues of rounds that are still ahead, by round; those of an extension are nobody's plan."""
    query = select(Cue.round_id, Cue.at, Cue.kind, Cue.urgent).where(Cue.round_id.in_(ids))
    found: defaultdict[int, set[tuple[datetime, str, bool]]] = defaultdict(set)
    for row in session.execute(query.where(Cue.state == "planned", Cue.kind != EXTENDED)):
        found[row.round_id].add((row.at, row.kind, row.urgent))
    return {id_: frozenset(cues) for id_, cues in found.items()}


def planned(spec: RoundSpec) -> Cues:
    """Give the cues that a revision plans for a round."""
    return frozenset((cue.at, str(cue.kind), cue.urgent) for cue in spec.cues)


def ahead(cues: Cues, now: datetime) -> Cues:
    """Give the cues that are ahead of ``now``."""
    return frozenset(cue for cue in cues if cue[0] > now)


def moments(cues: Collection[tuple[datetime, str, bool]]) -> tuple[datetime, ...]:
    """Give when they are, in order."""
    return tuple(sorted(at for at, _, _ in cues))
