"""The commands over the book as a clerk runs them: what is printed, where, and with which exit code."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from duban.app.cli import channels, main
from duban.ledger.book import Book
from support.campaign import PLAN
from support.sink import HttpSink, code

ROSTER = """\
title: 示例镇名册
units:
  - {code: zhen, name: 示例镇, kind: 镇}
  - {code: cun1, name: 一村, kind: 村, tags: [沿江], parent: zhen, contacts: [{name: 甲文书, phone: "139"}]}
  - {code: cun2, name: 二村, kind: 村, parent: zhen, contacts: [{name: 乙文书, phone: "13900000002"}]}
  - {code: bm, name: 派出所, kind: 部门, parent: zhen}
"""
MARCH = ("jiancha", "yuecha", "2023-03")
MARCH_STAYS = (
    "  2023年3月 · 每月检查：截止 2023年3月24日（星期五）24时 → 2023年3月20日（星期一）24时；"
    "截止补报 2023年4月3日（星期一）24时 → 2023年3月30日（星期四）24时"
)


class Said(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


class Clerk:
    """Runs commands, all in one data folder."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]) -> None:
        self.folder, self.patch, self.captured = folder, patch, captured

    def run(self, *words: str, stdin: str = "") -> Said:
        self.patch.setattr(sys, "argv", ["duban", *words])
        self.patch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            main()
            exit_code = 0
        except SystemExit as ended:
            exit_code = int(ended.code or 0)
        out, err = self.captured.readouterr()
        return Said(exit_code, out, err)

    def does(self, *words: str, stdin: str = "") -> str:
        """Run a command that must succeed; give what it printed."""
        said = self.run(*words, stdin=stdin)
        assert (said.code, said.err) == (0, "")
        return said.out

    def json(self, *words: str) -> Any:
        return json.loads(self.does(*words, "--json"))

    def refuses(self, *words: str) -> str:
        """Run a command that must fail with one sentence; give the sentence."""
        said = self.run(*words)
        assert (said.code, said.out) == (1, "")
        return said.err.strip()


@pytest.fixture
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Clerk:
    """Give a clerk with a data folder in which there is no book."""
    monkeypatch.setenv("DUBAN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DUBAN_BY", "值班员")
    monkeypatch.delenv("DUBAN_DATABASE_URL", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    (tmp_path / "roster.yaml").write_text(ROSTER, encoding="utf-8")
    (tmp_path / "jiancha.yaml").write_text(PLAN, encoding="utf-8")
    return Clerk(tmp_path, monkeypatch, capsys)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give an empty place for the data folder of each fixture below, filled by the first test that asks."""
    return {name: tmp_path_factory.mktemp("begun") / name for name in ("rehearser", "clerk")}


@pytest.fixture
def rehearser(nobody: Clerk, begun: dict[str, Path]) -> Clerk:
    """Give a clerk with a rehearsal's book, begun on a day of 2023, so that --now may say what day it is."""
    if not begun["rehearser"].exists():
        assert "没有到期事项" in nobody.does("advance", "--now", "2023-02-25 09:00", "--rehearsal")
        shutil.copytree(nobody.folder / "data", begun["rehearser"])
    shutil.copytree(begun["rehearser"], nobody.folder / "data", dirs_exist_ok=True)
    return nobody


@pytest.fixture
def clerk(rehearser: Clerk, begun: dict[str, Path]) -> Clerk:
    """Give a clerk whose town has two villages, the campaign of 2023, and March's check opened."""
    folder = rehearser.folder
    if not begun["clerk"].exists():
        rehearser.does("units", "import", str(folder / "roster.yaml"), "--now", "2023-02-25 09:00")
        rehearser.does("adopt", str(folder / "jiancha.yaml"), "--year", "2023", "--now", "2023-02-25 09:00")
        rehearser.does("advance", "--now", "2023-03-01 09:00")
        shutil.copytree(folder / "data", begun["clerk"])
    shutil.copytree(begun["clerk"], folder / "data", dirs_exist_ok=True)
    return rehearser


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    with HttpSink() as sink:
        yield sink


# units, adopt


def test_without_a_book_every_command_says_how_to_get_one(nobody: Clerk) -> None:
    for command in (
        ["status"],
        ["overdue"],
        ["verify"],
        ["messages"],
        ["units", "list"],
        ["channels", "list"],
    ):
        assert nobody.refuses(*command).startswith("账簿还没有建立")
    assert not (nobody.folder / "data").exists()


def test_a_roster_is_imported_once_and_listed(nobody: Clerk) -> None:
    words = ("units", "import", str(nobody.folder / "roster.yaml"))
    assert nobody.does(*words) == "单位：新增4个，修改0个，不变0个\n联系人：新增2人，修改0人\n"
    assert nobody.does(*words) == "账簿与文件一致，没有改动（4个单位）。\n"
    listed = nobody.json("units", "list")
    assert listed[1] == {
        "code": "cun1",
        "name": "一村",
        "kind": "村",
        "tags": ["沿江"],
        "parent": "zhen",
        "opened_on": None,
        "closed_on": None,
        "contacts": [{"name": "甲文书", "phone": "139", "email": "", "channel": None}],
    }
    assert "（无联系人）" in nobody.does("units", "list")


def test_a_roster_with_mistakes_names_all_of_them_and_writes_nothing(nobody: Clerk) -> None:
    wrong = ROSTER.replace("code: cun2", "code: cun1").replace("部门, parent: zhen", "部门, parent: zen")
    (nobody.folder / "roster.yaml").write_text(wrong, encoding="utf-8")
    said = nobody.run("units", "import", str(nobody.folder / "roster.yaml"))
    assert said.code == 1
    assert "代码重复" in said.err
    assert "上级单位不在名册中" in said.err
    assert "没有写入任何内容" in said.err


def test_a_template_is_written_and_never_over_a_file(nobody: Clerk) -> None:
    path = str(nobody.folder / "名册.xlsx")
    assert nobody.does("units", "template", path).startswith(f"已写出 {path}。")
    assert "已存在" in nobody.refuses("units", "template", path)


def test_a_plan_is_adopted_once(rehearser: Clerk) -> None:
    rehearser.does("units", "import", str(rehearser.folder / "roster.yaml"), "--now", "2023-02-25 09:00")
    words = ("adopt", str(rehearser.folder / "jiancha.yaml"), "--year", "2023", "--now", "2023-02-25 09:00")
    assert rehearser.does(*words) == (
        "已启用《示例检查方案》2023年：25期、2个阶段和时段，其中5期在启用前已到期，不再追溯。\n"
    )
    assert rehearser.does(*words) == "《示例检查方案》2023年此前已经启用，没有改动。\n"


def test_a_year_far_off_is_adopted_only_on_demand(rehearser: Clerk) -> None:
    rehearser.does("units", "import", str(rehearser.folder / "roster.yaml"), "--now", "2023-02-25 09:00")
    words = ("adopt", str(rehearser.folder / "jiancha.yaml"), "--now", "2023-02-25 09:00", "--year")
    for year in ("2060", "2025", "2021", "0"):
        assert rehearser.refuses(*words, year) == (
            f"--year {year} 不是去年、今年或明年（今年是2023年），没有启用。确要启用，请加 --force。"
        )
    assert rehearser.does(*words, "2025", "--force").startswith("已启用《示例检查方案》2025年：25期")
    for year in ("2022", "2023", "2024"):
        assert rehearser.does(*words, year).startswith(f"已启用《示例检查方案》{year}年：25期")


def test_an_audience_without_units_is_named_with_its_line(rehearser: Clerk) -> None:
    rehearser.does("units", "import", str(rehearser.folder / "roster.yaml"), "--now", "2023-02-25 09:00")
    path = rehearser.folder / "jiancha.yaml"
    path.write_text(PLAN.replace("tags: [沿江]", "tags: [沿海]"), encoding="utf-8")
    said = rehearser.run("adopt", str(path), "--year", "2023", "--now", "2023-02-25 09:00")
    assert said.code == 1
    assert f"{path}:9:" in said.err
    assert "“沿江各村”在账簿的名册中一个单位也没有" in said.err


# the desk


def test_a_report_by_telephone_is_recorded_accepted_and_shown(clerk: Clerk) -> None:
    said = clerk.does(
        "submit",
        *MARCH,
        "一村",
        "--answer",
        "检查数量=3",
        "--via",
        "phone",
        "--by",
        "甲文书",
        "--now",
        "2023-03-10 10:00",
    )
    assert said == "一村 · 2023年3月 · 每月检查：已登记第1版（已报待审，按时）。\n"
    assert clerk.does("accept", *MARCH, "cun1", "--now", "2023-03-10 11:00") == (
        "一村 · 2023年3月 · 每月检查：已接收（已接收，按时）。\n"
    )


def test_entering_the_same_report_twice_is_entering_it_once(clerk: Clerk) -> None:
    words = ("submit", *MARCH, "一村", "--answer", "shuliang=3", "--now")
    clerk.does(*words, "2023-03-10 10:00")
    assert "已登记第1版（此前已于2023-03-10 10:00登记，没有重复）" in clerk.does(*words, "2023-03-10 10:05")


def test_a_late_nil_report_is_late(clerk: Clerk) -> None:
    said = clerk.does("submit", *MARCH, "一村", "--nil", "--now", "2023-03-25 00:00")
    assert said == "一村 · 2023年3月 · 每月检查：已登记第1版（已报待审，迟报）。\n"


def test_a_return_says_why_and_reminds_again(clerk: Clerk) -> None:
    clerk.does("submit", *MARCH, "一村", "--answer", "shuliang=3", "--now", "2023-03-10 10:00")
    words = ("return", *MARCH, "一村", "--reason", "数字不符", "--now", "2023-03-10 11:00")
    assert clerk.refuses(*words) == ("退回须说明是否属于实质性问题：实质性问题影响按时认定，一般瑕疵不影响。")
    assert clerk.does(*words, "--material", "--correct-by", "2023-03-15") == (
        "一村 · 2023年3月 · 每月检查：已退回，提醒1条（已退回，退回）。\n"
    )


def test_an_extension_and_an_exemption(clerk: Clerk) -> None:
    words = ("--reason", "防汛", "--now", "2023-03-20 09:00")
    assert clerk.does("extend", *MARCH, "一村", "--until", "2023-03-31", *words) == (
        "一村 · 2023年3月 · 每月检查：准予延期至2023-03-31 24:00（待报，未到期）。\n"
    )
    assert clerk.does("exempt", *MARCH, "二村", "--approver", "李镇长", *words) == (
        "二村 · 2023年3月 · 每月检查：已免报，批准人李镇长（免报）。\n"
    )


def test_what_is_owed_is_signed_for(clerk: Clerk) -> None:
    assert "已签收（待报，未到期）" in clerk.does("acknowledge", *MARCH, "一村", "--now", "2023-03-02 09:00")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("submit", *MARCH, "一存", "--nil"),
            "“2023年3月 · 每月检查”的2个应报单位中没有“一存”；是否想写“一村”？",
        ),
        (("submit", *MARCH, "一村"), "缺少“检查数量”。本表的项目：检查数量[shuliang]（处）*。"),
        (("submit", *MARCH, "一村", "--answer", "三处"), "--answer 应写成 名称=值。"),
        (("submit", *MARCH, "一村", "--answer", "shuliang=一"), "“检查数量”应是数字，实际为“一”。"),
        (("accept", *MARCH, "一村"), "该事项尚未上报，没有可接收的材料；请先登记上报。"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(
    clerk: Clerk, words: tuple[str, ...], said: str
) -> None:
    before = clerk.does("verify")
    assert clerk.refuses(*words, "--now", "2023-03-10 10:00").startswith(said)
    assert clerk.does("verify") == before


def test_a_rehearsal_only_goes_forward(clerk: Clerk) -> None:
    words = ("submit", *MARCH, "一村", "--nil", "--now")
    assert "账簿只能向前推进" in clerk.refuses(*words, "2023-02-01 10:00")


@pytest.mark.parametrize("moment", ["2023-03-10 10:00", "2090-01-01 10:00"])
@pytest.mark.parametrize(
    "words",
    [
        ("submit", *MARCH, "一村", "--nil"),
        ("accept", *MARCH, "一村"),
        ("return", *MARCH, "一村", "--reason", "数字不符", "--trifle"),
        ("extend", *MARCH, "一村", "--reason", "防汛", "--until", "2023-03-31"),
        ("exempt", *MARCH, "一村", "--reason", "防汛", "--approver", "李镇长"),
        ("acknowledge", *MARCH, "一村"),
        ("event", "jiancha", "faxian"),
        ("adopt", "erong-dafei"),
        ("units", "import", "{folder}/roster.yaml"),
        ("channels", "add", "文件夹", "--kind", "file"),
        ("channels", "use", "一村", "甲文书", "默认"),
        ("messages", "retry", "--all"),
        ("advance",),
        ("deliver",),
    ],
)
def test_in_a_real_book_nobody_chooses_the_moment(nobody: Clerk, words: tuple[str, ...], moment: str) -> None:
    nobody.does("units", "import", str(nobody.folder / "roster.yaml"))
    before = nobody.does("verify")
    said = nobody.refuses(*(word.format(folder=nobody.folder) for word in words), "--now", moment)
    assert said.startswith("--now 只能用于演练账簿：真实账簿一律按系统时钟记录，不能倒填，也不能提前。")
    assert nobody.does("verify") == before


def test_a_real_book_never_becomes_a_rehearsal(nobody: Clerk) -> None:
    nobody.does("units", "import", str(nobody.folder / "roster.yaml"))
    before = nobody.does("verify")
    for command in ("advance", "deliver"):
        assert nobody.refuses(command, "--rehearsal", "--now", "2023-03-10 10:00") == (
            "这本账簿已有真实记录，不能用来演练，没有改动它。请用 --data 另指定一个空的数据目录。"
        )
    assert nobody.does("verify") == before
    assert "演练" not in before


def test_a_rehearsal_says_what_it_is_when_it_is_verified(rehearser: Clerk) -> None:
    assert rehearser.does("verify").endswith("这是演练账簿：各条的时间由操作的人指定，不能作为依据。\n")


def test_a_line_noted_earlier_is_held_against_the_book(rehearser: Clerk) -> None:
    line = rehearser.does("verify").splitlines()[0].partition("。")[2]
    assert rehearser.does("verify", "--head", line).startswith("与公示的相符：第")
    number, _, digits = line.partition("校验码 ")
    other = f"{number}校验码 {'0' if digits[0] != '0' else '1'}{digits[1:]}"
    assert "校验码不同；从前的留痕已被改写" in rehearser.refuses("verify", "--head", other)


@pytest.mark.parametrize("until", ["2023-W13", "17:30", "2023-04", "2023-090", "20230331", "2023-02-30"])
def test_an_extension_until_a_time_loosely_written_is_refused(clerk: Clerk, until: str) -> None:
    words = ("extend", *MARCH, "一村", "--reason", "防汛", "--now", "2023-03-20 09:00", "--until")
    before = clerk.does("verify")
    assert clerk.refuses(*words, until) == (
        f"看不懂时间“{until}”，可写成 2026-03-22、2026年3月22日 或 2026-03-22 17:30。"
    )
    assert clerk.does("verify") == before


def test_an_event_is_raised_once_and_its_units_are_told(clerk: Clerk) -> None:
    words = ("event", "jiancha", "faxian", "--unit", "一村", "--at", "2023-03-02 22:10", "--note", "桥头")
    said = clerk.does(*words, "--now", "2023-03-02 22:20")
    assert (
        said
        == "2023年3月2日 · 发现情况立即报告：期次 2023/e01，下达1个单位，提醒1条，2023-03-03 00:10 前上报。\n"
    )
    assert clerk.does(*words, "--now", "2023-03-02 22:21") == (
        "这起事件已经登记过：期次 2023/e01，没有重复下达。\n"
    )
    clerk.does("deliver", "--now", "2023-03-02 22:30")
    (urgent,) = [one for one in clerk.json("messages", "--state", "sent") if one["urgent"]]
    assert (urgent["unit"], urgent["sent_at"]) == ("一村", "2023-03-02T22:30:00+08:00")


# status, overdue, verify


def test_status_as_json_is_complete(clerk: Clerk) -> None:
    clerk.does("submit", *MARCH, "一村", "--answer", "shuliang=3", "--now", "2023-03-26 10:00")
    said = clerk.json(
        "status", "jiancha", "--period", "2023-03", "--duty", "yuecha", "--now", "2023-03-27 12:00"
    )
    assert said["as_of"] == "2023-03-27T12:00:00+08:00"
    (one,) = said["rounds"]
    units = one.pop("units")
    assert one == {
        "plan": "jiancha",
        "duty": "yuecha",
        "period": "2023-03",
        "year": 2023,
        "name": "每月检查",
        "title": "2023年3月 · 每月检查",
        "kind": "monthly",
        "clause": "三（一）",
        "lead": "各部门",
        "opens_at": "2023-03-01T00:00:00+08:00",
        "due_at": "2023-03-24T23:59:59+08:00",
        "locks_at": "2023-04-03T23:59:59+08:00",
        "expected": 2,
        "pending": 0,
        "on_time": 0,
        "late": 1,
        "missing": 1,
        "nil": 0,
        "returned": 0,
        "extended": 0,
        "exempt": 0,
        "obliged": 2,
        "received": 1,
        "timely": 0,
        "completeness": 0.5,
        "timeliness": 0.0,
    }
    assert units[0] == {
        "unit": "cun1",
        "unit_name": "一村",
        "state": "submitted",
        "outcome": "late",
        "outcome_zh": "迟报",
        "nil": False,
        "extended": False,
        "due_at": "2023-03-24T23:59:59+08:00",
        "credited_at": "2023-03-26T10:00:00+08:00",
        "overdue_seconds": 122401,
        "final": False,
        "reminded": 0,
        "filed": 0,
        "last_reminded_at": None,
        "no_contact": False,
    }


def test_status_of_a_past_day_is_what_was_seen_then(clerk: Clerk) -> None:
    def missing(*words: str) -> int:
        return clerk.json("status", "--duty", "yuecha", "--period", "2023-03", *words)["rounds"][0]["missing"]

    clerk.does("submit", *MARCH, "一村", "--answer", "shuliang=3", "--now", "2023-03-26 10:00")
    assert missing("--as-of", "2023-03-24") == 0
    assert missing("--as-of", "2023-03-25") == 2
    assert missing("--as-of", "2023-03-26") == 1
    assert (
        clerk.refuses("status", "--as-of", "2090-01-01")
        == "--as-of 2090-01-01 还没有到，只能统计过去的时刻。"
    )


def test_status_prints_rounds_or_units(clerk: Clerk) -> None:
    words = ("status", "--year", "2023", "--now", "2023-03-27 12:00")
    shown = clerk.does(*words).splitlines()
    assert shown[0].strip() == "办理情况，截至2023年3月27日（星期一）12:00"
    row = next(line.split() for line in shown if "2023年3月 · 每月检查" in line)
    assert row == [
        "2023年3月",
        "·",
        "每月检查",
        "03-24",
        "2",
        "0",
        "0",
        "2",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0%",
        "0%",
    ]
    units = clerk.does(*words, "--units")
    assert "漏报" in units
    assert "0次" in units
    assert "没有已下达的期次" in clerk.does("status", "--year", "2022")


def test_overdue_says_who_what_since_when_and_how_often_told(clerk: Clerk) -> None:
    clerk.does("deliver", "--now", "2023-03-01 09:10")
    clerk.does("submit", *MARCH, "二村", "--answer", "shuliang=3", "--now", "2023-03-20 10:00")
    said = clerk.json("overdue", "--duty", "yuecha", "--now", "2023-03-27 12:00")
    assert said["as_of"] == "2023-03-27T12:00:00+08:00"
    assert said["overdue"] == [
        {
            "unit": "cun1",
            "unit_name": "一村",
            "plan": "jiancha",
            "duty": "yuecha",
            "period": "2023-03",
            "title": "2023年3月 · 每月检查",
            "clause": "三（一）",
            "lead": "各部门",
            "state": "owed",
            "outcome": "missing",
            "outcome_zh": "漏报",
            "due_at": "2023-03-24T23:59:59+08:00",
            "overdue_seconds": 216001,
            "overdue_days": 2,
            "reminded": 0,
            "filed": 1,
            "last_reminded_at": None,
            "no_contact": False,
            "final": False,
        }
    ]
    table = clerk.does("overdue", "--duty", "yuecha", "--now", "2023-03-27 12:00")
    assert "0次（另有1条仅写入发件箱）" in table
    assert "没有逾期未报的事项" in clerk.does("overdue", "--as-of", "2023-03-24")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("status", "jianca"), "账簿中没有方案“jianca”；是否想写“jiancha”？现有：jiancha。"),
        (("overdue", "jianca"), "账簿中没有方案“jianca”；是否想写“jiancha”？现有：jiancha。"),
        (
            ("overdue", "--duty", "yuehca"),
            "账簿中没有任务“yuehca”；是否想写“yuecha”？现有：faxian、qingkuang、yuecha、zhishou。",
        ),
        (
            ("status", "jiancha", "--duty", "zhishou", "--period", "2023/chuxii"),
            "账簿中没有期次“2023/chuxii”；是否想写“2023/chuxi”？现有：2023/chuxi。",
        ),
        (
            ("overdue", "--unit", "一存"),
            "账簿中没有单位“一存”；是否想写“一村”？现有：派出所、一村、二村、示例镇。",
        ),
        (
            ("status", "--unit", "cum1"),
            "账簿中没有单位“cum1”；是否想写“cun1”？现有：bm、cun1、cun2、zhen。",
        ),
    ],
)
def test_a_filter_the_book_does_not_know_is_no_empty_answer(
    clerk: Clerk, words: tuple[str, ...], said: str
) -> None:
    assert clerk.refuses(*words) == said
    assert clerk.refuses(*words, "--json") == said


def test_a_filter_the_book_knows_may_find_nothing(clerk: Clerk) -> None:
    for words in (("--duty", "faxian"), ("--unit", "派出所"), ("--unit", "bm")):
        assert "没有逾期未报的事项" in clerk.does("overdue", *words, "--as-of", "2023-03-02")


def test_verify_proves_the_book_and_names_the_first_that_is_broken(clerk: Clerk) -> None:
    clerk.does("submit", *MARCH, "一村", "--answer", "shuliang=3", "--now", "2023-03-10 10:00")
    said = clerk.does("verify")
    assert said.startswith("核对无误：留痕")
    assert "上报1份" in said
    book = Book.open(f"sqlite:///{clerk.folder / 'data' / 'book.sqlite'}")
    with book.write() as session:
        session.execute(text("DROP TRIGGER keep_journal_update"))
        session.execute(text("UPDATE journal SET actor = '别人' WHERE seq = 2"))
    book.close()
    found = clerk.run("verify")
    assert (found.code, found.out) == (1, "")
    assert found.err.startswith("核对不符：第2条留痕的内容与它的校验码不符，被改动过。此前的1条无误。")


def test_status_never_loads_prefect(clerk: Clerk) -> None:
    load = (
        "import sys; sys.argv = ['duban', 'status', '--as-of', '2023-03-25', '--year', '2023']\n"
        "from duban.app.cli import app\napp(standalone_mode=False)\nprint('prefect' in sys.modules)"
    )
    made = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True, check=True)
    assert made.stdout.endswith("False\n")


# messages, channels


def test_messages_show_what_became_of_them(clerk: Clerk) -> None:
    clerk.does("deliver", "--now", "2023-03-01 09:10")
    said = clerk.json("messages", "--state", "sent")
    assert [(one["unit"], one["contact"], one["channel"], one["attempts"]) for one in said] == [
        ("二村", "乙文书", None, 1),
        ("一村", "甲文书", None, 1),
    ]
    assert said[0]["answer"].startswith("已写入 2023-03-01/")
    assert "已送达渠道" in clerk.does("messages")
    assert clerk.does("messages", "--state", "dead") == "没有这样的消息。\n"
    assert clerk.does("messages", "--limit", "1").endswith("只列出最新的1条；要看更多，请加 --limit。\n")


def test_dead_letters_are_sent_again(clerk: Clerk, sink: HttpSink) -> None:
    clerk.does(
        "channels",
        "add",
        "工作群",
        "--kind",
        "wecom",
        "--set",
        "key=机密",
        "--set",
        f"base_url={sink.url}",
        "--now",
        "2023-03-01 09:01",
    )
    assert clerk.does("channels", "use", "一村", "甲文书", "工作群", "--now", "2023-03-01 09:02") == (
        "一村 甲文书 今后使用渠道“工作群”，1条待发的消息随之改走。\n"
    )
    sink.always = code(93004, "机器人被停用")
    clerk.does("deliver", "--now", "2023-03-01 09:10")
    (dead,) = clerk.json("messages", "--state", "dead")
    assert "机器人被停用" in dead["answer"]
    assert clerk.refuses("messages", "retry", "--now", "2023-03-01 09:20").startswith("请写明消息的编号")
    sink.always = code(0, "ok")
    assert clerk.does("messages", "retry", str(dead["id"]), "--now", "2023-03-01 09:20") == "已放回1条。\n"
    clerk.does("deliver", "--now", "2023-03-01 09:20")
    assert clerk.json("messages", "--state", "dead") == []
    assert (
        clerk.does("messages", "retry", "--all", "--now", "2023-03-01 09:30")
        == "没有无法送达的消息可放回。\n"
    )
    wrong = clerk.run("messages", "retry", "999", "--now", "2023-03-01 09:30")
    assert (wrong.code, wrong.err) == (1, "这些不是无法送达的消息，或联系人已停用，没有改动：999\n")


def test_a_channel_s_secret_comes_from_anywhere_and_shows_nowhere(clerk: Clerk, sink: HttpSink) -> None:
    clerk.patch.setenv("DUBAN_CHANNEL_SETTINGS", '{"token": "机密甲", "verify": true}')
    words = ("channels", "add", "钉钉群", "--kind", "dingtalk", "--per-minute", "10")
    said = [
        clerk.does(*words, "--stdin", "--set", f"base_url={sink.url}", stdin="secret=SEC机密乙\n# 备注\n")
    ]
    assert said[0] == "已添加渠道“钉钉群”。请用 duban channels test 钉钉群 试发一条。\n"
    said.append(clerk.does("channels", "list"))
    assert clerk.json("channels", "list") == [
        {"name": "钉钉群", "kind": "dingtalk", "per_minute": 10, "active": True, "contacts": 0}
    ]
    sink.always = code(0, "ok")
    said.append(clerk.does("channels", "test", "钉钉群"))
    assert said[-1] == "对方已收下：HTTP 200 errcode=0 ok\n"
    assert (sink.seen[0].query["access_token"], "sign" in sink.seen[0].query) == ("机密甲", True)
    kept = (clerk.folder / "data" / "book.sqlite").read_bytes()
    assert "机密".encode() not in kept
    assert not any("机密" in one for one in said)


def test_a_test_that_fails_says_so_and_exits_with_one(clerk: Clerk, sink: HttpSink) -> None:
    clerk.does(
        "channels", "add", "工作群", "--kind", "wecom", "--set", "key=机密", "--set", f"base_url={sink.url}"
    )
    sink.always = code(93000, "invalid webhook url")
    said = clerk.run("channels", "test", "工作群")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("没有发成：HTTP 200 errcode=93000")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "wecom"), "渠道“群”应填写 url（机器人完整地址）或 key，二者填且只填一项"),
        (("--kind", "wecom", "--set", "kye=机密"), "渠道“群”有无法识别的设置“kye”；是否想写“key”？"),
        (("--kind", "wecom", "--set", "机密没有等号"), "--set 应写成 名称=值。"),
        (
            ("--kind", "webhook", "--set", "url=x", "--set", "headers={机密"),
            "以 { 开头的设置应是有效的 JSON。",
        ),
    ],
)
def test_wrong_settings_are_refused_and_never_repeated(
    clerk: Clerk, words: tuple[str, ...], said: str
) -> None:
    found = clerk.refuses("channels", "add", "群", *words)
    assert found.startswith(said)
    assert "机密" not in found
    assert clerk.json("channels", "list") == []


class Terminal(io.StringIO):
    """Stands in for a keyboard."""

    def isatty(self) -> bool:
        return True


def test_a_channel_s_secret_is_asked_for_at_a_terminal_without_an_echo(clerk: Clerk) -> None:
    asked: list[tuple[str, bool]] = []

    def prompt(name: str, *, hide_input: bool, **_: object) -> str:
        asked.append((name, hide_input))
        return {"host": "mail", "from": "a@b.cn", "password": "机密丙"}.get(name, "")

    clerk.patch.setattr(channels.typer, "prompt", prompt)
    clerk.patch.setattr(sys, "stdin", Terminal())
    settings = channels._settings(channels.Kind.EMAIL, [], stdin=False)
    assert settings == {"host": "mail", "from": "a@b.cn", "password": "机密丙"}
    assert asked == [("host", False), ("from", False), ("user", False), ("password", True)]


def test_a_ledger_and_a_binder_are_written_to_a_file_and_never_over_another(clerk: Clerk) -> None:
    clerk.does("submit", *MARCH, "二村", "--answer", "shuliang=3", "--now", "2023-03-20 10:00")
    out = clerk.folder / "报送台账.xlsx"
    words = ("ledger", "reports", "jiancha", "--year", "2023", "--as-of", "2023-03-31", "--out", str(out))
    assert clerk.does(*words, "--now", "2023-04-01 09:00").startswith(f"已写入 {out}（")
    assert out.read_bytes().startswith(b"PK")
    assert clerk.refuses(*words, "--now", "2023-04-01 09:00").startswith(f"文件 {out} 已经有了，没有覆盖")
    binder = clerk.folder / "迎检资料.zip"
    words = ("binder", "jiancha", "--year", "2023", "--unit", "二村", "--out", str(binder))
    assert "校验清单的校验码：" in clerk.does(*words, "--now", "2023-04-01 09:00")
    assert zipfile.ZipFile(binder).testzip() is None
    assert [path.name for path in clerk.folder.iterdir() if path.name.endswith(".part")] == []


def test_a_binder_of_a_plan_that_the_book_does_not_know_leaves_no_file(clerk: Clerk) -> None:
    out = clerk.folder / "迎检资料.zip"
    said = clerk.refuses(
        "binder", "jiancah", "--year", "2023", "--out", str(out), "--now", "2023-04-01 09:00"
    )
    assert said.startswith("账簿中没有方案“jiancah”；是否想写“jiancha”？")
    assert not list(clerk.folder.glob("*.zip")) + list(clerk.folder.glob(".*.part"))


# a plan that changes


def test_a_changed_plan_is_compared_applied_and_taken_back(clerk: Clerk) -> None:
    file = clerk.folder / "second.yaml"
    second = PLAN.replace("year: 2023", "year: 2023\nrevision: 2").replace("due: day 24", "due: day 20", 1)
    file.write_text(second, encoding="utf-8")
    at = ("--year", "2023", "--now", "2023-03-06 10:00")
    lines = clerk.does("plan", "diff", str(file), *at).splitlines()
    assert lines[:2] == ["《示例检查方案》2023年：第1版 → 第2版", "改期（9）"]
    assert lines[2] == (
        "  2023年4月 · 每月检查：截止 2023年4月24日（星期一）24时 → 2023年4月20日（星期四）24时；"
        "截止补报 2023年5月4日（星期四）24时 → 2023年4月30日（星期日）24时；截止由“day 24”改为“day 20”"
    )
    assert lines[-2:] == [
        "不改动（1）",
        f"{MARCH_STAYS}；已于2023年3月1日（星期三）09:00下达",
    ]
    why = ("--why", "镇政府会议决定")
    assert clerk.does("plan", "apply", str(file), *why, *at).splitlines()[-1] == (
        "已改为第2版，通知 2 人（由 deliver 发出）。"
    )
    assert clerk.does("plan", "diff", str(file), *at).splitlines()[-1].endswith("下达")
    back = ("plan", "rollback", "jiancha", "--year", "2023", *why)
    assert "第2版 → 第1版" in clerk.does(*back, "--now", "2023-03-06 11:00")
    assert "在第1版以前没有执行过别的修订版，不能退回" in clerk.refuses(*back, "--now", "2023-03-06 12:00")
    assert clerk.refuses("plan", "diff", str(file), "--year", "2024", "--now", "2023-03-06 12:00") == (
        "方案“jiancha”2024年尚未启用，没有可比较的；请先执行 duban adopt。"
    )
