"""The rule in SQL, against literal answers and against the same rule in Python."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from sqlalchemy import select, true

from duban.calendar.audiences import select as chosen
from duban.calendar.plan import Audience
from duban.ledger.audiences import matches
from duban.ledger.book import Book
from duban.ledger.tables import Unit
from duban.ledger.units import import_roster
from duban.obligations.roster import Roster, UnitFact

DAY = date(2023, 3, 1)
NOW = datetime(2023, 3, 1, 9, 0, tzinfo=timezone(timedelta(hours=8)))
COUNTY = Roster(
    (
        UnitFact("xian", "示例县", "县"),
        UnitFact("zhen", "示例镇", "镇", parent="xian"),
        UnitFact("cun1", "一村", "村", frozenset({"沿江"}), "zhen"),
        UnitFact("cun2", "二村", "村", frozenset({"沿江", "集市"}), "zhen"),
        UnitFact("cun3", "三村", "村", frozenset(), "zhen"),
        UnitFact("zu1", "一组", "组", frozenset({"集市"}), "cun1"),
        UnitFact("suo", "派出所", "部门", frozenset({"牵头", "沿江"}), "zhen"),
        UnitFact("ju", "应急局", "部门", frozenset({"牵头"}), "xian"),
        UnitFact("jiu", "旧村", "村", frozenset({"沿江"}), "zhen", None, DAY),
        UnitFact("xin", "新村", "村", frozenset({"沿江"}), "zhen", DAY),
    )
)


def audience(**parts: Any) -> Audience:
    return Audience.model_validate({"name": "各村", **parts})


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def county(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """Give one book for all that only read it."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('county') / 'book.db'}"
        else:
            url = stack.enter_context(request.getfixturevalue("postgres_server").empty())
        book = stack.enter_context(closing(Book.open(url)))
        book.migrate()
        with book.write() as session:
            import_roster(session, COUNTY, NOW, "测试")
        yield book


def codes(book: Book, wanted: Audience, day: date = DAY) -> set[str]:
    with book.read() as session:
        return set(session.scalars(select(Unit.code).where(matches(wanted, day, true()))))


CASES: list[tuple[dict[str, Any], set[str]]] = [
    ({"kinds": ["村"]}, {"cun1", "cun2", "cun3", "xin"}),
    ({"kinds": ["村", "部门"]}, {"cun1", "cun2", "cun3", "xin", "suo", "ju"}),
    ({"tags": ["沿江"]}, {"cun1", "cun2", "xin", "suo"}),
    ({"tags": ["集市", "牵头"]}, {"cun2", "zu1", "suo", "ju"}),
    ({"kinds": ["村"], "tags": ["沿江"]}, {"cun1", "cun2", "xin"}),
    ({"kinds": ["村"], "tags": ["牵头"]}, set()),
    ({"units": ["cun3", "派出所"]}, {"cun3", "suo"}),
    ({"kinds": ["部门"], "units": ["三村"]}, {"suo", "ju", "cun3"}),
    ({"kinds": ["村"], "except": ["一村", "cun2"]}, {"cun3", "xin"}),
    ({"units": ["一村"], "except": ["cun1"]}, set()),
    ({"kinds": ["村", "组", "部门"], "under": "zhen"}, {"cun1", "cun2", "cun3", "xin", "zu1", "suo"}),
    ({"kinds": ["村", "组", "部门"], "under": "一村"}, {"zu1"}),
    ({"kinds": ["镇", "部门"], "under": "示例县"}, {"zhen", "suo", "ju"}),
    ({"kinds": ["镇"], "under": "示例镇"}, set()),
    ({"units": ["应急局"], "under": "zhen"}, set()),
    ({"kinds": ["村"], "under": "没有这个镇"}, set()),
    ({"units": ["旧村"]}, set()),
    ({}, set()),
]


@pytest.mark.parametrize(("parts", "expected"), CASES)
def test_an_audience_selects_these_units(county: Book, parts: dict[str, Any], expected: set[str]) -> None:
    wanted = audience(**parts)
    assert codes(county, wanted) == expected
    assert {unit.code for unit in chosen(wanted, COUNTY, DAY)} == expected


def test_a_unit_is_selected_only_while_it_exists(county: Book) -> None:
    villages = audience(kinds=["村"])
    assert codes(county, villages, date(2023, 2, 28)) == {"cun1", "cun2", "cun3", "jiu"}


some = st.lists(
    st.sampled_from(["村", "部门", "组", "沿江", "集市", "牵头", "cun1", "二村", "suo", "旧村"]), max_size=3
)


@given(some, some, some, st.sampled_from([None, "zhen", "示例县", "一村", "suo"]), some)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_rule_in_sql_is_the_rule_in_python(
    county: Book, kinds: list[str], tags: list[str], named: list[str], under: str | None, left_out: list[str]
) -> None:
    wanted = audience(kinds=kinds, tags=tags, units=named, under=under, **{"except": left_out})
    assert codes(county, wanted) == {unit.code for unit in chosen(wanted, COUNTY, DAY)}
