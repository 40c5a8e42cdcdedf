"""Finds and reads plan files, and says everything that is wrong with one at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..obligations.errors import DubanError, InputError, Problem
from .checks import faults_of
from .faults import Fault, nearest
from .sources import Source, read_file, read_source
from .validation import Reading, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .plan import Plan

_SLUG = re.compile(r"^(slug:[ \t]*)[^\s#]+", re.MULTILINE)
PLANS = Path(__file__).parent / "plans"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A plan and the file it came from."""

    plan: Plan
    source: Source


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan file as far as it could be read; ``plan`` lacks what is wrong, and is None when too much is."""

    source: Source
    reading: Reading

    @property
    def plan(self) -> Plan | None:
        """Give the plan, less its wrong parts."""
        return self.reading.plan

    def problems(self, more: Iterable[Fault] = ()) -> list[Problem]:
        """Give all that is wrong, in the order of the file; ``more`` are faults of the plan, as expanded."""
        plan = self.reading.plan
        further = [*(faults_of(plan) if plan else ()), *more]
        faults = [*self.source.faults, *self.reading.faults, *map(self.reading.in_file, further)]
        return sorted(
            map(self.source.problem, faults), key=lambda problem: (problem.line or 0, problem.column or 0)
        )


def renamed(loaded: Loaded, slug: str) -> Loaded:
    """Give the same plan under another slug: each township that shares a book has its own.

    Raises as :func:`read` does, for a slug that will not do.
    """
    text, found = _SLUG.subn(lambda line: f"{line[1]}{slug}", loaded.source.text, count=1)
    if not found:
        raise DubanError(f"{loaded.source.file}：没有找到单独成行的“slug: …”，不能另取名称。")
    return read(text, loaded.source.file)


def shipped() -> list[Path]:
    """Give the plan files that come with the program, by name."""
    return sorted(PLANS.glob("*.yaml"))


def find(name: str) -> Path:
    """Give the file of a shipped slug, or ``name`` itself when it is a file.

    Raises :class:`DubanError` naming the nearest slug when there is neither.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return path
    known = {file.stem: file for file in shipped()}
    if name not in known:
        near = nearest(name, known)
        asked = f"；是否想写“{near}”？" if near else "。"
        raise DubanError(f"没有方案“{name}”{asked}现有方案：{'、'.join(known)}")
    return known[name]


def draft(path: Path) -> Draft:
    """Read a plan file, whatever is wrong in it.

    Raises :class:`InputError` only when it is no UTF-8 or no YAML.
    """
    return _draft(read_file(path), str(path))


def load(path: Path) -> Loaded:
    """Read a plan file and check all that does not depend on a year.

    Raises :class:`InputError` with every problem found: file, line, column, expected, found, nearest name.
    """
    return _loaded(draft(path))


def read(text: str, file: str) -> Loaded:
    """Read a plan from its text; ``file`` is the name to show. Raises as :func:`load` does."""
    return _loaded(_draft(text, file))


def _draft(text: str, file: str) -> Draft:
    source = read_source(text, file)
    return Draft(source, read_plan(source))


def _loaded(read: Draft) -> Loaded:
    problems = read.problems()
    if problems or read.plan is None:
        raise InputError(problems)
    return Loaded(read.plan, read.source)
