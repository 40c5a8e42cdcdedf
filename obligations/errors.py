"""What duban says when something is wrong, in one clear Chinese sentence."""

from __future__ import annotations

from dataclasses import dataclass


class DubanError(Exception):
    """A sentence in Chinese that tells a user what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in an input file; lines and columns count from 1."""

    file: str
    message: str
    line: int | None = None
    column: int | None = None
    field: str | None = None
    expected: str | None = None
    found: str | None = None
    hint: str | None = None

    def text(self) -> str:
        """Give the problem as one Chinese line: where, what, expected, found, nearest name."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        field = f" [{self.field}]" if self.field else ""
        parts = [f"{place}{field} {self.message}"]
        parts += [f"应为{self.expected}"] if self.expected else []
        parts += [f"实际为{self.found}"] if self.found else []
        parts += [f"是否想写“{self.hint}”？"] if self.hint else []
        return "；".join(parts)


class InputError(DubanError):
    """A file that cannot be taken; it carries every problem found, not only the first."""

    def __init__(self, problems: list[Problem] | tuple[Problem, ...]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(problem.text() for problem in self.problems))
