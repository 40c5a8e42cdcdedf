"""The pages of findings at the desk, in one router; fixed names come before numbers."""

from __future__ import annotations

from fastapi import APIRouter

from . import finding_acts, finding_import, finding_new, findings

router = APIRouter(include_in_schema=False)
for one in (finding_new, finding_import, findings, finding_acts):
    router.include_router(one.router)
