"""The routes of the unit's side, those with a fixed name before those with a link's token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import (
    alerts,
    answer,
    appraisals,
    asks,
    circulars,
    clues,
    draws,
    files,
    findings,
    inspected,
    listing,
    lost,
    meetings,
    nights,
    receipt,
    registering,
    sheets,
    subscription,
    watch,
    worker,
)

if TYPE_CHECKING:
    from fastapi import APIRouter

# Answering comes first: it is what comes by the hundred on the last day, and its addresses hold numbers.
ROUTERS: tuple[APIRouter, ...] = (
    answer.router,
    lost.router,
    worker.router,
    subscription.feeds,
    subscription.router,
    listing.router,
    asks.router,
    files.router,
    receipt.router,
    alerts.router,
    clues.router,
    watch.router,
    nights.router,
    sheets.router,
    circulars.router,
    appraisals.router,
    findings.router,
    registering.router,
    inspected.router,
    draws.router,
    meetings.router,
)

# For those who have no link that opens, and for browsers that ask whether the script has changed.
PUBLIC = frozenset({"GET /lost", "POST /lost", "POST /l/{token}/renew", "GET /l/sw.js"})
