"""Inspections, inspectors and look-backs, in one router; a word in an address comes before a number there."""

from __future__ import annotations

from fastapi import APIRouter

from . import inspections, inspectors, lookbacks

router = APIRouter(include_in_schema=False)
for one in (inspectors, inspections, lookbacks):
    router.include_router(one.router)
