from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select

from duban.ledger import clues, heirs, journal, namings, people, reorganise
from duban.ledger.book import Book
from duban.ledger.clues import NewClue
from duban.ledger.reorganise import Division, Done, LetOff, Merger, NewUnit
from duban.ledger.tables import ClueHop, Contact, JournalEntry, Unit, UnitTag
from duban.obligations.errors import DubanError
from support import finding_cast
from support.campaign import PLAN, adopt, advance, day, only, owing, submit, workdays

MARCH_20 = day("03-20 10:00")
APRIL = date(2023, 4, 1)
NOTHING = LetOff()
NEW = NewUnit("cun9", "新村", "村")


@pytest.fixture
def book_in_march(book: Book, town: object) -> Book:
    """Give a book in which three villages owe March's check; April's opens on the 1st."""
    adopt(book)
    only(book, "yuecha", "2023-03", "2023-04")
    advance(book, day("03-01 09:00"))
    return book


def unit(book: Book, code: str) -> Unit:
    with book.read() as session:
        return session.scalars(select(Unit).where(Unit.code == code)).one()


def number(book: Book, code: str) -> int:
    return unit(book, code).id


def people_of(book: Book, code: str) -> list[str]:
    with book.read() as session:
        query = select(Contact.name).join(Unit, Unit.id == Contact.unit_id).where(Unit.code == code)
        return list(session.scalars(query.order_by(Contact.name)))


def tags(book: Book, code: str) -> set[str]:
    with book.read() as session:
        query = select(UnitTag.tag).join(Unit, Unit.id == UnitTag.unit_id).where(Unit.code == code)
        return set(session.scalars(query))


def open_ids(book: Book, code: str) -> frozenset[int]:
    with book.read() as session:
        return frozenset(one.obligation_id for one in people.still_open(session, [number(book, code)]))


def entry(book: Book) -> JournalEntry:
    with book.read() as session:
        return (
            session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first() or JournalEntry()
        )


def close(book: Book, code: str, on: date, now: datetime = MARCH_20, let_off: LetOff = NOTHING) -> Done:
    id_ = number(book, code)
    with book.write() as session:
        return reorganise.close(session, id_, on, now, "王文书", let_off)


def merge(
    book: Book,
    *codes: str,
    into: NewUnit | str = NEW,
    on: date = APRIL,
    contacts: tuple[str, ...] = (),
    unite_tags: bool = True,
    let_off: LetOff = NOTHING,
) -> Done:
    with book.read() as session:
        chosen = frozenset(session.scalars(select(Contact.id).where(Contact.name.in_(contacts))))
    target = number(book, into) if isinstance(into, str) else into
    merger = Merger(tuple(number(book, code) for code in codes), target, on, chosen, unite_tags)
    with book.write() as session:
        return reorganise.merge(session, merger, MARCH_20, "王文书", let_off)


def split(book: Book, code: str) -> Done:
    parts = (NewUnit("dong", "东村", "村"), NewUnit("xi", "西村", "村"))
    id_ = number(book, code)
    with book.write() as session:
        return reorganise.split(session, Division(id_, parts, APRIL), MARCH_20, "王文书")


def test_a_closed_unit_still_owes_what_it_was_asked_and_is_asked_nothing_new(book_in_march: Book) -> None:
    assert close(book_in_march, "cun1", APRIL) == Done((), 1, 0)
    advance(book_in_march, day("04-03 09:00"))
    assert owing(book_in_march) == {"cun1": "owed", "cun2": "owed", "cun3": "owed"}
    assert sorted(owing(book_in_march, period="2023-04")) == ["cun2", "cun3"]
    assert submit(book_in_march, "cun1", day("04-03 10:00")) == 1


def test_what_is_open_may_be_let_off_with_a_reason_and_the_entry_says_so(book_in_march: Book) -> None:
    (owed,) = open_ids(book_in_march, "cun1")
    done = close(book_in_march, "cun1", APRIL, let_off=LetOff(frozenset({owed}), "区划调整"))
    assert done == Done((), 0, 1)
    assert owing(book_in_march)["cun1"] == "exempt"
    assert entry(book_in_march).action == "unit.closed"
    told = f'{{"closed_on":"2023-04-01","code":"cun1","exempted":[{owed}],"owed":[]}}'
    assert entry(book_in_march).detail == told
    with book_in_march.read() as session:
        assert journal.verify(session).ok


def test_nothing_is_let_off_without_a_reason_and_then_nothing_is_written(book_in_march: Book) -> None:
    with pytest.raises(DubanError, match="免报须写明理由"):
        close(book_in_march, "cun1", APRIL, let_off=LetOff(open_ids(book_in_march, "cun1")))
    assert unit(book_in_march, "cun1").closed_on is None


def test_what_another_unit_owes_is_not_let_off_with_it(book_in_march: Book) -> None:
    close(book_in_march, "cun1", APRIL, let_off=LetOff(open_ids(book_in_march, "cun2"), "区划调整"))
    assert owing(book_in_march) == {"cun1": "owed", "cun2": "owed", "cun3": "owed"}


def test_a_unit_is_not_closed_in_the_past_nor_twice(book_in_march: Book) -> None:
    with pytest.raises(DubanError, match="停用日期不能早于今天"):
        close(book_in_march, "cun1", date(2023, 3, 19))
    close(book_in_march, "cun1", date(2023, 3, 20))
    with pytest.raises(DubanError, match="“一村”已于2023-03-20停用"):
        close(book_in_march, "cun1", APRIL, day("03-21 09:00"))


def test_a_closing_that_lies_ahead_may_be_taken_back(book_in_march: Book) -> None:
    close(book_in_march, "cun1", APRIL)
    with book_in_march.write() as session:
        reorganise.keep(session, number(book_in_march, "cun1"), MARCH_20, "王文书")
    assert unit(book_in_march, "cun1").closed_on is None
    with book_in_march.write() as session, pytest.raises(DubanError, match="不用撤销"):
        reorganise.keep(session, number(book_in_march, "cun1"), MARCH_20, "王文书")


def test_who_is_to_be_closed_is_not_closed_merged_or_split_once_more(book_in_march: Book) -> None:
    close(book_in_march, "cun1", APRIL)
    said = "“一村”已定于2023-04-01起停用；要改为别的安排，请先撤销停用。"
    with pytest.raises(DubanError, match=said):
        close(book_in_march, "cun1", date(2023, 4, 2))
    with pytest.raises(DubanError, match=said):
        merge(book_in_march, "cun1", "cun2")
    with pytest.raises(DubanError, match=said):
        split(book_in_march, "cun1")
    assert unit(book_in_march, "cun1").closed_on == APRIL


def test_a_closing_for_which_others_carry_on_is_not_taken_back_alone(book_in_march: Book) -> None:
    split(book_in_march, "cun1")
    merge(book_in_march, "cun2", into="cun3", unite_tags=False)
    for code, said in (("cun1", "由“东村、西村”接续"), ("cun2", "由“三村”接续")):
        with pytest.raises(DubanError, match=said), book_in_march.write() as session:
            reorganise.keep(session, number(book_in_march, code), MARCH_20, "王文书")
        assert unit(book_in_march, code).closed_on == APRIL


def test_two_villages_become_a_new_one_that_is_asked_from_that_day_on(book_in_march: Book) -> None:
    done = merge(book_in_march, "cun1", "cun2", contacts=("甲文书", "乙文书"))
    assert (done.owed, done.let_off) == (2, 0)
    new = unit(book_in_march, "cun9")
    assert (new.id, new.name, new.opened_on) == (done.unit_ids[0], "新村", APRIL)
    assert tags(book_in_march, "cun9") == {"沿江", "集市"}
    assert people_of(book_in_march, "cun9") == ["乙文书", "甲文书"]
    assert people_of(book_in_march, "cun1") == ["甲文书"]
    advance(book_in_march, day("04-03 09:00"))
    assert sorted(owing(book_in_march)) == ["cun1", "cun2", "cun3"]
    assert sorted(owing(book_in_march, period="2023-04")) == ["cun3", "cun9"]


def test_a_merger_is_one_entry_in_the_history_of_each(book_in_march: Book) -> None:
    merge(book_in_march, "cun1", "cun2")
    assert (entry(book_in_march).action, entry(book_in_march).subject) == ("units.merged", "units")
    with book_in_march.read() as session:
        for code in ("cun1", "cun2", "cun9"):
            actions = [one.action for one in people.history(session, unit(book_in_march, code))]
            assert actions[0] == "units.merged"
        third = [one.action for one in people.history(session, unit(book_in_march, "cun3"))]
        assert third == ["roster.imported"]
        assert journal.verify(session).ok


def test_one_village_may_be_merged_into_one_that_is_there(book_in_march: Book) -> None:
    merge(book_in_march, "cun1", into="cun2", contacts=("甲文书",))
    assert unit(book_in_march, "cun1").closed_on == APRIL
    assert unit(book_in_march, "cun2").closed_on is None
    assert people_of(book_in_march, "cun2") == ["乙文书", "甲文书"]


def test_a_village_is_not_given_tags_before_the_day(book_in_march: Book) -> None:
    with pytest.raises(DubanError, match=r"标签不分日期.*“三村”提前承担“沿江”"):
        merge(book_in_march, "cun1", into="cun3")
    merge(book_in_march, "cun1", into="cun3", unite_tags=False)
    assert tags(book_in_march, "cun3") == set()


def test_on_the_day_itself_tags_are_united(book_in_march: Book) -> None:
    merge(book_in_march, "cun1", "cun3", into="cun3", on=date(2023, 3, 20))
    assert tags(book_in_march, "cun3") == {"沿江"}
    assert unit(book_in_march, "cun3").closed_on is None


def test_one_unit_alone_is_no_merger_and_a_code_in_use_is_refused(book_in_march: Book) -> None:
    with pytest.raises(DubanError, match="至少要有两个单位"):
        merge(book_in_march, "cun1")
    with pytest.raises(DubanError, match="代码“cun3”已有单位在用"):
        merge(book_in_march, "cun1", "cun2", into=NewUnit("cun3", "新村", "村"))
    assert unit(book_in_march, "cun1").closed_on is None


def test_nothing_is_merged_into_a_unit_that_is_closed_by_then(book_in_march: Book) -> None:
    close(book_in_march, "cun3", APRIL)
    with pytest.raises(DubanError, match="“三村”在2023-04-01不是启用的单位"):
        merge(book_in_march, "cun1", into="cun3")


def test_people_of_the_same_name_are_copied_once(book_in_march: Book) -> None:
    with book_in_march.write() as session:
        session.add(Contact(unit_id=number(book_in_march, "cun2"), name="甲文书"))
    merge(book_in_march, "cun1", "cun2", contacts=("甲文书",))
    assert people_of(book_in_march, "cun9") == ["甲文书"]


def test_one_village_becomes_two_with_its_tags_and_the_people_as_chosen(book_in_march: Book) -> None:
    with book_in_march.read() as session:
        clerk = session.scalars(select(Contact.id).where(Contact.name == "乙文书")).one()
    parts = (NewUnit("cun2a", "东村", "村"), NewUnit("cun2b", "西村", "社区"))
    division = Division(number(book_in_march, "cun2"), parts, APRIL, {1: frozenset({clerk})})
    with book_in_march.write() as session:
        done = reorganise.split(session, division, MARCH_20, "王文书")
    assert (len(done.unit_ids), done.owed) == (2, 1)
    assert unit(book_in_march, "cun2").closed_on == APRIL
    assert tags(book_in_march, "cun2a") == tags(book_in_march, "cun2b") == {"沿江", "集市"}
    assert (people_of(book_in_march, "cun2a"), people_of(book_in_march, "cun2b")) == ([], ["乙文书"])
    assert entry(book_in_march).action == "unit.split"
    advance(book_in_march, day("04-03 09:00"))
    assert sorted(owing(book_in_march, period="2023-04")) == ["cun1", "cun2a", "cun3"]


def test_a_unit_is_not_split_into_one(book_in_march: Book) -> None:
    division = Division(number(book_in_march, "cun2"), (NewUnit("cun2a", "东村", "村"),), APRIL)
    with book_in_march.write() as session, pytest.raises(DubanError, match="至少要拆成两个"):
        reorganise.split(session, division, MARCH_20, "王文书")


def test_plans_that_name_a_unit_are_found(book: Book, town: object) -> None:
    named = PLAN.replace("{name: 各部门, kinds: [部门]}", "{name: 各部门, kinds: [部门], units: [一村]}")
    named = named.replace("{name: 各村, kinds: [村]}", "{name: 各村, kinds: [村], except: [cun2]}")
    adopt(book, named)
    with book.read() as session:
        units = [unit(book, code) for code in ("cun1", "cun2", "cun3")]
        found = namings.namings(session, units, MARCH_20)
        later = namings.namings(session, units, day("2024-01-02 09:00"))
    assert [(one.title, one.audience, one.how, one.name) for one in found] == [
        ("示例检查方案", "各村", "except", "cun2"),
        ("示例检查方案", "各部门", "units", "一村"),
    ]
    assert later == []


def test_findings_and_clues_go_over_to_who_carries_on_when_the_day_has_come(book_in_march: Book) -> None:
    first = finding_cast.record(book_in_march, day("03-06 16:00"))
    gone = finding_cast.record(book_in_march, day("03-06 16:01"), unit="cun3", key="k3")
    cun1 = number(book_in_march, "cun1")
    clue = NewClue("c1", "jiancha", cun1, "线索", "夜间运货", day("04-10 18:00"))
    with book_in_march.write() as session:
        clues.send(session, clue, day("03-07 09:00"), "王文书", finding_cast.MEANS)
    merge(book_in_march, "cun1", "cun2")
    close(book_in_march, "cun3", APRIL, day("03-20 11:00"))

    def carry(at: str) -> list[str | None]:
        with book_in_march.read() as session:
            due = heirs.due(session, day(at), workdays())
        with book_in_march.write() as session:
            return [heirs.handle(session, one, day(at), finding_cast.MEANS) for one in due]

    assert carry("03-31 23:59") == []
    assert carry("04-01 09:00") == ["“一村”已撤并，由“新村”承接：隐患1处，线索1条"]
    assert carry("04-01 10:00") == []
    assert finding_cast.look(book_in_march, first).unit_id == number(book_in_march, "cun9")
    assert finding_cast.look(book_in_march, gone).unit_id == number(book_in_march, "cun3")
    with book_in_march.read() as session:
        assert heirs.ownerless(session, day("04-01 10:00")) == 1
        hop = session.scalars(select(ClueHop).order_by(ClueHop.id.desc())).first()
        assert hop is not None
        assert (hop.n, hop.to_unit_id) == (2, number(book_in_march, "cun9"))
        assert journal.verify(session).reason_zh == ""
    with book_in_march.write() as session, pytest.raises(DubanError, match="撤销，请选择承接的单位"):
        clues.send(session, replace(clue, key="c2"), day("04-02 09:00"), "王文书", finding_cast.MEANS)
