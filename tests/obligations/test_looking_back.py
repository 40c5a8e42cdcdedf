"""What a look-back visits once more, how many of the rest, and who goes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from duban.obligations.errors import DubanError
from duban.obligations.finding_moves import Party
from duban.obligations.looking_back import (
    Found,
    Past,
    Why,
    check_people,
    check_result,
    check_visitor,
    sample_size,
    share,
    why,
)
from duban.obligations.words import FindingState, Grade

NOW = datetime(2023, 10, 1, tzinfo=UTC)
LIMIT = datetime(2023, 3, 20, 15, 59, 59, tzinfo=UTC)
IN_TIME, AFTER = datetime(2023, 3, 20, tzinfo=UTC), datetime(2023, 3, 21, tzinfo=UTC)
SEED = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
CLOSED, OPEN = FindingState.CLOSED, FindingState.OPEN


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        (Past(Grade.GENERAL, CLOSED, 0, LIMIT, IN_TIME), None),
        (Past(Grade.GRAVE, CLOSED, 0, LIMIT, IN_TIME), Why.GRAVE),
        (Past(Grade.GRAVE, CLOSED, 2, LIMIT, AFTER), Why.GRAVE),
        (Past(Grade.GENERAL, CLOSED, 1, LIMIT, IN_TIME), Why.REOPENED),
        (Past(Grade.GENERAL, CLOSED, 0, LIMIT, AFTER), Why.LATE),
        (Past(Grade.GENERAL, CLOSED, 0, LIMIT, LIMIT), None),
        (Past(Grade.GENERAL, CLOSED, 0, LIMIT, IN_TIME, late=True), Why.LATE),
        (Past(Grade.GENERAL, OPEN, 0, LIMIT, None), Why.LATE),
        (Past(Grade.GENERAL, OPEN, 0, datetime(2023, 10, 20, tzinfo=UTC), None), None),
        (Past(Grade.GENERAL, CLOSED, 0, LIMIT, None), None),  # struck out as none
    ],
)
def test_what_was_grave_reopened_or_late_is_visited_once_more(past: Past, expected: Why | None) -> None:
    assert why(past, NOW) is expected


@pytest.mark.parametrize(
    ("others", "percent", "at_least", "expected"),
    [
        (10, 20, 1, 2),
        (11, 20, 1, 3),
        (3, 20, 2, 2),
        (1, 20, 2, 1),
        (0, 20, 2, 0),
        (10, 0, 0, 0),
        (7, 100, 1, 7),
    ],
)
def test_the_sample_is_a_share_rounded_up_and_at_least_so_many(
    others: int, percent: int, at_least: int, expected: int
) -> None:
    assert sample_size(others, percent, at_least) == expected


def test_visits_are_shared_out_and_none_visits_its_own() -> None:
    # printf '%s\n%s\n%s' "$SEED" a/1 cun2 | sha256sum, and so on: see the order within each place.
    assert share(SEED, "a", [1, 1, 2], {1: "cun1", 2: "cun2", 3: "cun3"}) == [3, 2, 1]


def test_where_only_the_unit_itself_could_go_the_desk_has_to_say_who() -> None:
    assert share(SEED, "a", [1, 2], {1: "cun1"}) == [None, 1]
    assert share(SEED, "a", [1], {}) == [None]


@given(st.lists(st.integers(1, 5), max_size=30), st.binary(min_size=32, max_size=32).map(bytes.hex))
def test_nobody_visits_themselves_and_the_load_is_even(owners: list[int], seed: str) -> None:
    visitors = {n: f"u{n}" for n in range(1, 6)}
    found = share(seed, "c", owners, visitors)
    assert all(visitor != owner for visitor, owner in zip(found, owners, strict=True))
    if len(set(owners)) == 1:
        load = Counter(found)
        free = [load[n] for n in visitors if n != owners[0]]
        assert max(free) - min(free) <= 1


def test_who_answers_for_it_does_not_visit() -> None:
    check_visitor({"cun2"}, {"cun1", "cun9"})
    check_visitor((), {"cun1"})
    with pytest.raises(DubanError, match="整改责任单位不能自己复查"):
        check_visitor({"cun2", "cun9"}, {"cun1", "cun9"})


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("赵敏、孙丽", ""),
        ("镇应急办 赵敏", ""),
        ("赵敏、张三", "“张三”是这处隐患的整改人"),
        ("村支书张三", "“张三”是这处隐患的整改人"),
        ("李强（副主任）", "“李强”是这处隐患的销号人"),
        ("王会计、赵敏", "“王会计”是责任单位“一村”的人"),
        ("一村 钱多", "“一村”是责任单位“一村”的人"),
    ],
)
def test_nobody_visits_what_they_put_right_or_closed_or_what_their_own_unit_did(
    people: str, said: str
) -> None:
    hands = ("一村 张三", "镇应急办 李强", Party("一村", frozenset({"王会计"})))
    if said:
        with pytest.raises(DubanError, match=said):
            check_people(people, *hands)
    else:
        check_people(people, *hands)


def test_a_result_needs_words_and_stands() -> None:
    check_result(None, "柜台已清空")
    with pytest.raises(DubanError, match="请写明现场看到的情况"):
        check_result(None, " ")
    with pytest.raises(DubanError, match="这一项已复查，结果为“反弹”，不能再改"):
        check_result(Found.REBOUND, "柜台已清空")
