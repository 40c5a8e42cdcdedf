"""Chasing, the registers, units and people, channels and workbooks, in one router."""

from __future__ import annotations

from fastapi import APIRouter

from . import channels, chase, contacts, drafts, registers, reorganising, rosters, units, workbook

router = APIRouter(include_in_schema=False)
# What has a word in its address comes before what has a number there.
for one in (chase, registers, rosters, reorganising, units, contacts, channels, workbook, drafts):
    router.include_router(one.router)
