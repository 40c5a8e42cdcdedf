"""The supervisor's pages, in one router."""

from __future__ import annotations

from fastapi import APIRouter

from . import journal, overdue, verify

router = APIRouter(include_in_schema=False)
for one in (overdue, verify, journal):
    router.include_router(one.router)
