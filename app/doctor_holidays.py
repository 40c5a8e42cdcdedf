"""The State Council's notices of days off: this year's and, from October on, next year's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..calendar.dates import local_day
from ..calendar.workdays import Workdays
from ..obligations.errors import DubanError
from .doctor_finding import Finding, doubtful, fine, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

EXPECTED_FROM = 10  # the notices come out in October or November
FOLDER = "calendar/holidays"


def holiday_findings(now: datetime) -> Iterator[Finding]:
    """Check the tables and which years have a notice, as of ``now``."""
    try:
        workdays = Workdays.load()
        problems = workdays.check()
    except DubanError as why:
        yield wrong("放假通知", str(why), f"检查程序的 {FOLDER} 文件夹")
        return
    for problem in problems:
        yield wrong("放假通知", problem.text(), "改正这个文件")
    if not problems:
        yield from _years(workdays, now)


def _years(workdays: Workdays, now: datetime) -> Iterator[Finding]:
    day = local_day(now)
    if workdays.provisional(day.year):
        yield doubtful("放假通知", f"没有{day.year}年的放假通知，工作日为推算", _remedy(day.year))
    else:
        yield fine("放假通知", f"{day.year}年：{workdays.source(day.year)}")
    after = day.year + 1
    if not workdays.provisional(after):
        yield fine("明年放假通知", f"{after}年：{workdays.source(after)}")
    elif day.month >= EXPECTED_FROM:
        said = f"{after}年的放假通知尚未收录，按工作日推算的日期为暂定"
        yield doubtful("明年放假通知", said, _remedy(after))
    else:
        yield fine("明年放假通知", f"{after}年的尚未发布（一般在10月、11月）")


def _remedy(year: int) -> str:
    return f"国务院办公厅通知发布后，用 duban holidays read 读出 {year}.yaml，放进 {FOLDER}"
