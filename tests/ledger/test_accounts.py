from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from duban.ledger import accounts, sign_ins
from duban.ledger.book import Book
from duban.obligations.errors import DubanError
from duban.obligations.words import Role
from support.campaign import day
from support.people import account, entered, person

MORNING = day("03-20 09:00")
LAST = "这是最后一个在用的管理员账号，不能停用或改任；请先邀请另一位管理员。"


def test_a_new_account_is_entered_without_its_password(book: Book) -> None:
    wang = person(book, "Wang", Role.OFFICE, shown="王文书")
    assert entered(book, "account.made") == [
        (
            "王文书",
            "account.made",
            f"account/{wang}",
            f'{{"account":{wang},"invited_by":"测试","name":"wang","role":"office","shown":"王文书"}}',
        )
    ]


@pytest.mark.parametrize("typed", ["wang", "Wang", " WANG ", "ｗａｎｇ"])
def test_a_name_is_found_however_it_is_typed(book: Book, typed: str) -> None:
    wang = person(book, "wang")
    with book.read() as session:
        found = accounts.named(session, typed)
    assert found is not None
    assert found.id == wang


@pytest.mark.parametrize("typed", ["", "wan", "wang\0", "wang'", "%", "w" * 10_000])
def test_a_name_that_is_not_there_is_nobody(book: Book, typed: str) -> None:
    person(book, "wang")
    with book.read() as session:
        assert accounts.named(session, typed) is None


@pytest.mark.parametrize("name", ["王", "王 文书", "", "a" * 31, "wang/li", "wang\u202ecod", "<b>wang"])
def test_a_name_that_will_not_do_is_refused(sqlite_book: Book, name: str) -> None:
    with pytest.raises(DubanError) as refused:
        person(sqlite_book, name, shown="王文书")
    assert str(refused.value) == "登录名请用2至30个汉字、字母或数字，中间不要有空格。"


def test_rare_characters_may_stand_in_names(book: Book) -> None:
    made = person(book, "𠮷田", shown="𠮷 田")
    assert (account(book, made).name, account(book, made).shown) == ("𠮷田", "𠮷 田")


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        ("  ", "请填写姓名，不超过30个字；它会写进办理记录。"),
        ("王\u202e文书", "请填写姓名，不超过30个字；它会写进办理记录。"),
        ("王" * 31, "请填写姓名，不超过30个字；它会写进办理记录。"),
        ("duban", "姓名不能以“duban”开头，以免与系统记录混淆，请填写真实姓名。"),
        ("ｄｕ ｂａｎ", "姓名不能以“duban”开头，以免与系统记录混淆，请填写真实姓名。"),
        ("接口：县平台", "姓名不能以“接口”开头，以免与系统记录混淆，请填写真实姓名。"),
        ("未 登录者", "姓名不能以“未登录者”开头，以免与系统记录混淆，请填写真实姓名。"),
        ("系 统", "姓名不能用“系统”，以免与系统记录混淆，请填写真实姓名。"),
        ("王芳", "已有姓名为“王芳”的账号，请加以区分，如 王芳（财政所）。"),
        ("王 芳", "已有姓名为“王芳”的账号，请加以区分，如 王 芳（财政所）。"),
        ("一村 甲文书", "“一村 甲文书”是单位联系人在记录中的称呼，请只填写姓名。"),
    ],
)
def test_a_name_for_the_record_that_could_mislead_is_refused(
    book: Book, town: object, shown: str, sentence: str
) -> None:
    person(book, "wang", shown="王芳")
    with pytest.raises(DubanError) as refused, book.write() as session:
        accounts.make(session, accounts.New("li", shown, "hash"), Role.OFFICE, MORNING, "测试")
    assert str(refused.value) == sentence


def test_an_administrator_may_be_called_so(book: Book) -> None:
    made = person(book, "root", Role.ADMINISTRATOR, shown="系统管理员")
    assert account(book, made).shown == "系统管理员"


def test_of_two_who_take_a_name_at_once_one_is_told_that_it_is_taken(book: Book) -> None:
    def take(name: str) -> str:
        try:
            person(book, name, shown="王芳" if name == "wang" else "王 芳")
        except DubanError as refused:
            return str(refused)
        return ""

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(take, ("wang", "fang")))
    assert said[0] == ""
    assert "已有姓名为" in said[1]


def test_a_name_that_is_taken_is_refused(book: Book) -> None:
    person(book, "wang")
    with pytest.raises(DubanError, match="登录名“wang”已有人使用，请换一个。"):
        person(book, "Wang", shown="另一人")


def test_a_new_password_ends_the_other_sign_ins(book: Book) -> None:
    wang = person(book, "wang")
    with book.write() as session:
        row = accounts.get(session, wang)
        mine = sign_ins.sign_in(session, row, "t1", "", MORNING).id
        sign_ins.sign_in(session, row, "t2", "", MORNING)
    with book.write() as session:
        accounts.set_password(session, wang, "new hash", MORNING, "王", but=mine)
    assert account(book, wang).password == "new hash"
    with book.read() as session:
        assert [row.id for row in sign_ins.sign_ins_of(session, wang, MORNING)] == [mine]
    assert [row[1] for row in entered(book, "sign_in.ended", "password.changed")] == [
        "sign_in.ended",
        "password.changed",
    ]
    assert "new hash" not in str(entered(book, "password.changed"))


def test_a_hash_is_renewed_only_while_it_is_the_one_that_was_checked(book: Book) -> None:
    wang = person(book, "wang")
    with book.write() as session:
        accounts.renew_hash(session, wang, "another", "renewed")
    assert account(book, wang).password == "hash"
    with book.write() as session:
        accounts.renew_hash(session, wang, "hash", "renewed")
    assert account(book, wang).password == "renewed"


def test_the_last_active_administrator_is_neither_closed_nor_given_another_role(book: Book) -> None:
    chief = person(book, "chief", Role.ADMINISTRATOR)
    other = person(book, "other", Role.ADMINISTRATOR)
    with book.write() as session:
        accounts.deactivate(session, other, MORNING, "管理员")
    with pytest.raises(DubanError) as refused, book.write() as session:
        accounts.deactivate(session, chief, MORNING, "管理员")
    assert str(refused.value) == LAST
    with pytest.raises(DubanError) as refused, book.write() as session:
        accounts.change_role(session, chief, Role.OFFICE, MORNING, "管理员")
    assert str(refused.value) == LAST
    assert account(book, chief).active
    assert account(book, chief).role == "administrator"


def test_two_administrators_who_close_each_others_account_leave_one(book: Book) -> None:
    chiefs = [person(book, name, Role.ADMINISTRATOR) for name in ("one", "two")]

    def close(account_id: int) -> str:
        try:
            with book.write() as session:
                accounts.deactivate(session, account_id, MORNING, "管理员")
        except DubanError as wrong:
            return str(wrong)
        return "closed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(close, chiefs)) == ["closed", LAST]


def test_a_closed_administrator_may_be_given_another_role(book: Book) -> None:
    person(book, "chief", Role.ADMINISTRATOR)
    other = person(book, "other", Role.ADMINISTRATOR)
    with book.write() as session:
        accounts.deactivate(session, other, MORNING, "管理员")
        accounts.change_role(session, other, Role.LEADER, MORNING, "管理员")
        accounts.activate(session, other, MORNING, "管理员")
    assert (account(book, other).role, account(book, other).active) == ("leader", True)


def test_each_change_is_entered_once_however_often_it_is_asked(book: Book) -> None:
    person(book, "chief", Role.ADMINISTRATOR)
    wang = person(book, "wang")
    with book.write() as session:
        for _ in range(2):
            accounts.change_role(session, wang, Role.LEADER, MORNING, "管理员")
        for _ in range(2):
            accounts.deactivate(session, wang, MORNING, "管理员")
        for _ in range(2):
            accounts.activate(session, wang, MORNING, "管理员")
    actions = ("account.role_changed", "account.deactivated", "account.activated")
    assert entered(book, *actions) == [
        (
            "管理员",
            "account.role_changed",
            f"account/{wang}",
            f'{{"account":{wang},"from":"office","to":"leader"}}',
        ),
        ("管理员", "account.deactivated", f"account/{wang}", f'{{"account":{wang}}}'),
        ("管理员", "account.activated", f"account/{wang}", f'{{"account":{wang}}}'),
    ]


def test_the_list_says_who_may_come_in_and_when_they_last_did(book: Book) -> None:
    wang, li = person(book, "wang", shown="王文书"), person(book, "li", Role.LEADER, shown="李镇长")
    person(book, "chief", Role.ADMINISTRATOR, shown="管理员")
    with book.write() as session:
        sign_ins.sign_in(session, accounts.get(session, wang), "t1", "", day("03-20 10:00"))
        sign_ins.sign_in(session, accounts.get(session, wang), "t2", "", day("03-20 11:00"))
        accounts.deactivate(session, li, day("03-20 12:00"), "管理员")
    with book.read() as session:
        rows = accounts.listed(session)
    assert [(one.shown, one.role, one.active, one.second_factor, one.seen_at) for one in rows] == [
        ("管理员", Role.ADMINISTRATOR, True, False, None),
        ("王文书", Role.OFFICE, True, False, day("03-20 11:00")),
        ("李镇长", Role.LEADER, False, False, None),
    ]


def test_an_account_that_is_not_there_is_told(book: Book) -> None:
    with pytest.raises(DubanError, match="没有这个账号。"), book.write() as session:
        accounts.deactivate(session, 99, MORNING, "管理员")
