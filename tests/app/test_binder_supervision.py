"""What supervising came to, in the binder: inspections, look-backs, gates, nights, clues, events, talks."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl

from duban.app.binder import bind
from duban.app.clock import end_of_day
from duban.app.ledgers import Scope
from duban.ledger.book import Book
from duban.ledger.sheet_talks import Minuted
from duban.obligations import draw_paper
from duban.obligations.inspecting import Checked
from duban.obligations.looking_back import Found
from duban.obligations.words import Rung
from support import inspected, looked_back, sheets
from support.campaign import day
from support.papers import tables
from support.pursued import pursue


def made(book: Book, files: Path, scope: Scope, as_of: datetime) -> zipfile.ZipFile:
    out = io.BytesIO()
    with book.read() as session:
        bind(session, scope, as_of, files, out)
    return zipfile.ZipFile(out)


def named(archive: zipfile.ZipFile, *folders: str) -> list[str]:
    return [one for one in archive.namelist() if one.partition("/")[0][3:] in folders]


def rows(archive: zipfile.ZipFile, name: str, *columns: str) -> list[list[Any]]:
    """Give these columns of a workbook's lines."""
    book = openpyxl.load_workbook(io.BytesIO(archive.read(name)))
    head, *lines = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=4)]
    return [[line[head.index(column)] for column in columns] for line in lines]


def test_it_holds_who_was_drawn_what_was_found_and_the_false_closes_that_came_out(
    book: Book, town: object, tmp_path: Path
) -> None:
    ids, autumn = looked_back.looked_back(book), "2023-Q4"
    inspected.draw(book, "10-08 10:00", "10-09 09:00", period=autumn)
    inspected.begin(book, "10-09 09:00", period=autumn)
    first = inspected.parts(book, period=autumn)[0][0]
    clean = Checked.NOTHING
    inspected.check(book, first, "10-09 15:00", checked=clean, text="台账齐全", period=autumn)
    campaign, then = Scope("jiancha", 2023), end_of_day("2023-10-09")
    before = made(book, tmp_path, campaign, then)
    false = looked_back.revisit_of(book, ids[0]).id
    looked_back.visit(book, false, "10-10 15:00", found=Found.FALSE, text="仍在存放", until="10-20 23:59")
    again, later = made(book, tmp_path, campaign, then), made(book, tmp_path, campaign, day("10-10 16:00"))
    files = ["09 督查检查/督查台账.xlsx", "10 回头看/回头看台账.xlsx"]
    draws = [
        "09 督查检查/02 2023年第四季度 · 定期督查 draw.json",
        "10 回头看/01 2023年 · 开展回头看 draw.json",
    ]
    assert sorted(named(before, "督查检查", "回头看")) == sorted([*files, *draws])
    assert [before.read(name) for name in [*files, *draws]] == [again.read(name) for name in [*files, *draws]]
    for name in draws:
        assert draw_paper.repeat(json.loads(before.read(name))).drawn
    results = rows(before, files[0], "督查检查", "结果", "检查情况")
    assert [one for one in results if one[1] != "未开始"] == [
        ["2023年第四季度 · 定期督查", "未发现问题", "台账齐全"],
        ["2023年第四季度 · 定期督查", "待登记", None],
    ]
    about = ("复查内容", "列入原因", "结果", "复查情况")
    assert rows(before, files[1], *about)[0] == ["2023年第1号 一村小卖部", "重大隐患", "待复查", None]
    assert rows(later, files[1], *about)[0][2:] == ["未整改（虚假销号）", "仍在存放"]


def test_it_holds_rosters_clues_and_events_and_nothing_of_who_is_watched(
    book: Book, town: object, tmp_path: Path
) -> None:
    sheets.open_march(book)
    talk = sheets.issued(book, Rung.YUETAN)
    sheets.minute(book, talk, day("03-29 16:00"), Minuted("谈了", "下周报", day("04-07 23:59")))
    pursue(book, day("03-30 09:00"), "cun1")
    as_of = end_of_day("2023-03-30")
    archive = made(book, tmp_path, Scope("zhongdian", 2023), as_of)
    assert rows(archive, "12 高峰夜/值班表.xlsx", "单位", "值班人员", "任务") == [
        *(["一村", "张三", "带班"], ["一村", "李四", None]),
    ]
    assert rows(archive, "13 线索移送/线索移送台账.xlsx", "线索", "移送单位", "接收单位", "结论") == [
        ["集市兜售", "二村", "一村", None],
    ]
    event = rows(archive, "14 重大事件/重大事件台账.xlsx", "报告单位", "情况", "告知单位数", "签收单位数")
    assert event == [["二村", "桥头有人聚集燃放", 2, 1]]
    everything = b"".join(archive.read(name) for name in archive.namelist() if not name.endswith("x"))
    assert "王某某".encode() not in everything
    assert "王某某" not in str([rows(archive, name) for name in archive.namelist() if name.endswith("xlsx")])
    chased = made(book, tmp_path, Scope("jiancha", 2023), as_of)
    minutes = "06 督办文书/约谈记录/约谈〔2023〕1号 一村 约谈记录.docx"
    assert ["承诺事项", "下周报"] in tables(chased.read(minutes))[0]
    assert rows(chased, "06 督办文书/约谈台账.xlsx", "被约谈单位", "约谈记录", "跟进情况") == [
        ["一村", "谈了", None],
    ]
