"""The office receives; a supervisor finds the one that is overdue, and its story."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from duban.ledger.reports import Report
from duban.obligations.words import Role
from support.browser import DESKTOP, window
from support.campaign import advance, day, owing, submit
from support.desk import Desk

AT_ONCE = 20


def test_the_office_receives_twenty_at_once(browser: Browser, desk: Desk, address: str) -> None:
    for number in range(1, AT_ONCE + 1):
        report = Report(f"k{number}", {"shuliang": str(number)}, via="link", by=f"第{number}村")
        submit(desk.book, f"cun{number:02}", day("03-19 10:00"), report=report)
    desk.signed_in(Role.OFFICE)
    with window(browser, DESKTOP, cookie="cookie-office-", at=address) as office:
        page = office.new_page()
        page.goto(f"{address}/today")
        page.get_by_role("link", name="接收", exact=True).click()
        page.get_by_text("全部选中").click()
        page.get_by_role("button", name="接收选中的").click()
        expect(page.get_by_text("已接收20份")).to_be_visible()
    states = owing(desk.book)
    assert [states[f"cun{number:02}"] for number in range(1, AT_ONCE + 1)] == ["accepted"] * AT_ONCE
    assert (states["cun21"], states["cun22"]) == ("owed", "owed")


def test_a_supervisor_finds_the_one_overdue_and_its_story(browser: Browser, desk: Desk, address: str) -> None:
    for number in range(1, 22):
        for duty in ("yuecha", "qingkuang"):
            said = {"shuliang": "3"} if duty == "yuecha" else {}
            report = Report(f"{duty}{number}", said, via="link", by=f"第{number}村")
            submit(desk.book, f"cun{number:02}", day("03-19 10:00"), duty=duty, report=report)
    report = Report("q22", {}, nil=True, via="link", by="第22村")
    submit(desk.book, "cun22", day("03-19 10:00"), duty="qingkuang", report=report)
    advance(desk.book, day("03-25 09:00"))
    desk.clock.on("03-30 09:00")
    desk.signed_in(Role.SUPERVISOR)
    with window(browser, DESKTOP, cookie="cookie-supervisor-", at=address) as supervisor:
        page = supervisor.new_page()
        page.goto(f"{address}/overdue?duty=yuecha")
        late = page.locator("tbody tr", has_text="2023年3月")
        expect(late).to_have_count(1)
        expect(late).to_contain_text("第22村")
        expect(late).to_contain_text("5天")
        late.get_by_role("link").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("第22村")
        expect(page.locator("main")).to_contain_text("三（一）")
        expect(page.locator("main")).to_contain_text("2023年3月24日（星期五）24时")
