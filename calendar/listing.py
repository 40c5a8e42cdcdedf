"""A year as plain rows, for programs: what ``duban plan show --json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from .expansion import RoundSpec, StretchSpec, Year


def rows(opened: Year) -> list[dict[str, Any]]:
    """Give phases, windows and rounds in order of time; times are ISO 8601, null where none applies."""
    found = [_stretch(spec) for spec in opened.stretches] + [_round(spec) for spec in opened.rounds]
    return sorted(found, key=lambda row: (row["due_at"] or row["starts_at"] or row["opens_at"], row["duty"]))


def _stretch(spec: StretchSpec) -> dict[str, Any]:
    return {
        "plan": spec.plan, "duty": spec.key, "name": spec.name, "kind": spec.kind, "period": str(spec.year),
        "opens_at": None, "due_at": None, "locks_at": None,
        "starts_at": _iso(spec.starts_at), "ends_at": _iso(spec.ends_at),
        "provisional": spec.provisional, "source": spec.source, "clause": spec.clause, "audience": None,
    }  # fmt: skip


def _round(spec: RoundSpec) -> dict[str, Any]:
    # A duty of each phase or window is told apart from the phase or window itself.
    kind = f"per_{spec.kind}" if spec.kind in ("phase", "window") else spec.kind
    return {
        "plan": spec.plan, "duty": spec.duty, "name": spec.name, "kind": kind, "period": spec.period,
        "opens_at": _iso(spec.opens_at), "due_at": _iso(spec.due_at), "locks_at": _iso(spec.locks_at),
        "starts_at": _iso(spec.starts_at), "ends_at": _iso(spec.ends_at),
        "provisional": spec.provisional, "source": spec.source, "clause": spec.clause,
        "audience": spec.audience,
    }  # fmt: skip


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
