"""What the forms of the office have to know of one obligation, and what was typed when an act was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ...obligations.words import State
from ..filled import word, words

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from ...ledger.matter import Matter
    from ...ledger.tables import Extension, Transfer

# What reports are mostly sent back for, to be ticked instead of typed.
QUICK = (
    "数字与台账不符",
    "前后数字矛盾",
    "必要内容没有填写",
    "附件缺失或看不清",
    "内容与本期任务不符",
    "报送的单位或期次有误",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One obligation before the office: ``version`` is the latest report's that is shown, 0 for none.

    ``due_at`` (UTC) counts extensions; ``extension`` and ``transfer`` are requests that wait for an answer.
    """

    id: int
    state: State
    version: int
    due_at: datetime | None
    form: Sequence[Mapping[str, Any]]
    extension: Extension | None = None
    transfer: Transfer | None = None

    @property
    def waits(self) -> bool:
        """Tell whether a report waits for the office's verdict."""
        return self.state is State.SUBMITTED

    @property
    def open(self) -> bool:
        """Tell whether something is still to come from the unit, or may yet replace what has come."""
        return self.state not in (State.ACCEPTED, State.EXEMPT)

    @property
    def extendable(self) -> bool:
        """Tell whether there is a due moment that could be moved."""
        return self.due_at is not None and self.state in (State.OWED, State.RETURNED)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An act that was refused: which, what was typed, and why in one sentence."""

    act: str
    typed: FormData
    wrong: str

    def word(self, name: str) -> str:
        """Give what was typed under a name."""
        return word(self.typed, name)

    def words(self, name: str) -> list[str]:
        """Give all that was ticked under a name."""
        return words(self.typed, name)


def case_of(matter: Matter) -> Case:
    """Give an obligation as the office's forms want it."""
    return Case(
        id=matter.obligation.id,
        state=matter.standing.state,
        version=matter.last.report.version if matter.last else 0,
        due_at=matter.standing.effective_due,
        form=matter.round.form,
        extension=next((one for one in matter.extensions if one.decided_at is None), None),
        transfer=next((one for one in matter.transfers if one.decided_at is None), None),
    )
