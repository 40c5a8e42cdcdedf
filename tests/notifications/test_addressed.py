from __future__ import annotations

import pytest

from duban.notifications.addressed import addressed
from duban.notifications.lines import OfficeFacts

OFFICE = OfficeFacts("打非办", "0519-12345678", "https://duban.example/l/abc")


def test_a_letter_says_its_text_then_the_link_then_whom_to_ask() -> None:
    said = addressed("督办单", "请于3月8日前办结。\n", OFFICE)
    assert said.subject == "督办单"
    assert said.body.splitlines() == [
        "请于3月8日前办结。",
        "办理链接（仅供您本人使用）：https://duban.example/l/abc",
        "如有疑问，请联系打非办（电话：0519-12345678）。",
    ]


@pytest.mark.parametrize("limit", [400, 500, 2048])
def test_a_letter_that_is_too_long_keeps_its_link_within_the_limit(limit: int) -> None:
    said = addressed("督办单", "请办结。" * 400, OFFICE, limit_bytes=limit)
    assert len(f"{said.subject}\n{said.body}".encode()) <= limit
    assert "https://duban.example/l/abc" in said.body
    assert "全文请点开链接" in said.body
