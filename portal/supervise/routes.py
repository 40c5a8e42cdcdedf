"""The supervisor's pages, in one router."""

from __future__ import annotations

from fastapi import APIRouter

from . import (
    appraisal,
    appraisal_acts,
    appraisal_entries,
    appraisal_one,
    appraisal_rules,
    appraisal_trial,
    below,
    journal,
    overdue,
    rates,
    rates_set,
    sheet_acts,
    sheet_forms,
    sheet_lists,
    sheet_page,
    sheets,
    verify,
)

router = APIRouter(include_in_schema=False)
for one in (overdue, rates, rates_set, below, verify, journal):
    router.include_router(one.router)
for one in (appraisal, appraisal_acts, appraisal_entries, appraisal_one, appraisal_rules, appraisal_trial):
    router.include_router(one.router)
for one in (sheets, sheet_lists, sheet_forms, sheet_page, sheet_acts):
    router.include_router(one.router)
