"""The look-back: its list and seed the day before, what it visits, who goes, what a false close comes to."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import text, update

from duban.ledger import journal, lookback_list, lookbacks
from duban.ledger.book import Book
from duban.ledger.reorganise import Merger, NewUnit, close, merge
from duban.ledger.tables import Obligation
from duban.obligations.draw import digest, read
from duban.obligations.errors import DubanError
from duban.obligations.looking_back import Found
from duban.obligations.words import Grade
from support.campaign import day, deliver, local, only
from support.desk import BOX
from support.finding_cast import letters, look, record, steps
from support.forgery import forge
from support.inspected import SEED, begun_year, doing, follow, unit
from support.looked_back import (
    codes,
    lookback,
    looked_back,
    lot_of,
    revisit_of,
    revisits,
    visit,
    write_findings,
)
from support.people import entered


def verified(book: Book) -> str:
    with book.read() as session:
        return journal.verify(session, box=BOX).reason_zh


def test_the_list_is_frozen_and_published_before_a_seed_draws_from_it(book: Book, town: object) -> None:
    ids = write_findings(book)
    done = follow(book, day("10-01 09:00"))
    assert {"公布回头看的抽签承诺和名单，共4处隐患", "抽签承诺告知3个单位"} <= set(done)
    said = json.loads(entered(book, "lot.committed")[-1][3])
    assert (said["kind"], said["context"]) == ("lookback", "jiancha/huitoukan/2023/1")
    assert said["listed"] == digest(read(lot_of(book).terms))
    assert (lot_of(book).seed, lot_of(book).drawn_at) == ("", None)
    assert follow(book, day("10-06 23:00")) == []  # days off: there is no workday between
    record(book, day("10-06 23:30"), key="后来", due_at=day("11-20 23:59"))
    assert follow(book, day("10-07 00:30")) == ["列出复查5项，其中抽查2项"]
    assert [one["code"] for one in lot_of(book).terms["units"]] == ["4", "5", "6", "7"]
    assert revisit_of(book, ids[3]).why == "sampled"
    assert verified(book) == ""


def test_the_work_is_made_once(book: Book, town: object) -> None:
    looked_back(book)
    assert follow(book, day("10-07 09:00")) == []
    assert (local(lookback(book).due_at), lookback(book).title) == (
        "2023-10-20 23:59:59",
        "2023年 · 开展回头看",
    )
    assert verified(book) == ""


def test_what_must_be_visited_is_visited_whoever_answers_for_it_now(book: Book, town: object) -> None:
    """A unit outside the plan's audience, one that was merged, one that closed, and a year before."""
    ids = write_findings(book)
    outside = record(book, day("03-23 09:00"), unit="paichusuo", key="重大", grade=Grade.GRAVE)
    before = day("12-20 09:00").replace(year=2022)
    carried = record(book, day("03-23 09:00"), unit="cun2", key="去年", grade=Grade.GRAVE, found_at=before)
    with book.write() as session:
        merged = Merger((1, 2), NewUnit("cun9", "新村", "村"), date(2023, 7, 1))
        merge(session, merged, day("06-01 09:00"), "王文书")
        close(session, 3, date(2023, 7, 1), day("06-01 09:00"), "王文书")
    follow(book, day("10-01 09:00"))
    follow(book, day("10-07 09:00"))
    new = {code: number for number, code in codes(book).items()}["cun9"]
    owner = {one.finding_id: one.unit_id for one in revisits(book)}
    assert (owner[ids[0]], owner[ids[1]], owner[carried]) == (new, new, new)
    assert owner[ids[2]] == unit(book, "paichusuo")  # 三村 closed without a successor
    assert owner[outside] == unit(book, "paichusuo")
    assert revisit_of(book, ids[0]).promised.startswith("原整改责任单位：一村\n整改要求：")
    with pytest.raises(DubanError, match="整改责任单位不能自己复查"):
        assign(book, ids[0], 2, "10-08 09:00")  # which is part of the new one now
    visit(book, revisit_of(book, ids[0]).id, found=Found.FALSE, text="箱子还在后院", until="10-16 23:59")
    assert (look(book, ids[0]).unit_id, look(book, ids[0]).state) == (new, "open")
    assert verified(book) == ""


def test_it_visits_what_was_grave_reopened_or_late_a_sample_and_units_that_were_late(
    book: Book, town: object
) -> None:
    ids = looked_back(book, reports=True)
    rows = revisits(book)
    assert [(one.why, one.finding_id) for one in rows[:3]] == [
        ("grave", ids[0]),
        ("reopened", ids[2]),
        ("late", ids[1]),
    ]
    # By sha256sum of seed, context and number, of 4, 5, 6 and 7: 4 22…, 7 24…, 5 38…, 6 77….
    assert {one.finding_id for one in rows if one.why == "sampled"} == {ids[3], ids[6]}
    assert [(codes(book)[one.unit_id], one.why, one.finding_id) for one in rows[5:]] == [
        ("cun1", "reports", None),
        ("cun2", "reports", None),
        ("cun3", "reports", None),
    ]
    assert rows[-1].promised == "按时报送各项任务；本年度漏报10次"


def test_the_draw_is_revealed_with_the_sample(book: Book, town: object) -> None:
    looked_back(book)
    said = json.loads(entered(book, "lot.revealed")[-1][3])
    assert (said["seed"], said["result"]) == (SEED, [["4"], ["7"]])
    assert [one["code"] for one in lot_of(book).terms["units"]] == ["4", "5", "6", "7"]


def test_a_revisit_says_what_was_promised_and_goes_to_who_owes_the_round(book: Book, town: object) -> None:
    ids = looked_back(book)
    late = revisit_of(book, ids[1])
    assert late.promised == "整改要求：立即清退，当场封存\n整改情况：村文书，已清退\n复查销号：李强"
    assert codes(book)[late.visitor_id or 0] == "paichusuo"


def test_without_findings_there_are_still_the_units_that_were_late(book: Book, town: object) -> None:
    begun_year(book, reports=True)
    follow(book, day("10-01 09:00"))
    follow(book, day("10-07 09:00"))
    assert {one.kind for one in revisits(book)} == {"unit"}
    assert lot_of(book).result == []
    assert verified(book) == ""


def test_a_unit_that_was_exempt_is_not_visited_for_its_reports(book: Book, town: object) -> None:
    begun_year(book, reports=True)
    with book.write() as session:
        session.execute(update(Obligation).values(state="exempt"))
    only(book, "huitoukan")
    follow(book, day("10-01 09:00"))
    follow(book, day("10-07 09:00"))
    assert revisits(book) == []


# Results


def test_what_is_found_as_promised_leaves_the_finding_closed(book: Book, town: object) -> None:
    ids = looked_back(book)
    assert visit(book, revisit_of(book, ids[0]).id) is False
    assert look(book, ids[0]).state == "closed"
    assert verified(book) == ""


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Found.FALSE, "回头看发现未整改（虚假销号）：箱子还在后院"),
        (Found.REBOUND, "回头看发现反弹：箱子还在后院"),
    ],
)
def test_a_false_close_opens_the_finding_again_and_that_is_counted(
    book: Book, town: object, found: Found, said: str
) -> None:
    ids = looked_back(book)
    revisit = revisit_of(book, ids[0]).id
    assert visit(book, revisit, found=found, text="箱子还在后院", until="10-16 23:59") is True
    finding = look(book, ids[0])
    assert (finding.state, finding.reopened, local(finding.due_at)) == ("open", 1, "2023-10-16 23:59:00")
    assert steps(book, ids[0])[-1] == "reopened"
    assert entered(book, "finding.reopened")[-1][3].count(said) == 1
    assert [about for about, *_ in letters(book)][-1] == f"finding/{ids[0]}"
    assert verified(book) == ""


def test_a_false_close_needs_a_limit(book: Book, town: object) -> None:
    ids = looked_back(book)
    with pytest.raises(DubanError, match="请填写新的整改期限"):
        visit(book, revisit_of(book, ids[0]).id, found=Found.FALSE)
    assert revisit_of(book, ids[0]).found is None


def test_a_unit_that_still_is_late_has_nothing_to_reopen(book: Book, town: object) -> None:
    looked_back(book, reports=True)
    last = revisits(book)[-1]
    assert visit(book, last.id, found=Found.FALSE, text="三季度仍未补报") is False
    assert revisits(book)[-1].found == "false"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"text": ""}, "请写明现场看到的情况"),
        ({"visited_at": "10-09 16:00"}, "复查时间不能晚于现在"),
        ({"visited_at": "09-30 10:00"}, "复查时间不能早于回头看开始之日"),
        ({"people": "赵、李强"}, "“李强”是这处隐患的销号人，不能自己复查"),
        ({"people": "村文书"}, "“村文书”是这处隐患的整改人，不能自己复查"),
    ],
)
def test_a_result_that_cannot_be_is_refused(
    book: Book, town: object, more: dict[str, str], said: str
) -> None:
    ids = looked_back(book)
    with pytest.raises(DubanError, match=said):
        visit(book, revisit_of(book, ids[0]).id, **more)  # pyright: ignore[reportArgumentType]


def test_a_result_stands(book: Book, town: object) -> None:
    ids = looked_back(book)
    visit(book, revisit_of(book, ids[0]).id)
    with pytest.raises(DubanError, match="这一项已复查，结果为“属实”，不能再改"):
        visit(book, revisit_of(book, ids[0]).id)
    with book.write() as session:
        one = lookbacks.locked(session, revisit_of(book, ids[0]).id)
        assert one is not None
        with pytest.raises(DubanError, match="已经复查，不能再改派"):
            lookbacks.assign(session, one, None, "周", doing("10-09 16:00"))


def test_the_desk_says_who_goes_but_not_the_unit_itself(book: Book, town: object) -> None:
    ids = looked_back(book)
    with book.write() as session:
        one = lookbacks.locked(session, revisit_of(book, ids[0]).id)
        assert one is not None
        with pytest.raises(DubanError, match="整改责任单位不能自己复查"):
            lookbacks.assign(session, one, one.unit_id, "", doing("10-08 09:00"))
        with pytest.raises(DubanError, match="请选择复查单位，或者写明复查人员"):
            lookbacks.assign(session, one, None, " ", doing("10-08 09:00"))
        with pytest.raises(DubanError, match="“李强”是这处隐患的销号人"):
            lookbacks.assign(session, one, 2, "李强", doing("10-08 09:00"))
        lookbacks.assign(session, one, None, "周、吴", doing("10-08 09:00"))
    assert (revisit_of(book, ids[0]).visitor_id, revisit_of(book, ids[0]).visitors) == (None, "周、吴")
    assert verified(book) == ""


def test_a_unit_that_is_to_make_a_revisit_is_told_unless_it_is_made_or_anothers_before_the_letter_leaves(
    book: Book, town: object
) -> None:
    ids = looked_back(book)
    assign(book, ids[0], 2, "10-08 09:00")
    assign(book, ids[0], 3, "10-08 10:00")
    first, second = left(book, "10-08 10:30")  # 二村 hears nothing, as it was another's before
    assert first[:2] == ("派出所", "复查改派：2023年 · 开展回头看")
    assert second[:2] == ("三村", "请复查：2023年 · 开展回头看")
    assert second[2] == (
        "“2023年 · 开展回头看”请贵单位复查：一村的隐患第1号（第1处隐患）。\n"
        "请于2023年10月20日（星期五）24时以前办结。\n依据：《示例检查方案》四（三）。\n"
        "请打开链接，对照当初的承诺到现场看，登记看到的情况。"
    )
    assign(book, ids[0], unit(book, "paichusuo"), "10-08 11:00")
    assign(book, ids[0], 2, "10-08 12:00")
    visit(book, revisit_of(book, ids[0]).id, "10-08 12:30")
    assert [one[:2] for one in left(book, "10-08 13:00")] == [("三村", "复查改派：2023年 · 开展回头看")]
    assert verified(book) == ""


def assign(book: Book, finding: int, to: int, at: str) -> None:
    with book.write() as session:
        one = lookbacks.locked(session, revisit_of(book, finding).id)
        assert one is not None
        assert lookbacks.assign(session, one, to, "", doing(at)) == ()


def left(book: Book, at: str) -> list[tuple[str, str, str]]:
    """Give what leaves about revisits: to whom, its subject, its words."""
    sent = deliver(book, day(at))
    return [(one.unit, one.subject, one.wording) for one in sent if "复查" in one.subject]


def test_the_summary_counts_by_unit_and_names_the_false_closes(book: Book, town: object) -> None:
    ids = looked_back(book)
    visit(book, revisit_of(book, ids[0]).id, found=Found.FALSE, text="箱子还在后院", until="10-16 23:59")
    visit(book, revisit_of(book, ids[1]).id)
    visit(book, revisit_of(book, ids[2]).id, found=Found.REBOUND, text="又摆出来卖", until="10-16 23:59")
    with book.read() as session:
        here = lookback_list.whole(session, lookback(book).id)
    assert here is not None
    assert (here.sum.total, here.sum.true, here.sum.rebound, here.sum.false, here.sum.left) == (5, 1, 1, 1, 2)
    assert [(one.name, one.sum.total, one.sum.false, one.sum.rebound) for one in here.units][:1] == [
        ("一村", 2, 1, 0)
    ]
    assert [one.row.finding_id for one in here.false] == [ids[0]]


# Proof


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE revisits SET why = 'sampled' WHERE number = 1", "1号复查与第"),
        ("UPDATE revisits SET found = 'true' WHERE found = 'false'", "1号复查的结果与第"),
        ("DELETE FROM revisits WHERE number = 2", "2号复查已不在账簿中"),
        ("UPDATE lookbacks SET due_at = '2023-12-20 00:00:00'", "1号回头看与第"),
        ("UPDATE lots SET seed = commitment WHERE kind = 'lookback'", "抽签的结果与第"),
        ("UPDATE revisits SET visitor_id = 2 WHERE number = 3", "3号复查由谁承担与留痕所记的不符"),
        ("UPDATE revisits SET visitors = '周' WHERE number = 3", "3号复查由谁承担与留痕所记的不符"),
    ],
)
def test_whatever_is_changed_behind_the_books_back_is_named(
    book: Book, town: object, statement: str, said: str
) -> None:
    ids = looked_back(book)
    visit(book, revisit_of(book, ids[0]).id, found=Found.FALSE, text="箱子还在后院", until="10-16 23:59")
    assert said in forge(book, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE revisits SET text = '' WHERE found IS NOT NULL",
        "DELETE FROM revisits",
        "DELETE FROM lookbacks",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_settled(
    book: Book, town: object, statement: str
) -> None:
    ids = looked_back(book)
    visit(book, revisit_of(book, ids[0]).id)
    with pytest.raises(DubanError, match="只增不改"), book.write() as session:
        session.execute(text(statement))
