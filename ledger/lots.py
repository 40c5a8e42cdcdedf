"""Commitments to seeds and the draws that they lead to, step by step; the lottery is ``obligations.draw``.

What is secret of a draw - its seed, what was drawn, when that begins - lies sealed with the book's key, which
is kept outside the book, until it is revealed or withdrawn. Each function changes the row and gives what the
journal is to say of ``about``, its inspection or look-back; the caller enters it, last of all.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from ..obligations import draw
from ..obligations.draw import Drawn, Replaced
from ..obligations.errors import DubanError
from . import journal
from .kept_inspections import COMMITTED, REVEALED, SEALED, WITHDRAWN
from .tables import InspectedUnit, Inspection, Lot, LotUnit, Replacement, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from ..obligations.draw import Terms
    from .means import Doing
    from .secrets import SecretBox

PAGE = 1024  # bytes to which what is sealed is filled up, as its length would betray who was drawn


class Hidden(NamedTuple):
    """What of a draw is secret until it is revealed; ``begins_at`` is in UTC."""

    seed: str
    result: list[Any]
    begins_at: datetime | None = None


def commit(session: Session, kind: str, terms: Terms, units: Iterable[int], doing: Doing) -> Lot:
    """Keep a fresh seed, sealed, with the list; its SHA-256 and that of the list are to be published.

    ``units`` are those that are told of it. The context must be new.
    """
    seed = doing.means.new_seed()
    row = Lot(kind=kind, context=terms.context, made_at=doing.now, made_by=doing.by)
    row.commitment = draw.commitment(seed)
    row.terms, row.listed = draw.listed(terms), draw.published(terms)
    row.sealed = _sealed(Hidden(seed, []), doing.means.sealing)
    session.add(row)
    session.flush()
    session.add_all([LotUnit(lot_id=row.id, unit_id=one) for one in sorted(set(units))])
    session.flush()
    return row


def publish(row: Lot, about: str) -> journal.Note:
    """Publish a commitment."""
    return journal.Note("lot.committed", about, COMMITTED.said(row))


def standing(session: Session, start: str) -> Lot | None:
    """Give the lot whose context starts so and that was not withdrawn, locked until the transaction ends."""
    here = (Lot.context.startswith(start, autoescape=True), Lot.withdrawn_at.is_(None))
    return session.scalar(select(Lot).where(*here).with_for_update(key_share=True))


def next_context(session: Session, start: str) -> str:
    """Give the context of the next commitment: the start, and how many there were with it, and one."""
    here = select(func.count()).where(Lot.context.startswith(start, autoescape=True))
    return f"{start}{(session.scalar(here) or 0) + 1}"


def hidden(row: Lot, box: SecretBox) -> Hidden:
    """Give what is secret of a draw, or was; raises :class:`DubanError` when the key does not open it."""
    if row.sealed is None or row.seed:
        return Hidden(row.seed, row.result)
    try:
        said = box.open(row.sealed)
    except DubanError as wrong:
        raise DubanError(
            f"{row.id}号抽签的密封内容解不开：现在的密钥不是当初加密所用的，或者内容被改动过。"
            "请找回原来的密钥文件。"
        ) from wrong
    begins = said["begins_at"]
    return Hidden(said["seed"], said["result"], datetime.fromisoformat(begins) if begins else None)


def hide(row: Lot, secret: Hidden, box: SecretBox) -> None:
    """Seal what is secret of a draw in place of what was."""
    row.sealed = _sealed(secret, box)
    row.seed, row.result = "", []


def take(row: Lot, doing: Doing, begins_at: datetime | None = None) -> tuple[Drawn, ...]:
    """Draw from the list that was published, and keep sealed what was drawn; nothing is published yet.

    Raises :class:`DubanError` when nothing can be drawn, for then nothing is.
    """
    terms, seed = draw.read(row.terms), hidden(row, doing.means.sealing).seed
    drawn = draw.draw(seed, terms) if terms.units else ()
    result = [[one.unit, *one.team] for one in drawn]
    hide(row, Hidden(seed, result, begins_at), doing.means.sealing)
    row.drawn_from = draw.digest(terms)
    row.drawn_at, row.drawn_by = doing.now, doing.by
    return drawn


def drawn(result: list[Any]) -> tuple[Drawn, ...]:
    """Give what was drawn, from how it is kept."""
    return tuple(Drawn(unit, tuple(team)) for unit, *team in result)


def close_up(session: Session, row: Lot, about: str, box: SecretBox) -> journal.Note:
    """Publish the seal of a draw that stays secret."""
    secret = hidden(row, box)
    row.seal = draw.seal(secret.seed, drawn(secret.result))
    session.flush()
    return journal.Note("lot.sealed", about, SEALED.said(row))


def reveal(session: Session, row: Lot, now: datetime, about: str, box: SecretBox) -> journal.Note:
    """Publish the seed and what was drawn; from now on the row is never changed."""
    row.seed, row.result, _ = hidden(row, box)
    row.revealed_at = now
    session.flush()
    return journal.Note("lot.revealed", about, REVEALED.said(row))


def withdraw(session: Session, row: Lot, doing: Doing, *, why: str, about: str) -> journal.Note:
    """Take a commitment back before the draw, and publish the seed that comes to nothing."""
    row.seed = hidden(row, doing.means.sealing).seed
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = doing.now, doing.by, why
    session.flush()
    return journal.Note("lot.withdrawn", about, WITHDRAWN.said(row))


def replaced(session: Session, lot: Lot) -> list[Replaced]:
    """Give who was replaced in the inspection of a lot, in order, by codes."""
    rows = session.execute(
        select(Unit.code, Replacement.out, Replacement.into)
        .join(InspectedUnit, InspectedUnit.id == Replacement.inspected_id)
        .join(Unit, Unit.id == InspectedUnit.unit_id)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(Inspection.lot_id == lot.id)
        .order_by(Replacement.id)
    )
    return [Replaced(*row) for row in rows.tuples()]


def paper(row: Lot, replaced: Iterable[Replaced] = ()) -> dict[str, Any]:
    """Give all that one needs to repeat a draw, as its file says it (docs/draw.md); it must be public."""
    values: dict[str, Any] = {
        "commitment": row.commitment,
        "seed": row.seed,
        "listed": row.listed,
        "drawn_from": row.drawn_from,
        "terms": row.terms,
        "drawn": [{"unit": one.unit, "team": list(one.team)} for one in drawn(row.result)],
    }
    swaps = [{"unit": one.unit, "out": one.out, "into": one.into} for one in replaced]
    return values | ({"replaced": swaps} if swaps else {})


def _sealed(secret: Hidden, box: SecretBox) -> bytes:
    values = secret._asdict()
    values["begins_at"] = secret.begins_at.isoformat() if secret.begins_at else None
    filled = len(str(values).encode()) % PAGE
    return box.seal(values | {"fill": " " * (PAGE - filled)})
