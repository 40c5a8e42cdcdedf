"""An official paper as LibreOffice prints it, measured: A4, 156 × 225 mm, 22 lines of 28 characters."""

from __future__ import annotations

from datetime import date

import pytest

from duban.documents.official import Column, Paper, Table, Text, write
from support.office import Printed, ink, print_paper, rules

# Twenty-nine different characters, so that no line looks like another.
PLAIN = "镇村督办工作要求各单位按时报送情况并落实责任明确期限认真整改到位"
PAPER = Paper(
    title="关于2023年第一季度工作情况的通报",
    head="示例镇打非办",
    number="通报〔2023〕3号",
    to="各村（社）",
    blocks=[
        Text((PLAIN * 60)[: 28 * 60]),
        Table([Column("单位", 1), Column("应报", 1)], [("一村", "3")] * 60, wide=True),
        Table([Column("单位", 1), Column("应报", 1)], [("一村", "3")] * 3),
    ],
    dated=date(2023, 4, 6),
    signed="打非办",
    copies="镇党委，镇人大",
    printed=("示例镇打非办", date(2023, 4, 6)),
)
WITHIN = pytest.approx
LEFT, TOP, RIGHT, BOTTOM = 28, 37, 184, 262


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return print_paper(write(PAPER), tmp_path_factory.mktemp("paper"))


def test_every_page_is_a4_and_the_wide_table_lies_on_its_side(printed: Printed) -> None:
    assert printed.sizes() == [(210, 297)] * 4 + [(297, 210)] * 3 + [(210, 297)]


@pytest.mark.parametrize("page", [2, 3])
def test_a_full_page_holds_22_lines_of_28_characters(printed: Printed, page: int) -> None:
    lines = [len(one.text) for one in printed.words(page) if one.text[0] not in "—23"]
    assert lines == [28] * 22


def test_the_lines_fill_the_block_of_156_by_225_millimetres(printed: Printed) -> None:
    lines = printed.words(2)[:22]
    assert lines[0].left == WITHIN(LEFT, abs=1)
    assert lines[0].right == WITHIN(RIGHT, abs=1)
    assert (lines[-1].top - lines[0].top) / 21 == WITHIN(225 / 22, abs=0.03)


def test_the_red_line_is_as_wide_as_the_text(printed: Printed) -> None:
    ((_, left, right),) = rules(printed.picture(1), (255, 0, 0))
    assert (left, right) == (WITHIN(LEFT, abs=1), WITHIN(RIGHT, abs=1))


def test_the_red_mark_stands_35_millimetres_below_the_top_of_the_text(printed: Printed) -> None:
    mark = next(one for one in printed.words(1) if one.text == "示例镇打非办")
    top, _ = ink(printed.picture(1), (mark.left, TOP + 20, mark.right, TOP + 60))
    assert top == WITHIN(TOP + 35, abs=3)  # how much air a character has above it is its font's


def test_a_table_begins_at_the_top_of_the_text_and_the_foot_ends_at_its_bottom(printed: Printed) -> None:
    lines = rules(printed.picture(8))
    gap = 6 * 25.4 / 72  # six points of air above a table
    assert lines[0] == (WITHIN(TOP + gap, abs=1), WITHIN(LEFT, abs=1), WITHIN(RIGHT, abs=1))
    assert lines[-1] == (WITHIN(BOTTOM, abs=1), WITHIN(LEFT, abs=1), WITHIN(RIGHT, abs=1))


def test_the_number_stands_7_millimetres_below_the_text_on_the_outer_side(printed: Printed) -> None:
    even, odd = ([one for one in printed.words(page) if one.top > BOTTOM] for page in (2, 3))
    assert [[one.text for one in numbers] for numbers in (even, odd)] == [["—", "2", "—"], ["—", "3", "—"]]
    character = 156 / 28
    assert even[0].left == WITHIN(LEFT + character, abs=1)
    assert odd[-1].right == WITHIN(RIGHT - character, abs=1)
    dash = (odd[-1].left, BOTTOM + 1, odd[-1].right, BOTTOM + 15)
    assert ink(printed.picture(3), dash)[0] == WITHIN(BOTTOM + 7, abs=1)


def test_the_heading_of_a_table_is_repeated_on_each_page(printed: Printed) -> None:
    assert [[one.text for one in printed.words(page)].count("应报") for page in (5, 6, 7)] == [1, 1, 1]


def test_the_number_of_a_page_that_lies_is_where_it_is_when_the_page_stands(printed: Printed) -> None:
    odd, even = ([one for one in printed.words(page) if one.left < 35 - 1] for page in (5, 6))
    assert max(one.bottom for one in odd) == WITHIN(210 - 26 - 156 / 28, abs=1)
    assert min(one.top for one in even) == WITHIN(28 + 156 / 28, abs=1)


def test_the_date_is_four_characters_in_and_the_name_over_its_middle(printed: Printed) -> None:
    words = printed.words(8)
    name = next(one for one in words if one.text == "打非办")
    dated = [one for one in words if name.bottom < one.bottom < name.bottom + 15]
    assert max(one.right for one in dated) == WITHIN(RIGHT - 4 * 156 / 28, abs=1)
    # Six characters and three: one and a half on either side, with the digits of 仿宋.
    assert name.right == WITHIN(RIGHT - 5.5 * 156 / 28, abs=1)
