"""``duban rehearse`` as a clerk runs it: what is printed, where, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from duban.app.cli import app
from duban.app.settings import Settings
from duban.app.wiring import open_book
from duban.documents.roster import EXAMPLE
from support.campaign import move_in
from support.small_plans import duty, plan_text

from ..conftest import TOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer.testing import Result

    Duban = Callable[..., Result]


@pytest.fixture
def duban(tmp_path: Path) -> Duban:
    def run(*words: str | Path) -> Result:
        return CliRunner().invoke(app, [*map(str, words), "--data", str(tmp_path / "data")])

    return run


def written(folder: Path, *duties: str, name: str = "方案.yaml") -> Path:
    path = folder / name
    path.write_text(plan_text(*duties), encoding="utf-8")
    return path


def test_the_year_is_told_month_by_month_then_what_is_wrong_with_it(duban: Duban) -> None:
    said = duban("rehearse", "erong-dafei", "--roster", EXAMPLE)
    assert said.exit_code == 0, said.output
    for line in (
        "2023年打击非法生产、经营、运输、储存烟花爆竹工作方案 · 2023年预演",
        "全年63期，28个单位共报792件。单位按名册“roster.yaml”计。",
        "阶段和时段：元旦（1月1日—3日）；春节至元宵节（1月21日—2月5日）；清明祭祖（4月4日—6日）；",
        "8日：“打非”联席会（3月13日开会）",
        "6月19日—25日，示例一村、示例二村、示例三村等15个单位各报5件：",
        "9月28日（周四），其后中秋节、国庆节放假：与周边交界乡镇的联防机制；“打非”台帐更新备案",
        "6月25日（周日），15个单位同日到期，最多的3件：",
        "建议“每季度排查”不另报，填报项并入“每月检查”（2月、5月、8月、11月），全年少报84件。",
        "放假安排：国办发明电〔2022〕16号。",
    ):
        assert line in said.output


def test_what_falls_due_twice_in_a_week_is_said_to(duban: Duban) -> None:
    said = duban("rehearse", "changzhou-ranfang", "--year", "2027", "--roster", EXAMPLE)
    # The eve of 2027 is 5 February, so that two nights are reported in that week.
    line = "示例一社区、示例二社区、示例三社区各报5件：社会面宣传发动；管控力量部署；"
    assert f"{line}“烟花爆竹燃放管控宣传周”活动；重要节点巡查检查（2期）" in said.output
    assert "示例一派出所、示例二派出所各报8件：" in said.output
    assert "管控力量部署等8期" in said.output


def test_without_a_book_each_audience_counts_as_one(duban: Duban, tmp_path: Path) -> None:
    said = duban("rehearse", "changzhou-ranfang")
    assert said.exit_code == 0
    assert "没有按单位计，11类受众各算一家" in said.output
    assert not (tmp_path / "data").exists()


def test_with_a_book_its_units_count(duban: Duban, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    book = open_book(Settings(data=tmp_path / "data"))
    move_in(book, TOWN)
    book.close()
    said = duban("rehearse", written(tmp_path, duty("kind: monthly, due: day 20")))
    assert "全年12期，3个单位共报36件。单位按账簿里的名册计。" in said.output
    told = duban("rehearse", written(tmp_path, duty("kind: monthly, due: day 20")), "--under", "派出所")
    assert told.exit_code == 0
    assert "“各村”在名册中一个单位也没有" in told.output


def test_a_budget_of_the_clerk_decides_what_is_too_much(duban: Duban) -> None:
    said = duban("rehearse", "erong-dafei", "--roster", EXAMPLE, "--budget", "5")
    assert "超出每周5件的\n  没有超出的。" in said.output


@pytest.mark.parametrize("slug", ["erong-dafei", "changzhou-ranfang", "gongan-dafeizhiwei"])
def test_json_says_the_same_for_programs(duban: Duban, slug: str) -> None:
    said = json.loads(duban("rehearse", slug, "--year", "2027", "--roster", EXAMPLE, "--json").output)
    assert (said["year"], said["plans"], said["budget"]) == (2027, [slug], 3)
    assert said["unsure"]["provisional"]
    assert sum(one["units"] for one in said["rounds"]) == said["reports"]


def test_several_plans_are_rehearsed_together(duban: Duban) -> None:
    said = duban("rehearse", "erong-dafei", "changzhou-ranfang", "--roster", EXAMPLE, "--json")
    assert json.loads(said.output)["reports"] == 792 + 134


def test_what_two_offices_ask_is_theirs_to_agree_on(duban: Duban, tmp_path: Path) -> None:
    asked = "kind: monthly, due: day 20, ask: 请报送零售点巡查台账和处置情况。"
    twice = duty(f"{asked}, receiver: 综治岗", "yi"), duty(asked, "er")
    said = duban("rehearse", written(tmp_path, *twice))
    assert "现分别报综治岗、督办室，须先商定由谁收" in said.output


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["erong-dafe"], "没有方案“erong-dafe”；是否想写“erong-dafei”？"),
        (["erong-dafei", "--budget", "0"], "每个单位每周的上限应为 1 至 99 件，实际为 0。"),
        (["erong-dafei", "--year", "2150"], "只能排出1901年至2099年，不能排出2150年"),
        (["erong-dafei", "--roster", "没有.xlsx"], "找不到这个文件"),
    ],
)
def test_what_cannot_be_rehearsed_is_said_in_a_sentence(duban: Duban, words: list[str], wrong: str) -> None:
    said = duban("rehearse", *words)
    assert said.exit_code == 1
    assert wrong in str(said.exception)


def test_a_date_that_a_year_does_not_have_is_said_with_its_line(duban: Duban, tmp_path: Path) -> None:
    path = written(tmp_path, duty("kind: once, due: 闰六月初一"))
    said = duban("rehearse", path, "--year", "2026")
    assert f"{path}:10:" in str(said.exception)
    assert "2026年没有闰六月" in str(said.exception)
