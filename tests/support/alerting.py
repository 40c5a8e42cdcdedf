"""A small campaign with events that are told at once, and a night on duty with its summary."""

from __future__ import annotations

from pathlib import Path

from duban.ledger.book import Book
from duban.ledger.units import import_roster

from .campaign import NEW_YEAR, PLAN, adopt, advance, day
from .desk import Desk, desk_over

ALERTING = PLAN.replace(
    "    ask: 请立即报告。", "    ask: 请立即报告。\n    alert: [bumen, yanjiang]"
).replace(
    "    reminders: [starts]\n",
    """    reminders: [starts]
    night: {to: bumen}
    form:
      - {key: renshu, label: 出动力量, type: number, unit: 人次, required: true}
      - {key: quanzu, label: 劝阻燃放, type: number, unit: 起}
      - {key: qingkuang, label: 情况, type: text}
""",
)


def alerting_desk(book: Book, folder: Path, roster: object) -> Desk:
    """Give the site over the campaign, late on the evening of 22 January 2023, 正月初一."""
    with book.write() as session:
        import_roster(session, roster, NEW_YEAR, "测试")  # pyright: ignore[reportArgumentType]
    adopt(book, ALERTING)
    advance(book, day("01-20 09:00"))
    desk = desk_over(book, folder)
    desk.clock.on("01-22 22:20")
    return desk
