"""A clerk goes from a document to a plan, at a phone's and a desk's width, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from duban.calendar import loader
from duban.calendar.expansion import expand
from duban.ledger.book import Book
from duban.obligations.words import Role
from support.browser import listening, window
from support.campaign import move_in, workdays
from support.desk import Desk, desk_over
from support.drafted import drafted

from ..conftest import TOWN

SEED = Path(__file__).parents[1] / "drafting" / "seeds" / "changzhou-ranfang.txt"
COOKIE = "cookie-office-"
PHONE, DESKTOP = 375, 1280


@pytest.fixture
def desk(sqlite_book: Book, tmp_path: Path) -> Desk:
    move_in(sqlite_book, TOWN)
    made = desk_over(sqlite_book, tmp_path)
    made.clock.on("01-03 09:00")
    made.signed_in(Role.OFFICE)
    return made


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with listening(desk) as found:
        yield found


def overflows(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def in_sight(page: Page, selector: str) -> bool:
    """Tell whether something is within the window, and within the document's own pane where it has one."""
    found = """selector => {
      const box = document.querySelector(selector).getBoundingClientRect();
      return box.bottom > 0 && box.top < innerHeight;
    }"""
    return page.evaluate(found, selector)


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("js", [True, False], ids=["scripts", "no scripts"])
def test_a_seed_is_sent_up_and_becomes_a_plan(
    browser: Browser, address: str, tmp_path: Path, width: int, *, js: bool
) -> None:
    with window(browser, width, cookie=COOKIE, at=address, js=js) as clerk:
        page = clerk.new_page()
        page.set_default_timeout(5000)
        page.goto(f"{address}/drafts")
        page.get_by_label("方案或通知").set_input_files(SEED)
        page.get_by_role("button", name="读文件").click()
        expect(page.get_by_text("文件读好了：请逐项核定。")).to_be_visible()
        assert not overflows(page)
        page.get_by_role("button", name="把握高、没有疑问的").click()
        page.locator("#rest-reason").fill("原则要求，不另列任务")
        page.get_by_role("button", name="其余没有安排的").click()
        page.goto(f"{address}/drafts/1?show=open#items")
        for _ in range(page.locator(".card.open").count()):
            card = page.locator(".card.open").first
            if card.get_by_role("button", name="确认").count():
                card.get_by_role("button", name="确认").click()
            else:
                card.get_by_label("不列为任务的理由").fill("已包含在其他任务中")
                card.get_by_role("button", name="不列为任务").click()
        page.get_by_role("textbox", name="标题").fill("2023年烟花爆竹燃放管控工作实施方案")
        page.get_by_role("textbox", name="发文单位").fill("常州市某镇人民政府")
        page.get_by_role("button", name="保存", exact=True).first.click()
        expect(page.get_by_text("全部核定完毕，没有待定的内容，可以采用。")).to_be_visible()
        assert not overflows(page)
        with page.expect_download() as saved:
            page.get_by_role("link", name="下载方案（changzhou-ranfang.yaml）").click()
        saved.value.save_as(tmp_path / "changzhou-ranfang.yaml")
    plan = loader.load(tmp_path / "changzhou-ranfang.yaml").plan
    dues = {(one.name, str(one.due_at.date())) for one in expand(plan, 2023, workdays()).rounds if one.due_at}
    assert ("报送工作总结", "2023-01-29") in dues


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("js", [True, False], ids=["scripts", "no scripts"])
def test_one_jumps_between_a_proposal_and_its_sentence(
    browser: Browser, desk: Desk, address: str, width: int, *, js: bool
) -> None:
    drafted(desk, desk.clock.at)
    with window(browser, width, cookie=COOKIE, at=address, js=js) as clerk:
        page = clerk.new_page()
        page.set_default_timeout(5000)
        page.goto(f"{address}/drafts/1")
        last = page.locator(".card").last
        sentence = last.get_attribute("data-sentence")
        last.get_by_role("link", name="看原文").click()
        page.wait_for_timeout(100)
        assert in_sight(page, f"#s{sentence}")
        page.locator(f"#s{sentence} + .to-card").click()
        page.wait_for_timeout(100)
        assert in_sight(page, f"#{last.get_attribute('id')}")


def test_side_by_side_on_a_desk_and_one_above_the_other_on_a_phone(
    browser: Browser, desk: Desk, address: str
) -> None:
    drafted(desk, desk.clock.at)
    boxes: dict[int, tuple[float, float]] = {}
    for width in (PHONE, DESKTOP):
        with window(browser, width, cookie=COOKIE, at=address) as clerk:
            page = clerk.new_page()
            page.goto(f"{address}/drafts/1")
            paper, items = page.locator(".paper").bounding_box(), page.locator("#items").bounding_box()
            assert paper is not None
            assert items is not None
            boxes[width] = items["x"] - paper["x"], items["y"] - paper["y"]
    assert boxes[PHONE][0] == 0
    assert boxes[PHONE][1] > 100
    assert boxes[DESKTOP][0] > 500
    assert boxes[DESKTOP][1] == 0


def test_the_days_are_shown_while_a_date_is_typed(browser: Browser, desk: Desk, address: str) -> None:
    drafted(desk, desk.clock.at)
    with window(browser, DESKTOP, cookie=COOKIE, at=address) as clerk:
        page = clerk.new_page()
        page.set_default_timeout(5000)
        page.goto(f"{address}/drafts/1?open=d1&item=d1#d1")
        card = page.locator("#d1")
        card.get_by_label("什么时候截止").fill("每月26日前")
        expect(card.locator("[data-days-found]")).to_contain_text("2023年：1月26日（周四）、2月26日（周日）")
        card.get_by_label("什么时候截止").fill("尽快")
        expect(card.locator("[data-days-found]")).to_contain_text("看不懂“尽快”是什么时候")


def test_a_sentence_and_its_proposals_are_lit_together(browser: Browser, desk: Desk, address: str) -> None:
    drafted(desk, desk.clock.at)
    with window(browser, DESKTOP, cookie=COOKIE, at=address) as clerk:
        page = clerk.new_page()
        page.set_default_timeout(5000)
        page.goto(f"{address}/drafts/1")
        page.locator(".card").nth(3).hover()
        sentence = page.locator(".card").nth(3).get_attribute("data-sentence")
        expect(page.locator(f"#s{sentence}")).to_have_class("read open now")
