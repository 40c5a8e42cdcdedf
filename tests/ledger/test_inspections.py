"""Inspections: committed to, drawn, secret until they begin, closed with the last result."""

from __future__ import annotations

import json
from datetime import date

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, select, text, update

from duban.ledger import (
    addressed,
    inspection_list,
    inspection_replacing,
    inspection_results,
    inspections,
    inspectors,
    journal,
    lot_letters,
    lots,
    reorganise,
)
from duban.ledger.book import Book
from duban.ledger.inspection_coverage import coverage
from duban.ledger.inspectors import Conflict
from duban.ledger.reorganise import Merger
from duban.ledger.secrets import SecretBox
from duban.ledger.tables import (
    Contact,
    InspectedUnit,
    JournalEntry,
    Lot,
    LotUnit,
    Message,
    Replacement,
    Round,
    SealLook,
)
from duban.obligations.draw_paper import repeat
from duban.obligations.errors import DubanError
from duban.obligations.inspecting import Checked, ConflictKind
from support.campaign import actions, adopt, day, local
from support.desk import BOX
from support.finding_cast import record
from support.forgery import forge
from support.inspected import (
    INSPECTED,
    SEED,
    begin,
    begun_year,
    check,
    doing,
    draw,
    follow,
    inspection,
    lot,
    parts,
    register,
    unit,
)
from support.people import entered

OTHER = "f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f"


@pytest.fixture
def year(book: Book, town: object) -> Book:
    """Give the first quarter of 2023, in which both inspections have been prepared from four inspectors."""
    begun_year(book)
    return book


def renew(book: Book, why: str = "新增检查人员", at: str = "01-05 09:00", by: str = "王文书") -> None:
    number = inspection(book).id
    with book.write() as session:
        found = inspections.locked(session, number)
        assert found is not None
        inspections.renew(session, found, why, doing(at, by, lambda: OTHER))


def verified(book: Book) -> str:
    with book.read() as session:
        return journal.verify(session, box=BOX).reason_zh


def whole_journal(book: Book) -> str:
    with book.read() as session:
        return "\n".join(session.scalars(select(JournalEntry.detail)))


def letters(book: Book) -> list[tuple[int, str, str]]:
    with book.read() as session:
        rows = session.execute(
            select(Contact.unit_id, Message.state, Message.wording)
            .join(Contact, Contact.id == Message.contact_id)
            .where(Message.about.like("inspection/%"))
            .order_by(Message.id)
        )
        return [tuple(row) for row in rows]


# Preparing


def test_a_round_that_opens_has_its_inspection_prepared_and_the_seeds_hash_published(year: Book) -> None:
    said = {
        json.loads(detail)["context"]: json.loads(detail) for *_, detail in entered(year, "lot.committed")
    }
    assert set(said) == {"jiancha/ancha/2023-Q1/1", "jiancha/ducha/2023-Q1/1"}
    first = said["jiancha/ducha/2023-Q1/1"]
    assert first["commitment"] == "331ab04caa328927f706627b812f4139f9ec42a6d61f17e468a70c41a48d8f67"
    assert SEED not in whole_journal(year)
    assert (lot(year).seed, lots.hidden(lot(year), BOX).seed) == ("", SEED)
    assert SEED.encode() not in (lot(year).sealed or b"")
    assert inspection(year).announced
    assert not inspection(year, "ancha").announced
    assert verified(year) == ""


def test_preparing_twice_is_preparing_once(year: Book) -> None:
    before = len(actions(year))
    assert follow(year, day("01-04 09:00")) == []
    assert len(actions(year)) == before


def test_the_list_is_published_by_its_hash_and_not_without_people_either(book: Book, town: object) -> None:
    adopt(book, INSPECTED, day("01-04 08:00"))
    follow(book, day("01-04 09:00"))
    assert len(lot(book).listed) == 64
    with pytest.raises(DubanError, match="检查人员不足，没有抽签：“一村”须派2人，除去回避的只有0人可派"):
        draw(book, "02-01 09:00", "02-06 09:00")
    assert inspection(book).state == "prepared"
    assert lot(book).drawn_at is None


def test_the_villages_are_told_of_the_commitments_in_one_letter_that_betrays_nothing(year: Book) -> None:
    with year.read() as session:
        sent = session.execute(
            select(Contact.unit_id, Message.urgent, Message.wording)
            .join(Contact, Contact.id == Message.contact_id)
            .where(Message.about.like("lot/%"))
            .order_by(Contact.unit_id)
        ).all()
        assert [one.title for one in lot_letters.of_unit(session, 1)] == ["2023年第一季度督查抽签"] * 2
        assert lot_letters.of_unit(session, unit(year, "paichusuo")) == []
    assert [(to, urgent) for to, urgent, _ in sent] == [(1, False), (2, False), (3, False)]
    line = "2023年第一季度督查抽签：331ab04caa328927f706627b812f4139f9ec42a6d61f17e468a70c41a48d8f67\n"
    assert sent[0][2].count(line) == 2
    assert "不定期" not in sent[0][2]


@pytest.mark.parametrize(("at", "refused"), [("01-04 23:00", True), ("01-05 00:10", False)])
def test_a_night_lies_between_the_commitment_and_the_draw(year: Book, at: str, *, refused: bool) -> None:
    if refused:
        with pytest.raises(DubanError, match=r"要隔工作日才能抽签，.*最早2023年1月5日"):
            draw(year, at, "02-06 09:00")
    else:
        draw(year, at, "02-06 09:00")
    assert (inspection(year).state == "prepared") is refused


def test_a_list_is_published_anew_only_if_it_changed_and_by_each_person_once(year: Book) -> None:
    with pytest.raises(DubanError, match="名单与公布的相同，不能重新公布"):
        renew(year)
    register(year, "周", at="01-05 08:00")
    renew(year)
    register(year, "吴", at="01-05 10:00")
    with pytest.raises(DubanError, match=r"您已重新公布过一次，.*须由另一人办理"):
        renew(year, at="01-05 11:00")
    renew(year, at="01-05 11:00", by="李督查")
    assert lot(year).context == "jiancha/ducha/2023-Q1/3"
    with pytest.raises(DubanError, match="最早2023年1月6日"):
        draw(year, "01-05 12:00", "02-06 09:00")
    assert verified(year) == ""


def test_what_would_leave_a_village_out_is_not_drawn_from_an_old_list(year: Book) -> None:
    with year.write() as session:
        session.execute(update(Round).where(Round.period > "2023-Q1").values(skipped_at=day("01-05 09:00")))
    begun(year)
    with year.read() as session:
        (covered,) = coverage(session, 2023, day("02-07 09:00"))
    assert (covered.reached, covered.ahead, covered.lacking) == (2, 1, 0)
    with pytest.raises(DubanError, match="其中2个单位已在别的督查中查过"):
        sealed(year)
    with year.write() as session:
        found = inspections.locked(session, inspection(year, "ancha").id)
        assert found is not None
        inspections.renew(session, found, "已查过两个村", doing("02-28 09:00", new_seed=lambda: OTHER))
    sealed(year)
    begin(year, "03-07 09:00", "ancha")
    assert [code for code, _ in parts(year, "ancha")] == ["cun3"]
    with year.read() as session:
        assert coverage(session, 2023, day("03-08 09:00"))[0].reached == 3
    assert verified(year) == ""


def test_a_list_that_has_changed_is_published_anew_before_the_draw(year: Book) -> None:
    register(year, "周", at="01-05 08:00")
    with pytest.raises(DubanError, match="名单已与公布的不同，不能据此抽签"):
        draw(year, "02-01 09:00", "02-06 09:00")
    renew(year)
    old = json.loads(entered(year, "lot.withdrawn")[0][3])
    assert (old["seed"], old["why"], old["withdrawn_by"]) == (SEED, "新增检查人员", "王文书")
    assert lot(year).context == "jiancha/ducha/2023-Q1/2"
    draw(year, "02-01 09:00", "02-06 09:00")
    assert len(parts(year)) == 2
    assert verified(year) == ""


@pytest.mark.parametrize("why", ["", "  "])
def test_nobody_publishes_anew_without_saying_why(year: Book, why: str) -> None:
    with pytest.raises(DubanError, match="请写明重新公布名单的理由"):
        renew(year, why=why)


def test_a_draw_that_does_not_please_is_not_made_again(year: Book) -> None:
    draw(year, "02-01 09:00", "02-06 09:00")
    with pytest.raises(DubanError, match="已经抽签，不能重新公布名单"):
        renew(year)
    with pytest.raises(DubanError, match="本次督查已经抽签，不能再抽"):
        draw(year, "02-01 10:00", "02-06 09:00")


# Announced


def test_an_announced_draw_is_public_and_the_units_are_told_who_comes_when(year: Book) -> None:
    draw(year, "02-01 09:00", "02-06 09:00")
    # By sha256sum of seed, context and code: cun2 37…, cun1 7d…; for cun2: 2 6e…, 1 b1…; for cun1, of those
    # with no unit yet: 4 40…, 3 56….
    assert [(code, [name for _, name in one.team]) for code, one in parts(year)] == [
        ("cun2", ["钱", "赵"]),
        ("cun1", ["李", "孙"]),
    ]
    assert json.loads(entered(year, "lot.revealed")[-1][3])["seed"] == SEED
    told = letters(year)
    assert [(unit_id, state) for unit_id, state, _ in told] == [
        *((one.unit_id, "queued") for _, one in parts(year)),
        (unit(year, "paichusuo"), "queued"),
    ]
    assert "经公开抽签，贵单位列为“2023年第一季度 · 定期督查”的检查对象" in told[0][2]
    assert "检查时间：2023年2月6日（星期一）09:00起。" in told[0][2]
    assert "检查人员：钱、赵。" in told[0][2]
    assert "依据：《示例检查方案》三（二）二。" in told[0][2]
    assert "已抽签，由贵单位下列人员前往检查，请即转告本人：\n赵：二村（钱、赵）\n" in told[2][2]


def test_an_inspector_who_is_ill_is_replaced_by_the_next_and_all_are_told(year: Book) -> None:
    draw(year, "02-01 09:00", "02-06 09:00")
    replace(year, "cun2", "2", "因病住院")
    assert [each.team_now for _, each in parts(year)] == [[["3", "孙"], ["1", "赵"]], None]
    assert [(to, text.splitlines()[-1]) for to, _, text in letters(year)[4:]] == [
        (
            unit(year, "paichusuo"),
            "请转告钱：不再前往二村参加“2023年第一季度 · 定期督查”，已由名单中的下一位替换。原因：因病住院。",
        ),
        (unit(year, "cun2"), "原因：因病住院。"),
    ]
    first, anew = letters(year)[2:4]
    assert (first[0], first[1], anew[0], anew[1]) == (4, "withdrawn", 4, "queued")
    assert anew[2].splitlines()[1:4] == [
        *("赵：二村（孙、赵）", "孙：二村（孙、赵）、一村（李、孙）", "李：一村（李、孙）"),
    ]
    with pytest.raises(DubanError, match="要替换的人不在该单位"):
        replace(year, "cun2", "2", "因病住院")
    with pytest.raises(DubanError, match="请写明替换的理由"):
        replace(year, "cun2", "1", " ")
    with year.read() as session:
        file = lots.paper(lot(year), lots.replaced(session, lot(year)))
    assert [(one.out, one.into) for one in repeat(file).replaced] == [("2", "3")]
    assert verified(year) == ""
    said = forge(year, 'UPDATE inspected_units SET team_now = \'[["4", "李"], ["1", "赵"]]\' WHERE place = 1')
    assert "现在的检查人员与抽签和替换的记录不符" in said


def test_who_was_switched_off_or_may_not_go_any_more_is_passed_over_in_the_record(year: Book) -> None:
    draw(year, "02-01 09:00", "02-06 09:00")
    with year.write() as session:
        found = inspectors.locked(session, 3)
        assert found is not None
        inspectors.set_active(session, found, day("02-01 15:00"), "王文书", active=False)
    replace(year, "cun2", "2", "因病住院")
    assert dict(parts(year))["cun2"].team_now == [["4", "李"], ["1", "赵"]]
    with year.read() as session:
        rows = session.scalars(select(Replacement).order_by(Replacement.id)).all()
        assert [(one.out, one.into, one.reason) for one in rows] == [
            ("2", "3", "因病住院"),
            ("3", "4", "孙已停用"),
        ]
        file = lots.paper(lot(year), lots.replaced(session, lot(year)))
    assert [(one.out, one.into) for one in repeat(file).replaced] == [("2", "3"), ("3", "4")]
    assert verified(year) == ""


def replace(book: Book, code: str, out: str, why: str) -> None:
    with book.write() as session:
        found = inspections.locked(session, inspection(book).id)
        assert found is not None
        part = inspection_results.part(session, found, dict(parts(book))[code].id)
        assert part is not None
        inspection_replacing.replace(session, found, part, out, why, doing("02-02 09:00"))


def test_another_day_is_told_anew_and_what_had_not_left_is_taken_back(year: Book) -> None:
    draw(year, "02-01 09:00", "02-06 09:00")
    with year.write() as session:
        found = inspections.locked(session, inspection(year).id)
        assert found is not None
        inspections.move(session, found, day("02-08 14:00"), doing("02-02 09:00"))
    assert [state for _, state, _ in letters(year)] == ["withdrawn"] * 3 + ["queued"] * 3
    assert "检查时间：2023年2月8日（星期三）14:00起。" in letters(year)[3][2]
    with year.write() as session:
        found = inspections.locked(session, inspection(year).id)
        assert found is not None
        with pytest.raises(DubanError, match="与原定时间相同"):
            inspections.move(session, found, day("02-08 14:00"), doing("02-02 10:00"))
        inspections.move(session, found, day("02-06 09:00"), doing("02-02 11:00"))
    assert [state for _, state, _ in letters(year)] == ["withdrawn"] * 6 + ["queued"] * 3
    assert json.loads(entered(year, "inspection.moved")[0][3])["to"] == "2023-02-08T06:00:00+00:00"


def test_an_inspection_begins_by_itself_when_its_time_has_come(year: Book) -> None:
    draw(year, "02-01 09:00", "02-06 09:00")
    assert follow(year, day("02-06 08:59")) == []
    assert follow(year, day("02-06 09:00")) == ["督查开始，抽签结果已公开"]
    assert follow(year, day("02-06 09:00")) == []
    assert (inspection(year).state, local(inspection(year).begun_at)) == ("begun", "2023-02-06 09:00:00")


@pytest.mark.parametrize("at", ["01-31 09:00", "02-01 09:00"])
def test_an_inspection_begins_after_it_is_drawn(year: Book, at: str) -> None:
    with pytest.raises(DubanError, match="开始检查的时间须晚于现在"):
        draw(year, "02-01 09:00", at)


def test_what_has_not_been_drawn_does_not_begin_nor_has_results(year: Book) -> None:
    with pytest.raises(DubanError, match="还没有抽签，不能开始"):
        begin(year, "02-06 09:00")
    draw(year, "02-01 09:00", "02-06 09:00")
    with pytest.raises(DubanError, match="督查还没有开始，不能登记结果"):
        check(year, parts(year)[0][0], "02-02 09:00")


# Not announced


def sealed(book: Book) -> None:
    draw(book, "03-01 09:00", "03-07 09:00", "ancha")


def test_an_unannounced_draw_leaves_a_seal_and_nothing_else(year: Book) -> None:
    before = len(whole_journal(year))
    sealed(year)
    found = lot(year, "ancha")
    assert (found.seed, found.result, inspection(year, "ancha").begins_at) == ("", [], None)
    assert lots.hidden(found, BOX) == (SEED, [["cun3", "3", "1"]], day("03-07 09:00"))
    assert len(found.seal or "") == 64
    with year.read() as session:
        assert session.scalars(select(InspectedUnit)).all() == []
    assert letters(year) == []
    said = whole_journal(year)[before:]
    assert json.loads(said)["seal"] == found.seal
    assert set(json.loads(said)) == {"lot", "seal", "drawn_at", "drawn_by"}
    assert verified(year) == ""
    with year.read() as session:
        without = journal.verify(session)
        assert (without.ok, without.sealed) == (True, 2)
        wrong = journal.verify(session, box=SecretBox(Fernet.generate_key()))
        assert "号抽签的密封内容解不开" in wrong.reason_zh


def test_an_unannounced_inspection_moves_without_a_word_of_when(year: Book) -> None:
    sealed(year)
    with year.write() as session:
        found = inspections.locked(session, inspection(year, "ancha").id)
        assert found is not None
        inspections.move(session, found, day("03-09 09:00"), doing("03-02 09:00"))
    assert lots.hidden(lot(year, "ancha"), BOX).begins_at == day("03-09 09:00")
    assert json.loads(entered(year, "inspection.moved")[0][3]) == {"inspection": inspection(year, "ancha").id}
    assert letters(year) == []


def test_it_is_revealed_when_it_begins_and_only_the_inspectors_are_told_at_once(year: Book) -> None:
    sealed(year)
    assert follow(year, day("03-07 09:00")) == ["督查开始，抽签结果已公开"]
    assert [code for code, _ in parts(year, "ancha")] == ["cun3"]
    said = json.loads(entered(year, "lot.revealed")[-1][3])
    assert (said["seed"], said["result"]) == (SEED, [["cun3", "3", "1"]])
    assert local(inspection(year, "ancha").begins_at) == "2023-03-07 09:00:00"
    ((to, _, told),) = letters(year)
    assert to == unit(year, "paichusuo")
    assert "“2023年第一季度 · 不定期督查”现在开始" in told
    assert "\n孙：三村（孙、赵）\n" in told
    assert verified(year) == ""


def test_a_seed_that_an_earlier_program_left_open_is_sealed_or_given_up(year: Book) -> None:
    sealed(year)
    with year.write() as session:
        for number in (lot(year).id, lot(year, "ancha").id):
            one = session.get_one(Lot, number)
            one.seed, one.result, _ = lots.hidden(one, BOX)
            one.sealed = None
        session.execute(
            text("DROP TRIGGER keep_lot_units_delete" + ("" if year.is_sqlite else " ON lot_units"))
        )
        session.execute(delete(LotUnit))
    assert follow(year, day("03-02 09:00"))[:2] == ["种子已密封", "种子已密封"]
    assert [json.loads(one[3])["seed"] for one in entered(year, "lot.withdrawn")] == [SEED]
    assert (inspection(year).state, lot(year).context) == ("prepared", "jiancha/ducha/2023-Q1/2")
    secret = lots.hidden(lot(year, "ancha"), BOX)
    assert (lot(year, "ancha").seed, secret.result) == ("", [["cun3", "3", "1"]])
    assert verified(year) == ""


def test_whoever_looks_at_what_is_secret_is_entered_once_a_day(year: Book) -> None:
    sealed(year)
    for at, by in (
        ("03-02 09:00", "王文书"),
        ("03-02 17:00", "王文书"),
        ("03-02 18:00", "李督查"),
        ("03-03 09:00", "王文书"),
    ):
        with year.write() as session:
            found = inspections.locked(session, inspection(year, "ancha").id)
            assert found is not None
            inspections.look(session, found, day(at), by)
    with year.read() as session:
        assert session.execute(select(SealLook.by, SealLook.at).order_by(SealLook.id)).tuples().all() == [
            ("王文书", day("03-02 09:00")),
            ("李督查", day("03-02 18:00")),
            ("王文书", day("03-03 09:00")),
        ]
    assert [who for who, *_ in entered(year, "inspection.looked")] == ["王文书", "李督查", "王文书"]


def test_a_count_of_how_often_units_were_drawn_betrays_nothing_that_is_secret(year: Book) -> None:
    sealed(year)
    with year.read() as session:
        times = {
            one.code: one.times
            for one in inspections.current_terms(session, inspection(year), day("03-02 09:00")).units
        }
    assert times == {"cun1": 0, "cun2": 0, "cun3": 0}


# The whole year is covered, and conflicts are kept apart


def test_units_not_inspected_this_year_come_first(year: Book) -> None:
    begun(year)
    follow(year, day("04-03 09:00"))
    draw(year, "04-04 09:00", "04-10 09:00", period="2023-Q2")
    # By lot alone it would be cun1, cun3.
    assert [code for code, _ in parts(year, period="2023-Q2")] == ["cun3", "cun1"]
    with year.read() as session:
        (covered,) = coverage(session, 2023, day("04-04 09:00"))
    assert [(one.name, one.times, local(one.last_at)[:10]) for one in covered.units] == [
        ("二村", 1, "2023-02-06"),
        ("三村", 1, "2023-04-10"),
        ("一村", 2, "2023-04-10"),
    ]
    assert covered.reached == 3
    assert verified(year) == ""


def test_a_unit_that_was_passed_over_does_not_count_as_inspected(year: Book) -> None:
    draw(year, "02-01 09:00", "02-06 09:00")
    begin(year, "02-06 09:00")
    one, other = (code for code, _ in parts(year))
    check(year, one, "02-06 17:00", checked=Checked.SKIPPED, text="洪水断路")
    check(year, other, "02-06 17:00")
    with year.read() as session:
        times = {
            each.code: each.times
            for each in inspections.current_terms(
                session, inspection(year, "ancha"), day("02-07 09:00")
            ).units
        }
    assert times == {"cun1": 0, "cun2": 0, "cun3": 0} | {other: 1}


@pytest.mark.parametrize(
    ("kind", "since", "until", "barred"),
    [
        (ConflictKind.DECLARED, None, None, True),
        (ConflictKind.SAT, "2022-03-01", None, True),
        (ConflictKind.SAT, "2022-03-01", "2023-01-01", True),
        (ConflictKind.SAT, "2021-03-01", "2022-12-31", False),
        (ConflictKind.SAT, "2023-01-04", None, True),
        (ConflictKind.SAT, "2023-01-05", None, False),
    ],
)
def test_who_declared_it_or_sat_there_in_the_year_does_not_inspect(
    book: Book, town: object, kind: ConflictKind, since: str | None, until: str | None, *, barred: bool
) -> None:
    register(book)
    conflict = Conflict(
        unit(book, "cun1"),
        kind,
        "其妻在该村任职",
        date.fromisoformat(since) if since else None,
        date.fromisoformat(until) if until else None,
    )
    with book.write() as session:
        found = inspectors.locked(session, 2)
        assert found is not None
        inspectors.declare(session, found, conflict, day("01-03 11:00"), "办公室")
    adopt(book, INSPECTED, day("01-04 08:00"))
    follow(book, day("01-04 09:00"))
    assert (["2", "cun1"] in lot(book).terms["barred"]) is barred


def test_a_working_night_lies_between_the_letters_with_the_commitment_and_the_draw(
    book: Book, town: object
) -> None:
    register(book)
    adopt(book, INSPECTED, day("01-04 08:00"))
    follow(book, day("01-06 21:30"))  # on Friday night; the letters leave on Monday at eight
    with pytest.raises(DubanError, match="最早2023年1月10日"):
        draw(book, "01-09 10:00", "01-12 09:00")
    draw(book, "01-10 08:00", "01-12 09:00")


def test_nobody_inspects_their_own_unit(book: Book, town: object) -> None:
    register(book, "赵", "钱")
    register(book, "孙", of="cun1")
    adopt(book, INSPECTED, day("01-04 08:00"))
    follow(book, day("01-04 09:00"))
    assert lot(book).terms["barred"] == [["3", "cun1"]]


def test_who_worked_at_a_unit_does_not_inspect_the_one_that_carries_on_for_it(
    book: Book, town: object
) -> None:
    register(book, "赵", "钱")
    register(book, "孙", of="cun1")
    merged = Merger((unit(book, "cun1"), unit(book, "cun2")), unit(book, "cun2"), date(2023, 1, 4))
    with book.write() as session:
        reorganise.merge(session, merged, day("01-03 10:00"), "王文书")
    adopt(book, INSPECTED, day("01-04 08:00"))
    follow(book, day("01-04 09:00"))
    assert lot(book).terms["barred"] == [["3", "cun2"]]
    draw(book, "02-01 09:00", "02-06 09:00")
    with book.read() as session:
        told = addressed.told(session, f"inspection/{inspection(book).id}")
    sent = {one.unit for one in told if one.subject.startswith("检查人员通知")}
    assert "孙" in [name for _, name in dict(parts(book))["cun3"].team]
    assert sent == {"派出所", "二村"}


def test_a_secret_draw_keeps_the_years_last_from_drawing_the_same_unit(year: Book) -> None:
    with year.write() as session:
        later = update(Round).where(Round.period > "2023-Q1")
        session.execute(later.values(skipped_at=day("01-04 08:30")))
    draw(year, "02-01 09:00", "02-20 09:00", "ancha")
    with pytest.raises(DubanError, match="还有已抽签、尚未公开的督查"):
        draw(year, "02-01 10:00", "02-06 09:00")
    begin(year, "02-20 09:00", "ancha")
    with year.write() as session:
        found = inspections.locked(session, inspection(year).id)
        assert found is not None
        inspections.renew(session, found, "另一次督查已查1个村", doing("02-20 10:00", new_seed=lambda: OTHER))
    draw(year, "02-22 09:00", "02-23 09:00")
    with year.read() as session:
        (covered,) = coverage(session, 2023, day("02-24 09:00"))
    assert (covered.reached, covered.lacking) == (3, 0)


def test_a_conflict_that_has_ended_bars_nobody(book: Book, town: object) -> None:
    register(book)
    with book.write() as session:
        found = inspectors.locked(session, 1)
        assert found is not None
        row = inspectors.declare(
            session, found, Conflict(1, ConflictKind.DECLARED, "亲属"), day("01-03 11:00"), "办公室"
        )
        inspectors.end(session, row, day("01-03 12:00"), "办公室", "已调离")
        with pytest.raises(DubanError, match="已经解除"):
            inspectors.end(session, row, day("01-03 12:00"), "办公室", "已调离")
        assert inspectors.facts(session) == {}
    assert verified(book) == ""


# Results


def begun(book: Book) -> tuple[str, str]:
    draw(book, "02-01 09:00", "02-06 09:00")
    begin(book, "02-06 09:00")
    one, other = (code for code, _ in parts(book))
    return one, other


def test_the_inspection_is_closed_when_all_units_have_a_result(year: Book) -> None:
    one, other = begun(year)
    check(year, one, "02-06 17:00")
    assert inspection(year).state == "begun"
    check(year, other, "02-07 17:00", text="台账齐全")
    assert (inspection(year).state, local(inspection(year).closed_at)) == ("closed", "2023-02-07 17:00:00")
    assert verified(year) == ""


@pytest.mark.parametrize(
    ("checked", "more", "said"),
    [
        (Checked.FOUND, {}, "请登记发现的隐患，或选上已登记的隐患"),
        (Checked.SKIPPED, {}, "未检查的，请写明原因"),
        (Checked.NOTHING, {"checked_at": "02-05 10:00"}, "检查时间不能早于督查开始之日"),
        (Checked.NOTHING, {"checked_at": "02-06 18:00"}, "检查时间不能晚于现在"),
    ],
)
def test_a_result_that_cannot_be_is_refused(
    year: Book, checked: Checked, more: dict[str, str], said: str
) -> None:
    one, _ = begun(year)
    with pytest.raises(DubanError, match=said):
        check(year, one, "02-06 17:00", checked=checked, **more)  # pyright: ignore[reportArgumentType]
    assert parts(year)[0][1].checked is None


def test_one_that_the_clock_began_late_takes_what_was_found_on_the_day_it_was_fixed_for(year: Book) -> None:
    draw(year, "02-01 09:00", "02-06 09:00")
    begin(year, "02-08 08:00", by="duban")
    first = parts(year)[0][0]
    with pytest.raises(DubanError, match="检查时间不能早于督查开始之日"):
        check(year, first, "02-08 09:00", checked_at="02-05 17:00")
    check(year, first, "02-08 09:00", checked_at="02-06 10:00")
    assert local(parts(year)[0][1].checked_at) == "2023-02-06 10:00:00"
    assert verified(year) == ""


def test_a_result_stands(year: Book) -> None:
    one, _ = begun(year)
    check(year, one, "02-06 17:00")
    with pytest.raises(DubanError, match="该单位的结果已登记为“未发现问题”，不能再改"):
        check(year, one, "02-06 18:00")


def test_findings_stand_beside_the_result_and_each_came_of_one_check(year: Book) -> None:
    one, other = begun(year)
    first = record(year, day("02-06 16:00"), unit=one, found_at=day("02-06 11:00"))
    check(year, one, "02-06 17:00", checked=Checked.FOUND, findings=(first,))
    with year.read() as session:
        found = inspection_list.whole(session, inspection(year).id)
    assert found is not None
    assert [(part.unit, [each.id for each in part.findings]) for part in found.parts] == [
        ("二村", [first]),
        ("一村", []),
    ]
    with pytest.raises(DubanError, match="已登记为另一次检查发现的"):
        check(year, other, "02-06 17:00", checked=Checked.FOUND, findings=(first,))
    assert verified(year) == ""


@pytest.mark.parametrize(("unit_", "found_at"), [("cun3", "02-06 11:00"), ("cun2", "02-05 11:00")])
def test_a_finding_of_another_unit_or_of_before_is_none_of_it(year: Book, unit_: str, found_at: str) -> None:
    one, _ = begun(year)
    assert one == "cun2"
    number = record(year, day("02-06 16:00"), unit=unit_, found_at=day(found_at))
    with pytest.raises(DubanError, match="不是这次检查该单位时发现的"):
        check(year, one, "02-06 17:00", checked=Checked.FOUND, findings=(number,))


def test_a_finding_does_not_go_with_a_result_of_none(year: Book) -> None:
    one, _ = begun(year)
    number = record(year, day("02-06 16:00"), unit=one, found_at=day("02-06 11:00"))
    with pytest.raises(DubanError, match="选了发现的隐患，结果却是“未发现问题”"):
        check(year, one, "02-06 17:00", findings=(number,))


# Proof


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (f"UPDATE lots SET seed = '{OTHER}' WHERE seal IS NOT NULL", "种子或结果却写在了明处"),
        (
            "UPDATE lots SET sealed = (SELECT o.sealed FROM lots o WHERE o.id = 1) WHERE seal IS NOT NULL",
            "抽签的结果不能由种子和名单重算得出",
        ),
        ("UPDATE lots SET commitment = listed WHERE seal IS NOT NULL", "抽签承诺与第"),
        ("UPDATE lots SET seal = commitment WHERE seal IS NOT NULL", "抽签的密封与第"),
        (
            "UPDATE inspections SET state = 'prepared' WHERE state = 'drawn'",
            "督查的进度与抽签、开始、结束的记录不符",
        ),
        ("UPDATE inspectors SET active = (id = 1)", "2号检查人员的启用或停用与留痕所记的不符"),
        ("DELETE FROM lot_units WHERE unit_id = 2", "抽签告知的单位与名单不符"),
        ("DELETE FROM inspected_units WHERE place = 2", "被查单位已不在账簿中"),
        ("UPDATE inspected_units SET unit_id = 3 WHERE place = 2", "被查单位与第"),
        ("UPDATE inspected_units SET checked = 'nothing', text = '' WHERE place = 1", "被查单位的结果与第"),
        ("UPDATE inspector_conflicts SET reason = '无'", "1号回避的登记与第"),
        ("UPDATE inspectors SET unit_id = 1 WHERE id = 2", "2号检查人员的登记与第"),
        (
            "UPDATE inspections SET begun_at = '2023-02-07 01:00:00' WHERE begun_at IS NOT NULL",
            "督查的开始与第",
        ),
    ],
)
def test_whatever_is_changed_behind_the_books_back_is_named(year: Book, statement: str, said: str) -> None:
    one, _ = begun(year)
    check(year, one, "02-06 17:00", checked=Checked.SKIPPED, text="断路")
    with year.write() as session:
        found = inspectors.locked(session, 1)
        assert found is not None
        inspectors.declare(
            session, found, Conflict(2, ConflictKind.DECLARED, "亲属"), day("02-07 09:00"), "办公室"
        )
    draw_with(year)
    assert said in forge(year, statement, box=BOX)


def draw_with(book: Book) -> None:
    """Draw the secret one, whose list has changed since it was published."""
    with book.write() as session:
        found = inspections.locked(session, inspection(book, "ancha").id)
        assert found is not None
        inspections.renew(session, found, "有人申报回避", doing("02-28 09:00"))
    sealed(book)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lots SET seed = commitment WHERE revealed_at IS NOT NULL",
        "DELETE FROM lots",
        "DELETE FROM inspections",
        "UPDATE inspected_units SET text = '' WHERE checked IS NOT NULL",
        "DELETE FROM inspectors",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_settled(year: Book, statement: str) -> None:
    one, _ = begun(year)
    check(year, one, "02-06 17:00")
    with pytest.raises(DubanError, match="只增不改"), year.write() as session:
        session.execute(text(statement))
