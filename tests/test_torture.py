"""A sample of ``make torture``, and the promises of docs/reliability.md with what holds them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_nothing_is_lost_or_claimed_when_the_program_is_killed_at_random() -> None:
    command = (sys.executable, "-m", "bench", "kill", "--small", "--databases", "sqlite")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"killed on the way +[1-9]\d* of 12", done.stdout)
    assert re.search(r"reports confirmed, all there +[1-9]", done.stdout)


def test_every_test_that_holds_a_promise_exists() -> None:
    promised = set(
        re.findall(r"`(test_\w+)`", (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8"))
    )
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(promised) > 30
    assert promised - there == set()
