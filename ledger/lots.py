"""Commitments to seeds and the draws that they lead to, step by step; the lottery is ``obligations.draw``.

Each function changes the row and gives what the journal is to say of ``about``, its inspection or look-back;
the caller enters it, last of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..obligations import draw
from ..obligations.draw import Drawn
from . import journal
from .kept_inspections import COMMITTED, REVEALED, SEALED, WITHDRAWN
from .tables import Lot

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..obligations.draw import Terms


def commit(
    session: Session, kind: str, context: str, seed: str, now: datetime, by: str, terms: Terms | None = None
) -> Lot:
    """Keep a seed, its SHA-256, and that of the list if it is known already; to be published is what remains.

    The context must be new. Raises :class:`ValueError` for what is no seed.
    """
    row = Lot(kind=kind, context=context, made_at=now, made_by=by, seed=seed)
    row.commitment = draw.commitment(seed)
    row.terms = draw.listed(terms) if terms else {}
    row.listed = draw.digest(terms, times=False) if terms else ""
    session.add(row)
    session.flush()
    return row


def publish(row: Lot, about: str) -> journal.Note:
    """Publish a commitment."""
    return journal.Note("lot.committed", about, COMMITTED.said(row))


def of_context(session: Session, context: str) -> Lot | None:
    """Give the lot of a context, locked until the transaction ends."""
    return session.scalar(select(Lot).where(Lot.context == context).with_for_update(key_share=True))


def take(row: Lot, terms: Terms, now: datetime, by: str) -> tuple[Drawn, ...]:
    """Draw on these terms, and keep them and what was drawn; nothing is published yet.

    Raises :class:`DubanError` when nothing can be drawn, for then nothing is.
    """
    drawn = draw.draw(row.seed, terms) if terms.units else ()
    row.terms, row.drawn_from = draw.listed(terms), draw.digest(terms)
    row.result = [[one.unit, *one.team] for one in drawn]
    row.drawn_at, row.drawn_by = now, by
    return drawn


def drawn(row: Lot) -> tuple[Drawn, ...]:
    """Give what was drawn."""
    return tuple(Drawn(unit, tuple(team)) for unit, *team in row.result)


def close_up(session: Session, row: Lot, about: str) -> journal.Note:
    """Publish the seal of a draw that stays secret."""
    row.seal = draw.seal(row.seed, drawn(row))
    session.flush()
    return journal.Note("lot.sealed", about, SEALED.said(row))


def reveal(session: Session, row: Lot, now: datetime, about: str) -> journal.Note:
    """Publish the seed and what was drawn; from now on the row is never changed."""
    row.revealed_at = now
    session.flush()
    return journal.Note("lot.revealed", about, REVEALED.said(row))


def withdraw(session: Session, row: Lot, now: datetime, by: str, *, why: str, about: str) -> journal.Note:
    """Take a commitment back before the draw, and publish the seed that comes to nothing."""
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = now, by, why
    session.flush()
    return journal.Note("lot.withdrawn", about, WITHDRAWN.said(row))


def paper(row: Lot) -> dict[str, Any]:
    """Give all that one needs to repeat a draw, as its file says it (docs/draw.md); it must be public."""
    return {
        "commitment": row.commitment,
        "seed": row.seed,
        "listed": row.listed,
        "drawn_from": row.drawn_from,
        "terms": row.terms,
        "drawn": [{"unit": one.unit, "team": list(one.team)} for one in drawn(row)],
    }
