"""The code on the notice board: whoever scans it may answer, and is nobody by name."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from duban.ledger.tables import JournalEntry, Link
from support.desk import Desk
from support.unit_pages import hidden, reports


def test_who_answers_by_the_board_is_not_taken_for_the_contact(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1', 'board')}/{desk.obligation('cun1')}"
    opened = browser.get(at)
    assert "一村 公示二维码" in opened.text
    assert "甲文书" not in opened.text
    sent = browser.post(at, data={**hidden(opened), "f-shuliang": "12"})
    assert "一村，第1版，一村 公示二维码" in browser.get(sent.headers["location"]).text
    assert [who for *_, who in reports(desk.book)] == ["一村 公示二维码"]
    with desk.book.read() as session:
        last = select(JournalEntry.actor).order_by(JournalEntry.seq.desc()).limit(1)
        assert session.scalar(last) == "一村 公示二维码"


@pytest.mark.parametrize("what", ["qr", "calendar"])
def test_the_board_hands_on_no_further_links(desk: Desk, what: str) -> None:
    browser, token = desk.stranger(), desk.link("cun1", "board")
    assert f"/l/{token}/{what}" not in browser.get(f"/l/{token}").text
    for answer in (browser.get(f"/l/{token}/{what}"), browser.post(f"/l/{token}/{what}")):
        assert answer.status_code == 403
        assert "请从发给您本人的链接打开后再办" in answer.text
    with desk.book.read() as session:
        assert session.scalar(select(func.count()).select_from(Link)) == 1
