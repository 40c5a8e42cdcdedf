from __future__ import annotations

import pytest

from duban.ledger.book import Book
from duban.ledger.ladder import Climbed
from support.campaign import adopt, advance, day, only
from support.ladders import climb, listed, rungs


@pytest.fixture
def march(book: Book, town: object) -> Book:
    """Give March's monthly check of three villages, due on Friday the 24th, as it opened."""
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))
    return book


def test_it_climbs(march: Book) -> None:
    assert climb(march, "03-27 23:00") == []
    assert climb(march, "03-28 00:00") == [Climbed(issued=3)]
    assert climb(march, "03-28 00:00") == []
    assert listed(march) == [
        ("催办〔2023〕1号", "cun1", "issued", "03-31 23:59"),
        ("催办〔2023〕2号", "cun2", "issued", "03-31 23:59"),
        ("催办〔2023〕3号", "cun3", "issued", "03-31 23:59"),
    ]
    assert rungs(march) == {"cun1": 1, "cun2": 1, "cun3": 1}
    assert climb(march, "03-31 23:59") == []
    assert climb(march, "04-01 00:00") == [Climbed(drafted=3)]
    assert climb(march, "04-01 00:00") == []
