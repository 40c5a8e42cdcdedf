from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from duban.ledger import addressed, outbox, parcels
from duban.ledger.addressed import Letter
from duban.ledger.book import Book
from duban.ledger.tables import Contact, Message, Unit
from support.campaign import actions, day, slots

MORNING = day("03-01 09:10")
LETTER = Letter("sheet/12", "issued", "督办单", "请于3月8日前办结。")


def ids(book: Book, *codes: str) -> list[int]:
    with book.read() as session:
        return list(session.scalars(select(Unit.id).where(Unit.code.in_(codes))))


def put(book: Book, *codes: str, letter: Letter = LETTER) -> addressed.Addressed:
    with book.write() as session:
        return addressed.address(session, ids(book, *codes), letter, slots(MORNING, letter.urgent).first)


def test_a_letter_goes_to_each_contact_of_the_units_and_twice_is_once(book: Book, town: object) -> None:
    assert put(book, "cun1", "cun2") == (2, ())
    assert put(book, "cun1", "cun2") == (0, ())
    with book.read() as session:
        assert [(one.unit, one.contact, one.state) for one in addressed.told(session, "sheet/12")] == [
            ("一村", "甲文书", "queued"),
            ("二村", "乙文书", "queued"),
        ]


def test_a_unit_that_has_nobody_to_tell_is_named(book: Book, town: object) -> None:
    with book.write() as session:
        session.execute(update(Contact).where(Contact.name == "甲文书").values(active=False))
    assert put(book, "cun1", "cun2") == (1, ("一村",))


def test_a_letter_is_looked_at_again_with_its_words_as_it_leaves(book: Book, town: object) -> None:
    put(book, "cun1")
    with book.write() as session:
        claimed = outbox.claim(session, MORNING + timedelta(hours=1), "甲", 10)
        [parcel] = parcels.look_again(session, claimed, MORNING).parcels
    assert (parcel.purpose, parcel.subject, parcel.wording) == ("letter", "督办单", "请于3月8日前办结。")


def test_what_was_recalled_does_not_leave(book: Book, town: object) -> None:
    put(book, "cun1", "cun2")
    with book.write() as session:
        assert addressed.recall(session, "sheet/12", MORNING, "督查组") == 2
        assert addressed.recall(session, "sheet/12", MORNING, "督查组") == 0
    with book.write() as session:
        assert outbox.claim(session, MORNING + timedelta(hours=1), "甲", 10) == []
        assert set(session.scalars(select(Message.state))) == {"withdrawn"}
    assert actions(book)[-1:] == ["messages.withdrawn"]
