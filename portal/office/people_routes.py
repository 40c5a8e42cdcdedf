"""Chasing, the registers, units and people, channels and workbooks, in one router."""

from __future__ import annotations

from fastapi import APIRouter

from . import chase, registers

router = APIRouter(include_in_schema=False)
for one in (chase, registers):
    router.include_router(one.router)
