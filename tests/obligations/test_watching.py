from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, strategies as st

from duban.obligations import watching
from duban.obligations.errors import DubanError
from duban.obligations.watching import Result


@pytest.mark.parametrize(
    "text",
    [
        "电话13900000001",
        "１３９００００００01",
        "139 0000 0001",
        "139-0000-0001",
        "+86 13900000001",
        "手机：1 3 9 0 0 0 0 0 0 0 1。",
    ],
)
def test_a_mobile_number_is_refused_however_it_is_written(text: str) -> None:
    with pytest.raises(DubanError, match="这里不写手机号码"):
        watching.check_plain("王某某", text)


@pytest.mark.parametrize(
    "text",
    [
        "500241199001011234",
        "50024119900101123X",
        "50024119900101123x",
        "500241 19900101 1234",
        "500241900101123",
    ],
)
def test_an_identity_number_is_refused_however_it_is_written(text: str) -> None:
    with pytest.raises(DubanError, match="这里不写身份证号码"):
        watching.check_plain(f"王某某{text}")


@pytest.mark.parametrize(
    "text",
    [
        "王某某（三组）",
        "2023年1月21日查获120箱",
        "编号20230121001",
        "第12345678号文",
        "渝A12345",
        "2019",
        "10086",
    ],
)
def test_other_numbers_may_be_written(text: str) -> None:
    watching.check_plain(text)


@given(st.from_regex(r"[1-9]\d{16}[\dX]", fullmatch=True), st.sampled_from(["", "王某某", "（三组）"]))
def test_no_identity_number_gets_through(number: str, around: str) -> None:
    with pytest.raises(DubanError, match="这里不写"):
        watching.check_plain(f"{around}{number}{around}")


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("", "请写明称呼"),
        ("长" * 31, "称呼最多30字，现有31字；住址只写到组。"),
        ("王某某13900000001", "这里不写手机号码"),
    ],
)
def test_a_label_is_short_and_plain(label: str, words: str) -> None:
    with pytest.raises(DubanError, match=words):
        watching.check_label(label)


@pytest.mark.parametrize(
    ("result", "seen", "text", "words"),
    [
        (Result.NORMAL, None, "", "请选择见到，还是没有见到。"),
        (None, True, "", "请选择正常，还是异常。"),
        (Result.ABNORMAL, True, " ", "有异常或者没有见到的，请写明情况。"),
        (Result.NORMAL, False, "", "有异常或者没有见到的，请写明情况。"),
        (Result.NORMAL, True, "打13900000001", "这里不写手机号码"),
    ],
)
def test_a_visit_that_says_too_little_or_too_much_is_refused(
    result: Result | None,
    seen: bool | None,  # noqa: FBT001 - as the table says
    text: str,
    words: str,
) -> None:
    with pytest.raises(DubanError, match=words):
        watching.check_visit(result, seen, text)


def test_what_is_seen_and_normal_needs_no_words() -> None:
    assert watching.check_visit(Result.NORMAL, seen=True, text="") == (True, Result.NORMAL)
    with pytest.raises(DubanError, match="已于2023年3月6日（星期一）10:00移出"):
        watching.check_watched(datetime(2023, 3, 6, 2, 0, tzinfo=UTC))


def test_a_visit_is_due_by_the_end_of_the_day() -> None:
    assert watching.visit_by(date(2023, 3, 20), 30).isoformat() == "2023-04-19T23:59:59+08:00"


@pytest.mark.parametrize(("role", "expected"), [("office", True), ("leader", False), (None, False)])
def test_only_the_roles_that_the_plan_names_see_an_entry(role: str | None, expected: bool) -> None:  # noqa: FBT001
    assert watching.visible(["office", "supervisor"], role) is expected
