"""The journal's last line, sent once a workday to those who keep it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from duban.ledger import heads, journal, publishing
from duban.ledger.book import Book
from duban.ledger.tables import JournalEntry, Link
from duban.tasks import outbox
from duban.tasks.publishing import publish_head
from duban.tasks.works import Works
from support.campaign import day, messages
from support.scratch import works_at

TUESDAY = day("01-03 10:00")


@pytest.fixture
def works(book: Book, town: object, tmp_path: Path) -> Works:
    made = works_at(book, tmp_path)
    return replace(made, publish_to=("paichusuo", "nonesuch"), public_url="https://duban.example")


def test_the_line_goes_once_a_workday_to_those_who_keep_it_and_proves_the_past(works: Works) -> None:
    assert publish_head.fn(works, day("01-03 09:59")) is None
    line = publish_head.fn(works, TUESDAY)
    assert line is not None
    assert line.startswith("留痕截至第1条（2023年1月3日（星期二）09:00），校验码 ")
    assert [publish_head.fn(works, at) for at in (TUESDAY, day("01-03 23:00"))] == [None, None]

    outbox.deliver_batch.fn(works, day("01-03 10:05"), 10)
    [sent] = messages(works.book)
    assert (sent.key, sent.state) == ("a-head/2023-01-03-daily-4", "sent")
    assert line in sent.body
    assert "duban.example" not in sent.body
    with works.book.read() as session:
        assert session.scalars(select(Link.id)).all() == []
        [entry] = session.scalars(select(JournalEntry).where(JournalEntry.action == "head.published"))
        assert json.loads(entry.detail) == {"day": "2023-01-03", "line": line, "letters": 1, "untold": []}
        noted = heads.read_noted(sent.body.splitlines()[0])
        assert heads.check_head(session, noted.seq, noted.hash).same
        [shown] = publishing.published(session, 5)
        assert (shown.line, [one.contact for one in shown.told]) == (line, ["丁民警"])
        assert journal.verify(session).ok

    assert publish_head.fn(works, day("01-07 11:00")) is None  # a Saturday
    later = publish_head.fn(works, day("01-09 11:00"))
    assert later is not None
    assert later.startswith("留痕截至第3条")


def test_where_nobody_is_there_to_be_told_nothing_is_published(works: Works) -> None:
    for keepers in ((), ("nonesuch",)):
        assert publish_head.fn(replace(works, publish_to=keepers), TUESDAY) is None
    assert messages(works.book) == []
