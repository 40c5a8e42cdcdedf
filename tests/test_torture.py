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
    assert re.search(r"workbooks confirmed, all there +[1-9]", done.stdout)
    assert re.search(r"answered: a lie +[1-9]", done.stdout)


def test_workers_that_are_killed_at_random_share_one_book_and_do_nothing_twice() -> None:
    command = (sys.executable, "-m", "bench", "crowd", "--small")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"killed on their way +[1-9]", done.stdout)
    assert re.search(r"rounds opened, each once +24", done.stdout)
    assert re.search(r"messages sent, all of which came +160", done.stdout)


def test_histories_of_a_township_are_as_a_small_model_of_the_rules_says() -> None:
    command = (sys.executable, "-m", "bench", "model", "--small", "--databases", "sqlite")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    # What the few histories of a sample are about is chance; that anything of note happens in them is not.
    for what in ("advances", "deliveries", "submit", "moves of the clock", "steps, all proved"):
        assert re.search(rf"{what} +[1-9]", done.stdout), done.stdout


def test_the_program_carries_on_when_the_server_of_its_book_is_killed_and_comes_back() -> None:
    command = (sys.executable, "-m", "bench", "server", "--small", "--databases", "postgresql")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"killed, and somebody told so +[1-9] of 2", done.stdout)
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
