"""The pages beside findings, in one router: cases, clues, event reports, what is watched, nights on duty."""

from __future__ import annotations

from fastapi import APIRouter

from . import alerts, casework, clues, nights, watch

router = APIRouter(include_in_schema=False)
for one in (casework, clues, alerts, nights, watch):
    router.include_router(one.router)
