"""A small campaign that watches persons, seen by the office alone, and places, seen by the supervisor too."""

from __future__ import annotations

from datetime import date

from duban.calendar.rules_watch import Watch
from duban.ledger import watching
from duban.ledger.book import Book
from duban.ledger.watching import NewWatched

from .campaign import PLAN, day

WATCHING = (
    PLAN
    + """
watch:
  - {key: ren, name: 有前科人员, kind: person, every: 30, clause: 三（二）一, roles: [office]}
  - {key: chu, name: 废弃厂房, kind: place, every: 7, clause: 三（三）, roles: [office, supervisor]}
"""
)
PERSON = Watch(key="ren", name="有前科人员", kind="person", every=30, clause="三（二）一", roles=["office"])
PLACE = Watch(
    key="chu", name="废弃厂房", kind="place", every=7, clause="三（三）", roles=["office", "supervisor"]
)


def watch(book: Book, rule: Watch = PERSON, label: str = "王某某（三组）", unit_id: int = 1) -> int:
    """Enter somebody or something on 20 March 2023; gives its number."""
    new = NewWatched(f"k-{label}", "jiancha", rule, label, unit_id, date(2023, 3, 1), "曾非法生产烟花爆竹")
    with book.write() as session:
        return watching.add(session, new, day("03-20 09:00"), "王文书").id
