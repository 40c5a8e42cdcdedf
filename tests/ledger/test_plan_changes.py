"""Another revision in the middle of a year: what nobody has touched follows it, the rest stays."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import select

from duban.ledger import journal, owed, plan_apply, plan_asked, plan_diff
from duban.ledger.book import Book
from duban.ledger.plan_apply import Applied
from duban.ledger.plan_fates import Fate, PlanDiff
from duban.ledger.plan_said import said
from duban.ledger.reports import Report
from duban.ledger.tables import Cue, JournalEntry, PlanRevision, PlanYear, Round, Stretch
from duban.obligations.errors import DubanError
from support.campaign import (
    PLAN,
    adopt,
    advance,
    day,
    local,
    messages,
    slots,
    submit,
    year_of,
)

MARCH = day("03-06 10:00")  # March's rounds are open, April's and later ones are not
SECOND = PLAN.replace("year: 2023", "year: 2023\nrevision: 2")
EARLIER = SECOND.replace("source: document\n    due: day 24", "source: document\n    due: day 20")
WITHOUT = SECOND[: SECOND.index("  - key: qingkuang")] + SECOND[SECOND.index("  - key: zhishou") :]
WIDER = SECOND.replace("audience: yanjiang", "audience: cun")
WHY = "镇政府第三次会议决定"


@pytest.fixture
def march(book: Book, town: object) -> Book:
    """Give a book in which the plan has run since January and it is March."""
    adopt(book)
    advance(book, MARCH)
    return book


def diff(book: Book, text: str) -> PlanDiff:
    with book.read() as session:
        return plan_diff.diff(session, year_of(text), MARCH)


def apply(book: Book, text: str, now: datetime = MARCH, why: str = WHY, *, back: bool = False) -> Applied:
    slot = slots(now, urgent=False).first
    with book.write() as session:
        return plan_apply.apply(session, year_of(text), text, now, "李主任", why, slot, back=back)


def opened_in_april(book: Book) -> list[str]:
    progress = advance(book, day("04-03 10:00"))
    return sorted(one.title for one in progress if one.opened is not None)


def rounds(book: Book, duty: str) -> dict[str, Round]:
    with book.read() as session:
        rows = session.scalars(select(Round).where(Round.duty == duty).order_by(Round.period))
        return {row.period: row for row in rows}


def test_the_same_dates_under_another_revision_are_no_change(march: Book) -> None:
    found = diff(march, SECOND)
    assert (found.revision, found.to, found.changes, found.nothing) == (1, 2, (), True)


def test_a_deadline_that_moves_moves_what_is_ahead_and_leaves_what_is_open(march: Book) -> None:
    found = diff(march, EARLIER)
    assert [one.title for one in found.of(Fate.MOVES)][:2] == ["2023年4月 · 每月检查", "2023年5月 · 每月检查"]
    assert len(found.of(Fate.MOVES)) == 9
    (april, *_) = found.of(Fate.MOVES)
    assert local(april.before["due_at"]) == "2023-04-24 23:59:59"
    assert local(april.after["due_at"]) == "2023-04-20 23:59:59"
    stays = [one for one in found.of(Fate.STAYS) if one.title == "2023年3月 · 每月检查"]
    assert [one.why for one in stays] == ["已于2023年3月6日（星期一）10:00下达"]


def test_a_round_whose_new_deadline_is_past_stays_as_it_was(book: Book, town: object) -> None:
    del town
    adopt(book)
    now = day("03-22 10:00")  # nothing has been opened: the program stood still
    with book.read() as session:
        found = plan_diff.diff(session, year_of(EARLIER), now)
    stays = {one.title: one.why for one in found.of(Fate.STAYS)}
    assert stays["2023年3月 · 每月检查"] == "改后的截止时间已经过去"
    assert found.of(Fate.CLOSES) == ()


def test_what_is_applied_is_what_the_diff_said(march: Book) -> None:
    said = diff(march, EARLIER)
    done = apply(march, EARLIER)
    assert done.diff == said
    here = rounds(march, "yuecha")
    assert [local(here[f"2023-0{month}"].due_at) for month in (3, 4, 9)] == [
        "2023-03-24 23:59:59",
        "2023-04-20 23:59:59",
        "2023-09-20 23:59:59",
    ]
    with march.read() as session:
        cues = session.scalars(select(Cue).where(Cue.round_id == here["2023-04"].id).order_by(Cue.at)).all()
        assert [local(one.at)[:10] for one in cues] == [
            "2023-04-01",
            "2023-04-17",
            "2023-04-20",
            "2023-04-21",
        ]
        revisions = dict(session.execute(select(PlanRevision.id, PlanRevision.revision)).tuples().all())
        assert revisions[session.scalars(select(PlanYear.plan_id)).one()] == 2
    assert revisions[here["2023-03"].plan_id] == 1
    assert revisions[here["2023-04"].plan_id] == 2
    assert revisions[rounds(march, "qingkuang")["2023-04"].plan_id] == 2


def test_who_is_concerned_is_told_once_with_what_moves_for_them(march: Book) -> None:
    before = len(messages(march))
    done = apply(march, EARLIER)
    assert (done.letters, done.untold) == (3, ())
    (one, *_) = messages(march)[before:]
    assert one.subject == "方案调整：示例检查方案"
    assert (one.wording or "").split("\n")[:2] == [
        "《示例检查方案》2023年的安排有调整（镇政府第三次会议决定），与贵单位有关的如下：",
        "1．“2023年4月 · 每月检查”的截止时间由2023年4月24日（星期一）24时改为2023年4月20日（星期四）24时。",
    ]
    assert (one.wording or "").split("\n")[-1] == "已经下达的事项不变。"


def test_it_is_entered_with_who_and_why(march: Book) -> None:
    apply(march, EARLIER)
    with march.read() as session:
        entries = session.scalars(select(JournalEntry).where(JournalEntry.action == "plan.changed")).all()
        assert journal.verify(session).ok
    detail = json.loads(entries[0].detail)
    assert entries[0].actor == "李主任"
    assert {name: detail[name] for name in ("from", "to", "why", "moves", "closes")} == {
        "from": 1,
        "to": 2,
        "why": WHY,
        "moves": 9,
        "closes": 0,
    }


def test_a_second_time_nothing_is_changed_and_nobody_is_told_again(march: Book) -> None:
    apply(march, EARLIER)
    before = len(messages(march))
    again = apply(march, EARLIER)
    assert (again.diff.nothing, again.letters) == (True, 0)
    assert len(messages(march)) == before


def test_a_duty_that_is_dropped_closes_what_is_ahead_and_keeps_what_was_reported(march: Book) -> None:
    submit(march, "cun1", MARCH, duty="qingkuang", report=Report("r1", note="一切正常"))
    found = diff(march, WITHOUT)
    assert [one.title for one in found.of(Fate.CLOSES)][:1] == ["2023年4月 · 情况报告"]
    apply(march, WITHOUT)
    here = rounds(march, "qingkuang")
    assert here["2023-03"].skipped_at is None
    assert (here["2023-04"].skipped_at, here["2023-04"].next_at) == (MARCH, None)
    assert [here[period].dropped for period in ("2023-03", "2023-04")] == [False, True]
    # Whoever is about to write finds it: on PostgreSQL that takes a lock.
    with march.write() as session, pytest.raises(DubanError, match="因方案改动已经取消，没有下达"):
        owed.find(session, "jiancha", "qingkuang", "2023-04", "cun1")
    assert opened_in_april(march) == ["2023年4月 · 每月检查"]


def test_a_dropped_duty_that_comes_back_opens_again(march: Book) -> None:
    apply(march, WITHOUT)
    third = SECOND.replace("revision: 2", "revision: 3")
    assert len(diff(march, third).of(Fate.OPENS)) == 9
    apply(march, third)
    assert opened_in_april(march) == ["2023年4月 · 情况报告", "2023年4月 · 每月检查"]


def test_a_wider_audience_names_the_units_that_are_asked_too(march: Book) -> None:
    (april, *_) = diff(march, WIDER).of(Fate.REWORDED)
    with march.read() as session:
        gained, lost = plan_asked.names(session, april.gains), plan_asked.names(session, april.loses)
    assert (gained, lost) == (["三村"], [])


def test_a_reminder_that_moves_is_a_change_of_its_own(march: Book) -> None:
    sooner = SECOND.replace("due - 3 workdays", "due - 5 workdays")
    found = diff(march, sooner)
    (april, *_) = found.of(Fate.REWORDED)
    # Before Monday 24 April 2023 Sunday the 23rd is worked for 劳动节; the fifth workday is Tuesday.
    assert said(april) == "提醒 4月1日、4月20日、4月24日、4月25日 → 4月1日、4月18日、4月24日、4月25日"
    assert "2023年3月 · 每月检查" in [one.title for one in found.of(Fate.STAYS)]
    apply(march, sooner)
    with march.read() as session:
        cues = select(Cue.at).join(Round).where(Round.duty == "yuecha", Round.period == "2023-04")
        assert [local(at)[:10] for at in session.scalars(cues.order_by(Cue.at))] == [
            "2023-04-01",
            "2023-04-18",
            "2023-04-24",
            "2023-04-25",
        ]
    assert diff(march, sooner).nothing


def test_what_fell_due_while_the_program_stood_still_is_not_dropped(march: Book) -> None:
    late = day("05-08 10:00")
    with march.read() as session:
        found = plan_diff.diff(session, year_of(EARLIER), late)
    assert [(one.title, one.why) for one in found.of(Fate.STAYS) if "4月" in one.title] == [
        ("2023年4月 · 每月检查", "截止时间已过")
    ]
    assert not found.of(Fate.CLOSES)


def test_going_back_gives_the_dates_of_before_and_tells_again(march: Book) -> None:
    apply(march, EARLIER)
    with march.read() as session:
        earlier = plan_apply.before(session, "jiancha", 2023)
    assert earlier.revision == 1
    done = apply(march, earlier.content, day("03-07 10:00"), "会议决定撤销", back=True)
    assert (len(done.diff.of(Fate.MOVES)), done.letters) == (9, 3)
    assert local(rounds(march, "yuecha")["2023-04"].due_at) == "2023-04-24 23:59:59"
    with march.read() as session, pytest.raises(DubanError, match="在第1版以前没有执行过别的修订版"):
        plan_apply.before(session, "jiancha", 2023)


def test_a_revision_that_was_taken_back_is_none_to_go_back_to(march: Book) -> None:
    apply(march, EARLIER)
    apply(march, PLAN, day("03-07 10:00"), "会议决定撤销", back=True)
    apply(march, WITHOUT.replace("revision: 2", "revision: 3"), day("03-08 10:00"))
    with march.read() as session:
        assert plan_apply.before(session, "jiancha", 2023).revision == 1


def test_a_plan_that_does_not_run_and_a_change_without_a_reason_are_refused(march: Book) -> None:
    with pytest.raises(DubanError, match="2024年尚未启用"), march.write() as session:
        plan_diff.diff(session, year_of(SECOND, 2024), MARCH)
    with pytest.raises(DubanError, match="请写明为什么改动方案"):
        apply(march, EARLIER, why=" ")
    with pytest.raises(DubanError, match="改动方案须把 revision 加一"):
        apply(march, EARLIER.replace("revision: 2", "revision: 1"))
    assert local(rounds(march, "yuecha")["2023-04"].due_at) == "2023-04-24 23:59:59"


def test_a_phase_moves_until_it_has_begun(march: Book) -> None:
    later = SECOND.replace("starts: 03-01, ends: 04-30", "starts: 03-01, ends: 05-31")
    (stays,) = diff(march, later).of(Fate.STAYS)
    assert (stays.kind, stays.title) == ("phase", "前期")
    second = SECOND.replace(
        "windows:",
        "  - {key: houqi, name: 后期, starts: 10-01, ends: 11-30, clause: 三, source: document}\nwindows:",
    )
    apply(march, second)
    third = second.replace("revision: 2", "revision: 3").replace("ends: 11-30", "ends: 12-15")
    apply(march, third)
    with march.read() as session:
        ends = session.scalars(select(Stretch.ends_at).where(Stretch.key == "houqi")).one()
    assert local(ends) == "2023-12-15 23:59:59"


def test_two_who_change_it_at_once_change_it_once(march: Book) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: apply(march, EARLIER), range(2)))
    assert sorted(one.letters for one in done) == [0, 3]
