"""The lottery: literal results, worked out in a shell with ``sha256sum``, and what holds of every draw."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from duban.obligations.draw import (
    Candidate,
    Drawn,
    Replaced,
    Terms,
    check,
    commitment,
    digest,
    draw,
    listed,
    order,
    read,
    seal,
    substitute,
)
from duban.obligations.errors import DubanError

SEED = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
CONTEXT = "shifan/ducha/2023-Q1/1"
UNITS = tuple(Candidate(f"cun{n}", f"{name}村") for n, name in enumerate("一二三四五", 1))
PEOPLE = tuple(Candidate(f"{n}", name) for n, name in enumerate(("赵", "钱", "孙", "李"), 1))
TERMS = Terms(CONTEXT, 2, UNITS, 2, PEOPLE)

seeds = st.binary(min_size=32, max_size=32).map(bytes.hex)
codes = st.lists(st.text("abcdefgh0123", min_size=1, max_size=6), min_size=1, max_size=12, unique=True).map(
    lambda some: tuple(Candidate(code, code) for code in some)
)


@st.composite
def terms(draw_from: st.DrawFn) -> Terms:
    units, people = draw_from(codes), draw_from(codes)
    pairs = st.tuples(
        st.sampled_from([one.code for one in people]), st.sampled_from([one.code for one in units])
    )
    times = st.integers(0, 3)
    counted = tuple(replace(one, times=draw_from(times)) for one in units)
    barred = draw_from(st.frozensets(pairs, max_size=6))
    return Terms(
        "示例/督查", draw_from(st.integers(1, 12)), counted, draw_from(st.integers(0, 2)), people, barred
    )


def drawn(seed: str, some: Terms) -> tuple[Drawn, ...] | None:
    try:
        return draw(seed, some)
    except DubanError:
        return None


def test_the_commitment_is_the_sha256_of_the_seeds_digits() -> None:
    assert commitment(SEED) == "331ab04caa328927f706627b812f4139f9ec42a6d61f17e468a70c41a48d8f67"


@pytest.mark.parametrize("text", ["", "0f1e", SEED.upper(), f"{SEED}0", "g" * 64])
def test_what_is_no_seed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        commitment(text)


def test_the_order_is_that_of_the_shell() -> None:
    assert [one.code for one in order(SEED, CONTEXT, UNITS)] == ["cun5", "cun4", "cun2", "cun3", "cun1"]


def test_who_was_drawn_less_often_this_year_comes_first() -> None:
    counted = [replace(one, times=int(one.code in ("cun5", "cun2"))) for one in UNITS]
    assert [one.code for one in order(SEED, CONTEXT, counted)] == ["cun4", "cun3", "cun1", "cun5", "cun2"]


def test_units_and_their_teams_are_drawn() -> None:
    # cun5: 3, 1 by lot; cun4: of those with no unit yet 2, 4 by lot.
    assert draw(SEED, TERMS) == (Drawn("cun5", ("3", "1")), Drawn("cun4", ("2", "4")))


def test_nobody_goes_where_they_are_barred() -> None:
    barred = frozenset({("3", "cun5"), ("2", "cun4")})
    # cun5: 1, 2 without 3; cun4: 3, 4 have no unit yet and 2 is barred.
    assert draw(SEED, replace(TERMS, barred=barred)) == (Drawn("cun5", ("1", "2")), Drawn("cun4", ("3", "4")))


def test_who_cannot_go_is_replaced_by_the_next_of_the_same_draw() -> None:
    # The shell's order for cun5 is 3, 1, 2, 4; for cun4, once 3 and 1 have a unit, 2, 4 and then 3 before 1.
    there = draw(SEED, TERMS)
    first = substitute(SEED, TERMS, there, [], "cun5", "1")
    assert first == Replaced("cun5", "1", "2")
    second = substitute(SEED, TERMS, there, [first], "cun5", "2")
    assert second == Replaced("cun5", "2", "4")  # 1 has been replaced and is not asked again
    assert substitute(SEED, TERMS, there, [first, second], "cun4", "2") == Replaced("cun4", "2", "3")
    with pytest.raises(DubanError, match="没有别的人可以去该单位"):
        substitute(SEED, TERMS, there, [first, second], "cun5", "3")


def test_another_context_is_another_draw() -> None:
    assert [one.code for one in order(SEED, "shifan/ducha/2023-Q2/1", UNITS)] != [
        one.code for one in order(SEED, CONTEXT, UNITS)
    ]


def test_fewer_units_than_are_to_be_drawn_are_all_drawn() -> None:
    assert {one.unit for one in draw(SEED, replace(TERMS, take=9))} == {
        "cun1",
        "cun2",
        "cun3",
        "cun4",
        "cun5",
    }


def test_too_few_inspectors_for_one_unit_and_nothing_is_drawn() -> None:
    barred = frozenset({("1", "cun3"), ("2", "cun3"), ("4", "cun3")})
    with pytest.raises(DubanError, match="检查人员不足，没有抽签：“三村”须派2人，除去回避的只有1人可派"):
        draw(SEED, replace(TERMS, barred=barred, take=1))


def test_no_unit_and_nothing_is_drawn() -> None:
    with pytest.raises(DubanError, match="没有可以抽取的单位，没有抽签"):
        check(replace(TERMS, units=()))


def test_the_list_is_published_by_a_digest_that_a_shell_gives_too() -> None:
    one = Terms(
        "a/b", 1, (Candidate("cun1", "一村", 2),), 1, (Candidate("1", "赵"),), frozenset({("1", "cun1")})
    )
    # By sha256sum of the one line that the document describes, worked out in a shell.
    assert digest(one) == "77292a0040f1f69574e1d17997669643e151237815395ba6c493a26f9f9ac41d"
    assert digest(one, times=False) == "7c9d4128be2e2b44909fed5b67f1129c83d57638f0ef05a64c0f4e0965920320"


def test_a_sealed_draw_is_published_by_a_digest_over_seed_and_result() -> None:
    # printf '%s\ncun5,3,1\ncun4,2,4' "$SEED" | sha256sum
    assert seal(SEED, draw(SEED, TERMS)) == "a22215bb232d6230bbdfe951b712908817a3cefea5f102e7ffcfa5c1b668d183"


@given(terms())
def test_the_list_of_a_file_is_read_as_it_was_written(some: Terms) -> None:
    there = read(listed(some))
    assert (there.context, there.take, there.team, there.barred) == (
        some.context,
        some.take,
        some.team,
        some.barred,
    )
    assert set(there.units) == set(some.units)
    assert set(there.inspectors) == set(some.inspectors)
    assert digest(there) == digest(some)


@pytest.mark.parametrize(
    "change", [{"units": None}, {"take": "二"}, {"barred": [["1"]]}, {"units": [{"code": "cun1"}]}]
)
def test_a_list_that_cannot_be_read_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(DubanError, match="抽签文件的内容不完整或不合格式"):
        read(listed(TERMS) | change)


@given(seeds, terms(), st.randoms())
def test_a_draw_depends_on_its_inputs_alone_and_not_on_their_order(
    seed: str, some: Terms, random: object
) -> None:
    shuffled = list(some.units), list(some.inspectors)
    for one in shuffled:
        random.shuffle(one)  # pyright: ignore[reportAttributeAccessIssue]
    again = replace(some, units=tuple(shuffled[0]), inspectors=tuple(shuffled[1]))
    assert drawn(seed, some) == drawn(seed, again)


@given(seeds, terms())
def test_what_is_drawn_is_whole_lawful_and_covers_the_year(seed: str, some: Terms) -> None:
    found = drawn(seed, some)
    if found is None:
        return
    taken = [one.unit for one in found]
    assert len(taken) == len(set(taken)) == min(some.take, len(some.units))
    assert all(len(set(one.team)) == some.team for one in found)
    assert not {(person, one.unit) for one in found for person in one.team} & some.barred
    times = {one.code: one.times for one in some.units}
    left = [count for code, count in times.items() if code not in taken]
    assert not left or max(times[code] for code in taken) <= min(left)


@given(seeds, terms())
def test_a_draw_is_refused_for_its_list_and_never_for_its_seed(seed: str, some: Terms) -> None:
    try:
        check(some)
    except DubanError:
        assert drawn(seed, some) is None
    else:
        assert drawn(seed, some) is not None


def test_another_seed_is_another_draw() -> None:
    firsts = {draw(f"{n:064x}", TERMS) for n in range(100)}
    assert len(firsts) > 50


def chi_square(counts: Counter[str], expected: float) -> float:
    return sum((count - expected) ** 2 / expected for count in counts.values())


def test_every_unit_and_every_inspector_has_the_same_chance() -> None:
    units, people = Counter[str](), Counter[str]()
    for n in range(2000):
        first, second = draw(f"{n:064x}", TERMS)
        units.update([first.unit, second.unit])
        people.update(first.team)
    assert set(units) == {"cun1", "cun2", "cun3", "cun4", "cun5"}
    # The 99.9th percentile of chi-square with 4 and with 3 degrees of freedom.
    assert chi_square(units, 800) < 18.47
    assert chi_square(people, 1000) < 16.27
