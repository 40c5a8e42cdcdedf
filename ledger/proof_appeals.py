"""Holds until when appeals against drafts are taken against what the journal said of it last."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from .tables import Appraisal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

UNTIL = "appeal_until"


@dataclass(slots=True)
class Said:
    """What the journal says of appeals, gathered as it is walked: the last time given for each result."""

    until: dict[int, datetime] = field(default_factory=dict[int, datetime])

    def note(self, said: Mapping[str, Any]) -> None:
        """Note what an entry says, if it is about that."""
        if UNTIL in said and "appraisal" in said:
            self.until[said["appraisal"]] = datetime.fromisoformat(said[UNTIL])

    def fault(self, session: Session) -> str | None:
        """Give the first result whose time for appeals is not the one that was entered, or None."""
        for id_, until in session.execute(
            select(Appraisal.id, Appraisal.appeal_until).order_by(Appraisal.id)
        ):
            if self.until.get(id_, until) != until:
                return f"{id_}号考核结果的申诉期限与留痕所记的不符，被改动过"
        return None
