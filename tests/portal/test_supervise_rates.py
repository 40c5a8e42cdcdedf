"""Completeness and timeliness as a supervisor sees them, and the expected set behind each number."""

from __future__ import annotations

import html
import io
import json
import re
from urllib.parse import unquote

import pytest
from httpx2 import Response
from openpyxl import load_workbook
from sqlalchemy import select

from duban.ledger.tables import JournalEntry
from duban.obligations.outcome import Tally
from duban.obligations.words import Role
from duban.portal.supervise.bar import draw
from support.desk import Desk
from support.supervised import FORMULA

ALL = ["一村", "二村", "三村", "四村", "五村", "六村", FORMULA]


@pytest.fixture
def desk(supervised_desk: Desk) -> Desk:
    return supervised_desk


def look(desk: Desk, path: str, role: Role = Role.SUPERVISOR) -> Response:
    return desk.signed_in(role, path[-40:]).get(path)


def text_of(answer: Response) -> str:
    body = re.sub(r"(?s)<(select|datalist).*?</\1>", " ", answer.text)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", body).split()))


def lines(answer: Response) -> dict[str, str]:
    """What each line says beside its name, in the order of the page."""
    body = answer.text.partition("<tbody>")[2].partition("</tbody>")[0]
    found: dict[str, str] = {}
    for row in body.split("</tr>")[:-1]:
        name, _, rest = row.partition("</th>")
        head = html.unescape(re.sub(r"<[^>]+>", " ", name.partition("</span>")[0])).strip()
        found[head] = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", rest)).split())
    return found


def sets(answer: Response) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'href="(/rates/set\?[^"]*)"', answer.text)]


# The shares


@pytest.mark.parametrize("role", list(Role))
def test_everybody_who_signs_in_sees_the_shares_of_a_round(desk: Desk, role: Role) -> None:
    answer = look(desk, "/rates?by=round", role)
    assert answer.status_code == 200
    assert lines(answer) == {"2023年3月 · 每月检查": "50% 3/6 33% 2/6 按时1 延期1 迟报1 漏报2 退回1 免报1"}
    assert "期限2023年3月24日（星期五）24时 示例检查方案 · 三（一）" in text_of(answer)


def test_nobody_sees_them_without_signing_in(desk: Desk) -> None:
    for path in ("/rates", "/rates.xlsx", "/rates/set"):
        assert desk.stranger().get(path).status_code == 303


def test_units_are_listed_as_in_the_roster_and_not_ranked(desk: Desk) -> None:
    answer = look(desk, "/rates")
    assert list(lines(answer).items()) == [
        ("一村", "100% 1/1 100% 1/1 按时1"),
        ("二村", "100% 1/1 0% 0/1 迟报1"),
        ("三村", "0% 0/1 0% 0/1 漏报1"),
        ("四村", "0% 0/1 0% 0/1 退回1"),
        ("五村", "100% 1/1 100% 1/1 延期1"),
        ("六村", "— — 免报1"),
        (FORMULA, "0% 0/1 0% 0/1 漏报1"),
    ]
    assert "单位按名册次序排列，不作排名。" in text_of(answer)


def test_a_plan_is_counted_by_year(desk: Desk) -> None:
    answer = look(desk, "/rates?by=plan")
    assert lines(answer) == {"示例检查方案": "50% 3/6 33% 2/6 按时1 延期1 迟报1 漏报2 退回1 免报1"}
    assert "2023年，1期" in text_of(answer)


@pytest.mark.parametrize("by", ["round", "plan"])
def test_a_past_day_is_counted_from_what_was_known_then(desk: Desk, by: str) -> None:
    answer = look(desk, f"/rates?by={by}&plan=jiancha&as_of=2023-03-26")
    assert list(lines(answer).values()) == ["16% 1/6 16% 1/6 按时1 漏报3 退回1 未到期1 免报1"]
    assert "截至2023年3月26日（星期日）24时的情况" in text_of(answer)


def test_too_much_for_a_past_day_asks_for_a_choice(desk: Desk) -> None:
    answer = look(desk, "/rates?as_of=2023-03-26")
    assert answer.status_code == 200
    assert "按过去某一天统计，须先选定年份和方案，或一个期次，或一个单位。" in answer.text
    assert lines(answer) == {}


def test_a_future_day_is_refused_kindly(desk: Desk) -> None:
    for path in ("/rates", "/rates/set"):
        answer = look(desk, f"{path}?as_of=2023-04-11")
        assert answer.status_code == 422
        assert "2023年4月11日（星期二）24时还没有到，请选今天或者以前的日期。" in answer.text
        assert lines(answer) == {}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("unit=三村", ["三村"]),
        ("unit=cun3", ["三村"]),
        ("unit=八村", []),
        ("plan=nothing", []),
        ("year=2022", []),
        ("year=all", ALL),
        ("year=99999999999&unit=%00&by=nonsense", ALL),
    ],
)
def test_the_filters_leave_what_they_name(desk: Desk, query: str, names: list[str]) -> None:
    answer = look(desk, f"/rates?{query}")
    assert answer.status_code == 200
    assert list(lines(answer)) == names


def test_units_are_paged(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duban.portal.supervise.rates.LIMIT", 3)
    assert list(lines(look(desk, "/rates"))) == ["一村", "二村", "三村"]
    answer = look(desk, "/rates?year=2023&start=3")
    assert list(lines(answer)) == ["四村", "五村", "六村"]
    assert 'rel="next" href="/rates?year=2023&amp;start=6"' in answer.text
    last = look(desk, "/rates?year=2023&start=6")
    assert list(lines(last)) == [FORMULA]
    assert 'rel="next"' not in last.text


# The expected set


def test_every_number_leads_to_the_obligations_it_counts(desk: Desk) -> None:
    browser = desk.signed_in(Role.SUPERVISOR)
    (here,) = [one for one in sets(browser.get("/rates?by=round")) if one.endswith("outcome=received")]
    answer = browser.get(here)
    assert list(lines(answer)) == ["一村", "二村", "五村"]
    seen = text_of(answer)
    assert "50% 完整率 3/6 33% 及时率 2/6" in seen
    assert "年度：全部；期次：2023年3月 · 每月检查" in seen
    assert "已报，共3项" in seen


def test_the_whole_expected_set_is_one_click_away(desk: Desk) -> None:
    answer = look(desk, f"/rates/set?round={_round(desk)}")
    assert list(lines(answer)) == ALL
    seen = text_of(answer)
    assert "全部（含免报）7 应报6 已报3 及时2" in seen
    assert f'href="/obligations/{desk.obligation("cun3")}"' in answer.text


def _round(desk: Desk) -> int:
    (one,) = {
        found[1] for one in sets(look(desk, "/rates?by=round")) if (found := re.search(r"round=(\d+)", one))
    }
    return int(one)


@pytest.mark.parametrize(
    ("outcome", "names"),
    [
        ("obliged", ["一村", "二村", "三村", "四村", "五村", FORMULA]),
        ("timely", ["一村", "五村"]),
        ("late", ["二村"]),
        ("missing", ["三村", FORMULA]),
        ("returned", ["四村"]),
        ("extended", ["五村"]),
        ("exempt", ["六村"]),
        ("nil", []),
        ("nonsense", ALL),
    ],
)
def test_the_set_of_one_outcome(desk: Desk, outcome: str, names: list[str]) -> None:
    assert list(lines(look(desk, f"/rates/set?plan=jiancha&year=2023&outcome={outcome}"))) == names


def test_the_set_of_a_past_day(desk: Desk) -> None:
    answer = look(desk, "/rates/set?plan=jiancha&year=2023&outcome=missing&as_of=2023-03-26")
    assert list(lines(answer)) == ["二村", "三村", FORMULA]
    assert f'href="/obligations/{desk.obligation("cun2")}?as_of=2023-03-26"' in answer.text
    assert "16% 完整率 1/6" in text_of(answer)


def test_the_set_is_paged(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duban.portal.supervise.rates_set.LIMIT", 4)
    answer = look(desk, "/rates/set?year=2023")
    assert list(lines(answer)) == ["一村", "二村", "三村", "四村"]
    assert "第1—4项，共7项" in text_of(answer)
    assert list(lines(look(desk, "/rates/set?year=2023&start=4"))) == ["五村", "六村", FORMULA]


# The workbook


def test_the_workbook_has_every_line_and_keeps_names_as_text(desk: Desk) -> None:
    answer = desk.signed_in(Role.SUPERVISOR, "李督查").get("/rates.xlsx?plan=jiancha&year=2023")
    page = load_workbook(io.BytesIO(answer.content)).active
    assert page is not None
    rows = [tuple(row) for row in page.iter_rows(values_only=True)]
    assert [row[0] for row in rows[:5]] == [
        "完成情况（按单位）",
        "截至2023年4月10日（星期一）09:00的情况",
        "筛选：年度：2023年；方案：示例检查方案",
        "单位按名册次序排列，不作排名。",
        "李督查于2023年4月10日（星期一）09:00导出",
    ]
    assert [row[1] for row in rows[6:]] == ALL
    assert dict(zip(rows[5], rows[7], strict=True)) == {
        "单位代码": "cun2",
        "单位": "二村",
        "应报": 1,
        "已报": 1,
        "完整率": "100%",
        "及时": 0,
        "及时率": "0%",
        "按时": 0,
        "零报告": 0,
        "延期": 0,
        "迟报": 1,
        "漏报": 0,
        "退回": 0,
        "未到期": 0,
        "免报": 0,
    }
    cells = [cell for row in page.iter_rows() for cell in row if cell.value == FORMULA]
    assert [cell.data_type for cell in cells] == ["s"]
    named = unquote(answer.headers["content-disposition"].partition("filename*=UTF-8''")[2])
    assert named == "完成情况（按单位）-截至2023-04-10.xlsx"


def test_an_export_is_entered(desk: Desk) -> None:
    answer = desk.signed_in(Role.LEADER, "赵镇长").get("/rates.xlsx?by=round&plan=jiancha&as_of=2023-03-26")
    assert answer.status_code == 200
    with desk.book.read() as session:
        query = select(JournalEntry).where(JournalEntry.action == "rates.exported")
        one = session.scalars(query).one()
    assert (one.actor, one.subject) == ("赵镇长", "rates")
    detail = json.loads(one.detail)
    assert detail["filters"] == {"as_of": "2023-03-26", "by": "round", "plan": "jiancha", "year": 2023}
    assert detail["count"] == 1


@pytest.mark.parametrize("query", ["as_of=2023-04-11", "as_of=2023-03-26"])
def test_what_cannot_be_counted_is_not_exported(desk: Desk, query: str) -> None:
    answer = look(desk, f"/rates.xlsx?{query}")
    assert answer.status_code == 409
    assert "content-disposition" not in answer.headers


# The bar


def test_the_bar_shows_what_came_in_time_and_late_of_what_was_owed() -> None:
    drawn = draw(Tally(on_time=1, late=1, missing=2))
    assert 'x="0.0" y="0" width="30.0" height="10" fill="#1c6b3c"' in drawn
    assert 'x="30.0" y="0" width="30.0" height="10" fill="#e0a94a"' in drawn
    assert 'aria-hidden="true"' in drawn
    assert "style" not in drawn


def test_there_is_no_bar_where_nobody_is_obliged() -> None:
    assert draw(Tally(exempt=3)) == ""
