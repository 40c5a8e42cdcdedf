"""The page on which a document becomes a plan: sent up, looked at, decided about proposal by proposal."""

from __future__ import annotations

import io
import os
import re
import zipfile
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document
from sqlalchemy import select, update

from duban.calendar import loader
from duban.calendar.expansion import expand
from duban.ledger import attachments, drafts, journal
from duban.ledger.book import Book
from duban.ledger.tables import Account, JournalEntry, Unit
from duban.obligations.words import Role
from support.campaign import move_in, workdays
from support.desk import Desk, desk_over
from support.small_pdf import pdf_of

from ..conftest import TOWN

if TYPE_CHECKING:
    import httpx2
    from fastapi.testclient import TestClient

SEEDS = Path(__file__).parents[1] / "drafting" / "seeds"
NOTICE = """\
清溪镇人民政府办公室文件
清政办发〔2022〕45号

关于做好元旦春节期间安全生产工作的通知

各村（居）民委员会，镇属各部门：
一、排查隐患
（一）各村（居）要于2022年12月31日前完成辖区“九小场所”排查，建立台账，并于1月5日前将隐患清单报镇应急办。
二、信息报送
请各村（居）每周五12：00前报送工作动态。
每季度召开一次联席会。
要切实加强组织领导，确保各项工作落到实处。

清溪镇人民政府办公室
2022年12月20日
"""


@pytest.fixture
def site(book: Book, tmp_path: Path) -> Desk:
    move_in(book, TOWN)
    desk = desk_over(book, tmp_path)
    desk.clock.on("01-03 09:00")
    return desk


@pytest.fixture
def clerk(site: Desk) -> TestClient:
    return site.signed_in(Role.OFFICE, "王文书")


def send(
    clerk: TestClient, data: bytes | str, name: str = "通知.txt", key: str = "form-1"
) -> httpx2.Response:
    raw = data.encode() if isinstance(data, str) else data
    return clerk.post("/drafts", data={"key": key}, files={"file": (name, raw)})


def act(clerk: TestClient, do: str, item: str = "", seen: int | str = 0, **typed: Any) -> httpx2.Response:
    return clerk.post("/drafts/1", data={"do": do, "item": item, "seen": str(seen), **typed})


def card(clerk: TestClient, item: str, query: str = "") -> str:
    page = clerk.get(f"/drafts/1{query}").text
    found = re.search(rf'<li class="sheet card[^>]*id="{item}".*?\n</li>', page, re.DOTALL)
    assert found is not None
    return unescape(found[0])


def said(answer: httpx2.Response) -> list[str]:
    """Give what an answer says that has gone wrong."""
    return [unescape(one).strip() for one in re.findall(r'role="alert"><p>([^<]*)', answer.text)]


def numbers(site: Desk) -> dict[str, str]:
    """Give the key of each item by the beginning of its name, or of its sentence."""
    with site.book.read() as session:
        found = drafts.find(session, 1)
        assert found is not None
        return {
            (one.values.name or one.item.quote)[:6]: one.item.key
            for one in drafts.state_of(session, found).items
        }


# Sending a document up


def test_a_document_is_read_and_shown_beside_what_it_asks(clerk: TestClient) -> None:
    answer = send(clerk, NOTICE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/drafts/1")
    page = clerk.get("/drafts/1").text
    assert "关于做好元旦春节期间安全生产工作的通知" in page
    assert re.search(
        r'<mark class="read open" id="s0"[^>]*>（一）各村（居）要于<b class="when-words">2022年12月31日前',
        page,
    )
    first = card(clerk, "d2")
    assert '并于<b class="when-words">1月5日前</b>将隐患清单报镇应急办' in first
    assert "<dt>由谁做</dt><dd>各村（居）</dd>" in first
    assert "<dt>报给谁</dt><dd>镇应急办</dd>" in first
    assert 'href="#s0"' in first
    assert "把握高" in first


@pytest.mark.parametrize(
    ("data", "name", "wrong"),
    [
        (b"", "a.txt", "a.txt：文件是空的，没有内容。"),
        (b" \n \n", "a.txt", "a.txt：文件是空的，没有内容。"),
        (b"PK\x03\x04broken", "a.docx", "a.docx：文件坏了，打不开；请重新下载，或用 Word 打开后另存一份。"),
        (b"%PDF-1.7 broken", "a.pdf", "a.pdf：这个 PDF 坏了，读不了；请重新下载，或用 Word 文件。"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "a.doc", "a.doc：这是旧格式的 .doc"),
        (b"\x00\x01\x02", "a.exe", "a.exe：不能读这种文件"),
        (b"x" * 5_000_001, "a.txt", "文件过大，没有收下；请不超过5 MB"),
        ("安" * 400_001, "a.txt", "a.txt：文字有 400001 个，超过 400000 个，不像是一份方案或通知。"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence_and_not_kept(
    site: Desk, clerk: TestClient, data: bytes | str, name: str, wrong: str
) -> None:
    answer = send(clerk, data, name)
    assert answer.status_code == 422
    assert said(answer)[0].startswith(wrong)
    assert clerk.get("/drafts/1").status_code == 404
    assert not site.counter.attachments.exists()


def test_a_form_without_a_file_asks_for_one(clerk: TestClient) -> None:
    assert said(clerk.post("/drafts", data={"key": "x"})) == ["请先选择文件。"]


def test_a_document_with_nothing_to_do_in_it_says_so(clerk: TestClient) -> None:
    send(clerk, "今天天气晴朗，大家都很高兴。", "随笔.txt")
    page = clerk.get("/drafts/1").text
    assert "文件里没有看出任务，也没有写到时间或要求" in page
    assert "还没有一项任务" in page


@pytest.mark.parametrize("kind", ["docx", "html", "pdf"])
def test_every_kind_of_document_is_read(clerk: TestClient, kind: str) -> None:
    sentence = "各村要于2023年3月22日前将方案报镇应急办。"
    if kind == "docx":
        document, out = Document(), io.BytesIO()
        document.add_paragraph("一、要求")
        document.add_paragraph(sentence)
        document.save(out)
        data = out.getvalue()
    elif kind == "html":
        data = f"<html><meta charset=utf-8><body><p>一、要求</p><p>{sentence}</p></body></html>".encode()
    else:
        data = pdf_of([["一、要求", sentence]])
    send(clerk, data, f"a.{kind}")
    assert "3月22日（周三）" in card(clerk, "d1")
    back = clerk.get("/drafts/1/file")
    assert back.content == data
    assert back.headers["content-disposition"].startswith("attachment")
    assert back.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_two_megabytes_of_a_document_are_read(clerk: TestClient) -> None:
    document, out = Document(), io.BytesIO()
    document.add_paragraph("各村要于2023年3月22日前将方案报镇应急办。")
    document.save(out)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("word/media/image1.png", os.urandom(2_000_000))
    assert len(out.getvalue()) > 2_000_000
    assert send(clerk, out.getvalue(), "带图.docx").status_code == 303
    assert "3月22日（周三）" in card(clerk, "d1")


def test_a_document_of_a_thousand_duties_is_shown_by_pages(clerk: TestClient) -> None:
    lines = [f"（{n}）各村要于2023年3月{n % 28 + 1}日前将第{n}号清单报镇应急办。" for n in range(1, 1001)]
    send(clerk, "一、要求\n" + "\n".join(lines), "长.txt")
    page = clerk.get("/drafts/1").text
    assert page.count('<li class="sheet card') == 60
    assert "第1至60项，共1000项" in page
    assert 'href="/drafts/1?item=d900#d900"' in page
    assert "第900号清单" in card(clerk, "d900", "?item=d900")


def test_what_a_document_says_is_text_and_never_markup(clerk: TestClient) -> None:
    evil = "<script>alert(1)</script>"
    send(
        clerk,
        f"一、要求\n各村要于3月22日前将{evil}清单报镇“onmouseover=x”应急办。\n2023年1月1日\n",
        f"{evil}.txt",
    )
    act(clerk, "strike", "d1", reason=evil)
    pages = [clerk.get(path).text for path in ("/drafts", "/drafts/1", "/drafts/1?open=d1")]
    for page in pages:
        assert evil not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;清单" in pages[1]


def test_the_same_document_leads_to_the_draft_that_there_is(clerk: TestClient) -> None:
    send(clerk, NOTICE)
    assert send(clerk, NOTICE, key="form-2").headers["location"] == "/drafts/1"
    assert "这份文件已经读过，这就是它的草稿" in clerk.get("/drafts/1").text


# Deciding


def test_a_proposal_is_confirmed_by_somebody(site: Desk, clerk: TestClient) -> None:
    send(clerk, NOTICE)
    answer = act(clerk, "confirm", "d1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/drafts/1?item=d2#d2")
    assert "王文书于2023年1月3日（星期二）09:00确认" in card(clerk, "d1")
    assert "已确认" in card(clerk, "d1")


def test_what_is_open_cannot_be_confirmed(site: Desk, clerk: TestClient) -> None:
    send(clerk, NOTICE)
    answer = act(clerk, "confirm", numbers(site)["召开一次联席"])
    assert (answer.status_code, said(answer)[0]) == (422, "这一项还有没定的内容，请先填写。")


def test_a_question_is_answered_where_it_is_asked(site: Desk, clerk: TestClient) -> None:
    send(clerk, NOTICE)
    item = numbers(site)["召开一次联席"]
    assert "待定：原文写“每季度”，没有写每期的哪一天；本句没有写由谁做" in card(clerk, item)
    act(clerk, "correct", item, **{"who-text": "镇应急办"})
    assert "日期待定" in card(clerk, item)
    act(clerk, "correct", item, 1, due="每季度末月20日前")
    now = card(clerk, item)
    assert "2022年：3月20日（周日）、6月20日（周一）、9月20日（周二）、12月20日（周二）" in now
    assert "<dt>由谁做</dt><dd>镇应急办</dd>" in now
    assert "已更正" in now


@pytest.mark.parametrize(
    ("kind", "due", "days"),
    [
        ("once", "3月22日前", "2023年：3月22日（周三）"),
        ("once", "03-22", "2023年：3月22日（周三）"),
        ("once", "正月初八", "2023年：1月29日（周日）"),
        (
            "monthly",
            "每月26日前",
            "2023年：1月26日（周四）、2月26日（周日）、3月26日（周日）、4月26日（周三）、5月26日（周五）、6月26日（周一）……共12期",
        ),
        ("event", "2小时内", "没有固定的日期：事情发生以后才起算。"),
    ],
)
def test_the_days_that_an_entry_gives_are_shown_before_it_is_kept(
    site: Desk, clerk: TestClient, kind: str, due: str, days: str
) -> None:
    send(clerk, NOTICE)
    act(clerk, "head", title="通知", issuer="镇政府", year="2023", office="应急办", slug="tongzhi")
    asked = {"item": "d1", "name": "报方案", "kind": kind, "due": due, "source": "local"}
    assert clerk.get("/drafts/1/days", params=asked).json() == {"said": [days]}
    assert days in act(clerk, "look", **asked).text
    assert "王文书" not in card(clerk, "d1")


def test_an_entry_that_is_no_day_is_told_what_would_do(site: Desk, clerk: TestClient) -> None:
    send(clerk, NOTICE)
    answer = act(clerk, "correct", "d1", name="报方案", kind="once", due="尽快", source="local")
    assert answer.status_code == 422
    assert said(answer)[0].startswith("看不懂“尽快”是什么时候。可以写：3月22日、")
    assert 'value="尽快"' in answer.text


def test_what_was_struck_is_remembered_with_its_reason_and_may_come_back(clerk: TestClient) -> None:
    send(clerk, NOTICE)
    assert said(act(clerk, "strike", "d1", reason=" "))[0] == "请写明不列为任务的理由。"
    act(clerk, "strike", "d1", reason="县里已另有部署")
    assert "王文书于2023年1月3日（星期二）09:00不列：县里已另有部署" in card(clerk, "d1")
    act(clerk, "reopen", "d1", 1)
    now = card(clerk, "d1")
    assert "不列：县里已另有部署" in now
    assert "未定" in now


def test_a_sentence_without_a_place_becomes_a_duty_or_is_set_aside(site: Desk, clerk: TestClient) -> None:
    send(clerk, NOTICE)
    item = numbers(site)["要切实加强组"]
    assert "有要求，没有写时间和单位" in card(clerk, item)
    typed = {
        "name": "成立领导小组",
        "who-text": "各村、派出所",
        "kind": "once",
        "due": "1月10日",
        "source": "local",
    }
    act(clerk, "correct", item, **typed)
    assert "2022年：1月10日（周一）" in card(clerk, item)
    act(clerk, "strike", item, 1, reason="原则要求")
    assert "不列：原则要求" in card(clerk, item)


def test_the_second_clerk_is_told_and_keeps_what_was_typed(site: Desk, clerk: TestClient) -> None:
    send(clerk, NOTICE)
    other = site.signed_in(Role.ADMINISTRATOR, "李管理员")
    act(clerk, "confirm", "d1")
    answer = act(other, "correct", "d1", name="报隐患清单和照片", kind="once", due="1月6日", source="local")
    assert answer.status_code == 409
    assert said(answer)[0] == (
        "王文书刚刚已经办过这一处，您的没有写入。请先看现在的内容；还要改的，请在这里重新提交。"
    )
    assert 'value="报隐患清单和照片"' in answer.text
    assert "报隐患清单和照片" not in card(clerk, "d1")
    act(other, "correct", "d1", 1, name="报隐患清单和照片", kind="once", due="1月6日", source="local")
    assert "李管理员于" in card(clerk, "d1")


def test_two_clerks_work_on_different_proposals_without_hindrance(site: Desk, clerk: TestClient) -> None:
    send(clerk, NOTICE)
    other = site.signed_in(Role.OFFICE, "李文书")
    assert act(clerk, "confirm", "d1").status_code == 303
    assert act(other, "confirm", "d2").status_code == 303


def test_another_duty_of_the_same_sentence_is_added(site: Desk, clerk: TestClient) -> None:
    send(clerk, NOTICE)
    act(clerk, "confirm", "d1")
    answer = act(clerk, "add", "d1")
    assert answer.headers["location"] == "/drafts/1?item=n1&open=n1#n1"
    act(
        clerk,
        "correct",
        "n1",
        1,
        name="建立台账",
        kind="once",
        due="1月5日",
        source="document",
        **{"who-text": "各村"},
    )
    assert "各村（居）要于2022年12月31日前" in re.sub("<[^>]*>", "", card(clerk, "n1"))


def test_every_decision_is_in_the_journal_and_the_book_is_proved(site: Desk, clerk: TestClient) -> None:
    send(clerk, NOTICE)
    act(clerk, "confirm", "d1")
    act(clerk, "strike", "d2", reason="不归我们")
    clerk.get("/drafts/1/plan.yaml")
    with site.book.read() as session:
        found = session.execute(
            select(JournalEntry.action, JournalEntry.actor).where(JournalEntry.subject == "draft/1")
        ).all()
        assert journal.verify(session, files=site.counter.attachments).reason_zh == ""
    assert [tuple(one) for one in found] == [
        ("draft.made", "王文书"), ("draft.confirmed", "王文书"), ("draft.struck", "王文书"),
        ("draft.exported", "王文书"),
    ]  # fmt: skip


def test_a_draft_that_was_given_up_is_shown_and_takes_nothing_more(clerk: TestClient) -> None:
    send(clerk, NOTICE)
    act(clerk, "drop", reason="传错了")
    assert "传错了" in clerk.get("/drafts").text
    assert said(act(clerk, "confirm", "d1"))[0].startswith("这份草稿已经作废")


# The plan


def finish(site: Desk, clerk: TestClient, answers: dict[str, dict[str, str]]) -> None:
    """Confirm all that is whole, answer what is asked, set the rest aside, as a clerk would."""
    act(clerk, "sure")
    with site.book.read() as session:
        found = drafts.find(session, 1)
        assert found is not None
        waiting = drafts.state_of(session, found).waiting
    for one in waiting:
        answer = next((typed for words, typed in answers.items() if words in one.values.name), None)
        if answer is not None:
            act(clerk, "correct", one.item.key, **answer)
        elif one.item.placed and not one.values.open:
            act(clerk, "confirm", one.item.key)
        elif one.item.placed:
            act(clerk, "strike", one.item.key, reason="已在其他任务中")
    act(clerk, "rest", reason="原则要求，不另列任务")


def test_the_seed_of_changzhou_becomes_a_plan_whose_year_has_29_january(
    site: Desk, clerk: TestClient
) -> None:
    send(clerk, (SEEDS / "changzhou-ranfang.txt").read_bytes(), "changzhou-ranfang.txt")
    page = clerk.get("/drafts/1").text
    assert "标题、发文单位待定" in re.sub("<[^>]*>", "", page)
    finish(site, clerk, {"社会面宣传发动": {"due": "1月19日", "kind": "once", "source": "local"}})
    assert "还有没定的内容" in clerk.get("/drafts/1").text
    head = {"title": "2023年烟花爆竹燃放管控工作实施方案", "issuer": "常州市某镇人民政府", "year": "2023"}
    act(clerk, "head", **head, office="镇综治岗", slug="changzhou-ranfang")
    units = set(re.findall(r'name="units-name" value="([^"]*)"', clerk.get("/drafts/1").text))
    for name in units:
        typed: dict[str, Any] = {"units-name": name, "kinds": ["社区", "派出所"], "names": "应急管理岗"}
        act(clerk, "units", **typed)
    page = clerk.get("/drafts/1").text
    assert "全部核定完毕，没有待定的内容，可以采用" in page
    assert "duban adopt changzhou-ranfang.yaml --year 2023" in page
    answer = clerk.get("/drafts/1/plan.yaml")
    assert answer.headers["content-disposition"] == 'attachment; filename="changzhou-ranfang.yaml"'
    plan = loader.read(answer.text, "changzhou-ranfang.yaml").plan
    dues = {(str(one.due_at.date()), one.name) for one in expand(plan, 2023, workdays()).rounds if one.due_at}
    assert ("2023-01-29", "报送工作总结") in dues
    summary = answer.text[answer.text.index("name: 报送工作总结") - 400 :]
    assert "# 原文：请各社区、各派出所、应急管理岗" in summary
    assert "clause: 三（三）" in summary
    assert "核定：王文书 2023-01-03 确认" in answer.text


@pytest.mark.parametrize("seed", ["changzhou-ranfang", "erong-dafei", "gongan-dafeizhiwei"])
def test_an_unfinished_draft_of_a_seed_is_refused_by_the_loader(clerk: TestClient, seed: str) -> None:
    send(clerk, (SEEDS / f"{seed}.txt").read_bytes(), f"{seed}.txt")
    answer = clerk.get("/drafts/1/plan.yaml")
    with pytest.raises(loader.InputError, match="草稿里这一处还没有定"):
        loader.read(answer.text, "x.yaml")


def test_a_duty_that_nobody_looked_at_keeps_the_plan_from_being_adopted(clerk: TestClient) -> None:
    send(clerk, "关于报送方案的通知\n一、要求\n各村要于3月22日前将方案报镇应急办。\n镇应急办\n2023年1月1日\n")
    text = clerk.get("/drafts/1/plan.yaml").text
    assert "# 待定：还有1项没有核定\nrevision: 待定" in text
    act(clerk, "confirm", "d1")
    assert "revision: 1\n" in clerk.get("/drafts/1/plan.yaml").text


def test_the_file_is_kept_under_its_hash(site: Desk, clerk: TestClient) -> None:
    send(clerk, NOTICE)
    with site.book.read() as session:
        found = drafts.find(session, 1)
        assert found is not None
        assert attachments.place(site.counter.attachments, found.sha256).read_bytes() == NOTICE.encode()


# Townships that share a book


def test_a_township_s_drafts_are_its_own(site: Desk) -> None:
    with site.book.write() as session:
        roots = [Unit(code=code, name=name, kind="镇") for code, name in (("jia", "甲镇"), ("yi", "乙镇"))]
        session.add_all(roots)
        session.flush()
        numbers = [one.id for one in roots]
    first, second, whole = (site.signed_in(Role.OFFICE, name) for name in ("甲", "乙", "县"))
    with site.book.write() as session:
        for name, number in zip(("甲", "乙"), numbers, strict=True):
            session.execute(update(Account).where(Account.name == name).values(unit_id=number))
    assert send(first, NOTICE).headers["location"] == "/drafts/1"
    assert send(second, NOTICE, key="form-2").headers["location"] == "/drafts/2"
    seen = [[client.get(f"/drafts/{n}").status_code for n in (1, 2)] for client in (first, second, whole)]
    assert seen == [[200, 404], [404, 200], [200, 200]]
    assert second.post("/drafts/1", data={"do": "confirm", "item": "d1", "seen": "0"}).status_code == 404
    assert [client.get("/drafts").text.count("通知.txt") for client in (first, second, whole)] == [1, 1, 2]
    assert second.get("/drafts/1/file").status_code == 404
    assert second.get("/drafts/1/plan.yaml").status_code == 404


def test_a_form_that_is_older_than_the_book_or_invented_changes_nothing(clerk: TestClient) -> None:
    send(clerk, NOTICE)
    for typed in (
        {"do": "confirm", "item": "d1", "seen": "7"},
        {"do": "confirm", "item": "no-such"},
        {"do": "no-such"},
        {"do": "units", "units-name": "没有的单位"},
        {"do": "correct", "item": "d1", "of": "no-such", "with-of": "1"},
        {"do": "correct", "item": "d1", "source": "heaven"},
        {"do": "correct", "item": "d1", "name": "长" * 201},
        {"do": "head", "slug": "../../etc", "title": "x"},
        {"do": "head", "slug": "x", "year": "0000"},
        {"do": "stretch", "stretch": "", "name": "宣传周", "starts": "尽快", "ends": "3月1日"},
        {"do": "look", "item": "no-such"},
    ):
        assert clerk.post("/drafts/1", data=typed).status_code in (404, 422), typed
    assert "王文书于" not in card(clerk, "d1")
    assert clerk.post("/drafts/2", data={"do": "confirm", "item": "d1"}).status_code == 404


def test_a_stretch_is_added_and_a_duty_put_into_it(clerk: TestClient) -> None:
    send(clerk, NOTICE)
    act(clerk, "stretch", name="宣传周", starts="12月5日", ends="12月11日", clause="一")
    act(clerk, "correct", "d1", kind="window", of="zengjia-1", due="", **{"with-of": "1"})
    assert "每时段" in card(clerk, "d1")
    assert "2022年：12月11日（周日）" in card(clerk, "d1")
    text = clerk.get("/drafts/1/plan.yaml").text
    assert "{key: zengjia-1, name: 宣传周, starts: 12-05, ends: 12-11, clause: 一, source: local}" in text
