"""``duban holidays read`` as a clerk runs it, with the words of the notice for 2026."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from duban.app.cli import main
from duban.calendar.notices import read_table

NOTICE = """国务院办公厅关于2026年
部分节假日安排的通知
国办发明电〔2025〕7号
　　一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
　　二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
　　三、清明节：4月4日（周六）至6日（周一）放假，共3天。
　　四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
　　五、端午节：6月19日（周五）至21日（周日）放假，共3天。
　　六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
　　七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
"""


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["duban", "holidays", "read", *words])
    try:
        main()
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_notice_is_written_as_the_table_of_its_year(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "通知.txt").write_text(NOTICE, encoding="utf-8")
    out = tmp_path / "2026.yaml"
    code, said, _ = run(capsys, monkeypatch, str(tmp_path / "通知.txt"), "--out", str(out))
    assert code == 0
    assert said.splitlines()[:3] == [
        "国办发明电〔2025〕7号，2026年：",
        "  元旦：2026-01-01 至 2026-01-03 放假，共3天；2026-01-04 上班",
        "  春节：2026-02-15 至 2026-02-23 放假，共9天；2026-02-14、2026-02-28 上班",
    ]
    ours = Path(__file__).parents[2] / "calendar" / "holidays" / "2026.yaml"
    assert read_table(out, 2026) == read_table(ours, 2026)
    code, _, wrong = run(capsys, monkeypatch, str(tmp_path / "通知.txt"), "--out", str(out))
    assert (code, "没有覆盖" in wrong) == (1, True)


def test_a_sentence_that_is_not_understood_is_said_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("通知.txt").write_text(NOTICE.replace("1月4日（周日）上班", "1月4日（周六）上班"), encoding="utf-8")
    code, said, wrong = run(capsys, monkeypatch, "通知.txt")
    assert (code, said) == (1, "")
    assert wrong.splitlines()[0] == "通知.txt:4 2026-01-04不是周六；应为星期日"
    assert [path.name for path in tmp_path.iterdir()] == ["通知.txt"]
