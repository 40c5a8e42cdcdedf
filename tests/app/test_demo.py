from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from duban.app.cli.demo_tables import sheets, summary
from duban.app.demo import Span, rehearse, whole_year
from duban.app.demo_cast import MOODS, Act, Matter, Mood, Told, decide, mood
from duban.app.demo_figures import Figures
from duban.app.demo_folder import MARK, fresh
from duban.app.demo_year import Rehearsal
from duban.app.supervise_lock import hold
from duban.obligations.errors import DubanError
from duban.obligations.words import State
from support.scratch import SHANGHAI

WINTER = Span(2023, date(2023, 1, 1), date(2023, 2, 10))


@dataclass(frozen=True)
class Rehearsed:
    figures: Figures
    printed: str
    letters: dict[str, bytes]
    days: list[date]


def nobody_watches(_day: date, _year: Rehearsal) -> None:
    return


def winter(folder: Path, seed: int) -> Rehearsed:
    days: list[date] = []
    figures = rehearse(folder, seed, WINTER, lambda day, _: days.append(day), engine=False)
    screen = Console(file=StringIO(), width=150)
    for sheet in sheets(figures):
        screen.print(sheet.table, sheet.note)
    outbox = folder / "outbox"
    letters = {str(file.relative_to(outbox)): file.read_bytes() for file in outbox.rglob("*.txt")}
    assert isinstance(screen.file, StringIO)
    return Rehearsed(figures, screen.file.getvalue() + summary(figures), letters, days)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    return winter(tmp_path_factory.mktemp("first"), 7)


def test_two_rehearsals_of_one_seed_give_the_same_tables_messages_and_journal(
    first: Rehearsed, tmp_path: Path
) -> None:
    again = winter(tmp_path, 7)
    assert again.figures.head == first.figures.head
    assert again.printed == first.printed
    assert again.letters == first.letters


def test_a_winter_asks_for_what_the_three_plans_say_and_lives_through_each_day(first: Rehearsed) -> None:
    assert list(first.figures.plans) == ["changzhou-ranfang", "erong-dafei", "gongan-dafeizhiwei"]
    assert first.figures.calendar[0].opened["erong-dafei"] == 8
    assert first.figures.calendar[0].opened["gongan-dafeizhiwei"] == 0
    assert first.days == [date(2023, 1, 1) + timedelta(days=day) for day in range(41)]


def test_a_rehearsal_leaves_nothing_undone_and_a_journal_that_holds(first: Rehearsed) -> None:
    assert list(first.figures.failed) == []
    assert first.figures.broken == ""
    assert "逐条核对无误" in first.printed
    assert first.figures.messages.keys() <= {"sent", "withdrawn", "queued"}
    assert first.figures.messages["sent"] == len(first.letters) > 100


def test_units_answer_on_time_late_with_nothing_to_report_and_not_at_all(first: Rehearsed) -> None:
    whole = [line for line in first.figures.duties if line.name in first.figures.plans.values()]
    for name in ("on_time", "nil", "late", "missing"):
        assert sum(getattr(line.outcomes, name) for line in whole) > 0, name
    assert {"desk", "phone", "paper", "excel"} == set(first.figures.reports)


def test_the_lines_of_the_units_and_of_the_duties_count_the_same_matters(first: Rehearsed) -> None:
    figures = first.figures
    names = set(figures.plans.values())
    plans = Counter({line.plan: line.outcomes.expected for line in figures.duties if line.name in names})
    duties: Counter[str] = Counter()
    for line in figures.duties:
        if line.name not in names:
            duties[line.plan] += line.outcomes.expected
    assert plans == duties
    assert sum(plans.values()) == sum(unit.year.expected for unit in figures.units)


def test_a_contact_gets_one_digest_a_day_and_none_on_a_rest_day(first: Rehearsed) -> None:
    daily = [name for name in first.letters if "/d-" in name]
    to = [(name.partition("/")[0], first.letters[name].splitlines()[0]) for name in daily]
    assert len(to) == len(set(to)) > 100
    days = {day for day, _ in to}
    assert not days & {"2023-01-01", "2023-01-02", "2023-01-07", "2023-01-22", "2023-01-27", "2023-02-04"}
    assert days & {"2023-01-28", "2023-01-29"}  # a Saturday and a Sunday, made up for the days off


def test_an_event_is_told_within_minutes_and_answered_within_its_two_hours(first: Rehearsed) -> None:
    assert first.figures.events == 1
    raised = [line for line in first.figures.duties if line.name == "重要舆情、重点信息、重大事件及时报送"]
    assert [(line.rounds, line.outcomes.on_time) for line in raised] == [(1, 1)]


def test_a_whole_year_ends_when_nothing_of_it_can_be_handed_in_any_more() -> None:
    assert whole_year(2023) == Span(2023, date(2023, 1, 1), date(2024, 1, 15))


def test_a_folder_with_anything_else_in_it_is_refused_and_not_touched(tmp_path: Path) -> None:
    (tmp_path / "总结.docx").write_text("一年的心血", encoding="utf-8")
    with pytest.raises(DubanError, match="不是演示文件夹，没有改动它"):
        rehearse(tmp_path, 7, WINTER, nobody_watches, engine=False)
    assert [file.name for file in tmp_path.iterdir()] == ["总结.docx"]
    assert (tmp_path / "总结.docx").read_text(encoding="utf-8") == "一年的心血"


def test_a_file_that_only_bears_the_name_of_the_mark_does_not_give_a_folder_away(tmp_path: Path) -> None:
    (tmp_path / MARK).write_text("我的笔记", encoding="utf-8")
    with pytest.raises(DubanError, match="不是演示文件夹"), fresh(tmp_path):
        pass
    assert (tmp_path / MARK).read_text(encoding="utf-8") == "我的笔记"


def test_a_demo_folder_is_wiped_and_what_a_link_in_it_leads_to_is_not(tmp_path: Path) -> None:
    elsewhere = tmp_path / "别处"
    elsewhere.mkdir()
    (elsewhere / "账簿").write_text("真的", encoding="utf-8")
    demo = tmp_path / "demo"
    with fresh(demo):
        (demo / "outbox" / "2023-01-03").mkdir(parents=True)
        (demo / "link").symlink_to(elsewhere)
    with fresh(demo):
        assert {file.name for file in demo.iterdir()} == {MARK, "up.lock"}
    assert (elsewhere / "账簿").read_text(encoding="utf-8") == "真的"


def test_a_demo_folder_that_is_in_use_is_not_wiped(tmp_path: Path) -> None:
    with fresh(tmp_path):
        (tmp_path / "book.sqlite").write_text("", encoding="utf-8")
    with hold(tmp_path), pytest.raises(DubanError, match="正由另一个"), fresh(tmp_path):
        pass
    assert (tmp_path / "book.sqlite").exists()


OPENED = datetime(2023, 3, 1, 9, 0, tzinfo=SHANGHAI)
DUE = datetime(2023, 3, 15, 23, 59, 59, tzinfo=SHANGHAI)
LOCKS = DUE + timedelta(days=15)


def a_matter(feeling: Mood) -> Matter:
    """Give a matter that its unit takes in this way."""
    some = (Matter("plan", "duty", f"2023-{number}", "v12") for number in range(5000))
    return next(matter for matter in some if mood(7, matter) is feeling)


def told(feeling: Mood, at: datetime, state: State = State.OWED) -> Told:
    return Told(a_matter(feeling), state, at, DUE, LOCKS, None, urgent=False)


def test_every_mood_occurs() -> None:
    assert {mood(7, a_matter(feeling)) for feeling in MOODS} == set(MOODS)


def test_a_silent_unit_never_answers() -> None:
    assert decide(7, told(Mood.SILENT, OPENED)) is None
    assert decide(7, told(Mood.SILENT, DUE + timedelta(hours=10))) is None


def test_a_late_unit_answers_only_when_it_is_told_that_it_is_late() -> None:
    assert decide(7, told(Mood.LATE, OPENED)) is None
    decided = decide(7, told(Mood.LATE, DUE + timedelta(hours=10)))
    assert decided is not None
    assert DUE < decided[0] <= LOCKS


def test_a_unit_that_waits_for_the_last_day_is_still_in_time() -> None:
    decided = decide(7, told(Mood.LAST_DAY, OPENED))
    assert decided is not None
    assert DUE - timedelta(hours=12) <= decided[0] <= DUE


def test_a_unit_whose_report_comes_back_corrects_it_within_a_day() -> None:
    decided = decide(7, told(Mood.SILENT, DUE, State.RETURNED))
    assert decided is not None
    assert decided[1] is Act.ANSWER
    assert DUE < decided[0] <= DUE + timedelta(hours=20)


def test_a_unit_decides_the_same_whatever_was_decided_before_it() -> None:
    alone = decide(7, told(Mood.READY, OPENED))
    for feeling in MOODS:
        decide(7, told(feeling, OPENED))
    assert decide(7, told(Mood.READY, OPENED)) == alone
