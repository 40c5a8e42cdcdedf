"""What is printed to be signed: one sheet of A4."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from duban.documents.roster import example_roster
from duban.ledger.book import Book
from duban.obligations.words import Role
from support.browser import DESKTOP, listening, window
from support.campaign import move_in
from support.desk import desk_over


@pytest.mark.parametrize(
    ("slug", "year"),
    [
        ("erong-dafei", 2023),
        ("erong-dafei", 2027),
        ("changzhou-ranfang", 2027),
        ("gongan-dafeizhiwei", 2022),
    ],
)
def test_a_rehearsal_is_printed_on_one_page_with_room_to_sign(
    browser: Browser, sqlite_book: Book, tmp_path: Path, slug: str, year: int
) -> None:
    move_in(sqlite_book, example_roster())
    desk = desk_over(sqlite_book, tmp_path)
    desk.signed_in(Role.LEADER)
    with listening(desk) as address:
        here = window(browser, DESKTOP, cookie="cookie-leader-", at=address)
        page = here.new_page()
        page.goto(f"{address}/year/rehearsal?plan={slug}&year={year}")
        printed = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
        here.close()
    (only,) = printed.pages
    assert (round(float(only.mediabox.width)), round(float(only.mediabox.height))) == (595, 842)
    said = only.extract_text()
    assert "批准（签字）" in said
    assert f"{year}年预演" in said
