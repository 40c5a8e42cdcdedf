"""A busy book, and requests from the API's own description that mean something in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings, strategies
from schemathesis.generation.case import Case
from schemathesis.schemas import BaseSchema
from sqlalchemy import select

from duban.ledger import asking, integrations, owed, reports
from duban.ledger.book import Book
from duban.ledger.reports import Report, Return
from duban.ledger.tables import Extension, Obligation, Round
from duban.obligations.words import RemarkKind, Role
from duban.portal.api.description import made
from duban.portal.api.kinds import SMALL, VISIBLE

from .campaign import advance, day, deliver, slots, submit
from .desk import Desk

TOKEN = "program-of-the-office"
LONGEST_KEY = 200
OFTEN = 3  # of four requests aim at what is there
# For each act the obligations for which it is lawful; and those, and the rounds, that are there at all.
_here: dict[str, list[int]] = {}
PATIENTLY = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much)
START, END = 946_684_800, 4_102_444_799  # the years 2000 to 2099
_numbers = count()
_sites: list[FastAPI] = []
asked = Counter[str]()


def keep_busy(book: Book) -> None:
    """Let a half year pass in which units answer, ask and are returned."""
    for month in range(3, 9):
        advance(book, day(f"0{month}-01 09:00"))
        deliver(book, day(f"0{month}-02 10:00"))
        submit(book, "cun1", day(f"0{month}-10 09:00"), period=f"2023-0{month}")
        submit(book, "cun2", day(f"0{month}-11 09:00"), period=f"2023-0{month}")
        for unit in ("cun1", "cun2"):  # these wait to be judged
            said = Report(f"{unit}-{month}", note="无异常", by=unit)
            told = day(f"0{month}-11 10:00")
            submit(book, unit, told, period=f"2023-0{month}", duty="qingkuang", report=said)
        with book.write() as session:
            _talk(session, f"2023-0{month}", day(f"0{month}-12 09:00"))
    advance(book, day("09-01 09:00"))
    submit(book, "cun1", day("09-02 09:00"), period="2023-09")


def _talk(session: Any, period: str, now: datetime) -> None:
    first = owed.find(session, "jiancha", "yuecha", period, "cun1")
    reports.accept(session, first, now, "王文书")
    second = owed.find(session, "jiancha", "yuecha", period, "cun2")
    reports.return_(
        session, second, now, "王文书", Return("数字不符", material=True), slots(now, urgent=False)
    )
    third = owed.find(session, "jiancha", "yuecha", period, "cun3")
    asking.ask_for_time(session, third, now, "三村", until=day("12-30 09:00"), reason="汛期")
    asking.ask_to_transfer(session, third, now, "三村", reason="不归我村", to_unit="二村")
    asking.remark(
        session, third, now, "王文书", kind=RemarkKind.CALL, text="明日报", whom="丙文书", reached=True
    )


def let_in(desk: Desk, role: Role = Role.OFFICE, token: str = TOKEN) -> None:
    """Give a program its token."""
    with desk.book.write() as session:
        integrations.make(session, f"县平台{role.zh}", role, token, desk.clock.at, "管理员")


async def _served(scope: Any, receive: Any, send: Any) -> None:
    # The requests are made when tests are collected; the site is there only while one runs.
    asked[scope["type"]] += 1
    if scope["type"] != "lifespan":
        await _sites[-1](scope, receive, send)


@contextmanager
def serving(site: FastAPI) -> Generator[None]:
    """Let the description's requests reach a site."""
    _sites.append(site)
    yield
    _sites.pop()


def described(examples: int, *, edges: bool) -> BaseSchema:
    """Give the API's description, from which requests are made that often name what a busy book has.

    With ``edges`` each limit of the description is tried too, beside as many random requests as asked for.
    """
    phases = {name: {"enabled": edges} for name in ("coverage", "examples")}
    generation = {"deterministic": True, "max-examples": examples, "database": "none"}
    generation |= {"with-security-parameters": False}  # a cookie without its origin is refused as forged
    config = schemathesis.Config.from_dict({"seed": 2023, "generation": generation, "phases": phases})
    moments = strategies.integers(START, END).map(lambda at: datetime.fromtimestamp(at, UTC).isoformat())
    schemathesis.openapi.format("date-time", moments)
    schema = schemathesis.openapi.from_dict(made(), config=config)
    schema.app = _served
    return schema


def look_around(book: Book) -> None:
    """Note what there is, so that requests can aim at it."""
    with book.read() as session:
        ids = select(Obligation.id).order_by(Obligation.id)
        waiting = ids.where(Obligation.state == "submitted")
        open_ = ids.join(Round, Round.id == Obligation.round_id).where(Round.locks_at > day("09-20 09:00"))
        asked_for = ids.join(Extension, Extension.obligation_id == Obligation.id)
        queries = {"accept": waiting, "return": waiting, "extension": asked_for, "transfer": asked_for}
        queries |= {"submissions": open_, "extend": open_, "obligation_id": ids, "round_id": select(Round.id)}
        _here.update({name: list(session.scalars(query)) for name, query in queries.items()})


def each_request(schema: BaseSchema) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test for each route of a description, with many requests to it."""
    patiently = settings(deadline=None, suppress_health_check=PATIENTLY)
    return lambda test: schema.parametrize()(patiently(test))


def ask(case: Case[Any]) -> None:
    """Send a request, aimed at what there is, and hold the answer against the description."""
    act = case.operation.path.rpartition("/")[2]
    there = {"obligation_id": _here.get(act, _here["obligation_id"]), "round_id": _here["round_id"]}
    for name, value in (case.path_parameters or {}).items():
        case.path_parameters[name] = _one_of(there.get(name, []), value)
    if isinstance(case.body, dict) and act in _BODIES:
        case.body = _BODIES[act](case.body)
    key = str((case.headers or {}).get("Idempotency-Key", ""))
    if re.fullmatch(VISIBLE, key) and len(key) <= LONGEST_KEY:
        # The example, sent with every request, would be one key for many requests, which is refused.
        case.headers["Idempotency-Key"] = f"key-{next(_numbers)}"
    case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"})


def _one_of(there: list[int], value: object) -> object:
    if not there or not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= SMALL:
        return value
    return there[value // 4 % len(there)] if value % 4 < OFTEN else value


def _report(body: dict[str, Any]) -> dict[str, Any]:
    answers = body.get("answers")
    if not isinstance(answers, dict) or len(answers) % 4 == OFTEN:
        return body
    said = {} if body.get("nil") is True else {"shuliang": len(str(answers)) % 1000}
    return {**body, "answers": said, "seen_version": None, "seen_form": None}


def _first(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "version": 1} if isinstance(body.get("version"), int) else body


def _later(body: dict[str, Any]) -> dict[str, Any]:
    changed = {"until": "2023-12-31T23:59:59+08:00", "asked_at": "2023-09-19T09:00:00+08:00"}
    return body | {name: value for name, value in changed.items() if len(str(body.get(name))) == len(value)}


def _event(body: dict[str, Any]) -> dict[str, Any]:
    wanted = {"plan": "jiancha", "duty": "faxian", "at": "2023-09-20T08:59:59+08:00", "units": []}
    return body | {name: value for name, value in wanted.items() if isinstance(body.get(name), type(value))}


_BODIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "submissions": _report,
    "accept": _first,
    "return": _first,
    "events": _event,
    "extend": _later,
    "extension": _later,
}
