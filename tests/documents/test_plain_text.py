from __future__ import annotations

import pytest

from duban.documents.plain_text import cell_text, plain_line, plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("示例𠮷村😀👨‍👩‍👧", "示例𠮷村😀👨‍👩‍👧"),
        ("甲\r\n乙\r丙\u2028丁\u2029戊\n己", "甲\n乙\n丙\n丁\n戊\n己"),
        ("一\u202a二\u202b三\u202c四\u202d五\u202e六", "一二三四五六"),
        ("一\u2066二\u2067三\u2068四\u2069五\u200e六\u200f七\u061c八", "一二三四五六七八"),
        ("a\x00b\x07c\x0bd\x1be\x7ff\x85g", "abcdefg"),
        ("一\ud800二\ufeff三\uffff四", "一二三四"),
        ("列\t一　二", "列\t一　二"),
        ("=1+1", "=1+1"),
    ],
)
def test_a_text_keeps_its_signs_and_loses_what_hides_or_turns_it(text: str, plain: str) -> None:
    assert plain_text(text) == plain


def test_a_line_is_one_line() -> None:
    assert plain_line("  甲\r\n 乙\t丙　丁 ") == "甲 乙 丙 丁"


def test_a_cell_says_when_it_holds_less_than_all() -> None:
    assert cell_text("长" * 16_000) == "长" * 16_000
    assert cell_text("长" * 16_001) == "长" * 15_987 + "…（内容过长，未全部列出）"
