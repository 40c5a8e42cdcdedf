"""``duban draft`` as a clerk runs it: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from duban.app.cli import app
from duban.obligations.errors import DubanError

SEED = Path(__file__).parents[1] / "drafting" / "seeds" / "changzhou-ranfang.txt"


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["draft", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_draft_is_written_and_summed_up(tmp_path: Path) -> None:
    out = tmp_path / "ranfang.yaml"
    said = run(str(SEED), "--out", str(out))
    assert (
        "三（三）　1月29日前　各社区、各派出所、应急管理岗、综合行政执法局、物业管理岗　报送工作总结" in said
    )
    assert "发文单位：没有看出是谁发的文" in said
    assert "slug: ranfang\n" in out.read_text(encoding="utf-8")


def test_a_draft_does_not_pass_the_check_before_it_is_decided(tmp_path: Path) -> None:
    out = tmp_path / "ranfang.yaml"
    run(str(SEED), "--out", str(out))
    done = CliRunner().invoke(app, ["plan", "check", str(out)])
    assert done.exit_code == 1
    assert "草稿里这一处还没有定，方案不能采用" in done.output


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    out = tmp_path / "ranfang.yaml"
    out.write_text("keep", encoding="utf-8")
    with pytest.raises(DubanError, match="已经有了，没有覆盖"):
        run(str(SEED), "--out", str(out))
    assert out.read_text(encoding="utf-8") == "keep"


def test_a_name_that_no_plan_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DubanError, match="只用小写字母、数字和连字符"):
        run(str(SEED), "--out", str(tmp_path / "方案.yaml"))
