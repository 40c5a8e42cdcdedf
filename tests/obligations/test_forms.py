from __future__ import annotations

from typing import Any

import pytest

from duban.obligations.errors import DubanError
from duban.obligations.forms import fault_of, form_digest, plain_number, read_answers


def field(key: str, label: str, kind: str, **more: Any) -> dict[str, Any]:
    blank = {"unit": "", "options": [], "min": None, "max": None, "required": False, "help": ""}
    return {"key": key, "label": label, "type": kind, **blank, **more}


FORM = [
    field("shuliang", "检查数量", "number", unit="处", min=0, max=1000000, required=True),
    field("leibie", "类别", "choice", options=["非法生产", "非法储存"]),
    field("cuoshi", "措施", "checklist", options=["查、收、打", "没收", "拘留"]),
    field("riqi", "日期", "date"),
    field("qingkuang", "情况", "text"),
]


def wrong(given: dict[str, str], form: list[dict[str, Any]] = FORM) -> str:
    with pytest.raises(DubanError) as found:
        read_answers(form, given)
    return str(found.value)


def test_answers_are_kept_by_key_and_by_their_own_type() -> None:
    given = {
        "检查数量": " 12 ",
        "leibie": "非法储存",
        "措施": "拘留，没收",
        "riqi": "2023年3月9日",
        "qingkuang": "正常",
    }
    assert read_answers(FORM, given) == {
        "shuliang": 12,
        "leibie": "非法储存",
        "cuoshi": ["没收", "拘留"],
        "riqi": "2023-03-09",
        "qingkuang": "正常",
    }


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), ("3.0", 3), ("2.5", 2.5), ("０", 0), ("1000000", 1000000), ("1e3", 1000)],
)
def test_numbers_are_numbers(text: str, number: float) -> None:
    answer = read_answers(FORM, {"shuliang": text})["shuliang"]
    assert (answer, type(answer)) == (number, type(number))


@pytest.mark.parametrize("text", ["三", "1_000", "nan", "inf", "9" * 400, "1,000", "--"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert f"“检查数量”应是数字，实际为“{text}”" in wrong({"shuliang": text})


def test_limits_are_written_out_in_full() -> None:
    assert "“检查数量”不能大于1000000，实际为1000001" in wrong({"shuliang": "1000001"})
    assert "“检查数量”不能小于0，实际为-1" in wrong({"shuliang": "-1"})


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (99.9999999, "99.9999999"),
        (0.0000001, "0.0000001"),
        (1_000_000.0, "1000000"),
        (100, "100"),
        (2.5, "2.5"),
        (-0.25, "-0.25"),
        (1e22, "10000000000000000000000"),
    ],
)
def test_a_number_is_written_as_it_is_and_not_rounded(number: float, text: str) -> None:
    assert plain_number(number) == text


def test_all_that_is_wrong_is_said_at_once_with_what_the_form_has() -> None:
    assert wrong({"shuliang": "多", "类型": "其他", "leibie": "非法经营", "riqi": "昨天"}) == (
        "表单没有“类型”这一项；“检查数量”应是数字，实际为“多”；“类别”应是非法生产、非法储存之一，实际为“非法经营”；"
        "“日期”应是日期，如 2026-03-22，实际为“昨天”。"
        "本表的项目：检查数量[shuliang]（处）*、类别[leibie]、措施[cuoshi]、日期[riqi]、情况[qingkuang]。"
    )


def test_a_blank_is_no_answer() -> None:
    assert read_answers(FORM, {"shuliang": "1", "qingkuang": "  "}) == {"shuliang": 1}
    assert wrong({"shuliang": "  "}).startswith("缺少“检查数量”。")


def test_nought_is_an_answer() -> None:
    assert read_answers(FORM, {"shuliang": "0"}) == {"shuliang": 0}


def test_one_field_by_two_names_is_refused() -> None:
    assert wrong({"shuliang": "1", "检查数量": "2"}).startswith("“检查数量”填了两次。")


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("查、收、打", ["查、收、打"]),
        ("没收、拘留", ["没收", "拘留"]),
        ("拘留;查、收、打", ["查、收、打", "拘留"]),
        ("没收,没收，", ["没收"]),
    ],
)
def test_a_checklist_is_split_where_its_options_allow(text: str, chosen: list[str]) -> None:
    assert read_answers(FORM, {"shuliang": "1", "cuoshi": text})["cuoshi"] == chosen


@pytest.mark.parametrize("text", ["2023-02-30", "2023年13月1日", "3月9日"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    assert f"实际为“{text}”" in wrong({"shuliang": "1", "riqi": text})


def test_a_text_has_an_end() -> None:
    assert "“情况”不能超过5000字，实际为5001字" in wrong({"shuliang": "1", "qingkuang": "长" * 5001})


def test_a_round_without_a_form_takes_no_answers() -> None:
    assert read_answers([], {}) == {}
    assert wrong({"数量": "1"}, []) == "表单没有“数量”这一项。本表没有要填的项目，情况可写在备注里。"


def test_a_checklist_takes_options_that_have_commas_of_their_own() -> None:
    options = ["无证、证照不全，转让许可证", "关闭取缔后又擅自生产，应关未关", "无证"]
    listed = [field("wenti", "问题", "checklist", options=options)]
    given = "关闭取缔后又擅自生产，应关未关、无证、证照不全，转让许可证； 无证"
    assert read_answers(listed, {"wenti": given}) == {
        "wenti": ["无证、证照不全，转让许可证", "关闭取缔后又擅自生产，应关未关", "无证"]
    }


FILES = [field("zhaopian", "照片", "files")]
ONE, TWO = "0a" * 32, "ff" * 32


def files(text: str) -> object:
    return read_answers(FILES, {"zhaopian": text})["zhaopian"]


@pytest.mark.parametrize("between", [" ", ",", "，", "、", "\n", "\r\n", " 、 "])
def test_files_are_named_by_their_digests(between: str) -> None:
    assert files(f"{ONE}{between}{TWO}") == [ONE, TWO]


def test_one_file_is_a_list_of_one() -> None:
    assert files("0A" * 32) == ["0a" * 32]


def test_a_file_named_twice_is_kept_once_in_the_order_given() -> None:
    assert files(f"{TWO}、{ONE}、{TWO}") == [TWO, ONE]


@pytest.mark.parametrize("text", ["纸质材料已收", f"{ONE} 另有纸质", "0a" * 31])
def test_what_is_no_list_of_digests_stays_text(text: str) -> None:
    assert files(text) == text


def test_nine_files_are_the_most() -> None:
    nine = [f"{number:064x}" for number in range(9)]
    assert files(" ".join(nine)) == nine
    said = wrong({"zhaopian": " ".join([*nine, ONE])}, FILES)
    assert said == "“照片”最多9个附件，实际为10个。本表的项目：照片[zhaopian]。"


def test_one_answer_can_be_looked_at_alone() -> None:
    number, choice = FORM[0], FORM[1]
    assert fault_of(number, " 12 ") == ""
    assert fault_of(number, "三") == "应是数字，实际为“三”"
    assert fault_of(number, " ") == "必填，没有填写"
    assert fault_of(choice, "") == ""
    assert fault_of(choice, "其他") == "应是非法生产、非法储存之一，实际为“其他”"


@pytest.mark.parametrize("one", [*FORM, field("bixu", "必填", "text", required=True), *FILES])
@pytest.mark.parametrize(
    "text", ["", "3", "三", "-1", "非法生产", "没收", "2026-02-30", "纸质", f"{ONE} " * 9]
)
def test_an_answer_looked_at_alone_is_wrong_when_the_form_refuses_it(one: dict[str, Any], text: str) -> None:
    refused = False
    try:
        _ = read_answers([one], {one["key"]: text})
    except DubanError:
        refused = True
    assert (fault_of(one, text) != "") == refused


def test_a_form_has_one_digest_however_it_was_kept() -> None:
    digest = "58f9d2fd4fd7d947e1f0605bf0a8f020906476dd96829c270b24b7e7cea21b1b"
    assert form_digest([field("shuliang", "检查数量", "number", min=0, max=5, unit="处")]) == digest
    turned = dict(reversed(field("shuliang", "检查数量", "number", min=0.0, max=5.0, unit="处").items()))
    assert form_digest([turned]) == digest


def test_any_change_of_a_form_changes_its_digest() -> None:
    before = field("leibie", "类别", "choice", options=["甲", "乙"])
    changed = [{**before, "options": ["乙", "甲"]}, {**before, "required": True}, {**before, "max": 2.5}]
    assert len({form_digest([one]) for one in [before, *changed]}) == 4
    assert form_digest([]) == "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
