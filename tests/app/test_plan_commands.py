"""``duban plan`` as a clerk runs it: what is printed, where, and with which exit code."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from duban.app.cli import main
from duban.app.cli.year_table import YearTables
from duban.calendar.expansion import expand
from duban.documents.roster import example_roster
from support.small_plans import WORKDAYS, duty, plan, plan_text

KEYS = [
    "plan", "duty", "name", "kind", "period", "opens_at", "due_at", "locks_at", "starts_at", "ends_at",
    "provisional", "source", "clause", "audience",
]  # fmt: skip
VILLAGES = "units: [{code: v1, name: 一村, kind: 村}]\n"
NIGHT = """\
windows:
  - {key: ye, name: 除夕夜, starts: 除夕 17:00, ends: 正月初一 01:00, clause: 二, source: document}
"""
YEAR = plan(
    duty("kind: once, name: 报送工作总结, due: 正月初八, source: document, clause: 三（三）", "zongjie"),
    duty("kind: window, name: '加强巡控[不得离岗]', due: ends + 1 day 12:00", "xunkong"),
    duty("kind: monthly, name: 每月检查, months: [3, 9], due: {on: day 25, roll: next_workday}", "meiyue"),
    duty(
        "kind: quarterly, name: 例会, months: [3], meeting: {chair: 督办室}, "
        "starts: month 3 day 13 09:30, ends: starts + 2 hours, due: starts - 3 workdays 18:00",
        "lianxihui",
    ),
    duty("kind: event, name: 重大事件及时报送, due: event + 2 hours", "jishi"),
    above=NIGHT,
)

WIDE = [
    "示范方案 · 2023年",
    "起 | 止 | 阶段和时段 | 类型 | 条款 | 日期由",
    "1月21日 周六 17:00 节假日 | 1月22日 周日 01:00 节假日 | 除夕夜 | 时段 | 二 | 文件",
    "截止 | 下达 | 任务 | 类型 | 条款 | 日期由 | 单位",
    "1月23日 周一 12:00 节假日 | 1月21日 周六 | 除夕夜 · 加强巡控[不得离岗] | 每时段 | 一 | 自定 | 12",
    "1月29日 周日 调休上班 | 1月1日 周日 | 报送工作总结 | 一次性 | 三（三） | 文件 | 12",
    "3月8日 周三 18:00 | 1月1日 周日 | 第一季度 · 例会（3月13日 周一 09:30 开会） | 每季度 | 一 | 自定 | 12",
    "3月27日 周一 | 3月1日 周三 | 3月 · 每月检查 | 每月 | 一 | 自定 | 12",
    "9月25日 周一 | 9月1日 周五 | 9月 · 每月检查 | 每月 | 一 | 自定 | 12",
    "随时 | 重大事件及时报送 | 即时 | 一 | 自定 | 12",
    "放假安排：国办发明电〔2022〕16号。",
    "单位数：按示例名册计。日期由：“文件”为文件写明，“自定”为本单位自定。",
]


class Said:
    """What one command printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def duban(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["duban", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return Said(int(left.value.code or 0), out, err)

    return run


def written(folder: Path, *duties: str, above: str = "", name: str = "方案.yaml") -> Path:
    path = folder / name
    path.write_text(plan_text(*duties, above=above), encoding="utf-8")
    return path


def printed(width: int, year: int = 2023) -> str:
    """Give a year as it is printed on a terminal of so many columns."""
    console = Console(width=width, file=io.StringIO(), markup=False, emoji=False, highlight=False)
    opened = expand(YEAR, year, WORKDAYS)
    YearTables(opened, WORKDAYS, example_roster(), "示例名册").print(console, wide=width >= 120)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip(" ─")]


# ── check ──


def test_a_plan_without_mistakes_is_said_to_be_fine(duban: Any, tmp_path: Path) -> None:
    path = written(tmp_path, duty("kind: monthly, due: day 5"), above=NIGHT)
    said = duban("plan", "check", path)
    assert (said.code, said.err) == (0, "")
    assert said.out == f"{path}：没有问题（2023年，12 期，1 个阶段和时段）\n"


def test_the_shipped_plans_are_fine_by_name_all_at_once(duban: Any) -> None:
    said = duban("plan", "check", "erong-dafei", "changzhou-ranfang", "gongan-dafeizhiwei")
    assert (said.code, said.err) == (0, "")
    assert said.out.count("没有问题") == 3


def test_everything_wrong_in_several_plans_is_printed_and_the_exit_code_is_one(
    duban: Any, tmp_path: Path
) -> None:
    first = written(
        tmp_path,
        duty("kind: once, due: 04-31, clasue: 一", "yi"),
        duty("kind: once, opens: 03-22, due: 03-20", "er"),
        duty("kind: once, due: 闰六月初一", "er"),
        name="一.yaml",
    )
    second = written(tmp_path, duty("kind: once, due: 闰五月初一", "san"), name="二.yaml")
    said = duban("plan", "check", first, second, "erong-dafe", "gongan-dafeizhiwei")
    assert said.code == 1
    assert [line.partition("；")[0].removeprefix(f"{tmp_path}/") for line in said.err.splitlines()] == [
        "一.yaml:10:83 [duties[1].due] 没有4月31日",
        "一.yaml:10:90 [duties[1].clasue] 不认识的键",
        "一.yaml:11:97 [duties[2].due] “检查”2023年截止早于下达",
        "一.yaml:12:11 [duties[3].key] 两个任务用了同一个键",
        "一.yaml:12:83 [duties[3].due] 2023年没有闰六月",
        "二.yaml:10:84 [duties[1].due] 2023年没有闰五月",
        "erong-dafe 没有方案“erong-dafe”",
        "共 7 处问题。",
    ]
    assert "gongan-dafeizhiwei.yaml：没有问题" in said.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: once, due: 闰六月初一", "2026年没有闰六月；应为2026年有的日子；实际为“闰六月初一”"),
        ("kind: once, due: 腊月三十", "2026年腊月没有三十；应为2026年有的日子；实际为“腊月三十”"),
        (
            "kind: once, opens: 03-22, due: 03-20",
            "“检查”2026年截止早于下达；应为不早于2026-03-22 00:00；实际为2026-03-20 23:59",
        ),
    ],
)
def test_a_year_may_be_given_to_check_against(duban: Any, tmp_path: Path, text: str, said: str) -> None:
    found = duban("plan", "check", written(tmp_path, duty(text)), "--year", "2026")
    assert found.code == 1
    assert found.err.splitlines()[0].partition("] ")[2] == said


def test_a_roll_to_a_workday_in_a_year_without_a_notice_is_said_to_be_provisional(
    duban: Any, tmp_path: Path
) -> None:
    path = written(
        tmp_path,
        duty("kind: once, name: 总结, due: {on: 03-22, roll: next_workday}", "yi"),
        duty("kind: once, name: 方案, due: 03-22", "er"),
    )
    said = duban("plan", "check", path, "--year", "2027")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[1] == "提示：放假通知尚未收录，按工作日推算的 1 项日期为暂定：总结"
    shown = json.loads(duban("plan", "show", path, "--year", "2027", "--json").out)
    assert [(row["duty"], row["provisional"]) for row in shown] == [("er", False), ("yi", True)]


def test_an_audience_that_selects_nobody_of_a_roster_is_refused(duban: Any, tmp_path: Path) -> None:
    roster = tmp_path / "名册.yaml"
    roster.write_text(VILLAGES, encoding="utf-8")
    path = written(tmp_path, duty("kind: once, due: 03-22, audience: bumen"))
    assert duban("plan", "check", path).code == 0
    said = duban("plan", "check", path, "--units", roster)
    assert said.code == 1
    assert said.err.splitlines()[0] == (
        f"{path}:8:10 [audiences.bumen] “各部门”在名册中一个单位也没有（2023年 · 检查）；"
        "应为至少一个单位；实际为0 个"
    )


def test_a_roster_that_cannot_be_read_is_refused(duban: Any, tmp_path: Path) -> None:
    said = duban("plan", "check", "erong-dafei", "--units", tmp_path / "没有.yaml")
    assert said.code == 1
    assert "找不到这个文件" in said.err


@pytest.mark.parametrize("command", ["check", "show"])
def test_a_year_beyond_the_moon_is_refused(duban: Any, command: str) -> None:
    said = duban("plan", command, "erong-dafei", "--year", "2150")
    assert said.code == 1
    assert "只能排出1901年至2099年，不能排出2150年" in said.err


# ── list ──


def test_list_names_the_plans_in_full(duban: Any) -> None:
    said = duban("plan", "list")
    assert said.code == 0
    assert [line.split() for line in lines(said.out)] == [
        ["方案", "名称", "年份", "任务", "阶段", "时段"],
        ["changzhou-ranfang", "2023年烟花爆竹燃放管控工作实施方案", "2023", "20", "1", "6"],
        ["erong-dafei", "2023年打击非法生产、经营、运输、储存烟花爆竹工作方案", "2023", "25", "0", "6"],
        ["gongan-dafeizhiwei", "2022年安全生产“打非治违”专项行动方案", "2022", "25", "3", "1"],
    ]


# ── show ──


@pytest.mark.parametrize("slug", ["erong-dafei", "changzhou-ranfang", "gongan-dafeizhiwei"])
def test_json_has_exactly_its_keys_with_times_of_shanghai(duban: Any, slug: str) -> None:
    rows = json.loads(duban("plan", "show", slug, "--json").out)
    assert rows
    for row in rows:
        assert list(row) == KEYS
        times = [row[key] for key in KEYS if key.endswith("_at") and row[key] is not None]
        assert times
        assert all(at[10] == "T" and at.endswith("+08:00") for at in times)


def test_json_gives_the_summary_of_2024(duban: Any) -> None:
    rows = json.loads(duban("plan", "show", "changzhou-ranfang", "--year", "2024", "--json").out)
    (summary,) = [row for row in rows if row["duty"] == "gongzuo-zongjie"]
    assert (summary["period"], summary["due_at"], summary["source"]) == (
        "2024",
        "2024-02-17T23:59:59+08:00",
        "document",
    )


def test_an_event_has_no_deadline_in_json(duban: Any) -> None:
    rows = json.loads(duban("plan", "show", "changzhou-ranfang", "--json").out)
    assert [row["due_at"] for row in rows if row["kind"] == "event"] == [None]


def test_the_year_on_a_wide_screen_is_one_line_a_row() -> None:
    assert [re.sub(" {3,}", " | ", line) for line in lines(printed(140))] == WIDE


def test_columns_of_chinese_stand_under_their_headings() -> None:
    found = [
        line for line in printed(140).splitlines() if re.search("类型|每时段|一次性|每季度|每月 |即时", line)
    ]
    columns = [cell_len(re.split("(?:类型|每时段|一次性|每季度|每月 |即时) ", line)[0]) for line in found[1:]]
    assert columns == [89] * 7


def test_the_year_on_a_narrow_screen_is_two_lines_a_row() -> None:
    assert [re.sub(" {3,}", " | ", line) for line in lines(printed(80))] == [
        "示范方案 · 2023年",
        "起 | 止 | 阶段和时段",
        "1月21日 周六 | 1月22日 周日 | 除夕夜",
        "17:00 节假日 | 01:00 节假日 | 时段 · 二 · 文件",
        "截止 | 任务 | 单位",
        "1月23日 周一 | 除夕夜 · 加强巡控[不得离岗] | 12",
        "12:00 节假日 | 每时段 · 1月21日 周六下达 · 一 · 自定",
        "1月29日 周日 | 报送工作总结 | 12",
        "调休上班 | 一次性 · 1月1日 周日下达 · 三（三） · 文件",
        "3月8日 周三 | 第一季度 · 例会（3月13日 周一 09:30 开会） | 12",
        "18:00 | 每季度 · 1月1日 周日下达 · 一 · 自定",
        "3月27日 周一 | 3月 · 每月检查 | 12",
        "每月 · 3月1日 周三下达 · 一 · 自定",
        "9月25日 周一 | 9月 · 每月检查 | 12",
        "每月 · 9月1日 周五下达 · 一 · 自定",
        "随时 | 重大事件及时报送 | 12",
        "即时 · 一 · 自定",
        "放假安排：国办发明电〔2022〕16号。",
        "单位数：按示例名册计。日期由：“文件”为文件写明，“自定”为本单位自定。",
    ]


@pytest.mark.parametrize("width", [60, 80, 120, 140, 200])
def test_no_screen_cuts_anything_short_or_is_overrun(width: int) -> None:
    text = printed(width)
    assert "…" not in text
    assert max(cell_len(line) for line in text.splitlines()) <= width
    for words in ("报送工作总结", "加强巡控[不得离岗]", "重大事件及时报送", "调休上班", "节假日"):
        assert words in text


def test_a_year_without_its_notice_says_so_at_each_uncertain_date() -> None:
    text = printed(140, 2027)
    assert [line.split()[:3] for line in lines(text) if " 暂定 " in line] == [
        ["3月10日", "周三", "18:00"],
        ["3月25日", "周四", "暂定"],
        ["9月27日", "周一", "暂定"],
    ]
    assert lines(text)[-3:] == [
        "放假安排：暂定（依据《全国年节及纪念日放假办法》推算）。",
        "单位数：按示例名册计。日期由：“文件”为文件写明，“自定”为本单位自定。",
        "暂定：放假通知尚未收录，通知公布后日期可能变动。",
    ]


def test_into_a_pipe_each_row_is_one_whole_line_however_narrow_the_terminal(
    duban: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    rows = lines(duban("plan", "show", "erong-dafei").out)
    assert "2023年打击非法生产、经营、运输、储存烟花爆竹工作方案 · 2023年" in rows
    meeting = [row for row in rows if "第一季度 · “打非”联席会（" in row]
    assert [re.split(" {3,}", row) for row in meeting] == [
        [
            "3月8日 周三 18:00",
            "3月1日 周三",
            "第一季度 · “打非”联席会（3月13日 周一 09:30 开会）",
            "每季度",
            "三（二）四",
            "自定",
            "10",
        ]
    ]
    assert not any("…" in row for row in rows)


def test_the_units_are_counted_in_the_roster_that_is_given(duban: Any, tmp_path: Path) -> None:
    roster = tmp_path / "名册.yaml"
    roster.write_text(VILLAGES, encoding="utf-8")
    said = duban("plan", "show", written(tmp_path, duty("kind: once, due: 03-22")), "--units", roster)
    (row,) = [line for line in lines(said.out) if "检查" in line]
    assert row.split()[-1] == "1"
    assert "单位数：按名册“名册.yaml”计。" in said.out


def test_showing_a_plan_with_mistakes_prints_them_instead(duban: Any, tmp_path: Path) -> None:
    said = duban("plan", "show", written(tmp_path, duty("kind: monthly, due: day 31")))
    assert (said.code, said.out) == (1, "")
    assert (
        "[duties[1].due] 没有2023年2月31日；应为2月1日至28日；实际为“day 31”；是否想写“last day”？"
        in said.err
    )


@pytest.mark.parametrize("words", [["list"], ["check", "erong-dafei"], ["show", "erong-dafei"]])
def test_no_plan_command_loads_what_is_slow(words: list[str]) -> None:
    code = (
        "import sys; from duban.app.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "slow = {'prefect', 'sqlalchemy', 'holidays', 'pendulum', 'apprise', 'fastapi'} & set(sys.modules)\n"
        "print(*sorted(slow), file=sys.stderr)"
    )
    made = subprocess.run(
        [sys.executable, "-c", code, "plan", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert made.stdout
    assert made.stderr == "\n"


def test_the_schema_is_printed_as_it_is_shipped(duban: Any) -> None:
    assert json.loads(duban("plan", "schema").out)["title"] == "方案"
