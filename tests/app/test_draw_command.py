"""``duban draw check`` as anybody runs it, with nothing but the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from duban.app.cli import main
from duban.obligations.draw import Candidate, Terms, commitment, digest, draw, listed

NOTED = "331ab04caa328927f706627b812f4139f9ec42a6d61f17e468a70c41a48d8f67"
SEED = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
TERMS = Terms(
    "shifan/ducha/2023-Q1/1",
    2,
    tuple(Candidate(f"cun{n}", f"{name}村") for n, name in enumerate("一二三四五", 1)),
    2,
    tuple(Candidate(f"{n}", name) for n, name in enumerate(("赵", "钱", "孙", "李"), 1)),
)


def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, *noted: str) -> int | str | None:
    file = tmp_path / "draw.json"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["duban", "draw", "check", str(file), *noted])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def paper(**change: Any) -> str:
    values = {
        "commitment": commitment(SEED),
        "seed": SEED,
        "listed": digest(TERMS),
        "terms": listed(TERMS),
        "drawn": [{"unit": one.unit, "team": list(one.team)} for one in draw(SEED, TERMS)],
    }
    return json.dumps(values | change, ensure_ascii=False)


def test_a_true_file_is_repeated_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = paper(replaced=[{"unit": "cun5", "out": "1", "into": "2"}])
    assert check(tmp_path, monkeypatch, text, "--commitment", NOTED) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"文件中的承诺与您记下的相同：{NOTED}"
    assert said[3:] == [
        "重算的结果与公布的相同，5个候选中抽取2个：",
        "  1. 五村（cun5）：孙、赵",
        "  2. 四村（cun4）：钱、李",
        "  替换：五村，钱接替赵，是名单中的下一位",
    ]
    assert check(tmp_path, monkeypatch, text, "--commitment", "0" * 64) == 1
    assert "文件中的承诺与您记下的不符" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [(paper(seed="f" * 64), "种子与公布的承诺不符"), ("{", "不是抽签文件"), ("[]", "抽签文件的内容不完整")],
)
def test_a_false_file_ends_in_a_sentence_and_exit_code_1(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    said: str,
) -> None:
    assert check(tmp_path, monkeypatch, text) == 1
    assert said in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["duban", "draw", "check", str(tmp_path / "无.json")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "打不开" in capsys.readouterr().err
