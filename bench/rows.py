"""Rows to measure with, put into a book by statements over whole sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, text

from duban.ledger.tables import PlanRevision

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_VILLAGES = (
    """
    INSERT INTO units (code, name, kind)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
    SELECT 'c' || i, '第' || i || '村', '村' FROM n
    """,
    """
    INSERT INTO contacts (unit_id, name, phone, email, active)
    SELECT id, '王文书', '13900000000', '', true FROM units
    """,
)

# The least that a plan says; what climbs and which light burns is read from it.
PLAN = """
slug: p
title: 烟花爆竹“打非”工作方案
issuer: 示例镇人民政府
year: 2026
office: 示例镇打非办
audiences: {cun: {name: 各村, kinds: [村]}}
duties:
  - {key: d0, name: 每月检查, kind: monthly, audience: cun, clause: 三、（一）, source: local, due: day 9}
"""


def add_units(session: Session, count: int) -> None:
    """Add ``count`` villages, each with one contact, and a plan revision for rounds to belong to."""
    for statement in _VILLAGES:
        session.execute(text(statement), {"count": count})
    plan = {"slug": "p", "revision": 1, "title": "烟花爆竹“打非”工作方案", "office": "示例镇打非办"}
    read = {
        "content": PLAN,
        "sha256": sha256(PLAN.encode()).hexdigest(),
        "adopted_at": datetime(2026, 1, 4, tzinfo=UTC),
    }
    session.execute(insert(PlanRevision), plan | read)


def round_row(number: int, opens_at: datetime, tag: str = "") -> dict[str, Any]:
    """Give the columns of a monthly round that all villages owe, or those with a tag; due after a week."""
    kinds, tags = ([], [tag]) if tag else (["村"], [])
    return {
        "plan_id": 1,
        "slug": "p",
        "duty": f"d{number}",
        "period": "2026-03",
        "year": 2026,
        "name": "每月检查",
        "title": f"第{number}项 · 2026年3月",
        "kind": "month",
        "flow": "month",
        "source": "document",
        "clause": "三、（一）",
        "ask": "检查情况和台账",
        "receiver": "打非办",
        "provisional": False,
        "emphasis": "",
        "urgent": False,
        "form": [],
        "opened_at": None,
        "opens_at": opens_at,
        "due_at": opens_at + timedelta(days=7),
        "locks_at": opens_at + timedelta(days=37),
        "next_at": opens_at,
        "audience": {"kinds": kinds, "tags": tags, "units": [], "under": None, "except_": []},
    }
