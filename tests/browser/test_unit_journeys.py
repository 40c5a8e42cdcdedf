"""A village answers from its link on a phone: at once, without a network, and after a return."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect
from sqlalchemy import select, update

from duban.ledger import links
from duban.ledger.tables import Link, Round, Submission, Upload
from support.browser import PHONE, behind_a_door, window
from support.campaign import owing, return_, submit
from support.desk import Desk

RECEIPT = re.compile(r"/receipt/\d+$")
NUMBER: dict[str, Any] = {
    "key": "shuliang", "label": "检查数量", "type": "number", "unit": "处", "options": [],
    "min": 0, "max": 1000, "required": True, "help": "",
}  # fmt: skip
FILES = NUMBER | {"key": "zhaopian", "label": "现场照片", "type": "files", "unit": "", "required": False}


def reports(desk: Desk) -> list[tuple[int, bool, dict[str, object], str]]:
    """Give what has been reported: version, nil, answers, by whom."""
    with desk.book.read() as session:
        columns = (Submission.version, Submission.nil, Submission.answers, Submission.by)
        return [row._tuple() for row in session.execute(select(*columns).order_by(Submission.id))]


def opened(context: BrowserContext, address: str, desk: Desk, unit: str = "cun01") -> Page:
    """Open a unit's list from its link."""
    page = context.new_page()
    page.goto(f"{address}/l/{desk.link(unit)}")
    return page


def march(page: Page) -> None:
    """Open the form of March's check."""
    item = page.locator("article", has_text="每月检查").filter(has_text="3月")
    item.get_by_role("link", name=re.compile("^(填报|更正)$")).click()


def ask_for_photos(desk: Desk) -> None:
    """Let March's check ask for photos too."""
    with desk.book.write() as session:
        session.execute(update(Round).where(Round.duty == "yuecha").values(form=[NUMBER, FILES]))


def photo(name: str = "现场.jpg") -> FilePayload:
    """Give a small photo."""
    data = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(data, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": data.getvalue()}


def newer_link(desk: Desk) -> str:
    """Replace the links of the only contact that has one; gives the new link's token."""
    token = "token-of-a-newer-link".ljust(43, "0")
    with desk.book.write() as session:
        contact = session.scalars(select(Link.contact_id)).one()
        links.revoke(session, contact, desk.clock.at, "办公室")
        links.write(session, [(token, contact, None)], "list", desk.clock.at)
    return token


def reported_photos(desk: Desk) -> list[list[str]]:
    """Give of each report the names of the photos that belong to it."""
    with desk.book.read() as session:
        names = dict(session.execute(select(Upload.sha256, Upload.name)).tuples().all())
        answers = session.scalars(select(Submission.answers).order_by(Submission.id)).all()
    return [[names[one] for one in answer["zhaopian"]] for answer in answers]


@pytest.mark.parametrize("js", [True, False], ids=["script", "no-script"])
def test_a_village_answers_from_its_link(browser: Browser, desk: Desk, address: str, js: bool) -> None:  # noqa: FBT001
    with window(browser, PHONE, js=js) as phone:
        page = opened(phone, address, desk)
        march(page)
        page.get_by_label("检查数量").fill("12")
        page.get_by_label("备注").fill("发现𠮷利烟花店库房混放😀，已整改")
        page.get_by_role("button", name="上报").click()
        expect(page).to_have_url(RECEIPT)
        expect(page.get_by_role("heading", name="已收到")).to_be_visible()
        expect(page.get_by_text("2023年3月20日（星期一）09:00（服务器时间）")).to_be_visible()
    assert reports(desk) == [(1, False, {"shuliang": 12}, "第1村 文书1")]


def test_a_nil_report_takes_three_taps_from_the_link_to_the_receipt(
    browser: Browser, desk: Desk, address: str
) -> None:
    with window(browser, PHONE) as phone:
        page = opened(phone, address, desk)  # the first tap is on the link
        page.locator("article", has_text="每月检查").get_by_role("link", name="零报告").first.click()
        page.get_by_role("button", name="确认零报告").click()
        expect(page).to_have_url(RECEIPT)
    assert [row[:3] for row in reports(desk)] == [(1, True, {})]


def test_what_was_typed_survives_a_closed_browser(browser: Browser, desk: Desk, address: str) -> None:
    with window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        where = page.url
        march(page)
        page.get_by_label("检查数量").fill("7")
        page.close()
        again = phone.new_page()
        again.goto(where)
        march(again)
        expect(again.get_by_text("已恢复未提交的内容")).to_be_visible()
        expect(again.get_by_label("检查数量")).to_have_value("7")
    assert reports(desk) == []


def test_a_village_goes_offline_in_the_middle_and_its_answer_is_sent_once_it_is_back(
    browser: Browser, desk: Desk, address: str
) -> None:
    with window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        march(page)
        page.get_by_label("检查数量").fill("9")
        phone.set_offline(offline=True)
        page.get_by_role("button", name="上报").click()
        expect(page.get_by_text("没有网络，已存在本机，联网后自动报送")).to_be_visible()
        assert reports(desk) == []
        phone.set_offline(offline=False)
        expect(page).to_have_url(RECEIPT, timeout=15_000)
    assert [row[2] for row in reports(desk)] == [{"shuliang": 9}]


def test_an_answer_kept_offline_is_sent_after_the_browser_was_closed(
    browser: Browser, desk: Desk, address: str
) -> None:
    with window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        where = page.url
        march(page)
        page.get_by_label("检查数量").fill("5")
        phone.set_offline(offline=True)
        page.get_by_role("button", name="上报").click()
        expect(page.get_by_text("已存在本机")).to_be_visible()
        page.close()
        phone.set_offline(offline=False)
        again = phone.new_page()
        again.goto(where)
        expect(again.get_by_text("存在本机的上报已报送")).to_be_visible(timeout=15_000)
    assert [row[2] for row in reports(desk)] == [{"shuliang": 5}]


def test_the_list_opens_without_a_network_once_it_has_been_seen(
    browser: Browser, desk: Desk, address: str
) -> None:
    with window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        phone.set_offline(offline=True)
        page.reload()
        expect(page.get_by_role("heading", name="待办事项")).to_be_visible()


@pytest.mark.parametrize("trouble", ["no network", "busy"])
def test_a_stored_page_says_from_when_it_is_and_not_how_much_time_was_left_then(
    browser: Browser, desk: Desk, trouble: str
) -> None:
    with behind_a_door(desk) as (address, door), window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        march(page)  # the form is stored when it is opened
        page.go_back()
        page.reload()
        expect(page.get_by_text("还有4天").first).to_be_visible()
        expect(page.get_by_text("存下的页面")).not_to_be_visible()
        desk.clock.on("03-23 09:00")
        if trouble == "busy":
            door.shuts, door.refuses = frozenset({"GET"}), 503
        else:
            phone.set_offline(offline=True)
        page.reload()
        expect(page.get_by_text("这是2023年3月20日（星期一）09:00存下的页面")).to_be_visible()
        expect(page.get_by_text("期限：2023年3月24日（星期五）24时").first).to_be_visible()
        expect(page.get_by_text("还有4天")).to_have_count(0)
        march(page)
        expect(page.get_by_text("存下的页面")).to_be_visible()
        expect(page.get_by_label("检查数量")).to_be_visible()
        expect(page.get_by_text("还有4天")).to_have_count(0)
        door.refuses = 0
        phone.set_offline(offline=False)
        page.reload()
        expect(page.get_by_text("还有1天")).to_be_visible()
        expect(page.get_by_text("存下的页面")).not_to_be_visible()


def test_a_village_is_returned_and_corrects(browser: Browser, desk: Desk, address: str) -> None:
    desk.clock.on("03-21 09:00")
    submit(desk.book, "cun01", desk.clock.at)
    desk.clock.on("03-22 09:00")
    return_(desk.book, "cun01", desk.clock.at)
    with window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        expect(page.get_by_text("数字与台账不符")).to_be_visible()
        march(page)
        page.get_by_label("回复办公室").fill("已与台账核对。")
        page.get_by_role("button", name="发送回复").click()
        expect(page.get_by_text("回复已送到办公室")).to_be_visible()
        page.get_by_label("检查数量").fill("4")
        page.get_by_role("button", name="上报").click()
        expect(page).to_have_url(RECEIPT)
    assert [(row[0], row[2]) for row in reports(desk)] == [(1, {"shuliang": 3}), (2, {"shuliang": 4})]
    assert owing(desk.book)["cun01"] == "submitted"


def test_the_second_of_two_people_sees_what_the_first_reported_and_keeps_what_they_typed(
    browser: Browser, desk: Desk, address: str
) -> None:
    with window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        march(page)
        page.get_by_label("检查数量").fill("8")
        submit(desk.book, "cun01", desk.clock.at)
        page.get_by_role("button", name="上报").click()
        expect(page.get_by_text("已经报了第1版")).to_be_visible()
        expect(page.get_by_label("检查数量")).to_have_value("8")
        page.get_by_role("button", name="更正上报").click()
        expect(page).to_have_url(RECEIPT)
    assert [(row[0], row[2]) for row in reports(desk)] == [(1, {"shuliang": 3}), (2, {"shuliang": 8})]


@pytest.mark.parametrize("status", [503, 429])
def test_an_answer_and_its_photo_wait_while_the_server_is_busy_and_are_sent_later(
    browser: Browser, desk: Desk, status: int
) -> None:
    ask_for_photos(desk)
    with behind_a_door(desk) as (address, door), window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        march(page)
        page.get_by_label("检查数量").fill("6")
        page.get_by_label("选择文件").set_input_files(photo())
        door.refuses = status
        page.get_by_role("button", name="上报").click()
        expect(page.get_by_text("暂时报不上去，已存在本机，稍后自动再报")).to_be_visible()
        page.reload()
        expect(page.get_by_text("暂时报不上去，已存在本机，稍后自动再报")).to_be_visible()
        expect(page.get_by_text("没有网络")).not_to_be_visible()
        assert reports(desk) == []
        door.refuses = 0
        page.get_by_role("button", name="现在再试").click()
        expect(page).to_have_url(RECEIPT)
    assert [row[2]["shuliang"] for row in reports(desk)] == [6]
    assert reported_photos(desk) == [["现场.jpg"]]


def test_an_answer_taken_back_still_has_its_photo(browser: Browser, desk: Desk) -> None:
    ask_for_photos(desk)
    with behind_a_door(desk) as (address, door), window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        march(page)
        page.get_by_label("检查数量").fill("6")
        page.get_by_label("选择文件").set_input_files([photo(), photo("重拍.jpg")])
        door.refuses = 503
        page.get_by_role("button", name="上报").click()
        expect(page.get_by_text("已存在本机")).to_be_visible()
        page.reload()
        page.get_by_role("button", name="取回修改").click()
        expect(page.get_by_label("检查数量")).to_have_value("6")
        page.get_by_label("保留“重拍.jpg”").uncheck()
        page.get_by_label("检查数量").fill("7")
        door.refuses = 0
        page.reload()  # what was taken back is not sent by itself, and its text is kept as one types
        expect(page.get_by_label("检查数量")).to_have_value("7")
        page.get_by_label("保留“重拍.jpg”").uncheck()
        assert reports(desk) == []
        page.get_by_role("button", name="上报").click()
        expect(page).to_have_url(RECEIPT)
        page.get_by_role("link", name="返回待办事项").click()
        expect(page.get_by_text("存入本机")).to_have_count(0)
    assert [row[2]["shuliang"] for row in reports(desk)] == [7]
    assert reported_photos(desk) == [["现场.jpg"]]


def test_a_photo_that_is_refused_takes_nothing_else_with_it(
    browser: Browser, desk: Desk, address: str
) -> None:
    ask_for_photos(desk)
    broken: FilePayload = {"name": "录像.mp4", "mimeType": "video/mp4", "buffer": b"no video"}
    with window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        march(page)
        page.get_by_label("检查数量").fill("6")
        page.get_by_label("选择文件").set_input_files([photo(), broken])
        page.get_by_role("button", name="上报").click()
        expect(page.get_by_text("没有报上去：“录像.mp4”")).to_be_visible()
        page.reload()
        expect(page.get_by_text("没有报上去：“录像.mp4”")).to_be_visible()
        page.get_by_label("保留“录像.mp4”").uncheck()
        page.get_by_role("button", name="上报").click()
        expect(page).to_have_url(RECEIPT)
    assert reported_photos(desk) == [["现场.jpg"]]


def test_a_report_refused_after_the_lock_stays_readable_under_a_newer_link_until_it_is_discarded(
    browser: Browser, desk: Desk, address: str
) -> None:
    ask_for_photos(desk)
    with window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        march(page)
        page.get_by_label("检查数量").fill("6")
        page.get_by_label("备注").fill("三组库房已清理")
        page.get_by_label("选择文件").set_input_files(photo())
        phone.set_offline(offline=True)
        page.get_by_role("button", name="上报").click()
        expect(page.get_by_text("没有网络，已存在本机")).to_be_visible()
        page.close()
        desk.clock.on("04-05 09:00")
        token = newer_link(desk)
        phone.set_offline(offline=False)
        page = phone.new_page()
        page.goto(f"{address}/l/{token}")
        expect(page.get_by_text("没有报上去")).to_contain_text("截止补报")
        page.get_by_role("link", name="打开核对").click()
        expect(page).to_have_url(f"{address}/l/{token}/{desk.obligation('cun01')}")
        expect(page.get_by_text("备注：三组库房已清理")).to_be_visible()
        expect(page.get_by_role("link", name="现场.jpg")).to_be_visible()
        page.once("dialog", lambda asked: asked.dismiss())
        page.get_by_role("button", name="丢弃").click()
        expect(page.get_by_text("没有报上去")).to_be_visible()
        page.once("dialog", lambda asked: asked.accept())
        page.get_by_role("button", name="丢弃").click()
        expect(page.get_by_text("没有报上去")).to_have_count(0)
        page.reload()
        expect(page.get_by_text("不能再报")).to_be_visible()
        expect(page.get_by_text("三组库房已清理")).to_have_count(0)
    assert reports(desk) == []


def test_a_report_waits_while_its_link_is_dead_and_is_sent_under_a_newer_one(
    browser: Browser, desk: Desk, address: str
) -> None:
    with window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        march(page)
        page.get_by_label("检查数量").fill("6")
        token = newer_link(desk)
        page.get_by_role("button", name="上报").click()
        expect(page.get_by_text("链接已失效，已存在本机")).to_be_visible()
        page.goto(f"{address}/l/{token}")
        expect(page.get_by_text("存在本机的上报已报送")).to_be_visible()
    assert [row[2] for row in reports(desk)] == [{"shuliang": 6}]


def test_what_waits_from_the_code_on_the_notice_board_is_not_signed_by_the_contact(
    browser: Browser, desk: Desk, address: str
) -> None:
    with window(browser, PHONE) as phone:
        page = phone.new_page()
        page.goto(f"{address}/l/{desk.link('cun01', 'board')}")
        march(page)
        page.get_by_label("检查数量").fill("6")
        phone.set_offline(offline=True)
        page.get_by_role("button", name="上报").click()
        expect(page.get_by_text("已存在本机")).to_be_visible()
        page.close()
        phone.set_offline(offline=False)
        own = opened(phone, address, desk)
        expect(own.get_by_text("存在本机的上报已报送")).to_be_visible()
    assert [row[3] for row in reports(desk)] == ["第1村 公示二维码"]


def test_what_was_typed_before_the_lock_can_still_be_read(browser: Browser, desk: Desk, address: str) -> None:
    with window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        march(page)
        page.get_by_label("备注").fill("三组库房已清理")
        desk.clock.on("04-05 09:00")
        page.reload()
        expect(page.get_by_text("备注：三组库房已清理")).to_be_visible()
        expect(page.get_by_role("button", name="复制文字")).to_be_visible()


def test_what_was_typed_before_a_colleague_reported_is_offered_and_not_put_over_their_report(
    browser: Browser, desk: Desk, address: str
) -> None:
    with window(browser, PHONE) as phone:
        page = opened(phone, address, desk)
        march(page)
        page.get_by_label("检查数量").fill("8")
        submit(desk.book, "cun01", desk.clock.at)
        page.reload()
        expect(page.get_by_text("此后本单位又报过")).to_be_visible()
        page.get_by_text("更正已报内容").click()
        expect(page.get_by_label("检查数量")).to_have_value("3")
        page.get_by_label("检查数量").fill("5")
        page.get_by_role("button", name="取回修改").click()
        expect(page.get_by_label("检查数量")).to_have_value("8")
        expect(page.get_by_text("填写中换了另一份")).to_be_visible()  # the five is not lost either
