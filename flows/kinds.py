"""The flow of each kind. ``advance`` calls them; any can be run by hand from Prefect's page.

Parameters: ``period`` as in the book (``2023-03``, ``2023-Q1``, ``2023/chuxi``), ``plan`` and ``duty`` to
narrow it, ``now`` to act as of a moment. All empty means everything of that kind that has fallen due.
Running one twice does nothing the second time.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from prefect import flow

from ..app import wiring
from ..tasks.rounds import handle, list_due
from .moments import at
from .names import run_name

if TYPE_CHECKING:
    from ..tasks.rounds import Due


@flow(name="run-year", flow_run_name=run_name)
def run_year(
    period: str = "", plan: str = "", duty: str = "", title: str = "", now: datetime | None = None
) -> list[str]:
    """Open the next year of plans that renew, and handle yearly and one-time duties that have fallen due."""
    return _run("year", period, plan, duty, at(now))


@flow(name="run-quarter", flow_run_name=run_name)
def run_quarter(
    period: str = "", plan: str = "", duty: str = "", title: str = "", now: datetime | None = None
) -> list[str]:
    """Handle the quarterly duties that have fallen due."""
    return _run("quarter", period, plan, duty, at(now))


@flow(name="run-month", flow_run_name=run_name)
def run_month(
    period: str = "", plan: str = "", duty: str = "", title: str = "", now: datetime | None = None
) -> list[str]:
    """Handle the monthly and weekly duties that have fallen due."""
    return _run("month", period, plan, duty, at(now))


@flow(name="run-meeting", flow_run_name=run_name)
def run_meeting(
    period: str = "", plan: str = "", duty: str = "", title: str = "", now: datetime | None = None
) -> list[str]:
    """Handle the meetings that have fallen due."""
    return _run("meeting", period, plan, duty, at(now))


@flow(name="run-phase", flow_run_name=run_name)
def run_phase(
    period: str = "", plan: str = "", duty: str = "", title: str = "", now: datetime | None = None
) -> list[str]:
    """Begin and end phases, and handle the duties of each."""
    return _run("phase", period, plan, duty, at(now))


@flow(name="run-window", flow_run_name=run_name)
def run_window(
    period: str = "", plan: str = "", duty: str = "", title: str = "", now: datetime | None = None
) -> list[str]:
    """Begin and end windows such as peak nights, and handle the duties of each."""
    return _run("window", period, plan, duty, at(now))


@flow(name="run-ladder", flow_run_name=run_name)
def run_ladder(
    period: str = "", plan: str = "", duty: str = "", title: str = "", now: datetime | None = None
) -> list[str]:
    """Climb the ladder: issue what the program issues, draft what a person signs."""
    return _run("ladder", period, plan, duty, at(now))


@flow(name="run-findings", flow_run_name=run_name)
def run_findings(
    period: str = "", plan: str = "", duty: str = "", title: str = "", now: datetime | None = None
) -> list[str]:
    """Follow up findings, cases and clues, and what is watched."""
    return _run("findings", period, plan, duty, at(now))


@flow(name="run-inspection", flow_run_name=run_name)
def run_inspection(
    period: str = "", plan: str = "", duty: str = "", title: str = "", now: datetime | None = None
) -> list[str]:
    """Prepare inspections and reveal their draws, make the work of the look-back."""
    return _run("inspection", period, plan, duty, at(now))


@flow(name="run-appraisal", flow_run_name=run_name)
def run_appraisal(
    period: str = "", plan: str = "", duty: str = "", title: str = "", now: datetime | None = None
) -> list[str]:
    """Draw up the drafts of the appraisal, and settle what nobody appealed against."""
    return _run("appraisal", period, plan, duty, at(now))


BY_KIND = {
    "year": run_year, "quarter": run_quarter, "month": run_month, "meeting": run_meeting, "phase": run_phase,
    "window": run_window, "ladder": run_ladder, "findings": run_findings, "inspection": run_inspection,
    "appraisal": run_appraisal,
}  # fmt: skip


def _run(kind: str, period: str, plan: str, duty: str, now: datetime) -> list[str]:
    works = wiring.works()
    chosen = [due for due in list_due(works, now) if due.flow == kind and _matches(due, period, plan, duty)]
    return [f"{due.title}：{done}" for due in chosen if (done := handle(works, due, now))]


def _matches(due: Due, period: str, plan: str, duty: str) -> bool:
    return period in ("", due.period) and plan in ("", due.slug) and duty in ("", due.duty)
