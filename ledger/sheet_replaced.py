"""The 督办单 below a talk (约谈) that a person closes: they end with it, saying what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..obligations import ladder_words as say
from ..obligations.errors import DubanError
from ..obligations.sheet_names import sheet_name
from ..obligations.words import Rung, SheetState
from .ladder_sql import about_the_same
from .sheet_facts import waiting_reply
from .sheet_listing import LISTING
from .tables import Sheet

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


class Closing(NamedTuple):
    """When and by whom a talk is closed, and what is to follow, empty where its matter was met."""

    at: datetime
    by: str
    follows: str


def replace_below(session: Session, talk: Sheet, closing: Closing) -> list[Sheet]:
    """Close the 督办单 about the matter of a talk; gives them, for the caller to tell and to enter.

    One that supervises a finding by name (挂牌督办) ends when that is taken off the list. Raises
    :class:`DubanError` while a unit's reply to one waits for its answer: nobody's word is passed over.
    """
    if Rung(talk.rung) is not Rung.YUETAN:
        return []
    called = sheet_name(talk.rung, talk.year, talk.number)
    words = (
        say.REPLACED.format(called, closing.follows) if closing.follows else say.WITH_HIGHER.format(called)
    )
    below = _below(session, talk)
    for one in below:
        if waiting_reply(session, one.id) is not None:
            own = sheet_name(one.rung, one.year, one.number)
            raise DubanError(f"同一事项的{own}有回复还没有答复，请先答复，再办结约谈。")
        one.state, one.next_at = str(SheetState.CLOSED), None
        one.closed_at, one.closed_by, one.closing = closing.at, closing.by, words
    session.flush()
    return below


def _below(session: Session, talk: Sheet) -> list[Sheet]:
    about = about_the_same(talk)
    if not about:
        return []
    runs = (Sheet.rung == str(Rung.DUBAN), Sheet.state == str(SheetState.ISSUED), Sheet.cause != LISTING)
    query = select(Sheet).where(*about, *runs).order_by(Sheet.id)
    return list(session.scalars(query.with_for_update(key_share=True)))
