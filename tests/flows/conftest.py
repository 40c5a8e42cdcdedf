"""Prefect for tests: a server of its own, once, that tells nobody; and a book for the flows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from duban.app import wiring
from duban.tasks.works import Works
from support.example import fill
from support.scratch import SHANGHAI


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    # Not before support.scratch has told Prefect to call nobody.
    from prefect.testing.utilities import prefect_test_harness  # noqa: PLC0415

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def example(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Works]:
    """Give this process's works, over the example township and the plans as adopted on 10 January 2023."""
    monkeypatch.setenv("DUBAN_DATA", str(tmp_path))
    monkeypatch.setenv("DUBAN_DATABASE_URL", sqlite_url)
    wiring.works.cache_clear()
    works = wiring.works()
    fill(works.book, datetime(2023, 1, 10, 10, 0, tzinfo=SHANGHAI))
    yield works
    works.book.close()
    wiring.works.cache_clear()
