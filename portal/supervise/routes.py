"""The supervisor's pages, in one router."""

from __future__ import annotations

from fastapi import APIRouter

from . import journal, overdue, rates, rates_set, verify

router = APIRouter(include_in_schema=False)
for one in (overdue, rates, rates_set, verify, journal):
    router.include_router(one.router)
