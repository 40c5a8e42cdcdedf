from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, insert, select, update

from duban.ledger import reorganise, units
from duban.ledger.book import Book
from duban.ledger.reorganise import Division, NewUnit
from duban.ledger.tables import Channel, Contact, JournalEntry, Unit
from duban.ledger.units import ImportReport
from duban.obligations.errors import InputError
from duban.obligations.roster import ContactFact, Roster, UnitFact
from support.campaign import adopt, advance, day, only

NOW = datetime(2023, 3, 1, 9, 0, tzinfo=timezone(timedelta(hours=8)))


COUNTY = Roster(
    (
        UnitFact("zhen", "示例镇", "镇"),
        UnitFact("cun1", "一村", "村", frozenset({"沿江"}), "zhen"),
        UnitFact("cun2", "二村", "村", frozenset({"沿江", "集市"}), "zhen"),
        UnitFact("cun3", "三村", "村", frozenset(), "zhen"),
        UnitFact("paichusuo", "派出所", "部门", frozenset({"牵头"}), "zhen"),
    ),
    (
        ContactFact("cun1", "甲文书", "13900000001"),
        ContactFact("cun2", "乙文书", "13900000002", "yi@example.cn"),
        ContactFact("cun3", "丙文书"),
        ContactFact("paichusuo", "丁民警", "13900000004"),
    ),
    title="示例镇名册",
    example=True,
)


@pytest.fixture
def town(book: Book) -> Roster:
    """Put a town with its villages below it into the book."""
    with book.write() as session:
        units.import_roster(session, COUNTY, NOW, "测试")
    return COUNTY


def bring(book: Book, roster: Roster) -> ImportReport:
    with book.write() as session:
        return units.import_roster(session, roster, NOW, "李主任")


def kept(book: Book) -> Roster:
    with book.read() as session:
        return units.roster(session)


def entries(book: Book) -> list[tuple[str, str]]:
    with book.read() as session:
        rows = session.execute(select(JournalEntry.actor, JournalEntry.action).order_by(JournalEntry.seq))
        return [(actor, action) for actor, action in rows]


def test_a_roster_goes_in_and_comes_out_as_it_was(book: Book, town: Roster) -> None:
    found = kept(book)
    assert set(found.units) == set(town.units)
    assert set(found.contacts) == set(town.contacts)


def test_children_may_stand_before_their_parents(book: Book, town: Roster) -> None:
    backwards = Roster(
        tuple(replace(unit, code=f"b{unit.code}", parent=None) for unit in reversed(town.units))
    )
    child = replace(backwards.units[0], parent="bzhen")
    report = bring(book, Roster((child, *backwards.units[1:])))
    assert report.added == ("bpaichusuo", "bcun3", "bcun2", "bcun1", "bzhen")
    assert {unit.code: unit.parent for unit in kept(book).units}["bpaichusuo"] == "bzhen"


def test_the_same_roster_twice_changes_nothing_and_enters_nothing(book: Book, town: Roster) -> None:
    report = bring(book, town)
    assert report.nothing_new
    assert (report.unchanged, report.absent) == (("zhen", "cun1", "cun2", "cun3", "paichusuo"), ())
    assert len(report.contacts_unchanged) == 4
    assert entries(book) == [("测试", "roster.imported")]


@pytest.mark.usefixtures("town")
def test_what_changed_is_changed_and_what_the_file_leaves_out_stays(book: Book) -> None:
    file = Roster(
        (
            UnitFact("cun1", "一社区", "社区", frozenset({"集市"}), "zhen", None, date(2024, 1, 1)),
            UnitFact("cun4", "四村", "村", frozenset({"沿江"}), "cun1"),
        ),
        (ContactFact("cun1", "甲文书", "13800000000"), ContactFact("cun4", "戊文书", email="wu@example.cn")),
        title="三月名册.xlsx",
    )
    assert bring(book, file) == ImportReport(
        added=("cun4",),
        changed=("cun1",),
        absent=("cun2", "cun3", "paichusuo", "zhen"),
        contacts_added=("cun4/戊文书",),
        contacts_changed=("cun1/甲文书",),
    )
    found = kept(book)
    assert set(file.units) <= set(found.units)
    assert set(file.contacts) <= set(found.contacts)
    assert {"一社区", "二村", "三村", "四村", "派出所", "示例镇"} == {unit.name for unit in found.units}


@pytest.mark.usefixtures("town")
def test_the_journal_says_what_changed_and_keeps_no_telephone_numbers(book: Book) -> None:
    unit = UnitFact("cun1", "一社区", "村", frozenset({"集市"}), "zhen")
    bring(book, Roster((unit,), (ContactFact("cun1", "甲文书", "13800000000"),), title="三月名册.xlsx"))
    with book.read() as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.seq == 2)).one()
    detail = json.loads(entry.detail)
    assert detail["changed"] == {"cun1": {"name": ["一村", "一社区"], "tags": [["沿江"], ["集市"]]}}
    assert detail["title"] == "三月名册.xlsx"
    assert detail["contacts_changed"] == ["cun1/甲文书"]
    assert "13800000000" not in entry.detail


def test_a_contacts_channel_is_looked_up_by_name(book: Book, town: Roster) -> None:
    with book.write() as session:
        session.execute(insert(Channel).values(name="村务群", kind="wecom"))
    contact = ContactFact("cun1", "甲文书", channel="村务群")
    bring(book, replace(town, contacts=(contact,)))
    assert contact in kept(book).contacts


def test_everything_wrong_is_told_at_once_and_nothing_is_written(book: Book, town: Roster) -> None:
    file = Roster(
        (
            UnitFact("cun4", "四村", "村"),
            UnitFact("cun4", "五村", "村"),
            UnitFact("cun6", "六村", "村", parent="cun9"),
        ),
        (ContactFact("cun7", "己文书"), ContactFact("cun1", "甲文书", channel="村务裙")),
        title="名册.csv",
    )
    with book.write() as session:
        session.execute(insert(Channel).values(name="村务群", kind="wecom"))
    with pytest.raises(InputError) as refused:
        bring(book, file)
    said = str(refused.value)
    assert len(refused.value.problems) == 4
    assert all(problem.file == "名册.csv" for problem in refused.value.problems)
    assert "代码重复" in said
    assert "cun9" in said
    assert "cun7" in said
    assert refused.value.problems[-1].text() == (
        "名册.csv [渠道] 联系人 cun1 甲文书 的渠道还没有建立，或已停用；"
        "应为留空（写入文件）、村务群；实际为村务裙；是否想写“村务群”？"
    )
    assert set(kept(book).units) == set(town.units)
    assert len(entries(book)) == 1


@pytest.mark.usefixtures("town")
def test_a_loop_through_units_that_the_file_leaves_out_is_refused(book: Book) -> None:
    bring(book, Roster((UnitFact("zu1", "一组", "组", parent="cun1"),)))
    with pytest.raises(InputError, match="循环"):
        bring(book, Roster((UnitFact("zhen", "示例镇", "镇", parent="zu1"),)))


def test_a_contact_that_the_office_switched_off_stays_off(book: Book, town: Roster) -> None:
    with book.write() as session:
        session.execute(update(Contact).where(Contact.name == "甲文书").values(active=False))
    report = bring(book, replace(town, contacts=(ContactFact("cun1", "甲文书", "13800000000"),)))
    assert report.contacts_off == ("cun1/甲文书",)
    assert "甲文书" not in {contact.name for contact in kept(book).contacts}


def test_nobody_is_put_on_a_channel_that_is_out_of_use(book: Book, town: Roster) -> None:
    with book.write() as session:
        session.execute(insert(Channel).values(name="村务群", kind="wecom", active=False))
    with pytest.raises(InputError, match="的渠道还没有建立，或已停用；应为留空（写入文件）；实际为村务群"):
        bring(book, replace(town, contacts=(ContactFact("cun1", "甲文书", channel="村务群"),)))


def test_a_roster_does_not_close_a_unit_in_the_past(book: Book, town: Roster) -> None:
    unit = replace(town.units[1], closed_on=date(2020, 1, 1))
    expected = "应为2023-03-01或以后，或账簿中原有的日期；实际为2020-01-01"
    said = f"单位 cun1 停用日期不能早于今天，过去的记录不改；{expected}"
    with pytest.raises(InputError, match=said):
        bring(book, Roster((unit,)))
    today = replace(unit, closed_on=date(2023, 3, 1))
    assert bring(book, Roster((today,))).changed == ("cun1",)
    with book.write() as session:
        later = units.import_roster(session, Roster((today,)), NOW + timedelta(days=30), "李主任")
    assert later.unchanged == ("cun1",)


def test_a_roster_does_not_close_a_unit_that_still_owes(book: Book) -> None:
    with book.write() as session:
        units.import_roster(session, COUNTY, day("01-03 08:00"), "测试")
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, NOW)
    unit = replace(COUNTY.units[1], closed_on=date(2023, 4, 1))
    said = "单位 cun1 还有1项没有办结，停用时要写明去向，请到单位页办理停用；应为留空；实际为2023-04-01"
    with pytest.raises(InputError, match=said):
        bring(book, Roster((unit,)))


def test_a_roster_does_not_move_the_day_on_which_others_carry_on(book: Book, town: Roster) -> None:
    parts = (NewUnit("dong", "东村", "村"), NewUnit("xi", "西村", "村"))
    with book.write() as session:
        one = session.scalars(select(Unit.id).where(Unit.code == "cun1")).one()
        reorganise.split(session, Division(one, parts, date(2023, 4, 1)), NOW, "王文书")
    with pytest.raises(
        InputError, match="单位 cun1 已定由“东村、西村”接续，停用日期不能改；应为2023-04-01；实际为空"
    ):
        bring(book, Roster((town.units[1],)))


def test_a_unit_is_active_from_the_day_it_opens_until_the_day_it_closes(book: Book) -> None:
    first, last = date(2023, 3, 1), date(2023, 9, 1)
    bring(
        book,
        Roster((UnitFact("a", "甲村", "村", opened_on=first, closed_on=last), UnitFact("b", "乙村", "村"))),
    )

    def on(day: date) -> list[str]:
        with book.read() as session:
            return [unit.code for unit in units.active_units(session, day)]

    assert on(date(2023, 2, 28)) == ["b"]
    assert on(first) == ["a", "b"]
    assert on(date(2023, 8, 31)) == ["a", "b"]
    assert on(last) == ["b"]


def test_a_closed_unit_is_not_reported_as_left_out(book: Book) -> None:
    bring(book, Roster((UnitFact("a", "甲村", "村", closed_on=date(2023, 2, 1)),)))
    assert bring(book, Roster((UnitFact("b", "乙村", "村"),))).absent == ()


def test_a_roster_of_hundreds_goes_in(book: Book) -> None:
    facts = tuple(
        UnitFact(f"u{n:04}", f"第{n}组", "组", frozenset({"山区", f"片{n % 7}"})) for n in range(1500)
    )
    bring(book, Roster(facts))
    with book.read() as session:
        assert session.scalar(select(func.count()).select_from(Unit)) == 1500
