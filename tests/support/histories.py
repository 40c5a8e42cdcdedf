"""A book in which everything has happened to obligations that can, and some things that cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from duban.ledger.book import Book
from duban.ledger.facts import facts_where
from duban.ledger.tables import (
    Exemption,
    Extension,
    Obligation,
    PlanRevision,
    Round,
    Submission,
    Unit,
    Verdict,
)
from duban.obligations.outcome import standing

from .small_plans import duty, plan_text

START = datetime(2023, 3, 1, 1, tzinfo=UTC)
END = START + timedelta(days=60)
UNITS = 14
HOUR = timedelta(hours=1)
# Plan, duty, days until it opens, days until it is due, days until it locks; leads take turns.
ROUNDS: tuple[tuple[str, str, int, int | None, int | None], ...] = (
    ("p", "a", 0, 10, 20),
    ("p", "b", 2, 10, None),
    ("p", "c", 5, None, None),
    ("q", "a", 3, 15, 15),
    ("q", "b", 1, 25, 60),
    ("q", "c", 20, 40, 70),
    ("q", "d", 50, 58, 90),
)


@dataclass
class Histories:
    """Writes one history after another, each as chance has it."""

    session: Session
    chance: Random

    def fill(self) -> None:
        self._plans()
        for number in range(1, len(ROUNDS) + 1):
            for unit in range(1, UNITS + 1):
                row = {"round_id": number, "unit_id": unit, "state": "owed", "nil": False}
                self._history(self.session.scalars(insert(Obligation).returning(Obligation.id), row).one())
        self._bring_up()

    def _plans(self) -> None:
        units = [{"code": f"c{n:02d}", "name": f"{n}村", "kind": "村"} for n in range(UNITS, 0, -1)]
        self.session.execute(insert(Unit), units)
        plan = {"revision": 1, "office": "办", "sha256": "", "adopted_at": START}
        named = [plan | {"slug": slug, "title": f"方案{slug}", "content": _text(slug)} for slug in ("p", "q")]
        self.session.execute(insert(PlanRevision), named)
        self.session.execute(insert(Round), [self._round(*given) for given in ROUNDS])

    def _round(self, slug: str, duty: str, opens: int, due: int | None, locks: int | None) -> dict[str, Any]:
        dates = {"opens_at": _after(opens), "opened_at": _after(opens), "due_at": None, "locks_at": None}
        dates |= {"due_at": _after(due)} if due is not None else {}
        dates |= {"locks_at": _after(locks)} if locks is not None else {}
        names = {"plan_id": 1 if slug == "p" else 2, "slug": slug, "duty": duty, "period": "2023-03"}
        lead = "派出所" if duty == "a" else "应急办"
        shown = {"name": duty, "title": f"2023年3月 · {slug}{duty}", "kind": "month", "flow": "month"}
        said = {"source": "document", "clause": "一", "year": 2023, "audience": {"lead": lead}}
        return names | shown | said | dates | {"expected": UNITS}

    def _history(self, id_: int) -> None:
        if self.chance.random() < 0.15:
            return
        for version in range(1, self.chance.choice([0, 1, 1, 2, 3]) + 1):
            self._submission(id_, version)
        for _ in range(self.chance.choice([0, 0, 0, 1, 2, 3])):
            self._extension(id_)
        if self.chance.random() < 0.1:
            row = {"obligation_id": id_, "at": self._moment(), "by": "李镇长", "reason": "搬迁"}
            self.session.execute(insert(Exemption), row)

    def _moment(self) -> datetime:
        return START + self.chance.randrange(58 * 24) * HOUR

    def _submission(self, id_: int, version: int) -> None:
        received = self._moment()
        row = {"obligation_id": id_, "key": f"{id_}/{version}", "version": version, "via": "desk", "by": "王"}
        row |= {"received_at": received, "nil": self.chance.random() < 0.3, "answers": {}, "sha256": ""}
        row |= {"note": self.chance.choice(["", f"说明{version}"])}
        number = self.session.scalars(insert(Submission).returning(Submission.id), row).one()
        if self.chance.random() < 0.7:
            word = self.chance.choice(["accepted", "returned", "returned"])
            at = received + self.chance.randrange(200) * HOUR
            judged = {"submission_id": number, "verdict": word, "by": "办公室", "reason": f"原因{version}"}
            judged |= {"at": at, "material": self.chance.random() < 0.6}
            judged |= {"correct_by": at + self.chance.randrange(400) * HOUR}
            self.session.execute(insert(Verdict), judged)

    def _extension(self, id_: int) -> None:
        asked = self._moment()
        row = {"obligation_id": id_, "asked_at": asked, "asked_by": "王", "reason": "防汛"}
        row |= {"until": asked + self.chance.randrange(600) * HOUR}
        if self.chance.random() < 0.8:
            row |= {"decided_at": asked + self.chance.randrange(100) * HOUR, "by": "办公室"}
            row |= {"granted": self.chance.random() < 0.8}
        self.session.execute(insert(Extension), row)

    def _bring_up(self) -> None:
        facts = facts_where(self.session)
        for row in self.session.scalars(select(Obligation)):
            here = standing(facts[row.id], END + timedelta(days=60))
            row.state, row.nil, row.credited_at = str(here.state), here.nil, here.credited_at
            row.due_at = here.effective_due


def _text(slug: str) -> str:
    return plan_text(duty("kind: monthly, due: day 20")).replace("slug: shifan", f"slug: {slug}")


def _after(days: int) -> datetime:
    return START + timedelta(days=days)


def fill(book: Book, seed: int) -> None:
    """Fill an empty book with histories; the same seed gives the same ones."""
    with book.write() as session:
        Histories(session, Random(seed)).fill()  # noqa: S311 - nothing is to be kept secret


def moments(seed: int, count: int) -> list[datetime]:
    """Give moments at which to look, between the first round's opening and the end."""
    chance = Random(seed)  # noqa: S311 - nothing is to be kept secret
    return [START + chance.randrange(60 * 24 * 3600) * timedelta(seconds=1) for _ in range(count)]
