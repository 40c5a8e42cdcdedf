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


def test_there_is_no_ledger_of_another_kind(office: TestClient) -> None:
    assert office.get("/papers/ledgers/secrets.xlsx?plan=jiancha&year=2023").status_code == 404
