"""``duban appraisal simulate`` as a clerk runs it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from duban.app.cli import main
from duban.ledger.book import Book
from support.appraised import WHOLE, quarter
from support.campaign import move_in

from ..conftest import TOWN

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def duban(
    sqlite_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run a command over a book in which the quarter has passed; gives exit code, output and complaints."""
    shutil.copy(sqlite_template, tmp_path / "book.sqlite")
    book = Book.open(f"sqlite:///{tmp_path / 'book.sqlite'}")
    move_in(book, TOWN)
    quarter(book)
    book.close()
    (tmp_path / "new.yaml").write_text(WHOLE.replace("late: 0.5", "late: 12"), encoding="utf-8")
    (tmp_path / "none.yaml").write_text(WHOLE.partition("appraisal:")[0], encoding="utf-8")

    def run(file: str, *words: str) -> tuple[int, str, str]:
        command = ["duban", "appraisal", "simulate", str(tmp_path / file), *words]
        monkeypatch.setattr(sys, "argv", [*command, "--data", str(tmp_path), "--now", "2023-04-12 09:00"])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_old_and_new_points_stand_beside_each_other_with_what_moves(duban: Run) -> None:
    code, out, _ = duban("new.yaml", "--year", "2023")
    assert code == 0
    assert "2023年第一季度（按截至 2023-04-10 24:00 的账簿）" in out
    assert "现行规则：优秀2个，良好1个；最低96分，中间99.5分，最高101分" in out
    assert "新规则：优秀1个，良好1个，合格1个；最低86分，中间94分，最高98分" in out
    assert "按时报送-13.5" in out
    assert "第二季度" not in out


def test_the_same_comes_as_json_with_points_by_their_digits(duban: Run) -> None:
    _, out, _ = duban("new.yaml", "--year", "2023", "--json")
    said = json.loads(out)
    assert (said["plan"], said["year"]) == ("jiancha", 2023)
    two = said["periods"][0]["units"][1]
    assert (two["unit"], two["old"], two["new"], two["change"]) == ("cun2", "99.5", "86", "-13.5")
    assert two["moves"] == [{"name": "按时报送", "change": "-13.5", "now": "46"}]


def test_a_year_without_records_has_nobody_to_appraise(duban: Run) -> None:
    assert "2022年的账簿中没有方案“jiancha”应考核的单位。" in duban("new.yaml")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.yaml",), "方案“jiancha”没有写 appraisal（考核规则），没有可以试算的。"),
        (("new.yaml", "--set", "2"), "方案“jiancha”只有1组考核规则，没有第2组。"),
    ],
)
def test_what_cannot_be_tried_is_said_in_a_sentence(duban: Run, words: tuple[str, ...], said: str) -> None:
    code, _, err = duban(*words)
    assert (code, err.strip()) == (1, said)
