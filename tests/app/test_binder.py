from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from duban.app.binder import bind
from duban.app.ledgers import Scope
from duban.ledger import attachments, owed
from duban.ledger.attachments import FileFacts
from duban.ledger.book import Book
from duban.ledger.reports import Report
from duban.obligations.errors import DubanError
from support.campaign import adopt, advance, day, only, round_of, submit

PHOTO = FileFacts("../现场.jpg", "image/jpeg", b"photo")
PLAN = """
slug: jiancha
title: 示例检查方案
issuer: 示例镇人民政府
year: 2023
office: 镇综治岗
audiences:
  cun: {name: 各村, kinds: [村]}
duties:
  - key: yuecha
    name: 每月检查
    kind: monthly
    audience: cun
    clause: 三（一）
    source: document
    due: day 24
    form:
      - {key: shuliang, label: 检查数量, type: number, unit: 处, required: true}
      - {key: zhaopian, label: 照片, type: files}
"""
CAMPAIGN = Scope("jiancha", 2023)
END_OF_MARCH = day("03-31 23:59")


@pytest.fixture
def march(book: Book, town: object, tmp_path: Path) -> Book:
    """Give a March with a report of three places, one with a photograph, and a silent village."""
    adopt(book, PLAN)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    submit(book, "cun1", day("03-20 10:00"))
    digest = attachments.store(tmp_path, PHOTO.data)
    with book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun3")
        attachments.receive(session, found, PHOTO, day("03-21 09:00"), "丙文书")
    said = Report("cun3", {"shuliang": "5", "zhaopian": digest}, by="丙文书")
    submit(book, "cun3", day("03-21 09:01"), report=said)
    return book


def made(book: Book, files: Path, scope: Scope = CAMPAIGN, as_of: datetime = END_OF_MARCH) -> bytes:
    out = io.BytesIO()
    with book.read() as session:
        bind(session, scope, as_of, files, out)
    return out.getvalue()


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def page(archive: zipfile.ZipFile, name: str) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(archive.read(name)))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_the_binder_of_a_campaign_holds_plan_ledgers_answers_files_and_journal(
    march: Book, tmp_path: Path
) -> None:
    archive = opened(made(march, tmp_path))
    names = set(archive.namelist())
    assert {
        "00 目录.txt",
        "01 方案/示例检查方案（修订1）.yaml",
        "02 台账/报送台账.xlsx",
        "02 台账/督办台账.xlsx",
        "03 上报材料/001 2023年3月 · 每月检查.xlsx",
        f"03 上报材料/001 2023年3月 · 每月检查 附件/三村/{PHOTO.sha256[:8]} _现场.jpg",
        "07 留痕/留痕摘录.jsonl",
        "07 留痕/校验码.txt",
        "07 留痕/怎样查验.txt",
        "SHA256SUMS.txt",
    } <= names
    contents = archive.read("00 目录.txt").decode()
    assert contents.splitlines()[:2] == [
        "2023年 示例检查方案",
        "迎检资料目录　截至2023年3月31日（星期五）23:59",
    ]
    assert "　报送台账.xlsx" in contents


def test_the_answers_of_a_round_are_as_the_units_gave_them(march: Book, tmp_path: Path) -> None:
    rows = page(opened(made(march, tmp_path)), "03 上报材料/001 2023年3月 · 每月检查.xlsx")
    assert rows[3] == ["单位", "版次", "收到时间", "报送人", "检查数量", "照片", "备注"]
    assert [[row[0], row[1], row[4], row[5]] for row in rows[4:]] == [
        ["一村", 1, "3处", None],
        ["三村", 1, "5处", "../现场.jpg"],
    ]


def test_the_binder_of_a_day_is_the_same_to_the_byte_whatever_happens_afterwards(
    march: Book, tmp_path: Path
) -> None:
    before = made(march, tmp_path)
    submit(march, "cun2", day("04-02 10:00"))
    submit(march, "cun1", day("04-02 11:00"), report=Report("again", {"shuliang": "9"}, by="甲文书"))
    advance(march, day("04-20 09:00"))
    assert made(march, tmp_path) == before
    assert made(march, tmp_path, as_of=day("04-20 23:59")) != before


def test_its_list_of_sums_is_one_that_sha256sum_checks(march: Book, tmp_path: Path) -> None:
    folder = tmp_path / "open"
    opened(made(march, tmp_path)).extractall(folder)
    checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS.txt"], cwd=folder, check=False)
    assert checked.returncode == 0


def test_the_excerpt_of_the_journal_can_be_proved_by_the_way_it_describes(
    march: Book, tmp_path: Path
) -> None:
    archive = opened(made(march, tmp_path))
    codes = dict(line.split() for line in archive.read("07 留痕/校验码.txt").decode().splitlines())
    entries = [json.loads(line) for line in archive.read("07 留痕/留痕摘录.jsonl").splitlines()]
    assert [entry["action"] for entry in entries][-2:] == ["file.received", "submission.received"]
    for entry in entries:
        head = [entry[name] for name in ("seq", "at", "actor", "action", "subject")]
        text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1]
        text += f",{entry['detail']},{json.dumps(entry['previous'])}]"
        assert hashlib.sha256(text.encode()).hexdigest() == entry["hash"] == codes[str(entry["seq"])]
        assert entry["seq"] == 1 or codes[str(entry["seq"] - 1)] == entry["previous"]


def test_the_binder_of_a_unit_tells_of_that_unit_alone(march: Book, tmp_path: Path) -> None:
    archive = opened(made(march, tmp_path, Scope("jiancha", 2023, unit="cun1")))
    assert [row[1] for row in page(archive, "02 台账/报送台账.xlsx")[4:]] == ["一村"]
    assert not [name for name in archive.namelist() if "三村" in name]
    said = archive.read("07 留痕/留痕摘录.jsonl").decode()
    assert said.count("submission.received") == 1


def test_the_binder_of_a_round_tells_of_that_round_alone(march: Book, tmp_path: Path) -> None:
    scope = Scope("jiancha", 2023, round_id=round_of(march).id)
    archive = opened(made(march, tmp_path, scope))
    assert [row[2] for row in page(archive, "02 台账/报送台账.xlsx")[4:]] == ["2023年3月 · 每月检查"] * 3
    assert archive.read("00 目录.txt").decode().startswith("2023年 示例检查方案　2023年3月 · 每月检查")


def test_a_file_that_is_gone_from_the_disk_is_told_of(march: Book, tmp_path: Path) -> None:
    archive = opened(made(march, tmp_path / "empty"))
    [gone] = [name for name in archive.namelist() if "缺失" in name]
    assert archive.read(gone).decode().startswith("附件“../现场.jpg”的文件不见了")


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (Scope("jiancha", 2022), "2022年没有执行方案“jiancha”"),
        (Scope("jiancha", 2023, unit="nobody"), "没有代码为“nobody”的单位"),
        (Scope("jiancha", 2023, round_id=9999), "没有第9999号期次"),
    ],
)
def test_a_binder_about_what_is_not_there_is_refused(
    march: Book, tmp_path: Path, scope: Scope, said: str
) -> None:
    with pytest.raises(DubanError, match=said):
        made(march, tmp_path, scope)
