"""A small history for whoever supervises: seven villages in March 2023's check, due on Friday the 24th.

一村 reports in time; 二村 late, on the 27th; 三村 never, is reminded by a robot and called; 四村 is sent back
for a fault of substance; 五村 reports within an extension; 六村 is exempt; the seventh, whose name looks like
a formula, never reports and has nobody to be reminded.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import update

from duban.ledger import asking, channels, owed, reports
from duban.ledger.book import Book
from duban.ledger.channels import NewChannel
from duban.ledger.tables import Contact
from duban.ledger.units import import_roster
from duban.obligations.roster import ContactFact, Roster, UnitFact
from duban.obligations.words import RemarkKind

from .campaign import NEW_YEAR, adopt, advance, day, deliver, only, return_, submit
from .desk import BOX, Desk, desk_over

FORMULA = '=HYPERLINK("http://evil.example","七村")'
VILLAGES = ("一村", "二村", "三村", "四村", "五村", "六村", FORMULA)
TAGS = frozenset({"沿江"})


def supervised(book: Book, folder: Path) -> Desk:
    """Give the site over the history, at 9:00 on Monday 10 April, a week after the last report was taken."""
    desk = desk_over(book, folder)
    desk.clock.on("04-10 09:00")
    return desk


def write_history(book: Book) -> None:
    """Write the history into an empty book."""
    units = tuple(UnitFact(f"cun{n}", name, "村", TAGS) for n, name in enumerate(VILLAGES, 1))
    people = tuple(ContactFact(f"cun{n}", f"{n}号文书", f"1390000000{n}") for n in range(1, 7))
    with book.write() as session:
        import_roster(session, Roster(units, people, "示例镇名册", example=True), NEW_YEAR, "测试")
        robot = NewChannel("工作群", "wecom", None, {"key": "k"})
        channels.add(session, BOX, robot, NEW_YEAR, "管理员")
        session.execute(update(Contact).where(Contact.name == "3号文书").values(channel_id=1))
    adopt(book)
    only(book, "yuecha", "2023-03")
    _march(book)


def _march(book: Book) -> None:
    _turn(book, "03-01 09:00")
    with book.write() as session:
        six = owed.find(session, "jiancha", "yuecha", "2023-03", "cun6")
        reports.exempt(session, six, day("03-10 09:00"), "王文书", reason="整村搬迁", approver="李镇长")
    submit(book, "cun1", day("03-20 09:00"))
    submit(book, "cun4", day("03-20 10:00"))
    _turn(book, "03-21 09:00")
    return_(book, "cun4", day("03-22 09:00"))
    with book.write() as session:
        five = owed.find(session, "jiancha", "yuecha", "2023-03", "cun5")
        asked, until, at = day("03-22 10:00"), day("03-30 23:59"), day("03-22 11:00")
        reports.extend(session, five, at, "王文书", asked_at=asked, until=until, reason="防汛")
    _turn(book, "03-24 09:00")
    _turn(book, "03-27 09:00")
    submit(book, "cun2", day("03-27 10:00"))
    with book.write() as session:
        three = owed.find(session, "jiancha", "yuecha", "2023-03", "cun3")
        asking.remark(
            session,
            three,
            day("03-28 09:00"),
            "王文书",
            kind=RemarkKind.CALL,
            text="说明天就报",
            whom="3号文书",
            reached=True,
        )
    submit(book, "cun5", day("03-29 10:00"))
    _turn(book, "04-04 09:00")


def _turn(book: Book, at: str) -> None:
    advance(book, day(at))
    deliver(book, day(at))
