from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from duban.notifications.letters import Letter
from support.sink import HttpSink, SmtpSink

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    with HttpSink() as sink:
        yield sink


@pytest.fixture
def post_office() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


@pytest.fixture
def letter() -> Letter:
    return Letter(
        key="2023-03-31/示例一村/张三",
        to="13800000000",
        to_name="张三",
        subject="【督办提醒】示例一村：有1项工作需办理",
        body="2023年3月每月检查，今日截止。",
        day=date(2023, 3, 31),
    )
