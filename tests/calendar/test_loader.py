"""Reading plan files: what is wrong is said with file, line, column, expected, found and the nearest name."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from duban.calendar import loader
from duban.obligations.errors import DubanError, InputError, Problem
from support.small_plans import HEAD, duty, plan, plan_text

SHAPE = "应为缩进一致，冒号用半角、后面有空格，引号和括号成对"
PHRASES = (
    "应为“03-22”“day 25”“last workday”“正月初八”“除夕 - 8 days”“end of quarter - 5 workdays”“周五 12:00”"
)
TOP_KEYS = (
    "slug、title、issuer、number、year、revision、office、note、"
    "audiences、phases、windows、defaults、duties、ladder、watch、appraisal、not_duties"
)
KINDS = "once、weekly、monthly、quarterly、half_yearly、yearly、phase、window、event"
ONCE = duty("kind: once, due: 03-22")


def problems(text: str) -> list[str]:
    with pytest.raises(InputError) as wrong:
        loader.read(text, "方案.yaml")
    return [problem.text().removeprefix("方案.yaml:") for problem in wrong.value.problems]


def duty_problem(text: str) -> str:
    (problem,) = problems(plan_text(duty(text)))
    return problem


def file_problems(path: Path, content: bytes) -> list[str]:
    path.write_bytes(content)
    with pytest.raises(InputError) as wrong:
        loader.load(path)
    return [problem.text().removeprefix(str(path)) for problem in wrong.value.problems]


# ── the wrong thing in the right place ──


def test_an_unknown_key_is_refused_with_the_nearest_known_name() -> None:
    assert problems("offise: 打非办\n" + plan_text(ONCE)) == [
        f"1:1 [offise] 不认识的键；应为{TOP_KEYS}之一；实际为“offise”；是否想写“office”？"
    ]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("kind: once, due: 03-22, clasue: 一", "clause"),
        ("kind: once, due: 03-22, Opens: 03-01", "opens"),
        ("kind: once, due: {on: 03-22, rol: next_workday}", "roll"),
        ("kind: quarterly, due: last day, vary: {Q1: {emphsis: 甲}}", "emphasis"),
        ("kind: once, due: 03-22, form: [{key: a, label: 甲, type: text, requird: true}]", "required"),
        ("kind: once, due: 03-22, reminders: [{at: due, urgant: true}]", "urgent"),
        ("kind: once, due: 03-22, meeting: {convened: units, chiar: 甲}", "chair"),
    ],
)
def test_an_unknown_key_at_any_depth_has_its_nearest_name(text: str, near: str) -> None:
    assert duty_problem(text).endswith(f"是否想写“{near}”？")


def test_an_audience_may_have_any_name_and_its_keys_are_still_known() -> None:
    text = plan_text(ONCE).replace(
        "bumen: {name: 各部门, kinds: [部门]}", "due: {name: 各部门, tag: [甲], units: [乙]}"
    )
    (problem,) = problems(text)
    assert problem.startswith(
        "8:20 [audiences.due.tag] 不认识的键；应为name、kinds、tags、units、under、except之一"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: once, due: 04-31", "没有4月31日；应为4月1日至30日；实际为“04-31”"),
        ("kind: once, due: 2023-02-29", "没有2023年2月29日；应为2月1日至28日；实际为“2023-02-29”"),
        (
            "kind: once, due: 3月22日",
            f"看不懂这个日期；{PHRASES}；实际为“3月22日”；是否想写“03-22”？",
        ),
        (
            "kind: once, due: 12:00",
            f"看不懂这个日期；{PHRASES}；实际为“12:00”",
        ),
        (
            "kind: monthly, due: 25",
            f"应是日期短语；{PHRASES}；实际为“25”；是否想写“day 25”？",
        ),
        (
            "kind: once, due: 除夕 - 8 天",
            "不认识的单位“天”；应为days、workdays、weeks 或 hours；实际为“除夕 - 8 天”；是否想写“8 days”？",
        ),
        (
            "kind: once, due: 03-22, reminders: [opens, dui - 3 days]",
            f"看不懂这个日期；{PHRASES}；实际为“dui - 3 days”；是否想写“due - 3 days”？",
        ),
        (
            "kind: once, due: {on: 03-22, roll: next}",
            "不是可选的值；应为as_written、previous_workday、next_workday之一；实际为“next”；是否想写“next_workday”？",
        ),
        (
            "kind: wekly, due: 周五",
            f"不是可选的值；应为{KINDS}之一；实际为“wekly”；是否想写“weekly”？",
        ),
        ("kind: once, due: 03-22, clause: 3", "应是文字，数字请加引号；实际为“3”"),
        ("kind: once, due: 03-22, clause: ''", "不能为空；实际为“”"),
        ("kind: once, due: 03-22, clause: null", "应是文字；实际为空"),
        ("kind: once, due: 03-22, name: [甲]", "应是文字；实际为清单"),
        ("kind: once, due: 03-22, ask: {甲: 乙}", "应是文字；实际为“键: 值”的清单"),
        ("kind: once, due: 03-22, reminders: due", "应是清单，如 [甲, 乙]；实际为“due”"),
        ("kind: monthly, due: day 5, months: [13]", "不能大于12；实际为“13”"),
        ("kind: monthly, due: day 5, months: [春]", "应是整数；实际为“春”"),
        ("kind: once, due: 03-22, urgent: maybe", "应是 true 或 false；实际为“maybe”"),
        ("kind: once, due: 03-22, meeting: 联席会", "应是“键: 值”的清单；实际为“联席会”"),
    ],
)
def test_a_wrong_value_is_refused_with_what_was_expected_and_found(text: str, said: str) -> None:
    assert duty_problem(text).partition("] ")[2] == said


def test_the_line_and_column_are_those_of_the_value() -> None:
    text = plan_text(
        "  - key: yuebao\n    name: 月报\n    kind: monthly\n    audience: cun\n    clause: 一\n"
        "    source: local\n    due:\n      on: 04-31\n      roll: next_workday\n"
    )
    assert [problem.split()[:2] for problem in problems(text)] == [["17:11", "[duties[1].due.on]"]]


def test_a_missing_key_is_refused_where_its_owner_begins() -> None:
    text = plan_text(ONCE, "  - {key: er, name: 二, kind: once, audience: cun, source: local, due: 03-22}\n")
    assert problems(text) == ["11:5 [duties[2].clause] 缺少“clause”；应为依据的条款，如 三（二）二"]
    assert problems("slug: a\n")[:2] == [
        "1:1 [title] 缺少“title”；应为标题",
        "1:1 [issuer] 缺少“issuer”；应为发文单位",
    ]


def test_a_key_that_is_no_key_is_refused() -> None:
    text = plan_text(ONCE).replace("bumen:", "部门:")
    assert problems(text) == ["8:3 [audiences.部门] 键只用小写字母、数字和连字符，以字母开头；实际为“部门”"]


def test_a_key_written_twice_is_refused_with_the_line_of_the_first() -> None:
    assert problems(HEAD + "office: 另一个\nduties:\n" + ONCE) == [
        "9:1 [office] 键“office”写了两次；应为只写一次（第一次在第5行）"
    ]


def test_every_mistake_of_every_kind_is_said_at_once() -> None:
    text = plan_text(
        duty("kind: once, due: 04-31", "yi"),
        duty("kind: once, due: 03-22, dui: 甲", "er"),
        duty("kind: once, due: 03-22, audience: cunn", "san"),
        duty("kind: once, due: 03-22", "san"),
    )
    assert [problem.partition(" ")[2].partition("；")[0] for problem in problems("offise: 甲\n" + text)] == [
        "[offise] 不认识的键",
        "[duties[1].due] 没有4月31日",
        "[duties[2].dui] 不认识的键",
        "[duties[3].audience] 没有这个受众",
        "[duties[4].key] 两个任务用了同一个键",
    ]


def test_a_window_that_cannot_be_read_does_not_make_its_duties_wrong_too() -> None:
    above = "windows: [{key: ye, name: 夜, starts: 04-31, ends: 05-02, clause: 一, source: local}]\n"
    text = plan_text(
        duty("kind: window, of: [ye]", "yi"), duty("kind: monthly, due: day 5, within: ye", "er"), above=above
    )
    assert [problem.partition("；")[0] for problem in problems(text)] == [
        "9:38 [windows[1].starts] 没有4月31日"
    ]


# ── values are as they are written ──


def test_hours_numbers_and_words_are_not_turned_into_something_else() -> None:
    one = plan(
        duty('kind: once, due: {on: 周五 12:00}, name: 2023-03-22, clause: no, note: 007, ask: "12:00"')
    )
    (read,) = one.duties
    assert (read.due and read.due.on, read.name, read.clause, read.note, read.ask) == (
        "周五 12:00", "2023-03-22", "no", "007", "12:00",
    )  # fmt: skip


def test_a_date_may_be_written_in_short_or_in_full() -> None:
    short = plan(duty("kind: once, due: 03-22, reminders: [due]")).duties[0]
    full = plan(duty("kind: once, due: {on: 03-22, roll: as_written}, reminders: [{at: due}]")).duties[0]
    assert (short.due, short.reminders) == (full.due, full.reminders)


# ── files that are no plan ──


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1 文件是空的；应为一个方案"),
        ("# 只有注释\n", "1:1 文件是空的；应为一个方案"),
        ("- 甲\n", "1:1 方案应是“键: 值”的清单；应为slug: … 等；实际为清单"),
        ("方案\n", "1:1 方案应是“键: 值”的清单；应为slug: … 等；实际为文字"),
        ("slug: a\n\ttitle: 乙\n", "2:1 不是正确的 YAML：缩进用了制表符；应为空格"),
        ("slug: a\ntitle：乙\n", "2:6 冒号用了全角；应为半角冒号和一个空格；实际为“：”"),
        (
            "slug: a\ntitle: [甲, 乙\n",
            "2:8 不是正确的 YAML：括号没有成对，或少了逗号；" + SHAPE,
        ),
        (
            'slug: a\ntitle: "甲\n',
            "2:8 不是正确的 YAML：引号没有成对；" + SHAPE,
        ),
        (
            "slug: a\ntitle: 甲: 乙\n",
            "2:9 不是正确的 YAML：这里多了一个冒号，或缩进不对；" + SHAPE,
        ),
        ("slug: a\n---\nslug: b\n", "2:1 不是正确的 YAML：一个文件只能写一个方案；应为去掉单独一行的 ---"),
        ("slug: a\x01\n", "1:8 文件里有不能用的字符；应为文字"),
        ("slug: !!python/name:os.system x\n", "1:7 方案里不能用标签（!）；应为把内容直接写出来"),
        ("slug: " + "[" * 5000 + "]" * 5000, "1:46 缩进或括号的层数太多；应为不超过 40 层"),
    ],
)
def test_what_is_no_plan_is_refused_in_one_sentence(text: str, said: str) -> None:
    assert problems(text) == [said]


def test_aliases_are_refused_before_they_can_grow() -> None:
    lines = ["a: &a [哈, 哈, 哈, 哈, 哈, 哈, 哈, 哈, 哈]"]
    lines += [
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    before = time.monotonic()
    found = problems("\n".join(lines))
    assert time.monotonic() - before < 1
    assert found[:3] == [
        "1:4 方案里不能用锚点（&）；应为把内容直接写出来",
        "2:4 方案里不能用锚点（&）；应为把内容直接写出来",
        "2:8 方案里不能用引用（*）；应为把内容直接写出来",
    ]
    assert len(found) == 20


def test_a_file_in_gbk_is_refused_with_the_place_of_the_first_character(tmp_path: Path) -> None:
    content = "slug: a\ntitle: 方案\n".encode("gbk")
    assert file_problems(tmp_path / "方案.yaml", content) == [
        ":2:8 方案文件须另存为 UTF-8 编码；应为UTF-8 编码；实际为GBK 编码"
    ]


def test_a_file_in_no_encoding_is_refused(tmp_path: Path) -> None:
    assert file_problems(tmp_path / "方案.yaml", b"slug: a\xff\xff\n") == [
        ":1:8 方案文件须另存为 UTF-8 编码；应为UTF-8 编码；实际为第8字节不是 UTF-8"
    ]


def test_a_file_far_too_large_for_a_plan_is_refused(tmp_path: Path) -> None:
    assert file_problems(tmp_path / "方案.yaml", b"#" * 1_000_001) == [
        " 文件过大，不像是方案；应为不超过 1000 KB"
    ]


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="没有这个文件"):
        loader.load(tmp_path / "没有.yaml")
    with pytest.raises(InputError, match="这是文件夹，不是方案文件"):
        loader.load(tmp_path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "方案.yaml"
    path.write_text(plan_text(ONCE), encoding="utf-8-sig")
    assert loader.load(path).plan.slug == "shifan"


@given(st.text(max_size=200))
def test_any_text_is_a_plan_or_refused_in_sentences(text: str) -> None:
    with pytest.raises(InputError) as wrong:
        loader.read(text, "方案.yaml")
    assert all(problem.message for problem in wrong.value.problems)


@given(st.data())
def test_a_plan_with_any_piece_cut_out_is_taken_or_refused_in_sentences(data: st.DataObject) -> None:
    whole = plan_text(
        duty("kind: quarterly, due: {on: last day, roll: next_workday}, vary: {Q1: {name: 甲}}"), ONCE
    )
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    found: tuple[Problem, ...] = ()
    try:
        loader.read(whole[:start] + whole[end:], "方案.yaml")
    except InputError as wrong:
        found = wrong.problems
    assert all(problem.line and problem.column for problem in found)


# ── finding plans ──


def test_the_shipped_plans_are_found_by_slug_and_named_by_it() -> None:
    assert [path.stem for path in loader.shipped()] == [
        "changzhou-ranfang",
        "erong-dafei",
        "gongan-dafeizhiwei",
    ]
    assert all(loader.load(path).plan.slug == path.stem for path in loader.shipped())
    assert loader.find("erong-dafei") == loader.PLANS / "erong-dafei.yaml"


def test_an_unknown_slug_is_refused_with_the_nearest() -> None:
    with pytest.raises(DubanError) as wrong:
        loader.find("erong-dafe")
    assert str(wrong.value) == (
        "没有方案“erong-dafe”；是否想写“erong-dafei”？现有方案：changzhou-ranfang、erong-dafei、gongan-dafeizhiwei"
    )


def test_a_file_comes_before_a_slug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("erong-dafei").write_text("", encoding="utf-8")
    assert loader.find("erong-dafei") == Path("erong-dafei")
    Path("changzhou-ranfang").mkdir()
    assert loader.find("changzhou-ranfang").suffix == ".yaml"
