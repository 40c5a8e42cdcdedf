from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select

from duban.ledger import knocks
from duban.ledger.book import Book
from duban.ledger.tables import Knock
from support.campaign import day

HOME = "10.0.0.8"


def knock(book: Book, what: str, address: str, now: datetime) -> int:
    with book.write() as session:
        return knocks.knock(session, what, address, now)


def test_the_sixth_try_at_one_thing_waits_until_the_first_is_fifteen_minutes_old(book: Book) -> None:
    for minute in range(5):
        knock(book, "name/a", f"10.0.0.{minute}", day(f"03-24 09:0{minute}"))
    with pytest.raises(knocks.TooManyTriesError) as refused:
        knock(book, "name/a", "10.0.1.1", day("03-24 09:05"))
    assert str(refused.value) == "尝试次数过多，请在2023年3月24日（星期五）09:15以后再试。"
    assert refused.value.until == day("03-24 09:15")
    with pytest.raises(knocks.TooManyTriesError):
        knock(book, "name/a", "10.0.1.1", day("03-24 09:14"))
    knock(book, "name/a", "10.0.1.1", day("03-24 09:15"))
    with pytest.raises(knocks.TooManyTriesError, match="09:16"):
        knock(book, "name/a", "10.0.1.1", day("03-24 09:15"))


def test_a_refused_try_is_not_counted(book: Book) -> None:
    for _ in range(5):
        knock(book, "name/a", HOME, day("03-24 09:00"))
    for minute in range(1, 10):
        with pytest.raises(knocks.TooManyTriesError):
            knock(book, "name/a", HOME, day(f"03-24 09:0{minute}"))
    knock(book, "name/a", HOME, day("03-24 09:15"))


def test_other_things_may_still_be_tried(book: Book) -> None:
    for _ in range(5):
        knock(book, "name/a", HOME, day("03-24 09:00"))
    knock(book, "name/b", HOME, day("03-24 09:00"))


def test_the_twenty_first_try_from_one_address_waits_whatever_is_tried(book: Book) -> None:
    for number in range(20):
        knock(book, f"name/{number}", HOME, day("03-24 09:00"))
    with pytest.raises(knocks.TooManyTriesError, match="09:15"):
        knock(book, "setup/x", HOME, day("03-24 09:01"))
    knock(book, "setup/x", "10.0.0.9", day("03-24 09:01"))


def test_those_who_ask_for_a_link_keep_nobody_from_signing_in(book: Book) -> None:
    for number in range(60):
        knock(book, f"lost/{number}村", HOME, day("03-24 09:00"))
    with pytest.raises(knocks.TooManyTriesError, match="09:15"):
        knock(book, "lost/二村", HOME, day("03-24 09:01"))
    for number in range(20):
        knock(book, f"name/{number}", HOME, day("03-24 09:01"))
    with pytest.raises(knocks.TooManyTriesError):
        knock(book, "name/x", HOME, day("03-24 09:01"))


def test_those_who_sign_in_in_vain_keep_nobody_from_asking_for_a_link(book: Book) -> None:
    for number in range(20):
        knock(book, f"name/{number}", HOME, day("03-24 09:00"))
    knock(book, "lost/一村", HOME, day("03-24 09:00"))


def test_a_browser_that_is_known_waits_for_its_own_name_alone(book: Book) -> None:
    for number in range(20):
        knock(book, f"name/{number}", HOME, day("03-24 09:00"))
    with book.write() as session:
        for _ in range(5):
            knocks.knock(session, "name/a", HOME, day("03-24 09:01"), known=True)
    with pytest.raises(knocks.TooManyTriesError, match="09:16"), book.write() as session:
        knocks.knock(session, "name/a", HOME, day("03-24 09:02"), known=True)


def test_addresses_of_one_ipv6_network_count_as_one(book: Book) -> None:
    for number in range(20):
        knock(book, f"name/{number}", f"2001:db8:1:2::{number:x}", day("03-24 09:00"))
    with pytest.raises(knocks.TooManyTriesError):
        knock(book, "name/x", "2001:db8:1:2:ffff::1", day("03-24 09:00"))
    knock(book, "name/x", "2001:db8:1:3::1", day("03-24 09:00"))


def test_an_ipv4_address_written_as_ipv6_is_the_same_address(book: Book) -> None:
    knock(book, "name/a", "::ffff:10.0.0.8", day("03-24 09:00"))
    with book.read() as session:
        assert session.scalar(select(Knock.address)) == "10.0.0.8"


def test_a_right_try_wipes_out_what_failed_before_it(book: Book) -> None:
    for _ in range(4):
        knock(book, "name/a", HOME, day("03-24 09:00"))
    fifth = knock(book, "name/a", HOME, day("03-24 09:00"))
    with book.write() as session:
        knocks.opened(session, fifth)
    for _ in range(5):
        knock(book, "name/a", HOME, day("03-24 09:01"))
    with pytest.raises(knocks.TooManyTriesError):
        knock(book, "name/a", HOME, day("03-24 09:01"))


def test_what_is_shown_as_the_end_of_waiting_is_never_too_early(book: Book) -> None:
    for _ in range(5):
        knock(book, "name/a", HOME, day("03-24 09:00").replace(second=20))
    with pytest.raises(knocks.TooManyTriesError, match="09:16以后") as refused:
        knock(book, "name/a", HOME, day("03-24 09:01"))
    assert refused.value.until == day("03-24 09:16")


def test_tries_older_than_a_day_are_forgotten(book: Book) -> None:
    knock(book, "name/a", HOME, day("03-23 09:00"))
    knock(book, "name/b", HOME, day("03-23 10:00"))
    knock(book, "name/c", HOME, day("03-24 09:30"))
    with book.read() as session:
        assert session.scalars(select(Knock.what).order_by(Knock.id)).all() == ["name/b", "name/c"]


def test_a_limit_can_be_asked_about_without_counting(book: Book) -> None:
    with book.read() as session:
        knocks.check(session, "name/a", HOME, day("03-24 09:00"))
        assert session.scalar(select(func.count()).select_from(Knock)) == 0
