from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from duban.documents.roster import write_template
from duban.ledger.book import Book
from duban.ledger.tables import Contact, JournalEntry, Link, Message, Unit
from duban.ledger.units import import_roster
from duban.obligations.roster import ContactFact, Roster, UnitFact
from duban.obligations.words import Role
from support.campaign import actions, day, messages, owing, submit
from support.desk import Desk
from support.round_workbooks import book_of, bytes_of


@pytest.fixture(autouse=True)
def on_wednesday(desk: Desk) -> None:
    desk.clock.on("03-22 10:00")


def unit(desk: Desk, code: str) -> Unit:
    with desk.book.read() as session:
        return session.scalars(select(Unit).where(Unit.code == code)).one()


def contact(desk: Desk, name: str) -> Contact:
    with desk.book.read() as session:
        return session.scalars(select(Contact).where(Contact.name == name)).one()


def roster(tmp_path: Path, *rows: dict[str, str]) -> bytes:
    """The template of a roster with these rows filled in, by heading."""
    tmp_path.mkdir(exist_ok=True)
    path = tmp_path / "空白.xlsx"
    write_template(path)
    book = book_of(path.read_bytes())
    sheet = book["单位"]
    headings = [str(cell.value) for cell in sheet[1]]
    for line, row in enumerate(rows, start=2):
        for name, value in row.items():
            sheet.cell(line, headings.index(name) + 1, value)
    return bytes_of(book)


def test_units_are_listed_searched_and_opened(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    everything = office.get("/units").text
    assert "共4个单位" in everything
    assert "派出所" in everything
    found = office.get("/units?tag=集市").text
    assert "二村" in found
    assert "三村" not in found
    one = office.get(f"/units/{unit(desk, 'cun1').id}").text
    assert "甲文书" in one
    assert "2023年3月 · 每月检查" in one
    assert office.get("/units/9999").status_code == 404


def test_units_are_for_the_office_alone(desk: Desk) -> None:
    assert desk.signed_in(Role.SUPERVISOR).get("/units").status_code == 403
    assert desk.signed_in(Role.LEADER).post("/units/new", data={}).status_code == 403
    assert desk.stranger().get("/units").headers["location"].endswith("next=%2Funits")


def test_a_unit_is_added_and_is_there_from_today_on(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    typed = {"code": "cun4", "name": "𠮷村😀", "kind": "村", "tags": "沿江、集市", "opened_on": "2023-03-22"}
    answer = office.post("/units/new", data=typed)
    assert answer.status_code == 303
    made = unit(desk, "cun4")
    assert (made.name, str(made.opened_on)) == ("𠮷村😀", "2023-03-22")
    shown = office.get(answer.headers["location"]).text
    assert "已新增" in shown
    assert "沿江、集市" in shown
    assert actions(desk.book)[-1] == "unit.added"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"code": "cun1", "name": "又一村", "kind": "村"}, "代码“cun1”已有单位在用"),
        ({"code": "村 1", "name": "又一村", "kind": "村"}, "单位代码由字母、数字"),
        ({"code": "cun8", "name": "", "kind": "村"}, "请填写单位名称"),
        ({"code": "cun8", "name": "又一村", "kind": "村", "parent": "县里"}, "上级单位“县里”没有找到"),
        ({"code": "cun8", "name": "又一村", "kind": "村", "opened_on": "昨天"}, "请填写启用日期"),
    ],
)
def test_a_unit_that_cannot_be_is_asked_for_again(desk: Desk, typed: dict[str, str], said: str) -> None:
    answer = desk.signed_in(Role.OFFICE).post("/units/new", data=typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert typed["code"] in answer.text


def test_a_unit_is_changed_and_its_history_says_what(desk: Desk) -> None:
    office, id_ = desk.signed_in(Role.OFFICE), unit(desk, "cun1").id
    typed = {"name": "一村（社区）", "kind": "社区", "tags": "沿江", "parent": "派出所"}
    office.post(f"/units/{id_}/edit", data=typed)
    shown = office.get(f"/units/{id_}").text
    assert "名称由“一村”改为“一村（社区）”" in shown
    assert "上级由“无”改为“paichusuo”" in office.get(f"/units/{unit(desk, 'cun1').id}").text
    loop = office.post(f"/units/{unit(desk, 'paichusuo').id}/edit", data={**typed, "parent": "cun1"})
    assert loop.status_code == 422
    assert "上级不能是本单位或它的下级" in loop.text


def test_a_contact_is_added_and_changed_and_no_number_goes_into_the_journal(desk: Desk) -> None:
    office, id_ = desk.signed_in(Role.OFFICE), unit(desk, "cun1").id
    office.post(f"/units/{id_}/contacts", data={"name": "新文书", "phone": "13911112222"})
    number = contact(desk, "新文书").id
    office.post(f"/contacts/{number}", data={"name": "新文书", "phone": "13933334444", "email": "a@b.cn"})
    assert contact(desk, "新文书").phone == "13933334444"
    shown = office.get(f"/units/{id_}").text
    assert "修改联系人新文书的电话、邮箱" in shown
    with desk.book.read() as session:
        query = select(JournalEntry.detail).where(JournalEntry.action.like("contact.%"))
        details = session.scalars(query).all()
    assert len(details) == 2
    assert not any("139" in one for one in details)


def test_a_contact_that_cannot_be_is_asked_for_again_with_what_was_typed(desk: Desk) -> None:
    office, id_ = desk.signed_in(Role.OFFICE), unit(desk, "cun1").id
    answer = office.post(f"/units/{id_}/contacts", data={"name": "新文书", "phone": "打我电话"})
    assert answer.status_code == 422
    assert "电话只填数字" in answer.text
    assert "打我电话" in answer.text
    again = office.post(f"/units/{id_}/contacts", data={"name": "甲文书"})
    assert "本单位已有联系人“甲文书”" in again.text


def test_a_contact_switched_off_is_told_nothing_more(desk: Desk) -> None:
    office, number = desk.signed_in(Role.OFFICE), contact(desk, "甲文书").id
    token = desk.link("cun1")
    before = {one.id for one in messages(desk.book) if one.contact_id == number and one.state == "queued"}
    assert before
    office.post(f"/contacts/{number}/off")
    assert {one.state for one in messages(desk.book) if one.id in before} == {"withdrawn"}
    assert desk.stranger().get(f"/l/{token}").status_code == 410
    office.post(f"/contacts/{number}/on")
    assert contact(desk, "甲文书").active


def test_links_are_revoked_and_a_new_one_sent(desk: Desk) -> None:
    office, number = desk.signed_in(Role.OFFICE), contact(desk, "甲文书").id
    desk.link("cun1")
    assert "办理链接1个（至2023-05-06）" in office.get(f"/units/{unit(desk, 'cun1').id}").text
    office.post(f"/contacts/{number}/revoke")
    with desk.book.read() as session:
        assert [one.revoked_at for one in session.scalars(select(Link))] == [day("03-22 10:00")]
    sent = office.post(f"/contacts/{number}/link")
    assert desk.rung == [day("03-22 10:00")]
    assert "新链接已列入发件箱" in office.get(sent.headers["location"]).text
    again = office.post(f"/contacts/{number}/link")
    assert "新链接正在等待发送，没有重复发" in office.get(again.headers["location"]).text
    with desk.book.read() as session:
        assert len(session.scalars(select(Message).where(Message.purpose == "office-link")).all()) == 1
    with desk.book.write() as session:
        session.execute(update(Message).where(Message.purpose == "office-link").values(state="sent"))
    again = office.post(f"/contacts/{number}/link")
    assert "一小时内已发过新链接" in office.get(again.headers["location"]).text
    assert "给甲文书发送一个新链接" in office.get(f"/units/{unit(desk, 'cun1').id}").text


def test_a_unit_is_closed_with_what_is_open_let_off(desk: Desk) -> None:
    office, id_ = desk.signed_in(Role.OFFICE), unit(desk, "cun1").id
    form = office.get(f"/units/{id_}/close").text
    assert "2023年3月 · 每月检查" in form
    owed = str(desk.obligation("cun1"))
    without = office.post(f"/units/{id_}/close", data={"on": "2023-04-01", "off": owed})
    assert without.status_code == 422
    assert "免报须写明理由" in without.text
    answer = office.post(f"/units/{id_}/close", data={"on": "2023-04-01", "off": owed, "reason": "区划调整"})
    shown = office.get(answer.headers["location"]).text
    assert "本单位定于2023-04-01起停用" in shown
    assert "1项免报" in shown
    assert owing(desk.book)["cun1"] == "exempt"
    office.post(f"/units/{id_}/keep")
    assert unit(desk, "cun1").closed_on is None


def test_a_day_that_is_past_or_no_day_is_refused(desk: Desk) -> None:
    office, id_ = desk.signed_in(Role.OFFICE), unit(desk, "cun1").id
    assert "停用日期不能早于今天" in office.post(f"/units/{id_}/close", data={"on": "2023-03-01"}).text
    assert "请填写停用日期" in office.post(f"/units/{id_}/close", data={"on": ""}).text
    assert unit(desk, "cun1").closed_on is None


def test_units_are_chosen_and_merged(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    ids = [str(unit(desk, code).id) for code in ("cun1", "cun2")]
    assert "选择要合并的单位" in office.get("/units/merge").text
    form = office.get("/units/merge", params={"unit": ids}).text
    assert "合并一村、二村" in form
    typed = {"unit": ids, "on": "2023-04-01", "into": "new", "code": "cun9", "name": "新村", "kind": "村"}
    typed |= {"tags": "yes", "contact": [str(contact(desk, "甲文书").id)]}
    answer = office.post("/units/merge", data=typed)
    shown = office.get(answer.headers["location"]).text
    assert "cun1、cun2自2023-04-01起合并为cun9" in shown
    assert "甲文书" in shown
    assert "乙文书" not in shown
    again = office.post("/units/merge", data=typed)
    assert again.status_code == 422


def test_a_unit_is_split_with_its_people_as_chosen(desk: Desk) -> None:
    office, id_ = desk.signed_in(Role.OFFICE), unit(desk, "cun2").id
    assert "拆成的第3个单位" in office.get(f"/units/{id_}/split?parts=3").text
    typed = {"on": "2023-04-01", "code": ["a", "b"], "name": ["东村", "西村"], "kind": ["村", "村"]}
    answer = office.post(f"/units/{id_}/split", data={**typed, "contact-1": str(contact(desk, "乙文书").id)})
    assert answer.status_code == 303
    assert "乙文书" in office.get(f"/units/{unit(desk, 'b').id}").text
    assert "乙文书" not in office.get(f"/units/{unit(desk, 'a').id}").text


def test_a_roster_may_put_a_unit_below_one_that_is_in_the_book_alone(desk: Desk, tmp_path: Path) -> None:
    office = desk.signed_in(Role.OFFICE)
    row = {"单位代码": "zu1", "单位名称": "一组", "类别": "组", "上级单位代码": "cun1"}
    answer = office.post("/units/roster", files={"file": ("名册.xlsx", roster(tmp_path, row))})
    assert answer.status_code == 303
    office.post(answer.headers["location"])
    assert unit(desk, "zu1").parent_id == unit(desk, "cun1").id
    wrong = roster(tmp_path / "另一份", row | {"单位代码": "zu2", "上级单位代码": "cun9"})
    refused = office.post("/units/roster", files={"file": ("名册.xlsx", wrong)})
    assert "名册或账簿中已有的单位代码" in refused.text


def test_a_roster_with_a_person_who_is_off_says_so(desk: Desk, tmp_path: Path) -> None:
    office = desk.signed_in(Role.OFFICE)
    office.post(f"/contacts/{contact(desk, '甲文书').id}/off")
    row = {"单位代码": "cun1", "单位名称": "一村", "类别": "村", "标签": "沿江", "联系人": "甲文书"}
    file = roster(tmp_path, row | {"手机号": "13900000001"})
    answer = office.post("/units/roster", files={"file": ("名册.xlsx", file)})
    look = office.get(answer.headers["location"]).text
    assert "账簿与文件一致" in look
    assert "以下联系人已停用，不会收到提醒，导入也不会重新启用：cun1/甲文书" in look


def test_a_roster_is_looked_at_first_and_written_when_confirmed(desk: Desk, tmp_path: Path) -> None:
    office = desk.signed_in(Role.OFFICE)
    rows = (
        {
            "单位代码": "cun1",
            "单位名称": "一村社区",
            "类别": "社区",
            "联系人": "甲文书",
            "手机号": "13900000001",
        },
        {"单位代码": "cun5", "单位名称": "五村", "类别": "村", "联系人": "戊文书"},
    )
    answer = office.post("/units/roster", files={"file": ("名册.xlsx", roster(tmp_path, *rows))})
    assert answer.status_code == 303
    look = office.get(answer.headers["location"]).text
    assert "五村（cun5）" in look
    assert "名称由“一村”改为“一村社区”" in look
    assert unit(desk, "cun1").name == "一村"
    done = office.post(answer.headers["location"])
    assert "单位新增1个、修改1个；联系人新增1人、修改0人" in done.text
    assert unit(desk, "cun1").name == "一村社区"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("名册.xls", b"\xd0\xcf\x11\xe0 old", "这种文件不能作为名册"),
        ("名册.xlsx", b"not a zip", "打不开"),
        ("名册.xlsx", b"", "文件是空的"),
        ("名册.csv", "单位代码,单位名称,类别\ncun9,,村\n".encode(), "缺少"),
        ("名册.xlsx", b"x" * 5_000_001, "文件过大"),
    ],
    ids=["old", "no zip", "empty", "no columns", "large"],
)
def test_a_file_that_is_no_roster_says_what_is_wrong(desk: Desk, name: str, data: bytes, said: str) -> None:
    answer = desk.signed_in(Role.OFFICE).post("/units/roster", files={"file": (name, data)})
    assert answer.status_code == 422
    assert said in answer.text


def test_a_file_that_was_never_sent_is_not_there(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    assert office.get(f"/units/roster/{'0' * 64}.xlsx").status_code == 404
    assert office.get("/units/roster/..%2F..%2Fetc.xlsx").status_code in (404, 422)


def test_the_template_is_a_workbook(desk: Desk) -> None:
    answer = desk.signed_in(Role.OFFICE).get("/units/template.xlsx")
    assert "单位" in book_of(answer.content).sheetnames
    assert "filename*=UTF-8''%E5%8D%95" in answer.headers["content-disposition"]


def test_what_was_reported_before_the_unit_closed_stays(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 10:00"))
    desk.signed_in(Role.OFFICE).post(f"/units/{unit(desk, 'cun1').id}/close", data={"on": "2023-03-22"})
    assert owing(desk.book) == {"cun1": "submitted", "cun2": "owed", "cun3": "owed"}


def test_many_units_are_listed_page_by_page(desk: Desk) -> None:
    more = Roster(
        tuple(UnitFact(f"x{n:03d}", f"第{n}组", "组") for n in range(120)), (ContactFact("x000", "某"),)
    )
    add(desk.book, more)
    office = desk.signed_in(Role.OFFICE)
    assert "第1—100项，共124项" in office.get("/units").text
    assert "第101—124项，共124项" in office.get("/units?start=100").text


def add(book: Book, more: Roster) -> None:
    with book.write() as session:
        import_roster(session, more, day("03-22 09:00"), "测试")


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "1e3", "２"])
def test_numbers_that_nothing_has_are_refused_kindly(desk: Desk, number: str) -> None:
    office = desk.signed_in(Role.OFFICE)
    for path in (f"/units/{number}", f"/channels/{number}", f"/messages/{number}", f"/rounds/{number}/chase"):
        assert office.get(path).status_code in (404, 422)
    assert office.get("/messages", params={"channel": number, "before": number}).status_code == 200
    assert office.post("/units/1/contacts", data={"name": "某", "channel": number}).status_code in (303, 422)
    assert (
        office.post("/units/merge", data={"unit": number, "into": "there", "there": number}).status_code
        == 422
    )
    assert office.post("/rounds/1/call", data={"obligation": number}).status_code in (404, 422)


def test_a_nought_in_what_is_searched_is_no_harm(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    assert office.get("/units?text=%00村").status_code == 200
    assert office.get("/messages?unit=%00&day=%00").status_code == 200
    assert office.get("/calls?unit=%00一村").status_code == 200


def test_a_link_is_handed_over_on_a_page_that_shows_it_once_and_is_entered(desk: Desk) -> None:
    clerk = desk.signed_in(Role.OFFICE)
    handed = clerk.post("/contacts/1/hand")
    token = re.findall(r"/l/([\w-]{32})", handed.text)[0]
    assert "<svg" in handed.text
    assert "一村 甲文书" in desk.stranger().get(f"/l/{token}").text
    assert actions(desk.book)[-1] == "link.made"
