"""Papers that a township files, composed from the book: who issues them, and words that they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..documents.archive import file_name

if TYPE_CHECKING:
    from ..calendar.plan import Plan
    from ..documents.official import Paper

_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Office:
    """The office in whose name papers leave: 发文机关署名, and the phone for questions, if it is known."""

    name: str
    phone: str = ""

    @property
    def asked(self) -> str:
        """Give whom to ask, as a remark under the date; empty without a phone."""
        return f"联系电话：{self.phone}" if self.phone else ""


def office_of(plan: Plan, name: str = "", phone: str = "") -> Office:
    """Give the office of a plan, under the name that is set for it or else its full name from the plan."""
    return Office(name or (plan.office if plan.issuer in plan.office else plan.issuer + plan.office), phone)


def quoted(title: str) -> str:
    """Give a document's title in its marks, once."""
    return title if "《" in title else f"《{title}》"


def called(round_title: str) -> str:
    """Give what a round is called in running text: ``2023年3月每月检查``; nothing is said twice."""
    period, _, name = round_title.partition(" · ")
    twice = next((size for size in range(len(name), 0, -1) if period.endswith(name[:size])), 0)
    return period + name[twice:]


def name_of(paper: Paper) -> str:
    """Give the name of a paper's file: its number, if it has one, and its title."""
    said = " ".join(filter(None, (paper.number, paper.title.replace("\n", ""))))
    return f"{file_name(said, _LONGEST)}{'（草稿）' if paper.draft else ''}.docx"
