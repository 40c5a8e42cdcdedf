"""The file of a draw is believed only if it can be repeated; the shell's command gives the same."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from duban.obligations.draw import Candidate, Terms, commitment, digest, draw, listed
from duban.obligations.draw_paper import command, repeat
from duban.obligations.errors import DubanError

DOCUMENT = Path(__file__).parents[2] / "docs" / "draw.md"
SEED = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
UNITS = tuple(Candidate(f"cun{n}", f"{name}村") for n, name in enumerate("一二三四五", 1))
PEOPLE = tuple(Candidate(f"{n}", name) for n, name in enumerate(("赵", "钱", "孙", "李"), 1))
TERMS = Terms("shifan/ducha/2023-Q1/1", 2, UNITS, 2, PEOPLE)


def paper(terms: Terms = TERMS) -> dict[str, Any]:
    return {
        "commitment": commitment(SEED),
        "seed": SEED,
        "listed": digest(terms),
        "terms": listed(terms),
        "drawn": [{"unit": one.unit, "team": list(one.team)} for one in draw(SEED, terms)],
    }


def shell(script: str) -> str:
    made = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    return made.stdout


def drawn_by(script: str) -> list[str]:
    return [line.split()[-1] for line in shell(script).splitlines()]


def scripts() -> list[str]:
    """Give the shell commands of the document."""
    return [part.partition("```")[0] for part in DOCUMENT.read_text(encoding="utf-8").split("```sh\n")[1:]]


def test_the_documents_command_gives_the_commitment() -> None:
    said = "331ab04caa328927f706627b812f4139f9ec42a6d61f17e468a70c41a48d8f67  -\n"
    assert shell(scripts()[0]) == said


def test_the_documents_command_draws_what_the_program_draws() -> None:
    assert drawn_by(scripts()[1]) == ["cun5", "cun4"]
    assert [one.unit for one in draw(SEED, TERMS)] == ["cun5", "cun4"]
    assert scripts()[1] == command(SEED, TERMS.context, UNITS, 2)


def test_a_team_is_drawn_by_the_same_command() -> None:
    loaded = [replace(one, times=int(one.code in ("3", "1"))) for one in PEOPLE]
    assert drawn_by(command(SEED, f"{TERMS.context}/cun4", loaded, 2)) == ["2", "4"]


def test_units_that_were_drawn_before_stand_behind_in_the_shell_too() -> None:
    counted = [replace(one, times=10 if one.code == "cun5" else 2) for one in UNITS]
    assert drawn_by(command(SEED, TERMS.context, counted, 5)) == ["cun4", "cun2", "cun3", "cun1", "cun5"]


@pytest.mark.parametrize("code", ["村'; rm -rf /; echo '", "$(reboot)", "a b", "`id`"])
def test_no_code_of_a_unit_becomes_a_command(code: str) -> None:
    said = shell(command(SEED, f"x/{code}", [Candidate(code, "")], 1))
    assert said.endswith(f" {code}\n")
    assert len(said.split()[1]) == 64


def test_a_paper_that_is_true_is_believed() -> None:
    here = repeat(paper())
    assert [(one.unit, one.team) for one in here.drawn] == [("cun5", ("3", "1")), ("cun4", ("2", "4"))]


def test_a_paper_whose_counts_were_changed_is_not_what_was_published() -> None:
    counted = tuple(replace(one, times=1) for one in UNITS)
    changed = listed(replace(TERMS, units=counted))
    with pytest.raises(DubanError, match="名单与公布的不符"):
        repeat(paper() | {"terms": changed})
    with pytest.raises(DubanError, match="名单与公布的不符"):  # nor as a list of the earlier kind
        repeat(paper() | {"terms": {name: changed[name] for name in changed if name != "counted"}})
    old = replace(TERMS, units=counted, counted=False)
    assert len(repeat(paper(old) | {"listed": digest(old, times=False)}).drawn) == 2


def test_a_paper_without_candidates_drew_nothing() -> None:
    terms = Terms("a/b/2023/1", 0, ())
    values = paper() | {"terms": listed(terms), "listed": "", "drawn": []}
    assert repeat(values).drawn == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": "f" * 64}, "种子与公布的承诺不符"),
        ({"listed": "0" * 64}, "名单与公布的不符"),
        ({"replaced": [{"unit": "cun5", "out": "1", "into": "4"}]}, "替换的人不是下一个：.*应为2，文件为4"),
        ({"replaced": [{"unit": "cun5", "out": "2", "into": "4"}]}, "要替换的人不在该单位的检查人员之中"),
        (
            {"drawn": [{"unit": "cun1", "team": ["3", "1"]}]},
            r"重算的结果不同：文件为cun1（3、1），重算为cun5（3、1）；",
        ),
        ({"terms": listed(replace(TERMS, take=1)), "listed": ""}, "重算的结果不同"),
        ({"terms": {}}, "抽签文件的内容不完整"),
        ({"seed": "不是种子"}, "抽签文件的内容不完整"),
        ({"drawn": None}, "抽签文件的内容不完整"),
    ],
)
def test_a_paper_that_is_not_is_told_why(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DubanError, match=said):
        repeat(paper() | change)


@pytest.mark.parametrize("values", [None, [], "x", 3])
def test_what_is_no_paper_is_refused(values: object) -> None:
    with pytest.raises(DubanError, match="抽签文件的内容不完整"):
        repeat(values)
