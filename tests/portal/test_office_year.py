"""The year: the grid that people open first, the calendar, the list of rounds."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from duban.ledger.reports import Report
from duban.ledger.tables import Round, Unit
from duban.obligations.words import Role
from duban.portal.office.strip import Bar, draw
from support.campaign import PLAN, adopt, advance, day, round_of, submit
from support.desk import Desk


def cells(page: str, unit: str) -> list[str]:
    """Give what a reader hears of each cell in a unit's row that holds a mark."""
    [row] = [
        one for one in re.findall(r"<tr><th scope=\"row\">.*?</tr>", page, re.DOTALL) if f">{unit}<" in one
    ]
    return re.findall(r'aria-label="([^"]+)"', row)


def test_each_cell_says_in_words_how_a_unit_stands(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    submit(desk.book, "cun2", day("03-20 09:00"), report=Report("nil", nil=True, by="乙"))
    desk.clock.on("03-26 09:00")
    said = desk.signed_in(Role.LEADER).get("/year/grid?plan=jiancha&year=2023").text
    assert "按时" in cells(said, "一村")
    assert "零报告" in cells(said, "二村")
    assert "漏报" in cells(said, "三村")
    assert f'href="/obligations/{desk.obligation("cun3")}"' in said


def test_the_grid_can_be_walked_by_its_headings(desk: Desk) -> None:
    said = desk.signed_in(Role.OFFICE).get("/year/grid").text
    assert "<caption>示例检查方案，2023年" in said
    assert re.search(r'<th scope="colgroup" colspan="\d+" class="month">3月</th>', said)
    assert f'href="/rounds/{round_of(desk.book).id}" title="2023年3月 · 每月检查。期限：2023年3月24日' in said


def test_the_last_row_has_the_share_of_all_that_were_obliged(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    desk.clock.on("03-25 09:00")
    said = desk.signed_in(Role.OFFICE).get("/year/grid").text
    assert '<td title="1/3">33</td>' in said


def test_a_round_that_is_not_due_has_no_share_yet(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    office = desk.signed_in(Role.OFFICE)
    round_ = f"/rounds/{round_of(desk.book).id}"
    assert '<td title="还未到期，已按时1/3">—</td>' in office.get("/year/grid").text
    assert "<b>—</b>按时率（未到期）" in office.get(round_).text
    desk.clock.on("03-25 00:00")
    assert '<td title="1/3">33</td>' in office.get("/year/grid").text
    assert "<b>33%</b>按时率<" in office.get(round_).text


@pytest.mark.parametrize(("kind", "seen"), [("村", True), ("部门", False)])
def test_the_grid_is_filtered_by_kind_of_unit(desk: Desk, kind: str, seen: bool) -> None:  # noqa: FBT001 - a table
    said = desk.signed_in(Role.OFFICE).get(f"/year/grid?kind={kind}").text
    assert (">一村<" in said) is seen


def test_names_with_rare_characters_and_markup_are_shown_as_they_are(desk: Desk) -> None:
    with desk.book.write() as session:
        session.execute(update(Unit).where(Unit.code == "cun1").values(name="𠮷村🙂<script>"))
    said = desk.signed_in(Role.OFFICE).get("/year/grid").text
    assert "𠮷村🙂&lt;script&gt;" in said


def test_half_a_year_is_shown_alone(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    assert ">3月<" not in office.get("/year/grid?half=2").text
    assert ">9月<" in office.get("/year/grid?half=2").text
    assert ">3月<" in office.get("/year/grid?half=1").text


def test_one_units_year_is_told_in_words(desk: Desk) -> None:
    with desk.book.read() as session:
        unit = session.scalars(select(Unit.id).where(Unit.code == "cun2")).one()
    office = desk.signed_in(Role.OFFICE)
    said = office.get(f"/year/grid?unit={unit}").text
    assert "二村：2023年各期次" in said
    assert "2023年3月 · 每月检查" in said
    assert office.get("/year/grid?unit=99999").status_code == 404


def test_the_calendar_lists_rounds_by_month_and_marks_what_is_provisional(desk: Desk) -> None:
    with desk.book.write() as session:
        session.execute(update(Round).where(Round.period == "2023-11").values(provisional=True))
    said = desk.signed_in(Role.SUPERVISOR).get("/year?year=2023").text
    assert "2023年11月" in said
    assert "暂定" in said
    assert 'role="img" aria-label="2023年各方案的阶段和时段"' in said


def test_a_provisional_deadline_is_marked_on_the_pages_of_a_unit(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    unit = "/units/1", "/year/grid?unit=1&year=2023", "/units/1/close"
    assert not any("暂定" in office.get(one).text for one in unit)
    with desk.book.write() as session:
        session.execute(update(Round).values(provisional=True))
    assert all("暂定" in office.get(one).text for one in unit)


def test_a_phase_is_drawn_where_it_lies() -> None:
    bars = [
        Bar("方案<1>", "前期", phase=True, first=day("01-01 00:00").date(), last=day("12-31 00:00").date())
    ]
    said = str(draw(bars, 2023, day("07-02 12:00")))
    assert 'x="0.0" y="56" width="1200.0"' in said
    assert "方案&lt;1&gt;" in said
    assert "前期（1月1日至12月31日）" in said


def test_nothing_is_drawn_of_a_year_without_phases() -> None:
    assert draw([], 2023, day("07-02 12:00")) == ""


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("month=2023-03", ["2023年3月 · 每月检查"]),
        ("progress=waiting", ["2023年3月 · 每月检查"]),
        ("progress=done", []),
        ("month=2023-03&progress=ahead", []),
        ("plan=nobody", []),
        ("month=abc&progress=xyz&year=²&start=-1&month=2023-03", ["2023年3月 · 每月检查"]),
    ],
)
def test_rounds_are_listed_by_what_is_asked(desk: Desk, asked: str, seen: list[str]) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    said = desk.signed_in(Role.LEADER).get(f"/rounds?{asked}").text
    found = [title for title in ("2023年3月 · 每月检查", "2023年4月 · 每月检查") if f">{title}<" in said]
    assert found == seen


def test_a_round_counts_what_waits_and_what_is_overdue(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    advance(desk.book, day("03-27 09:00"))
    desk.clock.on("03-27 09:00")
    said = desk.signed_in(Role.OFFICE).get("/rounds?month=2023-03&progress=short").text
    number = round_of(desk.book).id
    assert f'<a href="/rounds/{number}?show=waiting">1</a>' in said
    assert f'<a class="late" href="/rounds/{number}?show=missing">2</a>' in said


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "1899-12", "2101-01"])
def test_a_month_that_no_calendar_knows_is_as_if_it_were_not_asked_for(desk: Desk, month: str) -> None:
    office = desk.signed_in(Role.OFFICE)
    year, rounds = office.get(f"/year?month={month}"), office.get(f"/rounds?month={month}&progress=open")
    assert (year.status_code, rounds.status_code) == (200, 200)
    assert "2023年3月 · 每月检查" in year.text
    assert "2023年3月 · 每月检查" in rounds.text


def test_the_grid_opens_with_a_plan_of_which_rounds_have_opened(desk: Desk) -> None:
    other = PLAN.replace("slug: jiancha", "slug: anquan").replace("示例检查方案", "示例安全方案")
    adopt(desk.book, other, day("03-20 09:00"))
    office = desk.signed_in(Role.OFFICE)
    assert '<option value="jiancha" selected>' in office.get("/year/grid").text
    assert '<option value="anquan" selected>' in office.get("/year/grid?plan=anquan").text


def test_while_nothing_has_opened_the_grid_opens_with_the_first_plan(desk: Desk) -> None:
    with desk.book.write() as session:
        session.execute(update(Round).values(opened_at=None))
    assert '<option value="jiancha" selected>' in desk.signed_in(Role.OFFICE).get("/year/grid").text
