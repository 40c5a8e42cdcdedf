"""The pages of inspections: the draw, its paper, results, the register; and who learns when of a secret."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import func, or_, select, update

from duban.ledger import journal
from duban.ledger.book import Book
from duban.ledger.tables import Contact, InspectedUnit, Inspection, JournalEntry, Message, Round
from duban.obligations.draw_paper import repeat
from duban.obligations.words import Role
from support.campaign import day, move_in
from support.desk import Desk, desk_over
from support.finding_cast import record
from support.inspected import SEED, begin, begun_year, draw, follow, inspection, lot, parts
from support.people import entered

from ..conftest import TOWN

WHEN = {"day": "2023-02-06", "time": "09:00"}
CHECKED = {"checked": "nothing", "day": "2023-02-06", "time": "16:00", "by": "钱、赵", "text": "台账齐全"}


@pytest.fixture
def desk(sqlite_book: Book, tmp_path: Path) -> Desk:
    """Give the site over a year whose first inspections have been prepared; it is 1 February 2023."""
    move_in(sqlite_book, TOWN)
    begun_year(sqlite_book)
    made = desk_over(sqlite_book, tmp_path)
    made.clock.on("02-01 09:00")
    return made


def path(desk: Desk, duty: str = "ducha", act: str = "") -> str:
    return f"/inspections/{inspection(desk.book, duty).id}{act}"


def proven(desk: Desk) -> bool:
    with desk.book.read() as session:
        return journal.verify(session).ok


def test_the_list_names_the_inspections_and_whom_they_covered(desk: Desk) -> None:
    said = desk.signed_in(Role.LEADER).get("/inspections").text
    assert "2023年第一季度 · 定期督查" in said
    assert "2023年第一季度 · 不定期督查" in said
    assert "3个单位中，今年已抽中过0个，还有3个没有抽中" in said
    assert "全年覆盖还差" not in said
    with desk.book.write() as session:
        later = or_(Round.period > "2023-Q1", Round.duty == "ancha")
        session.execute(update(Round).where(later).values(skipped_at=day("02-01 09:00")))
    office = desk.signed_in(Role.OFFICE)
    assert "余下的督查最多再抽2个单位，全年覆盖还差1个。" in office.get("/inspections").text
    assert "“示例检查方案”督查全年覆盖差1个单位" in office.get("/today").text


def test_the_desk_draws_once_and_the_units_are_told(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE, "王文书")
    answer = office.post(path(desk, act="/draw"), data=WHEN)
    assert (answer.status_code, answer.headers["location"]) == (303, path(desk))
    said = office.get(path(desk)).text
    assert "已抽签，被查单位的通知已列入发件箱。" in said
    assert SEED in said
    assert len(desk.rung) == 1
    assert said.index("二村") < said.index("钱、赵") < said.index("李、孙")
    assert office.post(path(desk, act="/draw"), data=WHEN).status_code == 409
    assert proven(desk)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"day": "", "time": "09:00"}, "请填写开始检查的日期"),
        ({"day": "2023-01-31", "time": "09:00"}, "开始检查的时间须晚于现在"),
        ({"day": "二月六日", "time": "09:00"}, "看不懂时间"),
    ],
)
def test_a_draw_that_says_no_time_comes_back_with_what_was_typed(
    desk: Desk, data: dict[str, str], said: str
) -> None:
    answer = desk.signed_in(Role.OFFICE).post(path(desk, act="/draw"), data=data)
    assert answer.status_code == 409
    assert said in answer.text
    assert f'value="{data["day"]}"' in answer.text
    assert inspection(desk.book).state == "prepared"


@pytest.mark.parametrize("role", [Role.LEADER])
@pytest.mark.parametrize("act", ["/draw", "/renew", "/move", "/begin", "/parts/1"])
def test_who_only_looks_neither_draws_nor_begins(desk: Desk, role: Role, act: str) -> None:
    assert desk.signed_in(role).post(path(desk, act=act), data=WHEN).status_code == 403
    assert desk.signed_in(role, "另一位").get("/inspections/inspectors").status_code == 403


def test_the_file_that_the_page_offers_repeats_the_draw(desk: Desk) -> None:
    leader = desk.signed_in(Role.LEADER)
    assert leader.get(path(desk, act="/draw.json")).status_code == 404
    draw(desk.book, "02-01 09:00", "02-06 09:00")
    answer = leader.get(path(desk, act="/draw.json"))
    assert (
        answer.headers["content-disposition"]
        == f'attachment; filename="draw-{inspection(desk.book).id}.json"'
    )
    here = repeat(json.loads(answer.text))
    assert [(one.unit, one.team) for one in here.drawn] == [("cun2", ("2", "1")), ("cun1", ("4", "3"))]


def test_the_commands_that_the_page_offers_repeat_the_draw_in_a_shell(desk: Desk) -> None:
    draw(desk.book, "02-01 09:00", "02-06 09:00")
    said = desk.signed_in(Role.LEADER).get(path(desk)).text
    boxes = [
        part.partition("</textarea>")[0].partition(">")[2]
        for part in said.split('<textarea class="mono small"')[1:]
    ]
    scripts = [
        box.replace("&#39;", "'").replace("&#34;", '"').replace("&lt;", "<").replace("&amp;", "&")
        for box in boxes
    ]
    drawn = [
        [
            line.split()[-1]
            for line in subprocess.run(
                ["bash", "-c", one], capture_output=True, text=True, check=True
            ).stdout.splitlines()
        ]
        for one in scripts
    ]
    assert drawn == [["cun2", "cun1"], ["2", "1"], ["4", "3"]]


def test_a_list_that_changed_is_told_and_published_anew(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE, "王文书")
    office.post("/inspections/inspectors", data={"name": "周", "unit": "派出所"})
    assert "名单已与公布的不同：增加检查人员“周”" in office.get(path(desk)).text
    assert office.post(path(desk, act="/renew"), data={"why": "增加检查人员“周”"}).status_code == 303
    said = office.get(path(desk)).text
    assert "名单已重新公布，旧种子已公开作废。" in said
    assert SEED in said  # of the commitment that came to nothing
    assert "名单已与公布的不同" not in said


def test_the_desk_replaces_who_cannot_go_and_the_file_proves_it(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE, "王文书")
    office.post(path(desk, act="/draw"), data=WHEN)
    address = path(desk, act=f"/parts/{parts(desk.book)[0][1].id}/replace")
    assert office.post(address, data={"out": "2", "why": ""}).status_code == 409
    assert office.post(address, data={"out": "2", "why": "因病住院"}).status_code == 303
    said = office.get(path(desk)).text
    assert "孙替换钱：因病住院" in said
    assert "替换去二村的检查人员" in said
    assert "replaced" in office.get(path(desk, act="/draw.json")).json()
    assert proven(desk)


def test_a_draw_waits_for_the_night(desk: Desk) -> None:
    desk.clock.on("01-04 17:00")
    office = desk.signed_in(Role.OFFICE)
    assert "要隔夜才能抽签，最早2023年1月5日" in office.get(path(desk)).text
    assert office.post(path(desk, act="/draw"), data=WHEN).status_code == 409


def test_results_close_the_inspection(desk: Desk) -> None:
    draw(desk.book, "02-01 09:00", "02-06 09:00")
    follow(desk.book, day("02-06 09:00"))
    desk.clock.on("02-06 17:00")
    office = desk.signed_in(Role.OFFICE, "王文书")
    (one, other) = (part.id for _, part in parts(desk.book))
    finding = record(desk.book, day("02-06 16:30"), unit="cun2", found_at=day("02-06 11:00"))
    assert "违规存放烟花12箱" in office.get(path(desk)).text
    found = CHECKED | {"checked": "found", "finding": str(finding)}
    assert office.post(path(desk, act=f"/parts/{one}"), data=found).status_code == 303
    assert office.post(path(desk, act=f"/parts/{other}"), data=CHECKED).status_code == 303
    said = office.get(path(desk)).text
    assert f'<a href="/findings/{finding}">第1号</a>' in said
    assert inspection(desk.book).state == "closed"
    assert proven(desk)


def test_a_result_that_cannot_be_comes_back_with_what_was_typed(desk: Desk) -> None:
    draw(desk.book, "02-01 09:00", "02-06 09:00")
    begin(desk.book, "02-06 09:00")
    desk.clock.on("02-06 17:00")
    ((_, part), _) = parts(desk.book)
    data = CHECKED | {"checked": "found", "text": "后院堆放🎆"}
    answer = desk.signed_in(Role.OFFICE).post(path(desk, act=f"/parts/{part.id}"), data=data)
    assert answer.status_code == 409
    assert "请登记发现的隐患，或选上已登记的隐患" in answer.text
    assert "后院堆放🎆" in answer.text


def test_a_part_of_another_inspection_is_not_there(desk: Desk) -> None:
    draw(desk.book, "02-01 09:00", "02-06 09:00")
    ((_, part), _) = parts(desk.book)
    answer = desk.signed_in(Role.OFFICE).post(path(desk, "ancha", f"/parts/{part.id}"), data=CHECKED)
    assert answer.status_code == 404
    assert desk.signed_in(Role.OFFICE, "二").get("/inspections/999").status_code == 404


def test_a_village_sees_when_who_comes(desk: Desk) -> None:
    draw(desk.book, "02-01 09:00", "02-06 09:00")
    token, foreign = desk.link("cun2"), desk.link("cun3")
    ((_, part), _) = parts(desk.book)
    village = desk.stranger()
    said = village.get(f"/l/{token}").text
    assert "2023年2月6日（星期一）09:00起检查，检查人员：钱、赵" in said
    assert "检查人员</dt><dd>钱、赵" in village.get(f"/l/{token}/inspections/{part.id}").text
    number, draws = lot(desk.book).id, village.get(f"/l/{token}/draws").text
    assert "2023年第一季度督查抽签" in draws
    assert lot(desk.book).commitment in draws
    assert "不定期" not in draws
    assert len(repeat(village.get(f"/l/{token}/draws/{number}/draw.json").json()).drawn) == 2
    secret = lot(desk.book, "ancha").id
    assert village.get(f"/l/{token}/draws/{secret}/draw.json").status_code == 404
    assert village.get(f"/l/{desk.link('paichusuo')}/draws/{number}/draw.json").status_code == 404
    assert village.get(f"/l/{foreign}/inspections/{part.id}").status_code == 404
    assert "督查" not in village.get(f"/l/{foreign}").text


def test_a_unit_that_nobody_can_tell_is_named(desk: Desk) -> None:
    with desk.book.write() as session:
        for one in session.scalars(select(Contact).where(Contact.unit_id == 2)):
            one.active = False
    draw(desk.book, "02-01 09:00", "02-06 09:00")
    assert "二村没有联系人，通知发不到，请打电话告知。" in desk.signed_in(Role.OFFICE).get(path(desk)).text


# The register


def test_inspectors_and_their_conflicts_are_registered_and_ended(desk: Desk) -> None:
    office = desk.signed_in(Role.SUPERVISOR, "李督查")
    home = "/inspections/inspectors"
    assert office.post(home, data={"name": "周", "unit": "派出所"}).status_code == 303
    data = {"unit": "一村", "kind": "sat", "since": "2022-03-01", "until": "", "reason": "驻村工作队"}
    assert office.post(f"{home}/5/conflicts", data=data).status_code == 303
    assert "一村：曾在该单位任职或驻点（2022-03-01至今）。驻村工作队" in office.get(home).text
    assert office.post("/inspections/conflicts/1/end", data={"why": "已轮换"}).status_code == 303
    assert "驻村工作队" not in office.get(home).text
    assert office.post(f"{home}/5/off").status_code == 303
    assert "已停用" in office.get(home).text
    assert office.post(f"{home}/5/on").status_code == 303
    assert proven(desk)


@pytest.mark.parametrize(
    ("address", "data", "said"),
    [
        ("/inspections/inspectors", {"name": "", "unit": "派出所"}, "请填写检查人员的姓名"),
        ("/inspections/inspectors", {"name": "赵", "unit": "派出所"}, "“赵”已经登记过"),
        ("/inspections/inspectors", {"name": "周", "unit": "无此单位"}, "没有找到"),
        (
            "/inspections/inspectors/1/conflicts",
            {"unit": "一村", "kind": "declared", "reason": ""},
            "请写明回避的理由",
        ),
        (
            "/inspections/inspectors/1/conflicts",
            {"unit": "一村", "kind": "", "reason": "亲属"},
            "请选择是申报回避",
        ),
        (
            "/inspections/inspectors/1/conflicts",
            {"unit": "派出所", "kind": "declared", "reason": "x"},
            "本单位的人本来就不检查本单位",
        ),
        (
            "/inspections/inspectors/1/conflicts",
            {"unit": "一村", "kind": "sat", "since": "2023-02-01", "until": "2023-01-01", "reason": "驻村"},
            "早于起日",
        ),
        (
            "/inspections/inspectors/1/conflicts",
            {"unit": "一村", "kind": "sat", "since": "去年", "reason": "驻村"},
            "看不懂日期“去年”",
        ),
    ],
)
def test_what_cannot_be_registered_is_told(desk: Desk, address: str, data: dict[str, str], said: str) -> None:
    answer = desk.signed_in(Role.OFFICE).post(address, data=data)
    assert answer.status_code == 409
    assert said in answer.text


# What is secret

SECRET_UNIT, SECRET_TEAM, SECRET_DAY = "三村", "孙、赵", "2023年3月7日"


@pytest.fixture
def sealed(desk: Desk) -> Desk:
    """Draw the unannounced one in secret: 三村, 孙 and 赵, on 7 March; it is 2 March."""
    draw(desk.book, "03-01 09:00", "03-07 09:00", "ancha")
    desk.clock.on("03-02 09:00")
    return desk


def addresses(desk: Desk) -> list[str]:
    """Give every page, and every answer of the API, on which an inspection could show."""
    one = inspection(desk.book, "ancha")
    with desk.book.read() as session:
        last = session.scalars(select(func.max(JournalEntry.seq))).one()
    return [
        *("/inspections", f"/inspections/{one.id}", "/lookbacks", "/today", "/year", "/year/grid", "/rounds"),
        *(f"/rounds/{one.round_id}", "/journal", f"/journal?subject=inspection/{one.id}", "/overdue"),
        *(f"/journal/{last}", "/messages", "/api/v1/journal", f"/api/v1/rounds/{one.round_id}"),
        *("/api/v1/messages", "/api/v1/rounds"),
    ]


def test_nobody_who_only_looks_learns_what_was_drawn_before_it_begins(sealed: Desk) -> None:
    leader = sealed.signed_in(Role.LEADER)
    for address in addresses(sealed):
        answer = leader.get(address)
        assert answer.status_code == 200, address
        for secret in (SEED, SECRET_TEAM, '["3","1"]', SECRET_DAY, "2023-03-07"):
            assert secret not in answer.text, address


def test_the_page_tells_no_village_from_another_before_it_begins(sealed: Desk) -> None:
    leader = sealed.signed_in(Role.LEADER)
    said = leader.get(path(sealed, "ancha")).text
    assert "查哪些单位、谁去、什么时候去，开始检查以前不公开。" in said
    assert str(lot(sealed.book, "ancha").seal) in said
    assert [said.count(name) for name in ("一村", "二村", "三村")] == [1, 1, 1]
    covered = leader.get("/inspections").text
    assert [covered.count(name) for name in ("一村", "二村", "三村")] == [1, 1, 1]
    assert leader.get(path(sealed, "ancha", "/draw.json")).status_code == 404


def test_the_journal_has_the_seal_of_it_and_no_unit_inspector_or_day(sealed: Desk) -> None:
    with sealed.book.read() as session:
        assert session.scalars(select(InspectedUnit)).all() == []
        latest = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
    assert latest is not None
    assert (latest.action, set(json.loads(latest.detail))) == (
        "lot.sealed",
        {"lot", "seal", "drawn_at", "drawn_by"},
    )


def test_no_unit_learns_of_it_by_its_link_or_by_a_letter(sealed: Desk) -> None:
    village = sealed.stranger()
    for code in ("cun1", "cun2", "cun3", "paichusuo"):
        said = village.get(f"/l/{sealed.link(code)}").text
        assert "检查人员" not in said
        assert SECRET_DAY not in said
    with sealed.book.read() as session:
        letters = session.scalars(select(Message.wording).where(Message.about.is_not(None))).all()
    assert len(letters) == 3  # the commitments, before
    said = "".join(filter(None, letters))
    assert not [word for word in ("不定期", "检查人员", SECRET_DAY) if word in said]


@pytest.mark.parametrize("role", [Role.OFFICE, Role.SUPERVISOR])
def test_who_inspects_sees_it_and_that_is_entered_once_a_day(sealed: Desk, role: Role) -> None:
    browser = sealed.signed_in(role, "王文书")
    # A form that is refused shows the page too.
    assert SECRET_TEAM in browser.post(f"{path(sealed, 'ancha')}/draw", data={}).text
    assert [who for who, *_ in entered(sealed.book, "inspection.looked")] == ["王文书"]
    said = browser.get(path(sealed, "ancha")).text
    assert f"<dt>{SECRET_UNIT}</dt><dd>{SECRET_TEAM}</dd>" in said
    assert SECRET_DAY in said
    assert "看过的人：王文书（03-02 周四 09:00）" in said
    assert [who for who, *_ in entered(sealed.book, "inspection.looked")] == ["王文书"]


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR])
def test_who_does_not_inspect_is_shown_nothing_and_not_entered(sealed: Desk, role: Role) -> None:
    said = sealed.signed_in(role).get(path(sealed, "ancha")).text
    assert SECRET_TEAM not in said
    assert SECRET_DAY not in said
    assert entered(sealed.book, "inspection.looked") == []


def test_all_is_public_once_it_has_begun(sealed: Desk) -> None:
    sealed.clock.on("03-07 08:00")
    assert sealed.signed_in(Role.OFFICE).post(path(sealed, "ancha", "/begin")).status_code == 303
    said = sealed.signed_in(Role.LEADER).get(path(sealed, "ancha")).text
    assert SEED in said
    assert SECRET_TEAM in said
    with sealed.book.read() as session:
        assert session.scalars(select(Inspection.state).where(~Inspection.announced)).all() == ["begun"]
    assert proven(sealed)
