from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import func, select

from duban.ledger import journal, owed, reports
from duban.ledger.book import Book
from duban.ledger.reports import Report, Return
from duban.ledger.tables import Exemption, JournalEntry, Obligation, Submission, Unit, Verdict
from duban.obligations.errors import DubanError
from support.campaign import actions, adopt, advance, day, local, only, owing, return_, round_of, submit

KEY = Report("手机-1", {"检查数量": "3"}, note="一切正常", via="phone", by="甲文书")


@pytest.fixture
def opened(book: Book, town: object) -> Book:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))
    return book


def hand_in(book: Book, report: Report, now: datetime, unit: str = "cun1") -> Submission:
    with book.write() as session:
        return reports.submit(session, owed.find(session, "jiancha", "yuecha", "2023-03", unit), report, now)


def obligation(book: Book) -> Obligation:
    """Give what 一村 owes."""
    with book.read() as session:
        return session.scalars(select(Obligation).join(Unit).where(Unit.code == "cun1")).one()


def last_entry(book: Book) -> tuple[str, str, dict[str, object]]:
    with book.read() as session:
        entry = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
    assert entry is not None
    return entry.actor, entry.action, json.loads(entry.detail)


def test_a_report_is_a_row_a_state_and_an_entry(opened: Book) -> None:
    row = hand_in(opened, KEY, day("03-10 10:00"))
    assert (row.version, row.answers, row.note, row.via, row.by) == (
        1,
        {"shuliang": 3},
        "一切正常",
        "phone",
        "甲文书",
    )
    assert owing(opened) == {"cun1": "submitted", "cun2": "owed", "cun3": "owed"}
    assert local(obligation(opened).credited_at) == "2023-03-10 10:00:00"
    assert last_entry(opened) == (
        "甲文书",
        "submission.received",
        {
            "obligation": 1,
            "unit": 1,
            "submission": 1,
            "sha256": row.sha256,
            "version": 1,
            "nil": False,
            "via": "phone",
        },
    )
    with opened.read() as session:
        assert journal.verify(session).submissions == 1


def test_the_same_report_sent_twice_is_taken_once(opened: Book) -> None:
    first = hand_in(opened, KEY, day("03-10 10:00"))
    again = hand_in(opened, KEY, day("03-11 10:00"))
    assert (again.id, local(again.received_at)) == (first.id, "2023-03-10 10:00:00")
    assert actions(opened).count("submission.received") == 1


def test_the_same_report_is_still_the_same_when_it_has_been_accepted_meanwhile(opened: Book) -> None:
    first = hand_in(opened, KEY, day("03-10 10:00"))
    with opened.write() as session:
        reports.accept(
            session, owed.find(session, "jiancha", "yuecha", "2023-03", "cun1"), day("03-10 11:00"), "办公室"
        )
    assert hand_in(opened, KEY, day("03-11 10:00")).id == first.id


@pytest.mark.parametrize(
    ("other", "unit"),
    [
        (replace(KEY, answers={"检查数量": "4"}), "cun1"),
        (replace(KEY, note="有一处"), "cun1"),
        (replace(KEY, answers={}, nil=True), "cun1"),
        (KEY, "cun2"),
    ],
)
def test_one_key_never_names_two_reports(opened: Book, other: Report, unit: str) -> None:
    hand_in(opened, KEY, day("03-10 10:00"))
    with pytest.raises(DubanError, match="编号“手机-1”的上报已有另一份内容，没有覆盖"):
        hand_in(opened, other, day("03-10 11:00"), unit)
    assert owing(opened)["cun2"] == "owed"


def test_one_report_sent_by_two_at_once_is_one_row(opened: Book) -> None:
    ready = Barrier(2)

    def send(_: int) -> int:
        ready.wait()
        return hand_in(opened, KEY, day("03-10 10:00")).id

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(send, range(2))) == {1}


def test_two_units_that_send_at_once_under_one_key_are_not_mixed_up(opened: Book) -> None:
    ready = Barrier(2)

    def send(unit: str) -> str:
        ready.wait()
        try:
            return f"{hand_in(opened, KEY, day('03-10 10:00'), unit).version}"
        except DubanError as wrong:
            return str(wrong)[:5]

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, ("cun1", "cun2"))) == ["1", "编号“手机"]


def test_a_report_without_a_key_is_one_report_until_it_is_judged(opened: Book) -> None:
    def enter(at: str) -> int:
        with opened.write() as session:
            found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
            report = replace(KEY, key="")
            report = replace(report, key=reports.natural_key(session, found, report))
            return reports.submit(session, found, report, day(at)).version

    assert [enter("03-10 10:00"), enter("03-10 10:01")] == [1, 1]
    return_(opened, "cun1", day("03-10 11:00"))
    assert enter("03-10 12:00") == 2


def test_a_report_that_returns_to_an_earlier_text_stands_instead_of_the_correction(opened: Book) -> None:
    def enter(at: str, places: str, via: str = "phone", key: str = "") -> int:
        with opened.write() as session:
            found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
            report = replace(KEY, answers={"检查数量": places}, via=via, key=key)
            report = replace(report, key=key or reports.natural_key(session, found, report))
            return reports.submit(session, found, report, day(at)).version

    assert [enter("03-10 10:00", "3"), enter("03-10 10:01", "4"), enter("03-10 10:02", "3")] == [1, 2, 3]
    assert [enter("03-10 10:03", "3"), enter("03-10 10:04", "3", via="paper")] == [3, 3]
    assert [enter("03-10 10:05", "5", key="来文-7"), enter("03-10 10:06", "5")] == [4, 4]
    assert [enter("03-10 10:07", "3"), enter("03-10 10:08", "5", key="来文-7")] == [5, 4]
    with opened.read() as session:
        said = [
            row.answers["shuliang"] for row in session.scalars(select(Submission).order_by(Submission.id))
        ]
    assert said == [3, 4, 3, 5, 3]


def test_a_returned_report_sent_again_unchanged_is_a_new_version_once(opened: Book) -> None:
    def enter(at: str) -> int:
        with opened.write() as session:
            found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
            report = replace(KEY, key=reports.natural_key(session, found, KEY))
            return reports.submit(session, found, report, day(at)).version

    assert enter("03-10 10:00") == 1
    return_(opened, "cun1", day("03-11 10:00"))
    assert [enter("03-12 10:00"), enter("03-12 10:01")] == [2, 2]


def test_a_nil_report_has_no_answers(opened: Book) -> None:
    row = hand_in(opened, Report("k", nil=True, by="甲"), day("03-10 10:00"))
    assert (row.nil, row.answers, obligation(opened).nil) == (True, {}, True)
    with pytest.raises(DubanError, match="零报告不填项目"):
        hand_in(opened, Report("k2", {"shuliang": "1"}, nil=True), day("03-10 10:00"))


def test_a_wrong_answer_leaves_nothing(opened: Book) -> None:
    before = actions(opened)
    with pytest.raises(DubanError, match="“检查数量”不能大于1000，实际为1001"):
        hand_in(opened, Report("k", {"shuliang": "1001"}), day("03-10 10:00"))
    with opened.read() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 0
    assert actions(opened) == before


def test_a_return_takes_the_credit_of_a_placeholder_away(opened: Book) -> None:
    submit(opened, "cun1", day("03-10 10:00"))
    return_(opened, "cun1", day("03-26 10:00"), why=Return("只有标题", material=True))
    assert owing(opened)["cun1"] == "returned"
    assert obligation(opened).credited_at is None
    assert submit(opened, "cun1", day("03-27 10:00")) == 2
    assert local(obligation(opened).credited_at) == "2023-03-27 10:00:00"
    assert actions(opened)[-3:] == ["submission.returned", "cue.fired", "submission.received"]


def test_a_return_for_a_trifle_leaves_the_credit(opened: Book) -> None:
    submit(opened, "cun1", day("03-10 10:00"))
    return_(opened, "cun1", day("03-26 10:00"), why=Return("错别字", material=False))
    assert local(obligation(opened).credited_at) == "2023-03-10 10:00:00"
    with opened.read() as session:
        verdict = session.scalars(select(Verdict)).one()
    assert (verdict.reason, verdict.material, verdict.correct_by) == ("错别字", False, None)


def test_an_extension_moves_the_deadline_of_one_unit(opened: Book) -> None:
    with opened.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        asked, until = day("03-20 09:00"), day("03-31 17:30")
        reports.extend(
            session, found, day("03-20 10:00"), "办公室", asked_at=asked, until=until, reason="防汛"
        )
    assert local(obligation(opened).due_at) == "2023-03-31 17:30:00"
    assert local(round_of(opened).due_at) == "2023-03-24 23:59:59"
    assert last_entry(opened) == (
        "办公室",
        "obligation.extended",
        {
            "extension": 1,
            "obligation": 1,
            "asked_at": "2023-03-20T01:00:00+00:00",
            "asked_by": "办公室",
            "until": "2023-03-31T09:30:00+00:00",
            "reason": "防汛",
            "decided_at": "2023-03-20T02:00:00+00:00",
            "by": "办公室",
            "granted": True,
            "answer": None,
        },
    )


def test_an_exemption_keeps_its_approver(opened: Book) -> None:
    with opened.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        reports.exempt(session, found, day("03-20 10:00"), "值班员", reason="整村搬迁", approver="李镇长")
    assert owing(opened)["cun1"] == "exempt"
    with opened.read() as session:
        row = session.scalars(select(Exemption)).one()
    assert (row.by, row.reason) == ("李镇长", "整村搬迁")
    assert last_entry(opened) == (
        "值班员",
        "obligation.exempted",
        {"obligation": 1, "at": "2023-03-20T02:00:00+00:00", "approver": "李镇长", "reason": "整村搬迁"},
    )


def test_what_was_owed_is_signed_for_once(opened: Book) -> None:
    def sign(at: str) -> None:
        with opened.write() as session:
            found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
            reports.acknowledge(session, found, day(at), "甲文书")

    sign("03-02 10:00")
    assert obligation(opened).acknowledged_at == datetime(2023, 3, 2, 2, 0, tzinfo=UTC)
    with pytest.raises(DubanError, match="已于2023年3月2日（星期四）10:00签收，无需再次签收"):
        sign("03-02 11:00")


def test_an_unlawful_move_leaves_nothing(opened: Book) -> None:
    before = actions(opened)
    with pytest.raises(DubanError, match="尚未上报，没有可接收的材料"), opened.write() as session:
        reports.accept(
            session, owed.find(session, "jiancha", "yuecha", "2023-03", "cun1"), day("03-10 10:00"), "办公室"
        )
    assert actions(opened) == before


def test_an_error_in_the_middle_leaves_nothing_half_written(
    opened: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DubanError("中途出错")

    submit(opened, "cun1", day("03-10 10:00"))
    before = actions(opened)
    monkeypatch.setattr(journal, "append_many", fail)
    with pytest.raises(DubanError, match="中途出错"):
        return_(opened, "cun1", day("03-11 10:00"))
    monkeypatch.undo()
    assert (actions(opened), owing(opened)["cun1"]) == (before, "submitted")
    with opened.read() as session:
        assert session.scalar(select(func.count()).select_from(Verdict)) == 0


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (
            ("jianca", "yuecha", "2023-03", "cun1"),
            "账簿中没有方案“jianca”；是否想写“jiancha”？现有：jiancha。",
        ),
        (
            ("jiancha", "yuehca", "2023-03", "cun1"),
            "账簿中没有任务“yuehca”；是否想写“yuecha”？现有：qingkuang、yuecha、zhishou。",
        ),
        (("jiancha", "zhishou", "2023-03", "cun1"), "账簿中没有期次“2023-03”。现有：2023/chuxi。"),
        (
            ("jiancha", "yuecha", "2023-03", "一"),
            "“2023年3月 · 每月检查”的3个应报单位中没有“一”；是否想写“一村”？现有：一村、二村、三村。",
        ),
        (
            ("jiancha", "yuecha", "2023-04", "cun1"),
            "“2023年4月 · 每月检查”尚未下达，2023年4月1日（星期六）00:00起开始。",
        ),
    ],
)
def test_a_wrong_name_is_said_to_be_wrong_with_what_is_known(
    opened: Book, named: tuple[str, ...], said: str
) -> None:
    slug, duty, period, unit = named
    with pytest.raises(DubanError) as wrong, opened.write() as session:
        owed.find(session, slug, duty, period, unit)
    assert str(wrong.value) == said


@pytest.mark.usefixtures("town")
def test_what_was_over_before_the_plan_was_adopted_was_never_asked(book: Book) -> None:
    adopt(book, now=day("06-25 10:00"))
    with (
        pytest.raises(DubanError, match="“2023年1月 · 每月检查”在方案启用之前已到期，没有下达"),
        book.write() as session,
    ):
        owed.find(session, "jiancha", "yuecha", "2023-01", "cun1")
