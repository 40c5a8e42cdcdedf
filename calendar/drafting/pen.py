"""What a draft is written with: its lines so far, and the questions asked on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .yaml_text import comment

if TYPE_CHECKING:
    from .audiences import FoundAudience
    from .found import Found


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the document leaves open: at which duty or part, and what is to be decided."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """A plan in YAML and the questions in it, in the order of the file."""

    text: str
    questions: tuple[Question, ...]


@dataclass(slots=True)
class Pen:
    """Lines, questions, and what has been given a key, for a plan of ``year``."""

    found: Found
    year: int
    lines: list[str] = field(default_factory=list[str])
    questions: list[Question] = field(default_factory=list[Question])
    audiences: dict[tuple[str, ...], FoundAudience] = field(
        default_factory=dict[tuple[str, ...], "FoundAudience"]
    )
    windows: list[str] = field(default_factory=list[str])
    keys: dict[str, int] = field(default_factory=dict[str, int])

    def ask(self, at: str, text: str, indent: int = 0) -> None:
        """Ask the clerk something, in a comment above the place."""
        self.questions.append(Question(at, text))
        self.lines += comment(f"待定：{text}", indent)
