"""Browsers in which people sign in by the pages themselves."""

from __future__ import annotations

import re
from functools import cache

import pyotp
from fastapi.testclient import TestClient
from httpx2 import Response

from duban.ledger import accounts, passwords, second_factor
from duban.ledger.tables import Account
from duban.obligations.words import Role

from .desk import PUBLIC_URL, Desk
from .people import account

PASSWORD = "清明前后种瓜点豆24"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36 Edg/120.0"


@cache
def _hashed() -> str:
    return passwords.hashed(PASSWORD, ())


def join(desk: Desk, name: str = "wang", role: Role = Role.OFFICE, shown: str = "王文书") -> int:
    """Make an account that signs in with ``PASSWORD``; gives its id."""
    with desk.book.write() as session:
        new = accounts.New(name, shown, _hashed())
        return accounts.make(session, new, role, desk.clock.at, "测试").id


def browser(desk: Desk, address: str = "10.0.0.8", agent: str = EDGE) -> TestClient:
    """Give a browser at an address, as every page of ours is opened: with an Origin."""
    made = TestClient(desk.stranger().app, PUBLIC_URL, client=(address, 50000), follow_redirects=False)
    made.headers.update({"origin": PUBLIC_URL, "user-agent": agent})
    return made


def enter(here: TestClient, name: str = "wang", password: str = PASSWORD, **more: str) -> Response:
    """Fill in the page to sign in."""
    return here.post("/sign-in", data={"name": name, "password": password, **more})


def inside(desk: Desk, name: str = "wang", **where: str) -> TestClient:
    """Give a browser in which this person has signed in by the page."""
    made = browser(desk, **where)
    assert enter(made, name).status_code == 303
    return made


def enrolled(desk: Desk, account_id: int) -> pyotp.totp.TOTP:
    """Turn a person's second factor on; gives their phone."""
    box, now = desk.counter.box, desk.clock.at
    with desk.book.write() as session:
        phone = pyotp.totp.TOTP(second_factor.begin(session, account_id, box, "督办", now).secret)
        second_factor.confirm(session, account_id, phone.at(now), box, now, "测试")
    return phone


def ticket(page: Response) -> str:
    """Give what the page that asks for a code will send along."""
    found = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def row(desk: Desk, account_id: int) -> Account:
    return account(desk.book, account_id)
