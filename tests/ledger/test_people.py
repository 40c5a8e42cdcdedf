from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import insert, select

from duban.ledger import channels, contacts, letters, links, people, staffing, ways
from duban.ledger.book import Book
from duban.ledger.channels import NewChannel
from duban.ledger.letters import FOLDER, LetterFilters
from duban.ledger.people import UnitFilters
from duban.ledger.secrets import SecretBox
from duban.ledger.staffing import ContactDraft, UnitDraft
from duban.ledger.tables import Attempt, Channel, Contact, Message, Unit
from duban.obligations.errors import DubanError
from support.campaign import adopt, advance, day, deliver, messages, notices, only

NOON = day("03-20 12:00")
TODAY = date(2023, 3, 20)
BOX = SecretBox(b"hFqBDBBQvzNmrQF1lJkL2pqzOcXvQmUuX6pvKqPqNqk=")


@pytest.fixture
def book_in_march(book: Book, town: object) -> Book:
    """Give a book in which three villages were told of March's check."""
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    return book


def number(book: Book, code: str) -> int:
    with book.read() as session:
        return session.scalars(select(Unit.id).where(Unit.code == code)).one()


def person(book: Book, name: str) -> int:
    with book.read() as session:
        return session.scalars(select(Contact.id).where(Contact.name == name)).one()


def listed(book: Book, **filters: object) -> list[str]:
    with book.read() as session:
        found = people.units(session, UnitFilters(**filters), TODAY)  # pyright: ignore[reportArgumentType]
    return [one.code for one in found.rows]


def add_channel(book: Book, name: str = "工作群") -> int:
    with book.write() as session:
        channels.add(session, BOX, NewChannel(name, "wecom", None, {"key": "k"}), NOON, "测试")
        return channels.named(session, BOX, name).id


def test_units_are_found_by_words_kind_and_tag(book_in_march: Book) -> None:
    assert listed(book_in_march) == ["cun1", "cun2", "cun3", "paichusuo"]
    assert listed(book_in_march, text="一") == ["cun1"]
    assert listed(book_in_march, text="cun", tag="沿江") == ["cun1", "cun2"]
    assert listed(book_in_march, kind="部门") == ["paichusuo"]
    assert listed(book_in_march, text="%") == []


def test_a_unit_stands_with_its_people_and_what_it_owes(book_in_march: Book) -> None:
    with book_in_march.read() as session:
        (first, *_) = people.units(session, UnitFilters(), TODAY, limit=1).rows
    assert (first.name, first.tags, first.contacts, first.open) == ("一村", ("沿江",), 1, 1)


def test_closed_units_are_listed_only_if_asked(book_in_march: Book) -> None:
    with book_in_march.write() as session:
        session.get_one(Unit, number(book_in_march, "cun1")).closed_on = TODAY
    assert "cun1" not in listed(book_in_march)
    assert "cun1" in listed(book_in_march, closed=True)


def test_people_stand_with_the_links_that_open_now(book_in_march: Book) -> None:
    contact = person(book_in_march, "甲文书")
    with book_in_march.write() as session:
        links.write(session, [("a" * 32, contact, None), ("b" * 32, contact, None)], "list", NOON)
        links.write(session, [("c" * 32, contact, None)], "list", day("01-03 09:00"))
    with book_in_march.read() as session:
        unit_id = number(book_in_march, "cun1")
        (found,) = contacts.contacts(session, [unit_id], NOON)[unit_id]
    assert [(one.purpose, one.number, one.until) for one in found.links] == [("list", 2, day("05-04 12:00"))]


def test_a_unit_and_its_people_are_changed_with_a_history(book_in_march: Book) -> None:
    with book_in_march.write() as session:
        made = staffing.add_unit(
            session, UnitDraft("cun7", "七村", "村", frozenset({"沿江"})), NOON, "王文书"
        )
        draft = UnitDraft("cun7", "七村", "社区", frozenset())
        assert staffing.change_unit(session, made, draft, NOON, "王文书")
        assert not staffing.change_unit(session, made, draft, NOON, "王文书")
        contact = staffing.add_contact(session, made, ContactDraft("庚文书", "13911110000"), NOON, "王文书")
        staffing.change_contact(session, contact, ContactDraft("庚文书", "0550-1234567"), NOON, "王文书")
    with book_in_march.read() as session:
        actions = [one.action for one in people.history(session, session.get_one(Unit, made.id))]
    assert actions == ["contact.changed", "contact.added", "unit.changed", "unit.added"]
    assert "cun7" in listed(book_in_march, kind="社区")


def test_two_who_put_units_below_each_other_at_once_make_no_ring(book_in_march: Book) -> None:
    ids = [number(book_in_march, "cun1"), number(book_in_march, "cun2")]
    begun = Barrier(2)

    def put(mine: int, above: int) -> bool:
        try:
            with book_in_march.write() as session:
                if not book_in_march.is_sqlite:  # where a writer is alone they cannot both have begun
                    begun.wait(20)
                draft = UnitDraft("", f"{mine}村", "村", frozenset(), above)
                staffing.change_unit(session, session.get_one(Unit, mine), draft, NOON, "王文书")
        except DubanError as refused:
            return "上级不能是本单位或它的下级" not in str(refused)
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(put, ids, reversed(ids))) == [False, True]


def test_nobody_is_put_on_a_channel_that_is_out_of_use(book_in_march: Book) -> None:
    channel, contact = add_channel(book_in_march), person(book_in_march, "甲文书")
    with book_in_march.write() as session:
        ways.retire(session, session.get_one(Channel, channel), None, NOON, "王文书")
    draft = ContactDraft("甲文书", "13900000001", "", channel)
    with pytest.raises(DubanError, match="已停用，请另选一个"), book_in_march.write() as session:
        staffing.change_contact(session, session.get_one(Contact, contact), draft, NOON, "王文书")
    unit, newcomer = number(book_in_march, "cun1"), ContactDraft("新人", "", "", channel)
    with pytest.raises(DubanError, match="已停用，请另选一个"), book_in_march.write() as session:
        staffing.add_contact(session, session.get_one(Unit, unit), newcomer, NOON, "王文书")


def test_nobody_is_left_behind_on_a_channel_that_goes_out_of_use_meanwhile(book_in_march: Book) -> None:
    channel, contact = add_channel(book_in_march), person(book_in_march, "甲文书")

    def retire() -> None:
        with book_in_march.write() as session:
            ways.retire(session, session.get_one(Channel, channel), None, NOON, "王文书")

    draft = ContactDraft("甲文书", "13900000001", "", channel)
    with ThreadPoolExecutor(1) as pool:
        with book_in_march.write() as session:
            staffing.change_contact(session, session.get_one(Contact, contact), draft, NOON, "王文书")
            retired = pool.submit(retire)
            sleep(0.3)  # the other begins, and must wait for this one
        retired.result(20)
    with book_in_march.read() as session:
        assert session.get_one(Contact, contact).channel_id is None


def test_a_contact_moved_to_a_channel_takes_what_waits_along(book_in_march: Book) -> None:
    channel, contact = add_channel(book_in_march), person(book_in_march, "甲文书")
    with book_in_march.write() as session:
        draft = ContactDraft("甲文书", "13900000001", "", channel)
        assert staffing.change_contact(session, session.get_one(Contact, contact), draft, NOON, "王文书") == 1
    assert [one.channel_id for one in messages(book_in_march) if one.contact_id == contact] == [channel]


def test_a_contact_switched_off_gets_nothing_that_waits(book_in_march: Book) -> None:
    contact = person(book_in_march, "甲文书")
    with book_in_march.write() as session:
        assert staffing.switch_off(session, session.get_one(Contact, contact), NOON, "王文书") == 1
    assert notices(book_in_march) == {"due": 2, "withdrawn": 1}
    assert len(deliver(book_in_march, NOON)) == 2
    with book_in_march.write() as session, pytest.raises(DubanError, match="已经停用"):
        staffing.switch_off(session, session.get_one(Contact, contact), NOON, "王文书")


def write_letters(book: Book, many: int, state: str = "dead") -> None:
    (known, *_) = messages(book)
    facts = {"contact_id": known.contact_id, "not_before": known.not_before, "send_on": date(2023, 3, 2)}
    with book.write() as session:
        session.execute(
            insert(Message), [{"key": f"{state}{n}", "state": state, **facts} for n in range(many)]
        )


def keys(book: Book, filters: LetterFilters, **edge: int) -> tuple[list[str], bool, bool]:
    with book.read() as session:
        found = letters.page(session, filters, **edge)
    return [one.key for one in found.rows], found.newer, found.older


def test_the_send_log_is_turned_from_the_newest_to_the_oldest_and_back(book_in_march: Book) -> None:
    write_letters(book_in_march, 5)
    dead = LetterFilters(state="dead")
    assert keys(book_in_march, dead, limit=2) == (["dead4", "dead3"], False, True)
    with book_in_march.read() as session:
        ids = dict(session.execute(select(Message.key, Message.id)).tuples().all())
    assert keys(book_in_march, dead, limit=2, before=ids["dead3"]) == (["dead2", "dead1"], True, True)
    assert keys(book_in_march, dead, limit=2, before=ids["dead1"]) == (["dead0"], True, False)
    assert keys(book_in_march, dead, limit=2, after=ids["dead2"]) == (["dead4", "dead3"], False, True)
    assert keys(book_in_march, dead, limit=2, after=ids["dead0"]) == (["dead2", "dead1"], True, True)


def test_the_send_log_is_filtered_by_unit_channel_and_day(book_in_march: Book) -> None:
    write_letters(book_in_march, 1)
    units = (number(book_in_march, "cun2"), number(book_in_march, "cun3"))
    assert len(keys(book_in_march, LetterFilters(unit_ids=units))[0]) == 2
    assert keys(book_in_march, LetterFilters(unit_ids=()))[0] == []
    assert len(keys(book_in_march, LetterFilters(channel_id=FOLDER))[0]) == 4
    assert keys(book_in_march, LetterFilters(channel_id=add_channel(book_in_march)))[0] == []
    assert keys(book_in_march, LetterFilters(day=date(2023, 3, 2)))[0] == ["dead0"]


def test_a_message_stands_with_every_try_and_what_it_was_about(book_in_march: Book) -> None:
    deliver(book_in_march, day("03-01 09:10"))
    (first, *_) = messages(book_in_march)
    with book_in_march.read() as session:
        found = letters.letter(session, first.id)
        assert letters.letter(session, 10**6) is None
    assert found is not None
    assert [(one.ok, one.answer) for one in found.tries] == [(True, "好")]
    assert [(one.title, one.kind, one.state) for one in found.named] == [
        ("2023年3月 · 每月检查", "opening", "sent")
    ]


def test_channels_stand_with_whom_they_reach_and_the_last_answer(book_in_march: Book) -> None:
    channel = add_channel(book_in_march)
    (first, *_) = messages(book_in_march)
    with book_in_march.write() as session:
        session.get_one(Message, first.id).channel_id = channel
        session.get_one(Message, first.id).attempts = 2
        session.get_one(Contact, first.contact_id).channel_id = channel
        tries = [{"message_id": first.id, "at": NOON, "ok": ok, "answer": said} for ok, said in _TRIES]
        session.execute(insert(Attempt), tries)
    with book_in_march.read() as session:
        (way,) = ways.ways(session)
    assert (way.contacts, way.waiting) == (1, 1)
    assert way.last is not None
    assert (way.last.ok, way.last.answer) == (True, "好的")


_TRIES = ((False, "频率超限"), (True, "好的"))


def test_a_channel_out_of_use_hands_over_its_people_and_what_waits(book_in_march: Book) -> None:
    old, new = add_channel(book_in_march), add_channel(book_in_march, "备用群")
    with book_in_march.write() as session:
        for one in session.scalars(select(Contact)):
            one.channel_id = old
        for one in session.scalars(select(Message)):
            one.channel_id = old
    with book_in_march.write() as session:
        found = session.get_one(Channel, old)
        assert ways.retire(session, found, new, NOON, "王文书") == (4, 3)
        with pytest.raises(DubanError, match="已经停用"):
            ways.retire(session, found, new, NOON, "王文书")
    assert {one.channel_id for one in messages(book_in_march)} == {new}


@pytest.mark.usefixtures("town")
def test_a_form_offers_five_hundred_units_at_most_and_first_those_beside_the_one_it_is_about(
    book: Book,
) -> None:
    with book.write() as session:
        above = [Unit(code=code, name=code, kind="镇") for code in ("z1", "z2")]
        session.add_all(above)
        session.flush()
        villages = [
            Unit(code=f"v{number:03}", name=f"第{number}村", kind="村", parent_id=above[number // 400].id)
            for number in range(600)
        ]
        session.add_all(villages)
        session.flush()
        last = villages[599].id
        offered = people.offered(session, TODAY, [last])
        assert (len(offered), offered[0].code, offered[199].code) == (500, "v400", "v599")
        assert [one.code for one in people.offered(session, TODAY)[:4]] == [
            "cun1",
            "cun2",
            "cun3",
            "paichusuo",
        ]
        assert [one.code for one in people.there(session, [last], TODAY)] == ["v599"]
