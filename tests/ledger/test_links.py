"""Links for contacts: they open without a password, expire, and can be revoked."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, update

from duban.ledger import links
from duban.ledger.book import Book
from duban.ledger.links import LinkRefusedError
from duban.ledger.tables import Contact, JournalEntry, Link, Message
from support.campaign import actions, day, messages

TOKEN = "a-token-of-thirty-two-characters"
MADE = day("03-01 09:00")


@pytest.fixture
def linked(book: Book, town: object) -> Book:
    """Give a book in which 甲文书 of 一村 has a link made on 1 March."""
    with book.write() as session:
        links.write(session, [(TOKEN, 1, None)], "list", MADE)
    return book


def why(book: Book, token: str, at: str) -> str:
    with book.read() as session, pytest.raises(LinkRefusedError) as refused:
        links.open_link(session, token, day(at))
    return refused.value.why


def test_a_link_opens_for_its_contact_and_unit(linked: Book) -> None:
    with linked.read() as session:
        opened = links.open_link(session, TOKEN, day("04-14 09:00"))
    assert (opened.unit_code, opened.unit, opened.contact, opened.purpose) == (
        "cun1",
        "一村",
        "甲文书",
        "list",
    )


def test_a_link_lasts_forty_five_days_and_not_a_second_longer(linked: Book) -> None:
    with linked.read() as session:
        links.open_link(session, TOKEN, day("04-15 08:59"))
    assert why(linked, TOKEN, "04-15 09:00") == "expired"


def test_a_guessed_link_opens_nothing(linked: Book) -> None:
    assert why(linked, TOKEN[:-1], "03-02 09:00") == "unknown"
    assert why(linked, "", "03-02 09:00") == "unknown"


def test_the_book_does_not_hold_the_token(linked: Book) -> None:
    with linked.read() as session:
        assert TOKEN not in str(session.execute(select(Link.__table__)).all())


def test_revoking_shuts_every_link_of_the_contact_at_once(linked: Book) -> None:
    with linked.write() as session:
        links.write(session, [("another-token", 1, None)], "board", MADE)
        assert links.revoke(session, 1, day("03-02 09:00"), "王文书") == 2
    assert why(linked, TOKEN, "03-02 09:00") == "revoked"
    assert why(linked, "another-token", "03-02 09:00") == "revoked"
    assert actions(linked)[-1] == "links.revoked"


def test_revoking_where_nothing_opens_leaves_no_entry(linked: Book) -> None:
    with linked.write() as session:
        assert links.revoke(session, 2, day("03-02 09:00"), "王文书") == 0
    assert "links.revoked" not in actions(linked)


def test_a_contact_who_has_left_cannot_come_in_nor_ask_for_a_new_link(linked: Book) -> None:
    with linked.write() as session:
        session.get_one(Contact, 1).active = False
    with linked.read() as session, pytest.raises(LinkRefusedError) as refused:
        links.open_link(session, TOKEN, day("03-02 09:00"))
    assert (refused.value.why, refused.value.contact_id) == ("revoked", None)


def test_a_new_link_is_sent_to_the_channel_on_file_once_an_hour(linked: Book) -> None:
    with linked.write() as session:
        assert links.send_new(session, 1, day("03-20 22:30"))
    with linked.write() as session:
        assert not links.send_new(session, 1, day("03-20 23:29"))
    [one] = messages(linked)
    assert (one.purpose, one.contact_id, one.urgent, one.state) == ("link", 1, True, "queued")
    with linked.write() as session:
        session.get_one(Message, one.id).state = "sent"
        assert links.send_new(session, 1, day("03-20 23:31"))


@pytest.mark.parametrize("fate", ["dead", "withdrawn"])
def test_a_new_link_that_never_left_does_not_bar_the_next(linked: Book, fate: str) -> None:
    for at in ("03-20 09:00", "03-20 09:05", "03-20 09:10"):
        with linked.write() as session:
            assert links.send_new(session, 1, day(at))
            assert not links.send_new(session, 1, day(at))
        with linked.write() as session:
            assert links.waits(session, 1)
            session.execute(update(Message).values(state=fate))
    with linked.read() as session:
        assert not links.waits(session, 1)


def test_who_sends_a_new_link_or_in_whose_name_it_is_asked_for_is_entered(linked: Book) -> None:
    with linked.write() as session:
        links.send_new(session, 1, day("03-20 09:00"), "王文书")
        links.send_new(session, 2, day("03-20 09:00"))
    assert [one.purpose for one in messages(linked)] == ["office-link", "link"]
    with linked.read() as session:
        last = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc()).limit(2)).all()
        entered = [(one.action, one.actor, json.loads(one.detail)) for one in last[::-1]]
    assert entered == [
        ("link.sent", "王文书", {"message": 1, "name": "甲文书"}),
        ("link.asked", "duban", {"message": 2, "name": "乙文书"}),
    ]


def test_who_asks_by_name_must_name_a_contact_of_that_very_unit(linked: Book) -> None:
    with linked.read() as session:
        assert links.contact_named(session, "一村", "甲文书") == 1
        assert links.contact_named(session, "cun1", "甲文书") == 1
        assert links.contact_named(session, "一村", "乙文书") is None
        assert links.contact_named(session, "", "") is None
