"""Every page, at a phone's, a tablet's and a desk's width: accessible, whole, quiet, from nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from duban.ledger.book import Book
from duban.portal import site
from support.browser import DESKTOP, PHONE, TABLET, listening, window
from support.desk import desk_over
from support.full_site import PAGES, furnished

# What a GET gives that is not a page, or a page that only follows another.
NOT_PAGES = {
    *(
        "/",
        "/health",
        "/l/sw.js",
        "/feed/{token}.ics",
        "/overdue.xlsx",
        "/findings.xlsx",
        "/findings/template.xlsx",
        "/findings/{finding_id}/file/{sha256}",
        "/l/{token}/findings/{finding_id:int}/file/{sha256}",
        "/papers/binder.zip",
        "/papers/bulletin.docx",
        "/papers/circulars/{circular_id}.docx",
        "/l/{token}/circulars/{circular_id}.docx",
        "/papers/summary.docx",
        "/rounds/{round_id}/notice.docx",
        "/sheets/{sheet_id:int}.docx",
        "/meetings/{meeting_id}.ics",
        "/l/{token}/meetings/{meeting_id}.ics",
        "/meetings/{meeting_id}/minutes.docx",
        "/meetings/{meeting_id}/notice.docx",
        "/papers/ledgers/{kind}.xlsx",
        "/rates.xlsx",
        "/units/template.xlsx",
        "/drafts/{draft_id}/days",
        "/drafts/{draft_id}/file",
        "/drafts/{draft_id}/plan.yaml",
    ),
    *(
        "/rounds/{round_id}/answers.xlsx",
        "/rounds/{round_id}/workbook.xlsx",
    ),
    *("/inspections/{inspection_id}/draw.json", "/lookbacks/{lookback_id}/draw.json"),
    "/l/{token}/draws/{lot_id}/draw.json",
    *("/obligations/{obligation_id}/file/{sha256}", "/l/{token}/{obligation_id:int}/file/{sha256}"),
    *("/rounds/{round_id}/import/{digest}", "/units/roster/{digest}.{kind}"),
}


@dataclass
class Seen:
    """A site with something on each page, and a window for each caller."""

    address: str
    numbers: dict[str, str]
    pages: dict[str, Page]
    complaints: list[str] = field(default_factory=list[str])


@pytest.fixture(scope="module")
def seen(browser: Browser, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("every-page")
    (folder / "book.db").write_bytes(sqlite_template.read_bytes())
    book = Book.open(f"sqlite:///{folder / 'book.db'}")
    desk, numbers = furnished(book, folder)
    with listening(desk) as address:
        here = Seen(address, numbers, {})
        contexts = [
            window(browser, PHONE, cookie=f"cookie-{who}-" if who else "", at=address)
            for who in dict.fromkeys(who for who, _ in PAGES)
        ]
        for who, context in zip(dict.fromkeys(who for who, _ in PAGES), contexts, strict=True):
            here.pages[who] = listened(context.new_page(), here)
        yield here
        for context in contexts:
            context.close()
    book.close()


def listened(page: Page, here: Seen) -> Page:
    """Note what the page complains of, and what it asks other places for."""
    page.on("console", lambda said: here.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda wrong: here.complaints.append(str(wrong)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(here.address) else here.complaints.append(asked.url),
    )
    return page


def findings(page: Page) -> list[str]:
    """Give what axe finds that is serious or worse."""
    response: dict[str, Any] = Axe().run(page).response
    grave = [one for one in response["violations"] if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {node['html'][:120]}" for one in grave for node in one["nodes"][:2]]


@pytest.mark.parametrize(("who", "path"), PAGES, ids=[f"{who or 'nobody'} {path}" for who, path in PAGES])
def test_a_page_is_accessible_and_whole_at_every_width(seen: Seen, who: str, path: str) -> None:
    page, address = seen.pages[who], seen.address + path.format(**seen.numbers)
    seen.complaints.clear()
    wrong: list[str] = []
    for width in (PHONE, TABLET, DESKTOP):
        page.set_viewport_size({"width": width, "height": 800})
        if width == PHONE:
            answer = page.goto(address)
            expected = 404 if path == "/nowhere" else 410 if "no-such" in path else 200
            assert answer is not None
            assert answer.status == expected
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{width}px: 横向溢出")
        if width != TABLET:
            wrong += [f"{width}px {one}" for one in findings(page)]
    # A browser notes every answer that is not a success; these are meant to be none.
    wrong += [one for one in seen.complaints if "Failed to load resource" not in one]
    assert wrong == []


def test_every_page_of_the_site_is_looked_at(tmp_path: Path, sqlite_book: Book) -> None:
    app = site.create(desk_over(sqlite_book, tmp_path).counter)
    pages = {
        route.partition(" ")[2]
        for route, _ in site.acts_of(app)
        if route.startswith("GET ") and "/api/" not in route
    }
    looked_at = {pattern(path, pages) for _, path in PAGES} - {None}
    assert pages - looked_at == NOT_PAGES


def pattern(path: str, pages: set[str]) -> str | None:
    """Give the route that a page's address leads to."""
    parts = path.partition("?")[0].split("/")
    for page in sorted(pages, key=lambda one: one.count("{")):
        wanted = page.split("/")
        if len(wanted) == len(parts) and all(
            want == part or (want.startswith("{") and want.endswith("}"))
            for want, part in zip(wanted, parts, strict=True)
        ):
            return page
    return None
