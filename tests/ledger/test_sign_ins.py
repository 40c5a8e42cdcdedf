from __future__ import annotations

from datetime import datetime

import pytest

from duban.ledger import accounts, sign_ins
from duban.ledger.book import Book
from duban.ledger.sign_ins import Who
from duban.ledger.tables import SignIn
from duban.obligations.errors import DubanError
from duban.obligations.words import Role
from support.campaign import day, local
from support.people import entered, person

MORNING = day("03-20 09:00")


def come_in(book: Book, who: int, token: str, now: datetime = MORNING) -> int:
    with book.write() as session:
        return sign_ins.sign_in(session, accounts.get(session, who), token, "Windows 电脑", now).id


def there(book: Book, token: str, now: datetime) -> Who | None:
    """Give who is signed in, noted as the pages note it."""
    with book.read() as session:
        who = sign_ins.signed_in(session, token, now)
    if who is not None and who.stale:
        with book.write() as session:
            sign_ins.seen(session, who.sign_in_id, now)
    return who


def test_a_browser_stays_known_after_its_sign_in_has_ended_but_to_its_person_alone(book: Book) -> None:
    wang, li = person(book, "wang"), person(book, "li")
    number = come_in(book, wang, "t1")
    with book.write() as session:
        mark = sign_ins.mark(session.get_one(SignIn, number))
        sign_ins.sign_out(session, "t1", MORNING)
    assert "t1" not in mark
    with book.read() as session:
        assert sign_ins.known(session, mark, wang, day("06-18 08:59"))
        assert not sign_ins.known(session, mark, wang, day("06-18 09:00"))
        assert not sign_ins.known(session, mark, li, MORNING)
        for wrong in ("", "1", f"{number}.", f"{number}.一", f"{number + 1}{mark[1:]}", f"{10**30}.x"):
            assert not sign_ins.known(session, wrong, wang, MORNING)


def test_a_token_lets_its_person_in(book: Book) -> None:
    wang = person(book, "wang", Role.SUPERVISOR, shown="王督查")
    number = come_in(book, wang, "t1")
    found = Who(wang, "wang", "王督查", Role.SUPERVISOR, number, False, None, None, False)  # noqa: FBT003
    assert there(book, "t1", MORNING) == found
    assert there(book, "t2", MORNING) is None
    assert there(book, "", MORNING) is None
    assert entered(book, "sign_in.ok") == [
        (
            "王督查",
            "sign_in.ok",
            f"account/{wang}",
            f'{{"account":{wang},"device":"Windows 电脑","sign_in":{number}}}',
        )
    ]


def test_unused_for_twelve_hours_it_has_ended(book: Book) -> None:
    come_in(book, person(book, "wang"), "t1")
    assert there(book, "t1", day("03-20 20:59")) is not None
    assert there(book, "t1", day("03-21 08:58")) is not None
    assert there(book, "t1", day("03-21 20:58")) is None


def test_however_much_it_is_used_it_ends_after_seven_days(book: Book) -> None:
    come_in(book, person(book, "wang"), "t1")
    for date in range(20, 27):
        for hour in ("09", "17", "23"):
            assert there(book, "t1", day(f"03-{date} {hour}:00")) is not None
    assert there(book, "t1", day("03-27 08:59")) is not None
    assert there(book, "t1", day("03-27 09:00")) is None


def test_use_is_written_at_most_every_ten_minutes(book: Book) -> None:
    wang = person(book, "wang")
    come_in(book, wang, "t1")

    def last_seen() -> str:
        with book.read() as session:
            return local(sign_ins.sign_ins_of(session, wang, MORNING)[0].seen_at)

    there(book, "t1", day("03-20 09:09"))
    assert last_seen() == "2023-03-20 09:00:00"
    there(book, "t1", day("03-20 09:10"))
    assert last_seen() == "2023-03-20 09:10:00"
    with book.write() as session:
        sign_ins.seen(session, 1, day("03-20 09:15"))
    assert last_seen() == "2023-03-20 09:10:00"


def test_signed_out_it_lets_nobody_in_and_the_others_stay(book: Book) -> None:
    wang = person(book, "wang", shown="王文书")
    come_in(book, wang, "t1")
    come_in(book, wang, "t2")
    with book.write() as session:
        sign_ins.sign_out(session, "t1", day("03-20 10:00"))
        sign_ins.sign_out(session, "t1", day("03-20 10:00"))
        sign_ins.sign_out(session, "unknown", day("03-20 10:00"))
    assert there(book, "t1", day("03-20 10:00")) is None
    assert there(book, "t2", day("03-20 10:00")) is not None
    assert [row[:3] for row in entered(book, "sign_in.ended")] == [
        ("王文书", "sign_in.ended", f"account/{wang}")
    ]


def test_one_of_the_sign_ins_can_be_ended_but_not_that_of_somebody_else(book: Book) -> None:
    wang, li = person(book, "wang"), person(book, "li")
    first, _, his = come_in(book, wang, "t1"), come_in(book, wang, "t2"), come_in(book, li, "t3")
    with book.write() as session:
        sign_ins.end(session, wang, first, MORNING, "王")
        sign_ins.end(session, wang, his, MORNING, "王")
    assert [there(book, token, MORNING) is None for token in ("t1", "t2", "t3")] == [True, False, False]
    with book.read() as session:
        assert [row.device for row in sign_ins.sign_ins_of(session, wang, MORNING)] == ["Windows 电脑"]


def test_all_but_the_one_in_use_can_be_ended(book: Book) -> None:
    wang = person(book, "wang")
    first = come_in(book, wang, "t1")
    come_in(book, wang, "t2")
    come_in(book, wang, "t3")
    with book.write() as session:
        assert sign_ins.end_all(session, wang, MORNING, "王", but=first) == 2
    assert there(book, "t1", MORNING) is not None
    with book.write() as session:
        assert sign_ins.end_all(session, wang, MORNING, "王") == 1
    assert there(book, "t1", MORNING) is None


def test_a_closed_account_does_not_sign_in(book: Book) -> None:
    wang = person(book, "wang")
    come_in(book, wang, "t1")
    with book.write() as session:
        accounts.deactivate(session, wang, MORNING, "管理员")
    assert there(book, "t1", MORNING) is None
    with pytest.raises(DubanError, match="该账号已停用，不能登录。"):
        come_in(book, wang, "t2")


def test_a_failed_try_names_only_a_name_that_exists(book: Book) -> None:
    wang = person(book, "wang")
    with book.write() as session:
        sign_ins.refused(session, accounts.get(session, wang), "password", "10.0.0.8", MORNING)
        sign_ins.refused(session, None, "password", "10.0.0.8", MORNING)
    assert entered(book, "sign_in.failed") == [
        (
            "未登录者",
            "sign_in.failed",
            f"account/{wang}",
            '{"address":"10.0.0.8","name":"wang","step":"password"}',
        ),
        ("未登录者", "sign_in.failed", "sign-in", '{"address":"10.0.0.8","step":"password"}'),
    ]
