"""The office's pages, in one router."""

from __future__ import annotations

from fastapi import APIRouter

from . import (
    acts,
    answers,
    circulars,
    entering,
    filed,
    files,
    meeting_routes,
    papers,
    receiving,
    rehearsal,
    round_list,
    running,
    story,
    today,
    year,
)

router = APIRouter(include_in_schema=False)
for one in (
    today,
    story,
    acts,
    entering,
    files,
    answers,
    receiving,
    rehearsal,
    round_list,
    year,
    filed,
    circulars,
    papers,
    running,
):
    router.include_router(one.router)
router.include_router(meeting_routes.router)
