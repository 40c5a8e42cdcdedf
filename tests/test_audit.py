"""The audit of what is installed, which CI runs over the built wheel's libraries."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
AUDIT = runpy.run_path(str(ROOT / "tools" / "audit.py"))
Installed, faults, read_lock = AUDIT["Installed"], AUDIT["faults"], AUDIT["read_lock"]
SUM = "--hash=sha256:" + "a" * 64


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_library_of_our_locks_is_pinned_with_its_sums(lock: str) -> None:
    pinned, wrong = read_lock((ROOT / lock).read_text(encoding="utf-8"))
    assert wrong == []
    assert pinned["prefect"] == {"3.8.8"}


def test_a_line_that_is_not_pinned_or_has_no_sum_is_named() -> None:
    pinned, wrong = read_lock(f"a==1.0 \\\n    {SUM}\nb>=2\nc==3 ; python_version < '4'\n# d==4\n")
    assert pinned == {"a": {"1.0"}}
    assert wrong == ["not pinned to one version: b>=2", "without a SHA-256 sum: c"]


@pytest.mark.parametrize(
    ("name", "version", "licences", "wrong"),
    [
        ("a", "1.0", ("MIT",), []),
        ("a", "1.1", ("MIT",), ["not as the lock has it: a 1.1"]),
        ("b", "1.0", ("MIT",), ["not as the lock has it: b 1.0"]),
        ("a", "1.0", ("MIT", "GPL-3.0"), ["a licence that we do not accept: a: MIT / GPL-3.0"]),
        ("a", "1.0", (), ["a licence that we do not accept: a: none"]),
        ("psycopg", "3.3", ("LGPL-3.0-only",), []),
    ],
)
def test_what_is_not_in_the_lock_or_has_another_licence_is_named(
    name: str, version: str, licences: tuple[str, ...], wrong: list[str]
) -> None:
    assert faults([Installed(name, version, licences)], {"a": {"1.0"}, "psycopg": {"3.3"}}) == wrong
