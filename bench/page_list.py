"""Every page of the site that can be looked at, with an address in a book of ``townships``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import func, select

from duban.ledger import links
from duban.ledger.tables import (
    Account,
    Channel,
    Contact,
    JournalEntry,
    Message,
    Obligation,
    Round,
    SignIn,
    Submission,
    Unit,
)
from duban.ledger.tokens import fingerprint
from duban.obligations.words import Role

from .townships import YEAR

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from duban.portal.counter import Counter

COOKIE, TOKEN, FEED = "administrator", "cun", "feed"
PLAN = "erong-dafei"
ASKED, CLOSED = ("sida-xingdong", "2023-Q3"), ("meiyue-jiancha", "2023-03")
MANY = ("meiyue-jiancha", "2023-09")
NIGHT = (Round.slug == "changzhou-ranfang", Round.duty == "gaofeng-xunkong", Round.period == f"{YEAR}/chuxi")
# What needs a file or an invitation first, asks for nothing of the book, or reads all of it by its nature.
LEFT_OUT = frozenset(
    {
        *("/", "/health", "/lost", "/l/sw.js", "/setup/{token}", "/sign-in", "/api/v1/openapi.json"),
        *("/obligations/{obligation_id}/file/{sha256}", "/l/{token}/{obligation_id:int}/file/{sha256}"),
        *("/api/v1/obligations/{obligation_id}/files/{sha256}", "/rounds/{round_id}/import/{digest}"),
        *("/units/roster/{digest}.{kind}", "/units/template.xlsx", "/api/v1/verify"),
        *("/sheets/{sheet_id:int}", "/l/{token}/sheets/{sheet_id:int}", "/api/v1/sheets/{sheet_id}"),
        *("/meetings/{meeting_id}", "/meetings/{meeting_id}.ics", "/meetings/{meeting_id}/minutes"),
        *("/cases/{case_id}", "/clues/{clue_id}", "/alerts/{alert_id}", "/l/{token}/nights/{obligation_id}"),
        *("/l/{token}/alerts/{alert_id}", "/l/{token}/clues/{clue_id}", "/l/{token}/watch/{watched_id}"),
        # Not for an administrator, who looks here.
        *("/watch", "/watch/new", "/watch/{watched_id}", "/inspections/inspectors"),
        *("/l/{token}/meetings/{meeting_id:int}", "/l/{token}/meetings/{meeting_id}.ics"),
        *("/appraisal/{appraisal_id:int}", "/appraisal/simulate/{digest}"),
        *("/l/{token}/appraisals/{appraisal_id:int}",),
        *("/inspections/{inspection_id}", "/inspections/{inspection_id}/draw.json", "/revisits/{revisit_id}"),
        *("/lookbacks/{lookback_id}", "/lookbacks/{lookback_id}/draw.json"),
        *("/l/{token}/inspections/{part_id}", "/l/{token}/revisits/{revisit_id}"),
        *("/l/{token}/draws/{lot_id}/draw.json",),
        *("/findings/{finding_id}", "/findings/{finding_id}/file/{sha256}", "/findings/import/{digest}"),
        *("/l/{token}/findings/{finding_id:int}", "/l/{token}/findings/{finding_id:int}/file/{sha256}"),
        *("/api/v1/findings/{finding_id}", "/findings/template.xlsx", "/findings.xlsx"),
        *("/overdue.xlsx", "/rates.xlsx", "/papers/binder.zip", "/papers/ledgers/{kind}.xlsx"),
        *("/papers/circulars/{circular_id}.docx", "/l/{token}/circulars/{circular_id}.docx"),
        *("/papers/bulletin.docx", "/papers/summary.docx", "/rounds/{round_id}/notice.docx"),
        *("/sheets/{sheet_id:int}.docx", "/meetings/{meeting_id}/minutes.docx"),
        *("/meetings/{meeting_id}/notice.docx",),
        *("/drafts/{draft_id}", "/drafts/{draft_id}/days", "/drafts/{draft_id}/file"),
        *("/drafts/{draft_id}/plan.yaml",),
    }
)


def sign_in(counter: Counter, cookie: str, root: int | None = None) -> None:
    """Sign an administrator in, of the whole book or of what lies below a unit."""
    now = counter.now()
    with counter.book.write() as session:
        account = Account(name=cookie, shown="王文书", role=str(Role.ADMINISTRATOR), made_at=now)
        account.unit_id = root
        session.add(account)
        session.flush()
        row = SignIn(token_hash=fingerprint(cookie), account_id=account.id)
        row.made_at, row.seen_at, row.expires_at = now, now, now + timedelta(days=7)
        session.add(row)


def let_in(counter: Counter, unit: int) -> None:
    """Sign an administrator in, make links for a contact of a unit, and a channel to look at."""
    sign_in(counter, COOKIE)
    now = counter.now()
    with counter.book.write() as session:
        session.add(Channel(name="文件", kind="file"))
        contact = session.scalars(select(Contact.id).where(Contact.unit_id == unit)).first()
        assert contact is not None
        links.write(session, [(TOKEN, contact, None)], "list", now)
        links.write(session, [(FEED, contact, None)], "feed", now)


def refuse_forgotten(app: FastAPI, listed: dict[str, str]) -> None:
    """Raise AssertionError for a page that is neither listed nor left out."""
    routes = [(str(one.path), one.original_route) for one in iter_route_contexts(app.routes)]
    pages = {path for path, route in routes if isinstance(route, APIRoute) and "GET" in (route.methods or ())}
    forgotten = pages - LEFT_OUT - {page.partition(",")[0] for page in listed}
    assert not forgotten, f"bench/page_list.py lacks an address for {sorted(forgotten)}"


def addresses(session: Session, late: int) -> dict[str, str]:
    """Give each page's address by its route; what follows a comma tells several of one route apart.

    ``late`` is how many obligations are overdue in the book.
    """
    unit, owed = some_unit(session), _owed(session, ASKED)
    open_, closed = _round(session, MANY), _round(session, CLOSED)
    submission, message, entry = (
        session.scalars(which).one() for which in (_submission(unit), _message(unit), _entry())
    )
    done = session.scalars(_obligation(unit, CLOSED)).one()
    account = session.scalars(select(Account.id)).one()
    code = session.scalars(select(Unit.code).where(Unit.id == unit)).one()
    night = session.scalars(select(Round.id).where(*NIGHT)).one()
    roster = session.scalars(select(func.min(Obligation.id)).where(Obligation.round_id == night)).one()
    past, plan = f"as_of={YEAR}-08-31", f"plan={PLAN}&year={YEAR}"
    return {
        "/l/{token}": f"/l/{TOKEN}",
        "/l/{token}/{obligation_id:int}": f"/l/{TOKEN}/{owed}",
        "/l/{token}/{obligation_id:int}, answered": f"/l/{TOKEN}/{done}",
        "/l/{token}/{obligation_id:int}/nil": f"/l/{TOKEN}/{owed}/nil",
        "/l/{token}/receipt/{submission_id:int}": f"/l/{TOKEN}/receipt/{submission}",
        "/l/{token}/calendar": f"/l/{TOKEN}/calendar",
        "/l/{token}/qr": f"/l/{TOKEN}/qr",
        "/feed/{token}.ics": f"/feed/{FEED}.ics",
        "/today": "/today",
        "/year": f"/year?year={YEAR}",
        "/year/rehearsal": f"/year/rehearsal?{plan}",
        "/year/grid": f"/year/grid?{plan}",
        "/year/grid, all units": f"/year/grid?{plan}&rows=300",
        "/year/grid, one unit": f"/year/grid?unit={unit}&year={YEAR}",
        "/rounds": "/rounds",
        "/rounds, one plan": f"/rounds?{plan}",
        "/rounds/{round_id}": f"/rounds/{open_}",
        "/rounds/{round_id}, closed": f"/rounds/{closed}",
        "/rounds/{round_id}/chase": f"/rounds/{open_}/chase",
        "/rounds/{round_id}/answers.xlsx": f"/rounds/{closed}/answers.xlsx",
        "/rounds/{round_id}/workbook.xlsx": f"/rounds/{open_}/workbook.xlsx",
        "/rounds/{round_id}/import": f"/rounds/{open_}/import",
        "/obligations/{obligation_id}": f"/obligations/{done}",
        "/obligations/{obligation_id}/enter": f"/obligations/{owed}/enter",
        "/messages": "/messages",
        "/messages, one unit": f"/messages?unit={code}",
        "/messages/{message_id}": f"/messages/{message}",
        "/meetings": "/meetings",
        "/phases": "/phases",
        "/l/{token}/meetings": f"/l/{TOKEN}/meetings",
        "/l/{token}/draws": f"/l/{TOKEN}/draws",
        "/calls": "/calls",
        "/cases": "/cases",
        "/clues": "/clues",
        "/clues/new": "/clues/new",
        "/alerts": "/alerts",
        "/alerts/new": "/alerts/new",
        "/nights": "/nights",
        "/nights/{round_id}": f"/nights/{night}",
        "/nights/roster/{obligation_id}": f"/nights/roster/{roster}",
        "/l/{token}/alerts/new": f"/l/{TOKEN}/alerts/new",
        "/l/{token}/clues/new": f"/l/{TOKEN}/clues/new",
        "/cases/new": "/cases/new",
        "/findings": "/findings",
        "/findings/new": "/findings/new",
        "/findings/import": "/findings/import",
        "/l/{token}/{obligation_id:int}/findings": f"/l/{TOKEN}/{done}/findings",
        "/api/v1/findings": "/api/v1/findings",
        "/sheets": "/sheets",
        "/sheets/new": f"/sheets/new?obligation={owed}",
        "/sheets/listed": "/sheets/listed",
        "/sheets/exposure": "/sheets/exposure",
        "/papers": "/papers",
        "/units": "/units",
        "/units/{unit_id}": f"/units/{unit}",
        "/units/{unit_id}/edit": f"/units/{unit}/edit",
        "/units/{unit_id}/close": f"/units/{unit}/close",
        "/units/{unit_id}/split": f"/units/{unit}/split",
        "/units/merge": f"/units/merge?unit={unit}&unit={unit + 1}",
        "/units/new": "/units/new",
        "/units/roster": "/units/roster",
        "/inspections": f"/inspections?year={YEAR}",
        "/lookbacks": "/lookbacks",
        "/channels": "/channels",
        "/channels/new": "/channels/new?kind=webhook",
        "/channels/{channel_id}": "/channels/1",
        "/below": f"/below?month={YEAR}-03",
        "/overdue": "/overdue",
        "/overdue, the middle page": f"/overdue?start={late // 200 * 100}",
        "/overdue, one plan": f"/overdue?{plan}",
        "/overdue, last August": f"/overdue?{past}",
        "/rates": f"/rates?{plan}",
        "/rates, by round": f"/rates?{plan}&by=round",
        "/rates, by plan": f"/rates?year={YEAR}&by=plan",
        "/rates/set": f"/rates/set?{plan}&unit={unit}",
        "/appraisal": "/appraisal",
        "/appraisal/entries": "/appraisal/entries",
        "/appraisal/rules": "/appraisal/rules",
        "/appraisal/simulate": "/appraisal/simulate",
        "/verify": "/verify",
        "/journal": "/journal",
        "/journal/{seq}": f"/journal/{entry}",
        "/me": "/me",
        "/drafts": "/drafts",
        "/running": "/running",
        "/accounts": "/accounts",
        "/accounts/{account_id}": f"/accounts/{account}",
        "/integrations": "/integrations",
        "/api/v1/plans": "/api/v1/plans",
        "/api/v1/units": "/api/v1/units",
        "/api/v1/rounds": f"/api/v1/rounds?{plan}",
        "/api/v1/rounds/{round_id}": f"/api/v1/rounds/{open_}",
        "/api/v1/rounds/{round_id}/obligations": f"/api/v1/rounds/{open_}/obligations",
        "/api/v1/obligations": f"/api/v1/obligations?unit={unit}",
        "/api/v1/obligations/{obligation_id}": f"/api/v1/obligations/{done}",
        "/api/v1/overdue": "/api/v1/overdue",
        "/api/v1/rates": f"/api/v1/rates?{plan}",
        "/api/v1/sheets": "/api/v1/sheets",
        "/api/v1/messages": "/api/v1/messages",
        "/api/v1/metrics": "/api/v1/metrics",
        "/api/v1/journal": "/api/v1/journal",
    }


def some_unit(session: Session) -> int:
    """Give the first village that still owes what the office asks for this quarter."""
    owed = select(func.min(Obligation.unit_id)).join(Unit, Unit.id == Obligation.unit_id)
    here = (Unit.kind == "村", Obligation.state == "owed", Obligation.round_id == _round(session, ASKED))
    return session.scalars(owed.where(*here)).one() or 0


def _round(session: Session, which: tuple[str, str]) -> int:
    duty, period = which
    here = (Round.slug == PLAN, Round.duty == duty, Round.period == period)
    return session.scalars(select(Round.id).where(*here)).one()


def _owed(session: Session, which: tuple[str, str]) -> int:
    return session.scalars(_obligation(some_unit(session), which)).one()


def _obligation(unit: int, which: tuple[str, str]) -> Select[tuple[int]]:
    duty, period = which
    here = (Round.slug == PLAN, Round.duty == duty, Round.period == period, Obligation.unit_id == unit)
    return select(Obligation.id).join(Round, Round.id == Obligation.round_id).where(*here)


def _submission(unit: int) -> Select[tuple[int]]:
    mine = select(func.max(Submission.id)).join(Obligation, Obligation.id == Submission.obligation_id)
    return mine.where(Obligation.unit_id == unit)


def _message(unit: int) -> Select[tuple[int]]:
    mine = select(func.max(Message.id)).join(Contact, Contact.id == Message.contact_id)
    return mine.where(Contact.unit_id == unit)


def _entry() -> Select[tuple[int]]:

    return select(func.max(JournalEntry.seq))
