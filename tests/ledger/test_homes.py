"""Townships in one book: ways from the root, plans bound to a subtree, sums from above."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from duban.calendar import loader
from duban.calendar.expansion import expand
from duban.ledger import below, copying, homes, owed, people, reorganise, reports, staffing, years
from duban.ledger.below import scope_at
from duban.ledger.book import Book
from duban.ledger.reorganise import Merger
from duban.ledger.reports import Report
from duban.ledger.scope import FREE, belongs
from duban.ledger.staffing import UnitDraft
from duban.ledger.tables import Base, Obligation, Round, Unit
from duban.ledger.units import import_roster
from duban.obligations.errors import DubanError, InputError
from duban.obligations.roster import ContactFact, Roster, UnitFact
from support.campaign import NEW_YEAR, PLAN, advance, day, look, workdays

COUNTY = Roster(
    units=(
        UnitFact("xian", "某县", "县"),
        *(UnitFact(town, name, "镇", parent="xian") for town, name in (("jia", "甲镇"), ("yi", "乙镇"))),
        *(UnitFact(f"{town}{n}", f"第{n}村", "村", parent=town) for town in ("jia", "yi") for n in (1, 2)),
        *(UnitFact(f"{town}-bu", "派出所", "部门", parent=town) for town in ("jia", "yi")),
    ),
    contacts=tuple(ContactFact(f"{town}1", "文书", "13900000001") for town in ("jia", "yi")),
)
MONTHLY = PLAN[: PLAN.index("  - key: qingkuang")]


def bind(book: Book, slug: str, unit: str, phone: str = "") -> None:
    """Adopt the monthly check for one township."""
    with book.write() as session:
        root = homes.root_called(session, unit)
        homes.bind(session, slug, root, phone, NEW_YEAR, "办公室")
        plan = loader.renamed(loader.read(MONTHLY, "jiancha.yaml"), slug)
        opened = expand(plan.plan, 2023, workdays())
        years.adopt(session, opened, plan.source.text, NEW_YEAR, "办公室")


@pytest.fixture
def county(book: Book) -> Book:
    with book.write() as session:
        import_roster(session, COUNTY, NEW_YEAR, "测试")
    return book


@pytest.fixture
def shared(county: Book) -> Book:
    bind(county, "jiancha-jia", "jia", "0519-1")
    bind(county, "jiancha-yi", "yi", "0519-2")
    advance(county, day("03-01 09:00"))
    return county


def ways(book: Book) -> dict[str, str]:
    """Give each unit's way from the root, by codes."""
    with book.read() as session:
        rows = session.execute(select(Unit.id, Unit.code, Unit.path)).all()
    codes = {str(row.id): row.code for row in rows}
    return {row.code: "/".join(codes[one] for one in row.path.strip("/").split("/")) for row in rows}


def move(book: Book, code: str, above: str | None) -> None:
    with book.write() as session:
        unit = homes.root_called(session, code)
        parent = homes.root_called(session, above).id if above else None
        staffing.change_unit(
            session, unit, UnitDraft(code, unit.name, unit.kind, parent_id=parent), NEW_YEAR, "王"
        )


def owing(book: Book, slug: str) -> list[str]:
    with book.read() as session:
        query = select(Unit.code).join(Obligation, Obligation.unit_id == Unit.id)
        query = query.join(Round, Round.id == Obligation.round_id)
        return list(
            session.scalars(query.where(Round.slug == slug, Round.period == "2023-03").order_by(Unit.code))
        )


def test_the_database_keeps_each_units_way_whoever_moves_it(county: Book) -> None:
    assert ways(county)["jia1"] == "xian/jia/jia1"
    move(county, "jia", None)
    assert [ways(county)[code] for code in ("jia", "jia1", "yi1")] == ["jia", "jia/jia1", "xian/yi/yi1"]
    move(county, "jia", "yi")
    assert [ways(county)[code] for code in ("jia1", "jia-bu")] == ["xian/yi/jia/jia1", "xian/yi/jia/jia-bu"]


def test_a_roster_that_turns_the_tree_over_leaves_every_way_right(county: Book) -> None:
    turned = [
        replace(one, parent={"xian": "jia", "jia": None}.get(one.code, one.parent)) for one in COUNTY.units
    ]
    with county.write() as session:
        import_roster(session, Roster(tuple(turned)), NEW_YEAR, "测试")
    found = ways(county)
    assert [found[code] for code in ("jia", "xian", "yi1", "jia1")] == [
        *("jia", "jia/xian", "jia/xian/yi/yi1", "jia/jia1"),
    ]


def test_a_plan_asks_of_its_own_subtree_alone(shared: Book) -> None:
    assert owing(shared, "jiancha-jia") == ["jia1", "jia2"]
    assert owing(shared, "jiancha-yi") == ["yi1", "yi2"]


def test_a_plan_is_bound_once_and_before_it_is_in_force(county: Book) -> None:
    with county.write() as session:
        years.adopt(
            session, expand(loader.read(MONTHLY, "x").plan, 2023, workdays()), MONTHLY, NEW_YEAR, "王"
        )
    with pytest.raises(DubanError, match="方案“jiancha”已在全账簿执行，不能改归“甲镇”"):
        bind(county, "jiancha", "jia")
    bind(county, "jiancha-jia", "jia")
    with pytest.raises(DubanError, match="方案“jiancha-jia”已归“甲镇”，不能再归“乙镇”"):
        bind(county, "jiancha-jia", "yi")


def test_a_name_that_two_townships_use_is_no_root(county: Book) -> None:
    with county.read() as session:
        with pytest.raises(DubanError, match="叫“第1村”的单位有2个，请写代码：jia1、yi1。"):
            homes.root_called(session, "第1村")
        with pytest.raises(DubanError, match="名册中没有代码或名称为“丙镇”的单位。"):
            homes.root_called(session, "丙镇")


def test_a_reminder_goes_in_the_name_of_the_units_own_office(shared: Book) -> None:
    told = [one.home for one in look(shared, day("03-01 10:00")) if one.home]
    assert sorted(told) == [homes.Home("镇综治岗", "0519-1"), homes.Home("镇综治岗", "0519-2")]


def test_from_above_each_township_is_a_row_of_sums(shared: Book) -> None:
    with shared.write() as session:
        found = owed.find(session, "jiancha-jia", "yuecha", "2023-03", "jia1")
        reports.submit(session, found, Report("key", {"shuliang": "3"}, by="第1村"), day("03-20 10:00"))
    advance(shared, day("03-25 09:00"))
    with shared.read() as session:
        county = scope_at(session, homes.root_called(session, "xian").id)
        found = below.subtrees(session, county, day("03-01 00:00"), day("04-01 00:00"), day("03-25 09:00"))
        whole = below.subtrees(session, None, day("03-01 00:00"), day("04-01 00:00"), day("03-25 09:00"))
    # Nobody answered in January and February.
    assert [(one.name, one.plans, one.overdue, one.tally.timely, one.tally.obliged) for one in found] == [
        ("甲镇", 1, 5, 1, 2),
        ("乙镇", 1, 6, 0, 2),
    ]
    assert all(one.home and not one.deeper for one in found)
    assert [(one.name, one.plans, one.overdue, one.home, one.deeper) for one in whole] == [
        ("某县", 2, 11, False, True)
    ]


def test_a_narrowed_session_makes_units_in_its_own_subtree(shared: Book) -> None:
    with shared.read() as session:
        yi = scope_at(session, homes.root_called(session, "yi").id)
    with shared.write(yi) as session:
        staffing.add_unit(session, UnitDraft("yi9", "第9村", "村"), day("03-01 10:00"), "乙镇办公室")
        with pytest.raises(DubanError, match="代码“jia1”已有单位在用，请换一个。"):
            staffing.add_unit(session, UnitDraft("jia1", "第1村", "村"), day("03-01 10:00"), "乙镇办公室")
    with shared.write(yi) as session:
        import_roster(session, Roster((UnitFact("yi8", "第8村", "村"),)), day("03-01 10:00"), "乙镇办公室")
    assert [ways(shared)[code] for code in ("yi9", "yi8", "yi")] == ["xian/yi/yi9", "xian/yi/yi8", "xian/yi"]
    with shared.write(yi) as session, pytest.raises(InputError, match="单位代码已有别的乡镇在用"):
        import_roster(session, Roster((UnitFact("jia1", "第1村", "村"),)), day("03-01 10:00"), "乙镇办公室")


def test_a_unit_is_not_moved_away_from_the_township_whose_plans_it_answers(shared: Book) -> None:
    said = "“第1村”在“甲镇”的方案里有事项，不能移出“甲镇”；请在原处停用，在新的上级下另设单位。"
    with pytest.raises(DubanError, match=said):
        move(shared, "jia1", "yi")
    moved = Roster((UnitFact("jia1", "第1村", "村", parent="yi"),))
    with pytest.raises(DubanError, match=said), shared.write() as session:
        import_roster(session, moved, day("03-01 10:00"), "王")
    assert ways(shared)["jia1"] == "xian/jia/jia1"


def test_a_unit_names_others_of_its_own_township(shared: Book) -> None:
    with shared.read() as session:
        own = homes.root_called(session, "jia1").id
        assert [one.code for one in people.called(session, "派出所", of=own)] == ["jia-bu"]
        offered = people.offered(session, day("03-01 10:00").date(), of=own)
        assert [one.code for one in offered] == ["jia", "jia-bu", "jia1", "jia2"]
        assert len(people.called(session, "派出所")) == 2


def test_units_that_come_in_any_order_know_their_ways(book: Book) -> None:
    lines = [
        json.dumps([number, f"u{number}", "某村", "村", above, None, None, ""], ensure_ascii=False)
        for number, above in ((1, 4), (2, 3), (3, None), (4, 2))
    ]
    with book.write() as session:
        copying.fill(session, "units", lines)
    with book.read() as session:
        found = dict(session.execute(select(Unit.id, Unit.path)).tuples().all())
    assert found == {1: "/3/2/4/1/", 2: "/3/2/", 3: "/3/", 4: "/3/2/4/"}


def test_units_of_two_townships_do_not_merge_and_a_township_does_not_close_itself(shared: Book) -> None:
    with shared.read() as session:
        ids = [homes.root_called(session, code).id for code in ("jia1", "yi1")]
        yi = scope_at(session, homes.root_called(session, "yi").id)
    on = day("04-01 09:00").date()
    merger = Merger(tuple(ids), ids[0], on)
    with pytest.raises(DubanError, match="分属不同乡镇的单位不能合并"), shared.write() as session:
        reorganise.merge(session, merger, day("03-01 10:00"), "王")
    with pytest.raises(DubanError, match="不能停用本级单位"), shared.write(yi) as session:
        reorganise.close(session, yi.unit_id, on, day("03-01 10:00"), "王")


def test_every_table_has_a_rule_by_which_its_rows_belong_to_a_township() -> None:
    known = {mapper.class_.__tablename__: mapper.class_.__table__ for mapper in Base.registry.mappers}
    assert set(known) >= FREE
    for name, table in known.items():
        if name not in FREE | {"units"} and not {"slug", "series"} & set(table.columns.keys()):
            assert belongs(table)[1].name in set(known) - FREE
