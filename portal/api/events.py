"""Raising an event: something has happened, and the units concerned owe a report at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response

from ...ledger import events, owed
from ...ledger.events import Event
from .asked import EventAsked
from .described import ACTING
from .limited import Limited
from .once import Answer, Receiving
from .shapes_matter import EventShape

if TYPE_CHECKING:
    from ..access import Desk

router = APIRouter(route_class=Limited)
_KNOWN = {200: {"model": EventShape, "description": "同一事件此前已登记，没有重复"}}


@router.post(
    "/events", summary="登记事件", status_code=201, response_model=EventShape, responses=ACTING | _KNOWN
)
def raise_event(acting: Receiving, asked: EventAsked) -> Response:
    """Open a round of an event-driven duty and remind at once; the deadline counts from when it happened."""
    counter = acting.here.counter

    def work(desk: Desk) -> Answer:
        event = Event(asked.plan, asked.duty, asked.at, asked.note, tuple(asked.units))
        slots = counter.slots(desk.now, urgent=True)
        by = desk.caller.by
        raised = events.raise_event(desk.session, event, counter.workdays, desk.now, by, slots)
        round_ = owed.find_round(desk.session, asked.plan, asked.duty, raised.period)
        return Answer(EventShape.of(raised, round_id=round_.id), 201 if raised.fresh else 200, ring=True)

    return acting.once(work)
