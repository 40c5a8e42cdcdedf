"""The overdue list as a supervisor sees it: now, as of a past day, and as a workbook."""

from __future__ import annotations

import io
import json
import re
from urllib.parse import unquote

import pytest
from httpx2 import Response
from openpyxl import load_workbook
from sqlalchemy import select

from duban.ledger import journal
from duban.ledger.tables import JournalEntry
from duban.obligations.words import Role
from support.campaign import day, local
from support.desk import Desk
from support.supervised import FORMULA


@pytest.fixture
def desk(supervised_desk: Desk) -> Desk:
    return supervised_desk


def text_of(html: str) -> str:
    """What a reader sees, tags and runs of space left out."""
    body = re.sub(r"(?s)<(script|style|select|datalist).*?</\1>", " ", html)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&#34;", '"').split())


def look(desk: Desk, query: str = "", role: Role = Role.SUPERVISOR) -> Response:
    return desk.signed_in(role, query or "nobody").get(f"/overdue{query}")


def units(answer: Response) -> list[str]:
    """The units of the rows, in the order of the page."""
    found = re.findall(r'<th scope="row"><span class="strong">(.*?)</span>', answer.text)
    return [one.replace("&#34;", '"') for one in found]


def sheet(answer: Response) -> list[tuple[object, ...]]:
    page = load_workbook(io.BytesIO(answer.content)).active
    assert page is not None
    return [tuple(row) for row in page.iter_rows(values_only=True)]


def exports(desk: Desk) -> list[JournalEntry]:
    with desk.book.read() as session:
        query = select(JournalEntry).where(JournalEntry.action == "overdue.exported")
        return list(session.scalars(query.order_by(JournalEntry.seq)))


# What is seen


@pytest.mark.parametrize("role", list(Role))
def test_everybody_who_signs_in_sees_what_is_overdue_now(desk: Desk, role: Role) -> None:
    answer = look(desk, role=role)
    assert answer.status_code == 200
    assert sorted(units(answer)) == sorted(["三村", "四村", FORMULA])
    seen = text_of(answer.text)
    assert "3 项逾期" in seen
    assert "3 个单位" in seen
    assert "16天 最久的已逾期" in seen
    assert "截至2023年4月10日（星期一）09:00的情况" in seen


def test_nobody_sees_it_without_signing_in(desk: Desk) -> None:
    for path in ("/overdue", "/overdue.xlsx"):
        answer = desk.stranger().get(path)
        assert answer.status_code == 303
        assert "/sign-in" in answer.headers["location"]


def test_a_row_says_how_long_how_reminded_and_what_was_said_last(desk: Desk) -> None:
    seen = text_of(look(desk, "?unit=三村").text)
    assert "2023年3月 · 每月检查" in seen
    assert "示例检查方案 · 三（一） · 各部门牵头" in seen
    assert "逾期16天 红灯 未报 已截止补报" in seen
    assert "期限2023年3月24日（星期五）24时" in seen
    assert "已提醒4次，最近2023年3月27日（星期一）09:00 工作群（企业微信） 渠道已受理：好" in seen
    assert "电话记录：说明天就报 王文书，2023年3月28日（星期二）09:00" in seen


def test_a_reminder_that_only_went_to_a_folder_is_told_from_one_that_left(desk: Desk) -> None:
    seen = text_of(look(desk, "?unit=四村").text)
    assert "未送达" in seen
    assert "仅写入发件箱文件夹，未对外发送" in seen
    assert "已提醒" not in seen
    assert "渠道已受理" not in seen
    assert "退回待更正" in seen
    assert "退回原因：数字与台账不符" in seen


def test_a_unit_that_nobody_can_reach_is_shown_so(desk: Desk) -> None:
    seen = text_of(look(desk, "?unit=cun7").text)
    assert "无联系人 没有人可以提醒" in seen


def test_each_row_opens_to_the_story_as_of_the_same_day(desk: Desk) -> None:
    three = desk.obligation("cun3")
    assert f'href="/obligations/{three}"' in look(desk).text
    assert f'href="/obligations/{three}?as_of=2023-03-26"' in look(desk, "?as_of=2023-03-26").text


def test_a_past_day_is_shown_as_it_was_at_its_end_and_says_so(desk: Desk) -> None:
    answer = look(desk, "?as_of=2023-03-26")
    assert sorted(units(answer)) == sorted(["二村", "三村", "四村", FORMULA])
    seen = text_of(answer.text)
    assert "截至2023年3月26日（星期日）24时的情况 ，之后收到的上报和作出的决定不计在内" in seen
    assert "4 项逾期 4 个单位 2天 最久的已逾期" in seen
    assert "说明天就报" not in seen


def test_the_day_of_the_deadline_has_nothing_overdue(desk: Desk) -> None:
    seen = text_of(look(desk, "?as_of=2023-03-24").text)
    assert "没有逾期事项。" in seen
    assert "0 项逾期 0 个单位 — 最久的已逾期" in seen


def test_today_means_now(desk: Desk) -> None:
    assert "截至2023年4月10日（星期一）09:00的情况" in look(desk, "?as_of=2023-04-10").text


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("2023-04-11", "2023年4月11日（星期二）24时还没有到，请选今天或者以前的日期。"),
        ("昨天", "看不懂日期“昨天”，请写成 2023-05-31。"),
        ("2023-03-26 08:00", "只能查看某一天24时的情况，日期后面不要写时刻。"),
    ],
)
def test_a_day_that_cannot_be_shown_is_refused_kindly(desk: Desk, said: str, why: str) -> None:
    answer = look(desk, f"?as_of={said}")
    assert answer.status_code == 422
    assert why in answer.text
    assert units(answer) == []
    assert "项逾期" not in answer.text
    exported = desk.signed_in(Role.SUPERVISOR, "b").get(f"/overdue.xlsx?as_of={said}")
    assert exported.status_code == 409
    assert why in exported.text
    assert exports(desk) == []


# Filters, order, pages


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("?plan=jiancha", {"三村", "四村", FORMULA}),
        ("?plan=nothing", set[str]()),
        ("?duty=yuecha&plan=jiancha", {"三村", "四村", FORMULA}),
        ("?duty=qingkuang&plan=jiancha", set[str]()),
        ("?lead=各部门", {"三村", "四村", FORMULA}),
        ("?lead=城管", set[str]()),
        ("?year=2022", set[str]()),
        ("?unit=cun3", {"三村"}),
        ("?state=returned", {"四村"}),
        ("?state=owed", {"三村", FORMULA}),
        ("?state=nonsense", {"三村", "四村", FORMULA}),
        ("?days=16", {"三村", "四村", FORMULA}),
        ("?days=17", set[str]()),
        ("?days=-1&round=x&year=99999999999999", {"三村", "四村", FORMULA}),
        ("?days=999999999", set[str]()),
        ("?round=999999999", set[str]()),
        ("?round=2147483649&unit=%00", {"三村", "四村", FORMULA}),
    ],
)
def test_a_filter_leaves_what_it_names(desk: Desk, query: str, seen: set[str]) -> None:
    answer = look(desk, query)
    assert answer.status_code == 200
    assert set(units(answer)) == seen


def test_a_unit_that_is_not_there_is_said_so(desk: Desk) -> None:
    assert "没有名称或代码为“八村”的单位，请写全称。" in look(desk, "?unit=八村").text


def test_the_caption_says_what_was_filtered_and_in_what_order(desk: Desk) -> None:
    seen = text_of(look(desk, "?plan=jiancha&unit=cun3&days=3&sort=unit").text)
    assert "共1项；方案：示例检查方案；单位：三村；至少逾期3天；按单位" in seen


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("unit", ["三村", "四村", FORMULA]),
        ("last_told", ["三村", "四村", FORMULA]),
        ("most_told", ["三村", "四村", FORMULA]),
        ("least_told", ["四村", FORMULA, "三村"]),
        ("round", ["三村", "四村", FORMULA]),
        ("nonsense", ["三村", "四村", FORMULA]),
    ],
)
def test_the_order_is_as_asked(desk: Desk, sort: str, order: list[str]) -> None:
    assert units(look(desk, f"?sort={sort}")) == order


def test_a_page_past_the_end_leads_back(desk: Desk) -> None:
    answer = look(desk, "?start=50")
    assert answer.status_code == 200
    assert "回到第一页" in answer.text


def test_pages_keep_what_was_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duban.portal.supervise.overdue.LIMIT", 2)
    answer = look(desk, "?sort=unit&plan=jiancha")
    assert units(answer) == ["三村", "四村"]
    assert "第1—2项，共3项" in text_of(answer.text)
    (following,) = re.findall(r'rel="next" href="(.*?)"', answer.text)
    assert following.replace("&amp;", "&") == "/overdue?plan=jiancha&sort=unit&start=2"
    assert units(look(desk, following.removeprefix("/overdue").replace("&amp;", "&"))) == [FORMULA]


def test_too_much_to_sort_by_reminders_comes_in_the_plain_order_and_says_why(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duban.ledger.late_order.MOST_COUNTED", 2)
    answer = look(desk, "?sort=least_told")
    assert len(units(answer)) == 3
    assert "共有3条逾期，按提醒情况排序最多2条" in answer.text
    assert "现按逾期最久的在前排列。" in answer.text


# The workbook


def test_the_workbook_says_what_it_holds_and_has_every_row(desk: Desk) -> None:
    answer = desk.signed_in(Role.SUPERVISOR, "李督查").get("/overdue.xlsx?as_of=2023-03-26&unit=cun3")
    assert answer.status_code == 200
    named = unquote(answer.headers["content-disposition"].partition("filename*=UTF-8''")[2])
    assert named == "逾期清单-截至2023-03-26.xlsx"
    lines = sheet(answer)
    assert [line[0] for line in lines[:5]] == [
        "逾期清单",
        "截至2023年3月26日（星期日）24时的情况",
        "筛选：单位：三村",
        "排序：逾期最久的在前",
        "李督查于2023年4月10日（星期一）09:00导出",
    ]
    (row,) = [dict(zip(lines[5], line, strict=True)) for line in lines[6:]]
    assert row["单位"] == "三村"
    assert row["期限"] == "2023年3月24日（星期五）24时"
    assert (row["逾期天数"], row["状态"], row["能否补报"]) == (2, "未报", "可补报")
    assert (row["已提醒次数"], row["渠道"], row["联系人"]) == (3, "工作群（企业微信）", "有")
    assert row["亮灯"] == "黄灯"
    assert str(row["最近提醒"]) == "2023-03-24 09:00:00"


def test_a_name_that_looks_like_a_formula_stays_a_text(desk: Desk) -> None:
    answer = desk.signed_in(Role.SUPERVISOR).get("/overdue.xlsx?sort=unit")
    page = load_workbook(io.BytesIO(answer.content)).active
    assert page is not None
    cells = [cell for row in page.iter_rows() for cell in row if cell.value == FORMULA]
    assert [cell.data_type for cell in cells] == ["s"]
    assert [line[1] for line in sheet(answer)[6:]] == ["三村", "四村", FORMULA]


def test_an_export_is_entered_with_who_what_and_how_many(desk: Desk) -> None:
    desk.signed_in(Role.LEADER, "赵镇长").get("/overdue.xlsx?state=owed&as_of=2023-03-26")
    (one,) = exports(desk)
    assert (one.actor, one.subject, local(one.at)) == ("赵镇长", "overdue", "2023-04-10 09:00:00")
    assert json.loads(one.detail)["filters"] == {"as_of": "2023-03-26", "state": "owed"}
    assert json.loads(one.detail)["count"] == 3
    with desk.book.read() as session:
        assert journal.verify(session).ok


def test_nobody_takes_a_list_out_when_it_cannot_be_entered(desk: Desk) -> None:
    desk.clock.at = day("04-03 09:00")  # well behind the last entry
    answer = desk.signed_in(Role.SUPERVISOR).get("/overdue.xlsx")
    assert answer.status_code == 503
    assert "系统时钟" in answer.text
    assert exports(desk) == []
