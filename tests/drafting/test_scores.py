"""How much drafts find: of the three seeds beside the hand-made plans, and of the annotated documents."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.drafting import annotated
from support.drafting_score import score_of

ROOT = Path(__file__).parents[2]


def test_every_day_recurrence_and_sender_of_the_hand_made_plans_is_found() -> None:
    command = (sys.executable, "-m", "bench", "draft")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    lines = [line.strip() for line in done.stdout.splitlines() if line.startswith("  ")]
    assert lines[:3] == [
        "changzhou-ranfang: dates 7/7, recurrences 0/0, senders 12/12",
        "erong-dafei: dates 0/0, recurrences 2/2, senders 5/5",
        "gongan-dafeizhiwei: dates 7/7, recurrences 1/1, senders 6/6",
    ]


def test_the_annotated_documents_are_understood_as_well_as_was_asked() -> None:
    dates, all_dates, triples, all_triples = score_of(annotated("open")).rates()
    assert dates >= 0.95
    assert all_dates >= 0.90
    assert triples >= 0.85
    assert all_triples >= 0.80
