"""Who and what is watched: seen by named roles, visited on a schedule, and never named in the journal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from duban.ledger import watch_list, watching
from duban.ledger.book import Book
from duban.ledger.means import Doing, Means
from duban.ledger.tables import JournalEntry, PlanRevision, PlanYear, Visit, Watched
from duban.ledger.watching import NewWatched
from duban.obligations.errors import DubanError
from duban.obligations.watching import Result
from support.campaign import PLAN, actions, adopt, day, deliver, local, slots, workdays
from support.forgery import forge
from support.watched import PERSON, PLACE, WATCHING, watch

MEANS = Means(workdays(), slots)
NOW = day("03-21 10:00")


@pytest.fixture
def watched(book: Book, town: object) -> Book:
    adopt(book, WATCHING)
    watch(book)
    watch(book, PLACE, "后山废弃厂房", 2)
    return book


def do(book: Book, act: Callable[[Session, Watched], object], number: int = 1) -> None:
    with book.write() as session:
        found = watching.find(session, number)
        assert found is not None
        act(session, found)


def visit(book: Book, at: str, result: Result = Result.NORMAL, text: str = "", *, seen: bool = True) -> None:
    now = day(at)
    do(
        book,
        lambda session, found: watching.visit(
            session, found, Doing(now, "甲", MEANS), seen=seen, result=result, text=text
        ),
    )


def labels(book: Book, role: str | None, at: str = "03-21 10:00", state: str = "") -> list[str]:
    with book.read() as session:
        return [one.label for one in watch_list.watched(session, day(at), role, state=state).rows]


def remind(book: Book, at: str) -> list[str | None]:
    with book.write() as session:
        return [
            watching.handle(session, one, day(at), MEANS)
            for one in watching.due(session, day(at), workdays())
        ]


def test_each_role_sees_what_the_plan_lets_it_see(watched: Book) -> None:
    assert labels(watched, "office") == ["后山废弃厂房", "王某某（三组）"]
    assert labels(watched, "supervisor") == ["后山废弃厂房"]
    assert labels(watched, "leader") == []
    assert labels(watched, None) == []
    with watched.read() as session:
        assert [one.rule.key for one in watch_list.kinds(session, NOW, "supervisor")] == ["chu"]
        person, place = session.scalars(select(Watched).order_by(Watched.id)).all()
        assert [watch_list.may_see(session, person, role) for role in ("office", "supervisor")] == [
            True,
            False,
        ]
        assert [watch_list.may_see(session, place, role) for role in ("supervisor", "leader")] == [
            True,
            False,
        ]


def test_a_kind_that_the_plan_has_no_more_is_the_offices_alone(watched: Book) -> None:
    with watched.write() as session:
        row = PlanRevision(slug="jiancha", revision=2, title="示例检查方案", office="镇综治岗")
        row.content, row.sha256, row.adopted_at = PLAN, "0" * 64, NOW
        session.add(row)
        session.flush()
        session.execute(update(PlanYear).values(plan_id=row.id))
    assert labels(watched, "supervisor") == []
    assert labels(watched, "office") == ["后山废弃厂房", "王某某（三组）"]


def test_what_a_visit_finds_abnormal_is_told_to_the_office_at_any_hour(book: Book, town: object) -> None:
    adopt(book, WATCHING.replace("office: 镇综治岗", "office: 派出所"))
    watch(book)
    visit(book, "03-22 22:00", Result.NORMAL)
    assert deliver(book, day("03-22 22:01")) == []
    visit(book, "03-22 22:05", Result.ABNORMAL, "家中有硝酸钾")
    told = deliver(book, day("03-22 22:06"))
    assert [(one.unit, one.urgent, one.subject, one.wording) for one in told] == [
        (
            "派出所",
            True,
            "【紧急】重点回访发现异常",
            "一村回访重点人员或者场所，发现异常。请登录查看回访情况，及时处置。",
        )
    ]
    with book.read() as session:
        assert watch_list.abnormal(session) == 1
    assert labels(book, "office", state="abnormal") == ["王某某（三组）"]
    visit(book, "03-23 10:00", Result.NORMAL)
    with book.read() as session:
        assert watch_list.abnormal(session) == 0


def test_the_journal_names_nobody(watched: Book) -> None:
    visit(watched, "03-22 10:00", Result.ABNORMAL, "家中有硝酸钾")
    do(watched, lambda session, found: watching.note_look(session, found, day("03-22 11:00"), "王文书"))
    do(
        watched,
        lambda session, found: watching.take_off(session, found, day("03-23 10:00"), "王", why="已迁居外省"),
    )
    with watched.read() as session:
        entries = session.scalars(select(JournalEntry)).all()
    assert [one.action for one in entries][-5:] == [
        "watch.added",
        "watch.added",
        "watch.visited",
        "watch.seen",
        "watch.off",
    ]
    told = "".join(one.detail + one.subject for one in entries)
    for word in ("王某某", "废弃厂房", "非法生产烟花", "硝酸钾", "外省"):
        assert word not in told
    assert [one.subject for one in entries][-1] == "watch/1"


def test_visits_follow_each_other_by_the_plans_days_and_overdue_ones_are_listed(watched: Book) -> None:
    with watched.read() as session:
        assert [local(one.visit_by) for one in session.scalars(select(Watched).order_by(Watched.id))] == [
            "2023-04-19 23:59:59",
            "2023-03-27 23:59:59",
        ]
        assert watch_list.overdue(session, day("03-28 00:00")) == 1
    assert labels(watched, "office", "03-28 00:00", "overdue") == ["后山废弃厂房"]
    visit(watched, "04-19 10:00")
    with watched.read() as session:
        found = session.get_one(Watched, 1)
        assert local(found.visit_by) == "2023-05-19 23:59:59"
        assert [one.result for one in watch_list.whole(session, found).visits] == ["normal"]
    visit(watched, "05-19 10:00", text="锁门", seen=False)
    with watched.read() as session:
        assert local(session.get_one(Watched, 1).visit_by) == "2023-05-26 23:59:59"


def test_a_unit_is_reminded_in_one_letter_that_names_nobody(watched: Book) -> None:
    watch(watched, PLACE, "村口旧仓库", 2)
    assert remind(watched, "03-27 08:59") == []
    assert remind(watched, "03-27 09:00") == ["提醒回访2个"]
    [parcel] = deliver(watched, day("03-27 09:10"))
    assert (parcel.unit, parcel.subject) == ("二村", "重点人员和场所回访")
    assert parcel.wording == "有2个重点人员或者场所到了回访的日子，请打开链接查看并登记回访情况。"
    assert remind(watched, "04-03 08:00") == []
    assert remind(watched, "04-03 09:00") == ["提醒回访2个"]
    with watched.write() as session:
        stale = watching.due(session, day("04-10 09:00"), workdays())
        assert watching.handle(session, stale[0], day("04-03 09:00"), MEANS) is None


def test_a_unit_finds_what_it_is_to_visit_within_a_week(watched: Book) -> None:
    with watched.read() as session:
        assert watch_list.mine(session, 1, day("04-12 10:00")) == []
        assert [one.id for one in watch_list.mine(session, 1, day("04-13 10:00"))] == [1]
        assert [one.id for one in watch_list.mine(session, 2, day("03-21 10:00"))] == [2]


def test_what_is_taken_off_is_visited_and_reminded_of_no_more(watched: Book) -> None:
    with pytest.raises(DubanError, match="请写明移出的理由"):
        do(watched, lambda session, found: watching.take_off(session, found, NOW, "王文书", why=" "))
    do(watched, lambda session, found: watching.take_off(session, found, NOW, "王文书", why="已迁居"))
    assert labels(watched, "office") == ["后山废弃厂房"]
    assert labels(watched, "office", state="off") == ["王某某（三组）"]
    with pytest.raises(DubanError, match="移出，不再回访"):
        visit(watched, "03-22 10:00")
    assert [one for one in remind(watched, "05-30 09:00") if one] == ["提醒回访1个"]
    with watched.read() as session:
        assert watch_list.mine(session, 1, day("05-30 10:00")) == []


def test_the_same_form_twice_makes_one_entry(watched: Book) -> None:
    assert watch(watched) == 1


@pytest.mark.parametrize(
    ("label", "since", "why", "words"),
    [
        ("王某某13900000001", date(2023, 3, 1), "前科", "这里不写手机号码"),
        ("王某某", date(2023, 3, 1), "500241199001011234", "这里不写身份证号码"),
        ("王某某", date(2023, 3, 1), " ", "请写明列为重点的理由"),
        ("王某某", date(2023, 3, 22), "前科", "列管日期不能晚于今天"),
    ],
)
def test_an_entry_holds_no_more_than_the_work_needs(
    watched: Book, label: str, since: date, why: str, words: str
) -> None:
    new = NewWatched("k9", "jiancha", PERSON, label, 1, since, why)
    with pytest.raises(DubanError, match=words), watched.write() as session:
        watching.add(session, new, NOW, "王文书")


def test_the_database_keeps_label_reason_and_visits(watched: Book) -> None:
    visit(watched, "03-22 10:00")
    for wrong in (
        update(Watched).values(label="别人"),
        update(Watched).values(why="别的"),
        update(Visit).values(text="无"),
    ):
        with pytest.raises(DubanError, match="只增不改"), watched.write() as session:
            session.execute(wrong)
    assert actions(watched)[-1] == "watch.visited"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE watched SET unit_id = 3 WHERE id = 1", "1号重点对象与第"),
        ("UPDATE visits SET result = 'abnormal'", "1号回访与第"),
        (
            "UPDATE watched SET visit_by = '2099-01-01 00:00:00' WHERE id = 2",
            "2号重点对象的回访期限与回访记录不符",
        ),
        ("UPDATE watched SET off_by = '别人' WHERE id = 1", "1号重点对象的移出与第"),
    ],
)
def test_what_is_changed_behind_the_books_back_is_named(watched: Book, change: str, words: str) -> None:
    visit(watched, "03-22 10:00")
    do(
        watched,
        lambda session, found: watching.take_off(session, found, day("03-23 10:00"), "王", why="迁居"),
    )
    assert words in forge(watched, change)
