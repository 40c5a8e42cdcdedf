"""The benchmarks run; what they measure is in docs/figures.md."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def printed() -> str:
    """Run every benchmark at its smallest, in one process, since Prefect takes seconds to import."""
    command = (sys.executable, "-m", "bench", "all", "--small", "--databases", "sqlite")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("title", "row"),
    [
        ("open · SQLite", "bare INSERT ... SELECT"),
        ("advance · SQLite", "100,000 obligations"),
        ("ladder · SQLite", "duban climbs: 催办"),
        ("deliver · SQLite", "bare Apprise"),
        ("workers · SQLite", "4 at work"),
        ("show", "duban plan show erong-dafei"),
        ("demo", "peak memory"),
        ("answers · SQLite", "ratio of rates"),
        ("pages · SQLite", "/year/grid"),
        ("pages, a hundred times as much · SQLite", "/overdue"),
        ("bulletin · SQLite", "a quarter's bulletin, from book to bytes"),
        ("binder · SQLite", "binder of a campaign"),
    ],
)
def test_each_benchmark_runs_at_a_tiny_size_and_prints_its_table(printed: str, title: str, row: str) -> None:
    tables = {table.partition("\n")[0]: table for table in printed.split("\n\n")[1:]}
    assert f"\n  {row}" in tables[title]


def test_a_tiny_size_is_never_called_met_or_missed(printed: str) -> None:
    assert "too small to judge" in printed
    assert ": met" not in printed
    assert ": MISSED" not in printed


def test_each_peer_has_its_script_and_pins_all_its_libraries_which_are_none_of_ours() -> None:
    peers = ROOT / "bench" / "peers"
    names = {"huey", "apscheduler", "checks", "prefect", "dagster"}
    assert {one.stem for one in peers.glob("*.txt")} == names
    assert {one.stem for one in peers.glob("with_*.py")} == {f"with_{name}" for name in names}
    pins = [line for one in peers.glob("*.txt") for line in one.read_text().splitlines()]
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.+-]+", line)] == []
    locked = (ROOT / "requirements.lock").read_text() + (ROOT / "requirements-dev.lock").read_text()
    assert re.findall(r"(?im)^(dagster|huey|apscheduler|django)==", locked) == []
