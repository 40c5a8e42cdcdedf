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
from sqlalchemy import select

from duban.app import clock
from duban.app.binder import bind
from duban.app.ledgers import Scope
from duban.app.papers_bulletin import circular_paper
from duban.documents.official import write
from duban.ledger import attachments, circulars, convening, owed, reorganise, reports, staffing
from duban.ledger.attachments import FileFacts
from duban.ledger.book import Book
from duban.ledger.filed_journal import excerpt
from duban.ledger.filed_scope import Filed
from duban.ledger.minutes import NewDecision
from duban.ledger.reports import Report
from duban.ledger.tables import Sheet, Unit
from duban.obligations.errors import DubanError
from duban.obligations.words import Rung
from support import appraised, ladders, sheets, sittings
from support.campaign import PLAN as SHEETS_PLAN, adopt, advance, day, deliver, only, round_of, submit
from support.finding_cast import fix, recheck, record
from support.papers import paragraphs, tables
from support.remembered import remembered

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
REMINDING = PLAN.replace("    form:", "    reminders: [opens]\n    form:")
CAMPAIGN = Scope("jiancha", 2023)
END_OF_MARCH = day("03-31 23:59")


@pytest.fixture
def march(book: Book, town: object, tmp_path: Path) -> Book:
    """Give a March with a report of three places, one with a photograph, and a silent village."""
    _let_march_pass(book, attachments.store(tmp_path, PHOTO.data))
    return book


@remembered
def _let_march_pass(book: Book, photo: str) -> None:
    adopt(book, PLAN)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    submit(book, "cun1", day("03-20 10:00"))
    with book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun3")
        attachments.receive(session, found, PHOTO, day("03-21 09:00"), "丙文书")
    said = Report("cun3", {"shuliang": "5", "zhaopian": photo}, by="丙文书")
    submit(book, "cun3", day("03-21 09:01"), report=said)


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
        "00 目录.docx",
        "01 方案/示例检查方案（修订1）.yaml",
        "01 方案/下达通知/001 关于做好2023年3月每月检查工作的通知.docx",
        "02 台账/报送台账.xlsx",
        "02 台账/督办台账.xlsx",
        "03 上报材料/001 2023年3月 · 每月检查.xlsx",
        f"03 上报材料/001 2023年3月 · 每月检查 附件/三村/{PHOTO.sha256[:8]} _现场.jpg",
        "15 留痕/留痕摘录.jsonl",
        "15 留痕/校验码.txt",
        "15 留痕/怎样查验.txt",
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


def test_a_round_without_answers_says_so_in_its_place(march: Book, tmp_path: Path) -> None:
    one = Scope("jiancha", 2023, unit="cun2")
    assert answered(made(march, tmp_path, one)) == ["03 上报材料/001 2023年3月 · 每月检查（未报送）.xlsx"]
    with march.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun2")
        reports.exempt(session, found, day("04-01 09:00"), "王文书", reason="整村搬迁", approver="李镇长")
    later = made(march, tmp_path, one, day("04-01 10:00"))
    name = "03 上报材料/001 2023年3月 · 每月检查（免报）.xlsx"
    assert answered(later) == [name]
    assert page(opened(later), name)[3:] == [["单位", "情况", "免报理由"], ["二村", "免报", "整村搬迁"]]
    silent = made(march, tmp_path, as_of=day("03-10 09:00"))
    assert answered(silent) == ["03 上报材料/001 2023年3月 · 每月检查（无人报送）.xlsx"]


def answered(data: bytes) -> list[str]:
    return [one for one in opened(data).namelist() if one.startswith("03 上报材料/")]


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
    codes = dict(line.split() for line in archive.read("15 留痕/校验码.txt").decode().splitlines())
    entries = [json.loads(line) for line in archive.read("15 留痕/留痕摘录.jsonl").splitlines()]
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
    said = archive.read("15 留痕/留痕摘录.jsonl").decode()
    assert said.count("submission.received") == 1


def test_the_excerpt_is_of_its_plan_alone_and_has_what_was_done_in_bulk(book: Book, town: object) -> None:
    adopt(book, REMINDING)
    adopt(book, REMINDING.replace("slug: jiancha", "slug: lingwai"))
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    deliver(book, day("03-01 09:30"))
    submit(book, "cun1", day("03-20 10:00"))
    ladders.climb(book, "03-29 09:00")
    with book.read() as session:
        told = {
            unit: [json.loads(one) for one in excerpt(session, Filed("jiancha", 2023, END_OF_MARCH, unit))]
            for unit in (None, "cun1", "cun2")
        }
    of_round = ["round.opened", "cue.fired", "messages.tried"]
    chased = ["round.due", "sheets.issued"]
    common = ["roster.imported", *of_round]
    assert [one["action"] for one in told["cun1"]] == [*common, "submission.received", "round.due"]
    assert [one["action"] for one in told["cun2"]] == [*common, *chased]
    assert [one["action"] for one in told[None]] == [
        *("roster.imported", "plan.adopted", "year.opened", *of_round, "submission.received", *chased),
    ]
    assert {one["subject"] for one in told[None] if one["action"] == "sheets.issued"} == {"jiancha"}


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


# Papers


@pytest.fixture
def supervised(book: Book, town: object) -> Book:
    """Give the first days of April, with a finding, a 督办单 and a talk about what 一村 owes.

    A 督办单 to 二村 has been withdrawn.
    """
    _supervise(book)
    return book


@remembered
def _supervise(book: Book) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    with book.read() as session:
        number = sheets.obligation_id(session)
    record(book, obligation_id=number)
    advance(book, day("03-27 08:00"))
    sheets.issued(book)
    sheets.issued(book, Rung.YUETAN)
    sheets.withdraw(book, sheets.issued(book, unit="cun2"), day("03-28 09:00"))


SUPERVISED = clock.end_of_day("2023-03-31")


def test_sheets_stand_in_it_as_they_were_issued(supervised: Book, tmp_path: Path) -> None:
    archive = opened(made(supervised, tmp_path, as_of=SUPERVISED))
    found = [name for name in archive.namelist() if name.startswith("06 督办文书/") and name.endswith("docx")]
    assert found == [
        "06 督办文书/督办单/督办〔2023〕1号 一村 关于2023年3月每月检查的督办单.docx",
        "06 督办文书/督办单/督办〔2023〕2号 二村 关于2023年3月每月检查的督办单.docx",
        "06 督办文书/约谈通知/约谈〔2023〕1号 一村 关于2023年3月每月检查的约谈通知.docx",
    ]
    assert "签发人" not in str(paragraphs(archive.read(found[0])))
    assert "（本件已于2023年3月28日撤销）" in paragraphs(archive.read(found[1]))
    assert "时间：2023年3月29日（星期三）下午3:00。" in paragraphs(archive.read(found[2]))


def test_a_sheet_that_was_withdrawn_later_stands_in_it_as_it_was(supervised: Book, tmp_path: Path) -> None:
    archive = opened(made(supervised, tmp_path, as_of=day("03-27 12:00")))
    [name] = [name for name in archive.namelist() if "督办〔2023〕2号" in name]
    assert "撤销" not in str(paragraphs(archive.read(name)))


def test_what_was_done_to_findings_stands_in_it_step_by_step(supervised: Book, tmp_path: Path) -> None:
    rows = page(opened(made(supervised, tmp_path, as_of=SUPERVISED)), "04 隐患/隐患办理经过.xlsx")
    assert [row[:2] + row[3:6] for row in rows[4:]] == [
        ["2023年第1号", "一村小卖部", "登记", "王芳、李强", "王芳"],
    ]


def test_it_holds_the_bulletins_as_they_were_issued_and_says_which_are_not(
    supervised: Book, tmp_path: Path
) -> None:
    assert contents(made(supervised, tmp_path, as_of=day("03-31 23:00"))) == []
    lacking = "截至当日尚未签发、没有装订的：2023年第一季度的季度通报。"
    assert contents(made(supervised, tmp_path, as_of=SUPERVISED)) == [lacking]
    now = day("04-03 08:30")
    with supervised.write() as session:
        wrong = circulars.draft(session, "jiancha", 2023, 1, day("04-02 08:30"), "王文书")
        circulars.drop(session, wrong.id, day("04-02 09:00"), "李镇长", "数字待核。")
    assert contents(made(supervised, tmp_path, as_of=day("04-02 10:00"))) == [
        (
            "截至当日尚未签发、没有装订的：2023年第一季度的季度通报"
            "（李镇长于2023年4月2日决定不予签发，理由：数字待核）。"
        )
    ]
    with supervised.write() as session:
        drafted = circulars.draft(session, "jiancha", 2023, 1, now, "王文书")
        circulars.sign(
            *(session, drafted.id, now, "李镇长", sheets.MEANS),
            write=lambda row: write(circular_paper(session, row, "示例镇综治岗")),
        )
    happens_later(supervised)
    later = made(supervised, tmp_path, Scope("jiancha", 2023, "cun1"), day("04-20 23:00"))
    assert contents(later) == []
    [name] = [one for one in opened(later).namelist() if one.startswith("08 通报和总结/")]
    assert name == "08 通报和总结/情况通报〔2023〕1号 关于2023年第一季度示例检查工作情况的通报.docx"
    said = paragraphs(opened(later).read(name))
    assert "情况通报〔2023〕1号" in said
    assert "2023年4月3日" in said
    assert contents(made(supervised, tmp_path, as_of=day("04-02 08:00"))) == [lacking]
    # In the other quarters nothing fell due, so no bulletin of them is lacking.
    assert contents(made(supervised, tmp_path, as_of=clock.end_of_day("2023-12-31"))) == [
        "截至当日尚未签发、没有装订的：2023年的年度总结。"
    ]


def contents(data: bytes) -> list[str]:
    """Give what the table of contents says is lacking."""
    return [one for one in opened(data).read("00 目录.txt").decode().splitlines() if "尚未签发" in one]


def test_its_table_of_contents_is_a_paper_too(supervised: Book, tmp_path: Path) -> None:
    data = opened(made(supervised, tmp_path, as_of=SUPERVISED)).read("00 目录.docx")
    said = paragraphs(data)
    assert said[:2] == [
        "2023年 示例检查方案迎检资料目录",
        "本册资料截至2023年3月31日（星期五）24时，共16份文件，各文件的校验码见SHA256SUMS.txt。",
    ]
    assert [one for one in said if one[1:2] == "、"] == [
        *("一、方案", "二、台账", "三、上报材料", "四、隐患", "五、督办文书", "六、留痕"),
    ]
    assert tables(data)[1] == [
        ["序号", "名称", "份数"],
        *(["1", "报送台账.xlsx", "1"], ["2", "隐患台账.xlsx", "1"], ["3", "督办台账.xlsx", "1"]),
        *(["4", "会议台账.xlsx", "1"], ["5", "考核表.xlsx", "1"]),
    ]


def happens_later(book: Book) -> None:
    """Let everything that can change happen after the end of March."""
    at = day("04-03 09:00")
    with book.read() as session:
        ids = [one.id for one in session.scalars(select(Sheet).order_by(Sheet.id))]
    sheets.acknowledge(book, ids[0], at)
    sheets.arrange(book, ids[1], day("04-06 15:00"), at)
    submit(book, "cun1", day("04-03 09:10"))
    fix(book, 1, day("04-03 09:20"))
    recheck(book, 1, day("04-04 09:00"))
    sheets.close(book, ids[0], day("04-04 10:00"))
    sheets.withdraw(book, ids[1], day("04-04 11:00"))
    new = sheets.draft(book, unit="cun3", now=day("04-04 12:00"))
    sheets.sign(book, new, day("04-04 12:00"))
    advance(book, day("04-20 09:00"))


@pytest.mark.parametrize("kind", ["campaign", "unit", "round"])
def test_whatever_happens_to_sheets_and_findings_the_binder_of_an_earlier_day_is_the_same(
    supervised: Book, tmp_path: Path, kind: str
) -> None:
    scope = {
        "campaign": CAMPAIGN,
        "unit": Scope("jiancha", 2023, unit="cun1"),
        "round": Scope("jiancha", 2023, round_id=round_of(supervised).id),
    }[kind]
    before = made(supervised, tmp_path, scope, SUPERVISED)
    happens_later(supervised)
    assert differing(made(supervised, tmp_path, scope, SUPERVISED), before) == []
    assert made(supervised, tmp_path, scope, SUPERVISED) == before


def renamed_and_revised(book: Book) -> None:
    """Let units change their names and one be merged, and next year's plan be revised."""
    now = day("04-10 09:00")
    with book.write() as session:
        units = {one.code: one for one in session.scalars(select(Unit))}
        for code, name in (("cun1", "新一社区"), ("cun2", "新二社区")):
            kept = staffing.UnitDraft(code, name, "村", frozenset({"沿江"}), units[code].parent_id)
            staffing.change_unit(session, units[code], kept, now, "办公室")
        merged = reorganise.Merger((units["cun2"].id, units["cun3"].id), units["cun3"].id, now.date())
        reorganise.merge(session, merged, now, "办公室")
    revised = SHEETS_PLAN.replace("title: 示例检查方案", "title: 新的检查方案\nrevision: 2")
    revised = revised.replace("office: 镇综治岗", "office: 镇平安办").replace("year: 2023", "year: 2024")
    adopt(book, revised, now, 2024)


@pytest.mark.parametrize("unit", [None, "cun1"])
def test_units_renamed_or_merged_and_a_plan_revised_leave_the_binder_of_an_earlier_day_the_same(
    supervised: Book, tmp_path: Path, unit: str | None
) -> None:
    scope = Scope("jiancha", 2023, unit)
    before = made(supervised, tmp_path, scope, SUPERVISED)
    renamed_and_revised(supervised)
    assert differing(made(supervised, tmp_path, scope, SUPERVISED), before) == []
    later = opened(made(supervised, tmp_path, scope, day("04-11 09:00")))
    named = {row[1] for row in page(later, "02 台账/报送台账.xlsx")[4:]}
    assert named == ({"新一社区"} if unit else {"新一社区", "新二社区", "三村"})
    # The notice went to units under the names that they had as it left.
    [name] = [one for one in later.namelist() if "下达通知" in one]
    assert "责任单位：一村、二村、三村，共3个单位。" in paragraphs(later.read(name))


def differing(one: bytes, other: bytes) -> list[str]:
    """Give the names of the parts that are not the same, for whom it concerns when a test fails."""
    first, second = opened(one), opened(other)
    names = {*first.namelist()} ^ {*second.namelist()}
    both = {*first.namelist()} & {*second.namelist()}
    return sorted(names | {name for name in both if first.read(name) != second.read(name)})


# Meetings


@pytest.fixture
def sat(book: Book, town: object) -> Book:
    """Give March's meeting, which has been held and has no minutes yet."""
    _sit(book)
    return book


@remembered
def _sit(book: Book) -> None:
    sittings.adopt(book)
    sittings.turn(book, "03-01 09:00")
    sittings.report(
        book, "cun2", "03-06 09:00", duty="lianxihui", period="2023-Q1", said={"wenti": "路灯不亮"}
    )
    sittings.turn(book, "03-08 18:01")


MEETINGS = Scope("lianxi", 2023)


def meeting_parts(data: bytes) -> list[str]:
    return [name for name in opened(data).namelist() if name.startswith("07 会议/")]


def test_a_meeting_stands_in_it_with_its_notice_its_minutes_and_its_event(sat: Book, tmp_path: Path) -> None:
    decided = NewDecision("各村备齐灭火器", ("二村",), day("03-31 18:00"))
    sittings.publish(sat, sittings.meeting_of(sat), "03-14 10:00", decided)
    archive = made(sat, tmp_path, MEETINGS, clock.end_of_day("2023-03-14"))
    assert meeting_parts(archive) == [
        "07 会议/01 会议〔2023〕1号 关于召开2023年第一季度联席会的通知.docx",
        "07 会议/01 2023年第一季度联席会纪要.docx",
        "07 会议/01 2023年第一季度联席会.ics",
    ]
    event = opened(archive).read("07 会议/01 2023年第一季度联席会.ics").decode()
    assert "DTSTART;TZID=Asia/Shanghai:20230313T093000" in event


def test_every_notice_that_left_stands_in_it_though_the_meeting_was_moved_and_called_off(
    sat: Book, tmp_path: Path
) -> None:
    number = sittings.meeting_of(sat)
    with sat.write() as session:
        for at, place in (("03-09 09:00", "二楼"), ("03-09 10:00", "三楼")):
            here = sittings.lock(session, number)
            to = sittings.arranged(here, place=place)
            convening.change(session, here, to, "停电", sittings.doing(at))
        convening.cancel(session, sittings.lock(session, number), "防汛", sittings.doing("03-10 09:00"))
    assert meeting_parts(made(sat, tmp_path, MEETINGS, clock.end_of_day("2023-03-10"))) == [
        "07 会议/01 会议〔2023〕1号 关于召开2023年第一季度联席会的通知.docx",
        "07 会议/01 关于调整2023年第一季度联席会安排的通知.docx",
        "07 会议/01 关于调整2023年第一季度联席会安排的通知（第2次）.docx",
        "07 会议/01 关于取消2023年第一季度联席会的通知.docx",
        "07 会议/01 2023年第一季度联席会.ics",
    ]


@pytest.mark.parametrize("kind", ["campaign", "unit", "round"])
def test_whatever_becomes_of_a_meeting_the_binder_of_an_earlier_day_is_the_same(
    sat: Book, tmp_path: Path, kind: str
) -> None:
    scope = {
        "campaign": MEETINGS,
        "unit": Scope("lianxi", 2023, unit="cun2"),
        "round": Scope("lianxi", 2023, round_id=round_of(sat, "lianxihui", "2023-Q1").id),
    }[kind]
    as_of = clock.end_of_day("2023-03-09")
    before = made(sat, tmp_path, scope, as_of)
    number = sittings.meeting_of(sat)
    sittings.answer(sat, number, "cun2", "03-10 09:00")
    decided = NewDecision("各村备齐灭火器", ("二村",), day("03-31 18:00"))
    sittings.publish(sat, number, "03-14 10:00", decided)
    sittings.turn(sat, "04-03 09:00")
    assert differing(made(sat, tmp_path, scope, as_of), before) == []
    assert made(sat, tmp_path, scope, as_of) == before


def test_whatever_becomes_of_an_appraisal_the_binder_of_an_earlier_day_is_the_same(
    book: Book, town: object, tmp_path: Path
) -> None:
    appraised.drafted(book)
    as_of = clock.end_of_day("2023-04-11")
    before = made(book, tmp_path, as_of=as_of)
    rows = page(opened(before), "02 台账/考核表.xlsx")
    assert [row[2] for row in rows[5:]] == ["一村", "二村", "三村"]
    appraised.adjust(book, "cun2", "-0.5")
    appraised.publish(book, "05-10 09:00")
    assert differing(made(book, tmp_path, as_of=as_of), before) == []
