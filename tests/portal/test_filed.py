from __future__ import annotations

import io
import zipfile
from urllib.parse import unquote

import openpyxl
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from duban.ledger.tables import JournalEntry
from duban.obligations.words import Role
from support.campaign import round_of
from support.desk import Desk


@pytest.fixture
def office(desk: Desk) -> TestClient:
    return desk.signed_in(Role.OFFICE)


def test_a_ledger_comes_as_a_workbook_with_the_name_that_a_clerk_expects(
    desk: Desk, office: TestClient
) -> None:
    answer = office.get("/papers/ledgers/reports.xlsx?plan=jiancha&year=2023")
    assert answer.status_code == 200
    assert "报送台账-截至2023-03-20.xlsx" in unquote(answer.headers["content-disposition"])
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["报送台账"]
    assert book["报送台账"]["A1"].value == "报送台账"


def test_a_ledger_of_one_unit_tells_of_that_unit_alone(desk: Desk, office: TestClient) -> None:
    answer = office.get("/papers/ledgers/reports.xlsx?plan=jiancha&year=2023&unit=一村")
    page = openpyxl.load_workbook(io.BytesIO(answer.content))["报送台账"]
    assert {str(row[1].value) for row in list(page.iter_rows())[4:]} == {"一村"}


def test_the_binder_comes_whole_and_who_took_it_out_is_in_the_journal(desk: Desk, office: TestClient) -> None:
    answer = office.get("/papers/binder.zip?plan=jiancha&year=2023&as_of=2023-03-19")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "迎检资料-2023年 示例检查方案-截至2023-03-19.zip" in unquote(answer.headers["content-disposition"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert "02 台账/报送台账.xlsx" in archive.namelist()
    with desk.book.read() as session:
        last = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
    assert last is not None
    assert (last.action, last.actor) == ("binder.exported", "办公室")


def test_the_binder_of_a_past_day_is_the_same_whenever_it_is_taken_out(
    desk: Desk, office: TestClient
) -> None:
    address = "/papers/binder.zip?plan=jiancha&year=2023&as_of=2023-03-19"
    first = office.get(address).content
    desk.clock.on("04-20 09:00")
    assert office.get(address).content == first


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/papers/binder.zip?plan=nothing&year=2023", "没有执行方案"),
        ("/papers/ledgers/reports.xlsx", "没有执行方案"),
        ("/papers/binder.zip?plan=jiancha&year=2023&unit=没有", "没有单位“没有”"),
        ("/papers/binder.zip?plan=jiancha&year=2023&as_of=2023-03-21", "还没有到"),
    ],
)
def test_what_cannot_be_filed_is_told_in_a_sentence(office: TestClient, address: str, said: str) -> None:
    answer = office.get(address)
    assert answer.status_code == 409
    assert said in answer.text


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *(("reports", "报送台账"), ("findings", "隐患台账"), ("sheets", "督办台账")),
        *(("meetings", "会议台账"), ("appraisal", "考核表")),
    ],
)
def test_the_page_offers_five_ledgers_and_each_comes(office: TestClient, kind: str, name: str) -> None:
    address = f"/papers/ledgers/{kind}.xlsx"
    assert f'<button formaction="{address}">{name}</button>' in office.get("/papers").text
    answer = office.get(f"{address}?plan=jiancha&year=2023&unit=&as_of=")
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames == [name]


def test_a_round_and_a_unit_lead_to_their_binder(desk: Desk, office: TestClient) -> None:
    here = round_of(desk.book).id
    address = f"/papers/binder.zip?plan=jiancha&year=2023&round={here}"
    assert f'href="{address.replace("&", "&amp;")}"' in office.get(f"/rounds/{here}").text
    answer = office.get(address)
    assert "2023年 示例检查方案 2023年3月 · 每月检查" in unquote(answer.headers["content-disposition"])
    administrator = desk.signed_in(Role.ADMINISTRATOR)
    assert 'href="/papers?unit=cun1#binder"' in administrator.get("/units/1").text
    assert 'value="cun1"' in office.get("/papers?unit=cun1").text


def test_what_was_asked_for_stands_in_the_form_beside_what_is_wrong(office: TestClient) -> None:
    page = office.get("/papers/binder.zip?plan=jiancha&year=2023&unit=四村&as_of=2023-03-19").text
    assert '<div class="note bad" role="alert"><p>账簿中没有单位“四村”。</p></div>' in page
    assert 'id="binder-unit" name="unit" list="units" value="四村"' in page
    assert 'id="binder-as_of" name="as_of" value="2023-03-19"' in page


def test_there_is_no_ledger_of_another_kind(office: TestClient) -> None:
    assert office.get("/papers/ledgers/secrets.xlsx?plan=jiancha&year=2023").status_code == 404
