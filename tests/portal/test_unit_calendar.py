"""The calendar that phones subscribe to, the code for the notice board, and what a page weighs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from duban.ledger.tables import Link
from duban.portal.pages import STATIC
from support.campaign import actions, advance, day, submit
from support.desk import Desk

MOST = 100_000


def events(text: str) -> dict[str, tuple[str, str, int]]:
    """Give of each event of a calendar, by title, its number, its day and how often it rings."""
    found: list[Any] = Calendar.from_ical(text).walk("VEVENT")
    return {
        str(one["summary"]): (str(one["uid"]), one["dtstart"].dt.isoformat(), len(one.subcomponents))
        for one in found
    }


def test_the_calendar_says_what_is_owed_and_what_is_to_come(desk: Desk) -> None:
    answer = desk.stranger().get(f"/feed/{desk.link('cun1', 'feed')}.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    found = events(answer.text)
    assert found["2023年3月 · 每月检查"][1:] == ("2023-03-24", 2)
    assert found["2023年4月 · 每月检查"][1:] == ("2023-04-24", 2)
    assert found["2023年12月 · 情况报告"][1:] == ("2023-12-24", 2)
    assert "/l/" not in answer.text  # it opens nothing


def test_a_unit_that_a_round_does_not_name_does_not_see_it_coming(desk: Desk) -> None:
    found = events(desk.stranger().get(f"/feed/{desk.link('cun3', 'feed')}.ics").text)
    assert "2023年4月 · 每月检查" in found
    assert not [title for title in found if "情况报告" in title]


def test_an_event_stays_the_same_when_its_round_opens(desk: Desk) -> None:
    browser, token = desk.stranger(), desk.link("cun1", "feed")
    before = events(browser.get(f"/feed/{token}.ics").text)
    advance(desk.book, day("04-01 09:00"))
    desk.clock.on("04-02 09:00")
    after = events(browser.get(f"/feed/{token}.ics").text)
    assert after["2023年4月 · 每月检查"] == before["2023年4月 · 每月检查"]


def test_what_has_been_reported_rings_no_more(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    found = events(desk.stranger().get(f"/feed/{desk.link('cun1', 'feed')}.ics").text)
    assert found["2023年3月 · 每月检查（已报待审）"][1:] == ("2023-03-24", 0)


def test_a_phone_that_has_the_latest_is_told_so(desk: Desk) -> None:
    browser, token = desk.stranger(), desk.link("cun1", "feed")
    first = browser.get(f"/feed/{token}.ics")
    same = browser.get(f"/feed/{token}.ics", headers={"if-none-match": first.headers["etag"]})
    assert (same.status_code, same.text) == (304, "")
    seen = {"if-modified-since": first.headers["last-modified"]}
    assert browser.get(f"/feed/{token}.ics", headers=seen).status_code == 304
    desk.clock.on("03-20 10:00")
    submit(desk.book, "cun1", desk.clock.at)
    desk.clock.on("03-20 11:00")
    for headers in (seen, {"if-none-match": first.headers["etag"]}):
        assert browser.get(f"/feed/{token}.ics", headers=headers).status_code == 200
    odd = {"if-modified-since": "yesterday"}
    assert browser.get(f"/feed/{token}.ics", headers=odd).status_code == 200


def test_a_phone_may_ask_for_the_head_of_the_calendar_alone(desk: Desk) -> None:
    browser, token = desk.stranger(), desk.link("cun1", "feed")
    whole, head = browser.get(f"/feed/{token}.ics"), browser.head(f"/feed/{token}.ics")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == whole.headers["etag"]


@pytest.mark.parametrize("purpose", ["list", "board"])
def test_only_a_calendars_own_address_gives_it(desk: Desk, purpose: str) -> None:
    token = desk.link("cun1", "list" if purpose == "list" else "board")
    assert desk.stranger().get(f"/feed/{token}.ics").status_code == 410


def test_a_subscription_is_made_when_asked_for_and_its_address_shown_once(desk: Desk) -> None:
    browser, token = desk.stranger(), desk.link("cun1")
    assert ".ics" not in browser.get(f"/l/{token}/calendar").text
    made = browser.post(f"/l/{token}/calendar").text
    address = re.findall(r'value="http://testserver(/feed/[^"]+\.ics)"', made)[0]
    assert f'href="webcal://testserver{address}"' in made
    assert 'role="img"' in made
    assert browser.get(address).status_code == 200
    assert actions(desk.book)[-1] == "link.made"
    with desk.book.read() as session:
        assert address not in str(session.scalars(select(Link.token_hash)).all())


def test_a_code_for_the_notice_board_opens_the_list(desk: Desk) -> None:
    browser, token = desk.stranger(), desk.link("cun1")
    made = browser.post(f"/l/{token}/qr")
    assert 'role="img"' in made.text
    assert "有效期至2024-04-23" in made.text
    with desk.book.read() as session:
        assert session.scalars(select(Link.purpose).order_by(Link.id.desc())).first() == "board"
    assert browser.get(f"/l/{desk.link('cun2', 'board')}").status_code == 200


def test_a_page_with_all_that_it_loads_weighs_less_than_100_kb(desk: Desk) -> None:
    browser, token, number = desk.stranger(), desk.link("cun1"), desk.obligation("cun1")
    for path in ("", f"/{number}", f"/{number}/nil", "/calendar", "/qr"):
        page = browser.get(f"/l/{token}{path}")
        loaded = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
        assert len(page.content) + sum(len(browser.get(one).content) for one in loaded) < MOST
        assert len(loaded) >= 2


def test_the_scripts_of_the_units_pages_stay_small() -> None:
    assert sum((STATIC / name).stat().st_size for name in ("answer.js", "sw.js")) < 20_000


def test_the_service_worker_is_given_under_the_links_and_asked_for_afresh(desk: Desk) -> None:
    answer = desk.stranger().get("/l/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.text == Path(STATIC / "sw.js").read_text(encoding="utf-8")


def test_a_receipt_is_saved_as_plain_text_that_old_machines_can_read(desk: Desk) -> None:
    browser = desk.stranger()
    with_emoji = "𠮷村长说😀<b>"
    submit(desk.book, "cun1", desk.clock.at)
    desk.clock.on("03-20 09:30")
    token, number = desk.link("cun1"), desk.obligation("cun1")
    page = browser.get(f"/l/{token}/{number}")
    key = {
        name: re.findall(f'name="{name}" value="([^"]*)"', page.text)[0]
        for name in ("seen_version", "seen_form")
    }
    sent = browser.post(f"/l/{token}/{number}", data={**key, "f-shuliang": "5", "note": with_emoji})
    saved = browser.get(f"{sent.headers['location']}?as=txt")
    assert saved.content.startswith(b"\xef\xbb\xbf")
    assert "filename*=UTF-8''%E5%9B%9E%E6%89%A7HZ2023-000002.txt" in saved.headers["content-disposition"]
    text = saved.content.decode("utf-8-sig")
    assert "编　　号：HZ2023-000002\r\n" in text
    assert "收到时间：2023年3月20日（星期一）09:30（服务器时间）" in text
    assert "检查数量：5处" in text
    assert with_emoji in text


def test_a_receipt_of_another_unit_is_not_there(desk: Desk) -> None:
    submit(desk.book, "cun2", desk.clock.at)
    browser = desk.stranger()
    assert browser.get(f"/l/{desk.link('cun1')}/receipt/1").status_code == 404
    assert browser.get(f"/l/{desk.link('cun2')}/receipt/1").status_code == 200
