"""Each caller on each route: who is let in is written here; a route that is not here fails the test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from duban.ledger import attachments, integrations
from duban.ledger.attachments import FileFacts
from duban.ledger.book import Book
from duban.ledger.tables import Account, Obligation, Submission
from duban.obligations.words import Role
from duban.portal import site
from support import appraised, drafted, finding_cast, sheets, sittings
from support.campaign import adopt, advance, day, move_in, submit
from support.desk import PUBLIC_URL, Desk, desk_over

from ..conftest import TOWN

PEOPLE = ("office", "supervisor", "leader", "administrator")
DESK = ("office", "supervisor", "administrator")
PROGRAMS = ("program-office", "program-supervisor", "program-leader")
CALLERS = ("stranger", "village", "feed", *PEOPLE, *PROGRAMS)

# By who is let in, the routes. Programs come in by a token and on the API alone.
TABLE: dict[tuple[str, ...], str] = {
    CALLERS: """
        GET /
        GET /api/v1/openapi.json
        GET /health
        GET /l/sw.js
        GET /lost
        POST /lost
        POST /l/{token}/renew
        GET /setup/{token}
        POST /setup/{token}
        GET /sign-in
        POST /sign-in
        POST /sign-in/code
    """,
    ("feed",): """
        GET /feed/{token}.ics
        HEAD /feed/{token}.ics
    """,
    ("village",): """
        GET /l/{token}/findings/{finding_id:int}
        GET /l/{token}/findings/{finding_id:int}/file/{sha256}
        POST /l/{token}/findings/{finding_id:int}/fix
        POST /l/{token}/findings/{finding_id:int}/more-time
        GET /l/{token}/{obligation_id:int}/findings
        POST /l/{token}/{obligation_id:int}/findings
        GET /l/{token}/draws
        GET /l/{token}/draws/{lot_id}/draw.json
        GET /l/{token}/inspections/{part_id}
        GET /l/{token}/revisits/{revisit_id}
        POST /l/{token}/revisits/{revisit_id}
        GET /l/{token}
        GET /l/{token}/meetings
        POST /l/{token}/meetings/propose
        GET /l/{token}/circulars/{circular_id}.docx
        GET /l/{token}/meetings/{meeting_id}.ics
        GET /l/{token}/meetings/{meeting_id:int}
        POST /l/{token}/meetings/{meeting_id:int}/propose
        POST /l/{token}/meetings/{meeting_id:int}/reply
        POST /l/{token}/meetings/{meeting_id:int}/sign-in
        GET /l/{token}/nights/{obligation_id}
        POST /l/{token}/nights/{obligation_id}
        GET /l/{token}/clues/new
        POST /l/{token}/clues/new
        GET /l/{token}/clues/{clue_id}
        POST /l/{token}/clues/{clue_id}/answer
        POST /l/{token}/clues/{clue_id}/pass
        POST /l/{token}/clues/{clue_id}/receive
        GET /l/{token}/watch/{watched_id}
        POST /l/{token}/watch/{watched_id}
        GET /l/{token}/alerts/new
        POST /l/{token}/alerts/new
        GET /l/{token}/alerts/{alert_id}
        POST /l/{token}/alerts/{alert_id}/acknowledge
        GET /l/{token}/calendar
        POST /l/{token}/calendar
        GET /l/{token}/qr
        POST /l/{token}/qr
        GET /l/{token}/receipt/{submission_id:int}
        GET /l/{token}/{obligation_id:int}
        POST /l/{token}/{obligation_id:int}
        POST /l/{token}/{obligation_id:int}/acknowledge
        POST /l/{token}/{obligation_id:int}/file
        GET /l/{token}/{obligation_id:int}/file/{sha256}
        POST /l/{token}/{obligation_id:int}/more-time
        GET /l/{token}/{obligation_id:int}/nil
        POST /l/{token}/{obligation_id:int}/nil
        POST /l/{token}/{obligation_id:int}/not-ours
        POST /l/{token}/{obligation_id:int}/reply
        GET /l/{token}/sheets/{sheet_id:int}
        POST /l/{token}/sheets/{sheet_id:int}/acknowledge
        POST /l/{token}/sheets/{sheet_id:int}/reply
        GET /l/{token}/appraisals/{appraisal_id:int}
        POST /l/{token}/appraisals/{appraisal_id:int}/appeal
    """,
    ("supervisor", "leader"): """
        POST /appraisal/entries/{entry_id:int}/revoke
        POST /appraisal/entries/{entry_id:int}/sign
        POST /appraisal/runs/{run_id:int}/publish
        POST /phases/gates/{gate_id}/pass
        POST /sheets/listed/{finding_id:int}/delist
        POST /papers/circulars/{circular_id}/drop
        POST /papers/circulars/{circular_id}/sign
        POST /sheets/{sheet_id:int}/drop
        POST /sheets/{sheet_id:int}/sign
        POST /sheets/{sheet_id:int}/withdraw
    """,
    ("office", "supervisor", "leader"): """
        GET /watch
        GET /watch/{watched_id}
    """,
    ("office", "supervisor"): """
        GET /watch/new
        POST /watch/new
        POST /watch/{watched_id}/off
        POST /watch/{watched_id}/visit
        POST /inspections/conflicts/{conflict_id}/end
        GET /inspections/inspectors
        POST /inspections/inspectors
        POST /inspections/inspectors/{inspector_id}/conflicts
        POST /inspections/inspectors/{inspector_id}/off
        POST /inspections/inspectors/{inspector_id}/on
        POST /inspections/{inspection_id}/begin
        POST /inspections/{inspection_id}/draw
        POST /inspections/{inspection_id}/move
        POST /inspections/{inspection_id}/parts/{part_id}
        POST /inspections/{inspection_id}/parts/{part_id}/replace
        POST /inspections/{inspection_id}/renew
        POST /revisits/{revisit_id}/assign
        POST /revisits/{revisit_id}/result
    """,
    DESK: """
        GET /findings/import
        POST /findings/import
        GET /findings/import/{digest}
        POST /findings/import/{digest}
        GET /findings/new
        POST /findings/new
        GET /findings/template.xlsx
        POST /findings/{finding_id}/answer
        POST /findings/{finding_id}/change
        POST /findings/{finding_id}/fix
        POST /findings/{finding_id}/limit
        POST /findings/{finding_id}/recheck
        POST /findings/{finding_id}/refute
        POST /findings/{finding_id}/reopen
        GET /clues/new
        POST /clues/new
        POST /clues/{clue_id}/answer
        POST /clues/{clue_id}/pass
        POST /clues/{clue_id}/receive
        GET /alerts/new
        POST /alerts/new
        POST /alerts/{alert_id}/acknowledge
        GET /cases/new
        POST /cases/new
        POST /cases/{case_id}/close
        POST /cases/{case_id}/operator
        POST /cases/{case_id}/reopen
        POST /cases/{case_id}/settle
        GET /sheets/new
        POST /sheets/new
        POST /papers/circulars/draft
        POST /sheets/{sheet_id:int}/acknowledge
        POST /sheets/{sheet_id:int}/close
        POST /sheets/{sheet_id:int}/decide
        POST /sheets/{sheet_id:int}/edit
        POST /sheets/{sheet_id:int}/follow
        POST /sheets/{sheet_id:int}/minutes
        POST /sheets/{sheet_id:int}/reply
        POST /sheets/{sheet_id:int}/talk
    """,
    PEOPLE: """
        GET /findings
        GET /findings.xlsx
        GET /findings/{finding_id}
        GET /findings/{finding_id}/file/{sha256}
        GET /inspections
        GET /inspections/{inspection_id}
        GET /inspections/{inspection_id}/draw.json
        GET /lookbacks
        GET /lookbacks/{lookback_id}
        GET /lookbacks/{lookback_id}/draw.json
        GET /revisits/{revisit_id}
        GET /appraisal
        GET /appraisal/entries
        GET /appraisal/rules
        GET /appraisal/{appraisal_id:int}
        POST /appraisal/{appraisal_id:int}/check
        GET /meetings
        GET /meetings/{meeting_id}
        GET /meetings/{meeting_id}.ics
        GET /phases
        GET /calls
        GET /alerts
        GET /alerts/{alert_id}
        GET /nights
        GET /nights/{round_id}
        GET /clues
        GET /clues/{clue_id}
        GET /cases
        GET /cases/{case_id}
        GET /journal
        GET /journal/{seq}
        GET /messages
        GET /messages/{message_id}
        GET /obligations/{obligation_id}
        GET /obligations/{obligation_id}/file/{sha256}
        GET /below
        POST /below/leave
        POST /below/{unit_id}
        GET /overdue
        GET /overdue.xlsx
        GET /meetings/{meeting_id}/minutes.docx
        GET /meetings/{meeting_id}/notice.docx
        GET /papers
        GET /papers/binder.zip
        GET /papers/bulletin.docx
        GET /papers/circulars/{circular_id}.docx
        GET /papers/ledgers/{kind}.xlsx
        GET /papers/summary.docx
        GET /rates
        GET /rates.xlsx
        GET /rates/set
        GET /rounds
        GET /rounds/{round_id}
        GET /rounds/{round_id}/answers.xlsx
        GET /rounds/{round_id}/chase
        GET /rounds/{round_id}/notice.docx
        GET /sheets
        GET /sheets/exposure
        GET /sheets/listed
        GET /sheets/{sheet_id:int}
        GET /sheets/{sheet_id:int}.docx
        GET /today
        GET /verify
        POST /verify
        POST /verify/line
        GET /year
        GET /year/grid
        GET /year/rehearsal
        POST /year/rehearsal
        GET /me
        POST /me/password
        POST /me/second-factor
        POST /me/second-factor/confirm
        POST /me/second-factor/off
        POST /me/sign-ins/end-others
        POST /me/sign-ins/{sign_in_id}/end
        POST /sign-out
    """,
    (*PEOPLE, *PROGRAMS): """
        GET /api/v1/findings
        GET /api/v1/findings/{finding_id}
        GET /api/v1/journal
        GET /api/v1/messages
        GET /api/v1/metrics
        GET /api/v1/obligations
        GET /api/v1/obligations/{obligation_id}
        GET /api/v1/obligations/{obligation_id}/files/{sha256}
        GET /api/v1/overdue
        GET /api/v1/plans
        GET /api/v1/rates
        GET /api/v1/rounds
        GET /api/v1/rounds/{round_id}
        GET /api/v1/rounds/{round_id}/obligations
        GET /api/v1/sheets
        GET /api/v1/sheets/{sheet_id}
        GET /api/v1/units
        GET /api/v1/verify
    """,
    (*DESK, "program-office", "program-supervisor"): """
        POST /api/v1/findings
        POST /api/v1/findings/{finding_id}/fixed
        POST /api/v1/findings/{finding_id}/recheck
    """,
    ("office", "administrator", "program-office"): """
        POST /api/v1/events
        POST /api/v1/obligations/{obligation_id}/accept
        POST /api/v1/obligations/{obligation_id}/acknowledge
        POST /api/v1/obligations/{obligation_id}/exempt
        POST /api/v1/obligations/{obligation_id}/extend
        POST /api/v1/obligations/{obligation_id}/extension
        POST /api/v1/obligations/{obligation_id}/files
        POST /api/v1/obligations/{obligation_id}/remarks
        POST /api/v1/obligations/{obligation_id}/return
        POST /api/v1/obligations/{obligation_id}/submissions
        POST /api/v1/obligations/{obligation_id}/transfer
        POST /api/v1/rounds/{round_id}/accept
    """,
    ("office", "administrator"): """
        POST /appraisal/entries/bonus
        POST /appraisal/entries/veto
        POST /appraisal/entries/{entry_id:int}/withdraw
        POST /appraisal/rules
        GET /appraisal/simulate
        POST /appraisal/simulate
        GET /appraisal/simulate/{digest}
        POST /appraisal/{appraisal_id:int}/adjust
        POST /appraisal/{appraisal_id:int}/answer
        POST /appraisal/{appraisal_id:int}/appeal
        POST /appraisal/{appraisal_id:int}/told
        POST /meetings/propose
        POST /meetings/{meeting_id}/agenda
        POST /meetings/{meeting_id}/arrange
        POST /meetings/{meeting_id}/attendance
        POST /meetings/{meeting_id}/call
        POST /meetings/{meeting_id}/cancel
        POST /meetings/{meeting_id}/change
        GET /meetings/{meeting_id}/minutes
        POST /meetings/{meeting_id}/minutes
        POST /meetings/{meeting_id}/propose
        POST /meetings/{meeting_id}/reply
        GET /nights/roster/{obligation_id}
        POST /nights/roster/{obligation_id}
        POST /messages/{message_id}/again
        POST /obligations/{obligation_id}/call
        POST /rounds/{round_id}/call
        POST /rounds/{round_id}/remind
        GET /running
        GET /channels
        GET /channels/new
        POST /channels/new
        GET /channels/{channel_id}
        POST /channels/{channel_id}
        POST /channels/{channel_id}/off
        POST /channels/{channel_id}/on
        POST /channels/{channel_id}/test
        POST /contacts/{contact_id}
        POST /contacts/{contact_id}/hand
        POST /contacts/{contact_id}/link
        POST /contacts/{contact_id}/off
        POST /contacts/{contact_id}/on
        POST /contacts/{contact_id}/revoke
        GET /units
        GET /units/merge
        POST /units/merge
        GET /units/new
        POST /units/new
        GET /units/roster
        POST /units/roster
        GET /units/roster/{digest}.{kind}
        POST /units/roster/{digest}.{kind}
        GET /units/template.xlsx
        GET /units/{unit_id}
        GET /units/{unit_id}/close
        POST /units/{unit_id}/close
        POST /units/{unit_id}/contacts
        GET /units/{unit_id}/edit
        POST /units/{unit_id}/edit
        POST /units/{unit_id}/keep
        GET /units/{unit_id}/split
        POST /units/{unit_id}/split
        POST /obligations/{obligation_id}/accept
        GET /obligations/{obligation_id}/enter
        POST /obligations/{obligation_id}/enter
        POST /obligations/{obligation_id}/exempt
        POST /obligations/{obligation_id}/extend
        POST /obligations/{obligation_id}/extension
        POST /obligations/{obligation_id}/note
        POST /obligations/{obligation_id}/return
        POST /obligations/{obligation_id}/transfer
        POST /rounds/{round_id}/accept
        GET /rounds/{round_id}/import
        POST /rounds/{round_id}/import
        GET /rounds/{round_id}/import/{digest}
        POST /rounds/{round_id}/import/{digest}
        GET /rounds/{round_id}/workbook.xlsx
        GET /drafts
        POST /drafts
        GET /drafts/{draft_id}
        POST /drafts/{draft_id}
        GET /drafts/{draft_id}/days
        GET /drafts/{draft_id}/file
        GET /drafts/{draft_id}/plan.yaml
    """,
    ("administrator",): """
        GET /accounts
        POST /accounts/invitations
        POST /accounts/invitations/{invitation_id}/revoke
        GET /accounts/{account_id}
        POST /accounts/{account_id}/activate
        POST /accounts/{account_id}/deactivate
        POST /accounts/{account_id}/password-link
        POST /accounts/{account_id}/role
        POST /accounts/{account_id}/scope
        POST /accounts/{account_id}/second-factor/reset
        POST /accounts/{account_id}/sign-ins/end
        GET /integrations
        POST /integrations
        POST /integrations/{integration_id}/revoke
    """,
}
ROUTES = {line.strip(): set(who) for who, lines in TABLE.items() for line in lines.strip().splitlines()}
# These end the very sign-in that the other calls need, so they are called after all others.
LAST = ("POST /me/sign-ins/end-others", "POST /me/sign-ins/{sign_in_id}/end", "POST /sign-out")
ORDERED = sorted(ROUTES, key=lambda route: (route in LAST, LAST.index(route) if route in LAST else 0, route))


@dataclass
class Site:
    """One site for the whole table: who calls, and what the addresses name."""

    desk: Desk
    app: object
    tokens: dict[str, str]
    numbers: dict[str, str]
    foreign: dict[str, str]

    def call(self, caller: str, route: str, numbers: dict[str, str]) -> tuple[int, str]:
        """Give the status and where the answer leads."""
        method, _, path = route.partition(" ")
        token = self.tokens.get(caller, "no-such-token")
        path = path.replace("{token}", token if caller in ("village", "feed") else "no-such-token")
        for name, value in numbers.items():
            path = path.replace(f"{{{name}:int}}", value).replace(f"{{{name}}}", value)
        with TestClient(self.app, base_url=PUBLIC_URL, follow_redirects=False) as browser:  # pyright: ignore[reportArgumentType]
            browser.headers["origin"] = PUBLIC_URL
            if caller in PEOPLE:
                browser.cookies.set("duban", token)
            elif caller in PROGRAMS:
                browser.headers["authorization"] = f"Bearer {token}"
            answer = browser.request(method, path)
        return answer.status_code, answer.headers.get("location", "")


@pytest.fixture(scope="module")
def whole(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("authorisation")
    (folder / "book.db").write_bytes(sqlite_template.read_bytes())
    book = Book.open(f"sqlite:///{folder / 'book.db'}")
    move_in(book, TOWN)
    adopt(book)
    advance(book, day("03-01 09:00"))
    sittings.adopt(book, now=day("03-01 09:00"))
    sittings.turn(book, "03-01 09:00")
    desk = desk_over(book, folder)
    desk.clock.on("03-20 10:00")
    tokens = {role: f"cookie-{role}-" for role in PEOPLE}
    for role in Role:
        desk.signed_in(role)
    with book.write() as session:
        for role in (Role.OFFICE, Role.SUPERVISOR, Role.LEADER):
            tokens[f"program-{role}"] = f"program-token-{role}"
            integrations.make(session, f"接口{role}", role, f"program-token-{role}", desk.clock.at, "测试")
        session.add(
            Account(
                name="other", shown="旁人", role="leader", password="", made_at=desk.clock.at, active=True
            )
        )
    tokens |= {"village": desk.link("cun1"), "feed": desk.link("cun1", "feed")}
    yield Site(desk, site.create(desk.counter), tokens, *addressed(desk))
    book.close()


def addressed(desk: Desk) -> tuple[dict[str, str], dict[str, str]]:
    """Let two villages report with a file; gives what addresses name of the first and of the second."""
    named: list[dict[str, str]] = []
    for unit in ("cun1", "cun2"):
        submit(desk.book, unit, desk.clock.at)
        with desk.book.write() as session:
            found = session.get_one(Obligation, desk.obligation(unit))
            file = FileFacts("照片.jpg", "image/jpeg", f"jpeg of {unit}".encode())
            attachments.store(desk.counter.attachments, file.data)
            attachments.receive(session, found, file, desk.clock.at, unit)
            submission = session.scalars(
                select(Submission.id).where(Submission.obligation_id == found.id)
            ).one()
            named.append(
                {"obligation_id": str(found.id), "submission_id": str(submission), "sha256": file.sha256}
            )
        named[-1]["finding_id"] = str(finding_cast.record(desk.book, desk.clock.at, unit=unit, key=unit))
        named[-1]["sheet_id"] = str(sheets.draft(desk.book, unit=unit, now=desk.clock.at))
        sheets.sign(desk.book, int(named[-1]["sheet_id"]), desk.clock.at)
    results = appraised.early(desk.book, desk.clock.at)
    for names, unit in zip(named, ("cun1", "cun2"), strict=True):
        names["appraisal_id"] = str(results[unit])
    with desk.book.read() as session:
        other = session.scalars(select(Account.id).where(Account.name == "other")).one()
    rest = {
        **dict.fromkeys(("round_id", "channel_id", "message_id", "seq"), "1"),
        **dict.fromkeys(("alert_id", "case_id", "clue_id", "watched_id"), "1"),
        **dict.fromkeys(("inspection_id", "part_id", "inspector_id", "conflict_id"), "1"),
        **dict.fromkeys(("lookback_id", "revisit_id"), "1"),
        "lot_id": "999",
        "draft_id": str(drafted.drafted(desk, desk.clock.at)),
        # What is done to the third village does not shut out the first, which goes on calling.
        **dict.fromkeys(("unit_id", "contact_id"), "3"),
        **dict.fromkeys(("invitation_id", "sign_in_id", "integration_id", "gate_id"), "999"),
        **dict.fromkeys(("run_id", "entry_id", "circular_id"), "1"),
        "account_id": str(other),
        "digest": "a" * 64,
        "kind": "xlsx",
    }
    # A meeting that calls all, and one that calls the second village alone.
    for one, title in zip(named, ("2023年第一季度联席会", "2023年二村专题会"), strict=True):
        one["meeting_id"] = str(sittings.meeting_of(desk.book, title))
    return rest | named[0], rest | named[1]


def is_let_in(route: str, status: int, where: str) -> bool:
    """Tell whether a caller got past the door: what is missing behind it is another matter.

    A public page may well say that a password is wrong or a link is none; that is not a door.
    """
    if ROUTES[route] == set(CALLERS):
        return status != 403
    return status not in (401, 403, 410) and "/sign-in?next=" not in where


def test_the_table_names_every_route_of_the_site_and_no_other(whole: Site) -> None:
    there = {route for route, _ in site.acts_of(whole.app)}  # pyright: ignore[reportArgumentType]
    assert there == set(ROUTES)


@pytest.mark.parametrize("caller", CALLERS)
def test_a_caller_is_let_in_where_the_table_says_so_and_nowhere_else(whole: Site, caller: str) -> None:
    wrong: list[str] = []
    for route in ORDERED:
        status, where = whole.call(caller, route, whole.numbers)
        if is_let_in(route, status, where) != (caller in ROUTES[route]) or status >= 500:
            wrong.append(f"{route}: {status} {where}")
    assert wrong == []


@pytest.mark.parametrize("route", [route for route in ORDERED if "/l/{token}/" in route and "_id" in route])
def test_a_village_gets_nothing_of_another_village(whole: Site, route: str) -> None:
    assert whole.call("village", route, whole.foreign)[0] == 404


def test_a_village_gets_a_file_of_another_village_not_even_by_its_digest(whole: Site) -> None:
    mixed = whole.numbers | {"sha256": whole.foreign["sha256"]}
    route = "GET /l/{token}/{obligation_id:int}/file/{sha256}"
    assert whole.call("village", route, whole.numbers)[0] == 200
    assert whole.call("village", route, mixed)[0] == 404
