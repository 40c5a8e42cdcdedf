"""Reports that come at the same moment are taken together, and each is answered for itself."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from duban.ledger import journal
from duban.ledger.book import Book
from duban.ledger.reports import AnsweredMeanwhileError, Report
from duban.ledger.scope import Scope
from duban.ledger.submitting import Handed, submit_many
from duban.ledger.tables import Obligation, Round, Submission
from duban.ledger.units import import_roster
from duban.obligations.errors import DubanError
from duban.obligations.roster import Roster, UnitFact
from duban.portal.inbox import Inbox
from support.campaign import adopt, advance, day

AT = day("03-20 09:00")


@pytest.fixture
def owed(book: Book) -> list[int]:
    """Let sixty villages owe March's check; gives the numbers of what they owe."""
    villages = [UnitFact(f"cun{n:02}", f"{n}村", "村", frozenset({"沿江"})) for n in range(60)]
    with book.write() as session:
        town = Roster((*villages, UnitFact("pcs", "派出所", "部门")))
        import_roster(session, town, day("01-03 09:00"), "测试")
    adopt(book)
    advance(book, day("03-01 09:00"))
    with book.read() as session:
        here = (Round.duty == "yuecha") & (Round.period == "2023-03")
        return list(session.scalars(select(Obligation.id).join(Round).where(here).order_by(Obligation.id)))


def report(number: int, places: str = "3") -> Report:
    return Report(f"key-{number}", {"shuliang": places}, via="link", by=f"{number}村", seen_version=0)


def at_once(inbox: Inbox, reports: list[tuple[int, Report]]) -> list[object]:
    """Hand in each report from a thread of its own, all at the same moment; gives what each was answered."""
    ready = Barrier(len(reports))

    def hand_in(one: tuple[int, Report]) -> object:
        ready.wait()
        try:
            return inbox.take(*one, AT).submission.version
        except DubanError as wrong:
            return type(wrong)

    with ThreadPoolExecutor(len(reports)) as pool:
        return list(pool.map(hand_in, reports))


def test_sixty_reports_at_once_are_all_kept_once_and_entered(book: Book, owed: list[int]) -> None:
    assert at_once(Inbox(book), [(number, report(number)) for number in owed]) == [1] * 60
    with book.read() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 60
        assert session.scalar(select(func.count()).where(Obligation.state == "submitted")) == 60
        found = journal.verify(session)
    assert (found.ok, found.submissions) == (True, 60)


def test_the_same_report_handed_in_ten_times_at_once_is_one(book: Book, owed: list[int]) -> None:
    assert at_once(Inbox(book), [(owed[0], report(owed[0]))] * 10) == [1] * 10
    with book.read() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1


def test_of_two_people_who_answer_at_once_the_second_is_told_of_the_first(
    book: Book, owed: list[int]
) -> None:
    two = [(owed[0], report(1, "3")), (owed[0], report(2, "4"))]
    said = at_once(Inbox(book), two)
    assert sorted(map(str, said)) == sorted(["1", str(AnsweredMeanwhileError)])


def test_a_report_that_is_refused_stops_none_of_its_neighbours(book: Book, owed: list[int]) -> None:
    some = [(number, report(number, "许多" if number == owed[3] else "3")) for number in owed[:8]]
    said = at_once(Inbox(book), some)
    assert said == [1, 1, 1, DubanError, 1, 1, 1, 1]


def test_each_keeps_its_own_moment_of_receipt(book: Book, owed: list[int]) -> None:
    last = day("03-24 23:59").replace(second=59)
    late = day("03-25 00:00")
    with book.write() as session:
        taken = submit_many(session, [Handed(owed[0], report(1), last), Handed(owed[1], report(2), late)])
    assert len(taken) == 2
    with book.read() as session:
        when = dict(session.execute(select(Submission.key, Submission.received_at)).tuples().all())
    assert when == {"key-1": last, "key-2": late}


def test_two_for_one_obligation_are_not_judged_together(book: Book, owed: list[int]) -> None:
    with book.write() as session, pytest.raises(ValueError, match="one report"):
        submit_many(session, [Handed(owed[0], report(1), AT), Handed(owed[0], report(2), AT)])


class FullBook(Book):
    """A book on a disk that is full."""

    @contextmanager
    def write(self, scope: Scope | None = None) -> Generator[Session]:
        raise DubanError("磁盘已满")
        yield


def test_when_the_book_cannot_be_written_everybody_hears_of_it(book: Book, owed: list[int]) -> None:
    said = at_once(Inbox(FullBook(book.engine)), [(number, report(number)) for number in owed[:5]])
    assert said == [DubanError] * 5
