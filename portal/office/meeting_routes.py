"""The pages of meetings and of phases, in one router."""

from __future__ import annotations

from fastapi import APIRouter

from . import meeting_acts, meeting_minutes, meetings, phases

router = APIRouter(include_in_schema=False)
for one in (meetings, meeting_acts, meeting_minutes, phases):
    router.include_router(one.router)
