"""Who is asking: a contact by link, a person signed in, a program with a token; and what each may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from ..ledger import integrations, links, sign_ins
from ..ledger.below import scope_at
from ..ledger.homes import homes_of
from ..obligations.errors import DubanError
from ..obligations.words import Role

if TYPE_CHECKING:
    from datetime import datetime

    from fastapi import Request

    from ..ledger.book import Session
    from ..ledger.homes import Home
    from ..ledger.scope import Scope

COOKIE = "duban"
BOARD = "公示二维码"  # stands for whoever comes by it, in the record too


class Act(StrEnum):
    """What a route does, as far as rights go."""

    MINE = "mine"  # a unit's own list, its answers and requests
    LOOK = "look"  # read rounds, obligations, messages, figures
    RECEIVE = "receive"  # accept, return, extend, exempt, enter for a unit
    CHASE = "chase"  # remind now, note a call
    PEOPLE = "people"  # units, contacts, channels
    SELF = "self"  # one's own password, second factor, sign-ins
    RULE = "rule"  # accounts and integrations
    FIND = "find"  # record findings, cases and clues, judge what became of them
    DRAFT = "draft"  # draft sheets, judge replies, keep talks
    SIGN = "sign"  # sign what leaves in the office's name, withdraw it
    MEET = "meet"  # call meetings, keep their minutes and decisions, pass the gates of phases
    INSPECT = "inspect"  # draw and hold inspections, also those not announced yet
    WATCH = "watch"  # see the persons and places that are watched
    PLAN = "plan"  # draft plans from documents
    APPRAISE = "appraise"  # adopt the rules of the appraisal, answer appeals


_OFFICE = frozenset({Role.OFFICE, Role.ADMINISTRATOR})
_DESK = _OFFICE | {Role.SUPERVISOR}
# What only a person does.
_IN_PERSON = frozenset({Act.SELF, Act.RULE, Act.SIGN, Act.INSPECT, Act.WATCH})
# Whoever comes from above looks; what is to be done is done by the office whose it is.
_VISITING = frozenset({Act.LOOK, Act.SELF})
RULES: dict[Act, frozenset[Role]] = {
    Act.MINE: frozenset(),  # links alone
    Act.LOOK: frozenset(Role),
    Act.RECEIVE: _OFFICE,
    Act.CHASE: _OFFICE,
    Act.PEOPLE: _OFFICE,
    Act.SELF: frozenset(Role),
    Act.RULE: frozenset({Role.ADMINISTRATOR}),
    Act.FIND: _DESK,
    Act.DRAFT: _DESK,
    # Whoever runs the program does not sign for the government.
    Act.SIGN: frozenset({Role.LEADER, Role.SUPERVISOR}),
    Act.MEET: _OFFICE,
    Act.PLAN: _OFFICE,
    # Nor do they learn what is drawn in secret, who is watched; the plan may narrow the latter, by kind.
    Act.INSPECT: frozenset({Role.OFFICE, Role.SUPERVISOR}),
    Act.WATCH: frozenset({Role.OFFICE, Role.SUPERVISOR, Role.LEADER}),
    Act.APPRAISE: _OFFICE,
}


class SignInNeededError(DubanError):
    """Nobody is signed in, or the sign-in has ended."""

    def __init__(self) -> None:
        super().__init__("请先登录。")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: a contact by link (``unit_id`` set), a person signed in, or a program with a token.

    ``by`` is the name that goes into the record. ``id`` is the contact's, account's or integration's.
    """

    id: int
    by: str
    role: Role | None = None
    unit_id: int | None = None
    unit: str = ""
    contact: str = ""
    board: bool = False  # by the code on the notice board: who it is, nobody knows
    sign_in_id: int | None = None
    program: bool = False
    stale: bool = False  # the sign-in was last noted as in use a while ago
    scope: Scope | None = None  # the subtree that is seen; none for the whole book
    visiting: bool = False  # somebody from above looks at a subtree that is not their own
    home: Home | None = None  # a unit's own office, where townships share the book
    root: int | None = None  # of their own subtree, wherever they look just now
    below: bool = False  # there are plans of units further below, whose sums can be looked at

    def may(self, act: Act) -> bool:
        """Tell whether the caller may do this; templates ask it too, to show only what can be done."""
        if self.unit_id is not None:
            return act is Act.MINE
        if self.visiting and act not in _VISITING:
            return False
        return self.role in RULES[act] and not (self.program and act in _IN_PERSON)


def visitor(session: Session, token: str, now: datetime) -> Caller:
    """Give whose link a token is. Raises :class:`links.LinkRefusedError`."""
    opened = links.open_link(session, token, now)
    if opened.purpose == "feed":  # a calendar's address is widely copied; it shows the calendar alone
        raise links.LinkRefusedError("unknown")
    board = opened.purpose == "board"
    who = BOARD if board else opened.contact
    unit = (None, opened.unit_id, opened.unit)
    home = homes_of(session, {opened.path}).get(opened.path) if opened.path else None
    return Caller(opened.contact_id, f"{opened.unit} {who}", *unit, contact=who, board=board, home=home)


def signed_in(session: Session, request: Request, now: datetime) -> Caller:
    """Give the person or the program whose request it is. Raises :class:`SignInNeededError`."""
    if token := _bearer(request):
        found = integrations.find(session, token)
        if found is None:
            raise SignInNeededError
        own = None if found.unit_id is None else scope_at(session, found.unit_id)
        return Caller(found.id, f"接口：{found.name}", found.role, program=True, scope=own)
    who = sign_ins.signed_in(session, request.cookies.get(COOKIE, ""), now)
    if who is None:
        raise SignInNeededError
    own = None if who.unit_id is None else scope_at(session, who.unit_id)
    view = None if who.view_id is None else scope_at(session, who.view_id)
    # The tree may have changed since they began to look there.
    visiting = view is not None and (own is None or view.path.startswith(own.path))
    whom = (who.account_id, who.shown, who.role)
    scope = view if visiting else own
    below = who.shared if scope is None else scope.deeper
    came = partial(Caller, *whom, sign_in_id=who.sign_in_id, stale=who.stale)
    return came(scope=scope, visiting=visiting, below=below, root=who.unit_id)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    on_api = request.url.path.startswith("/api/")
    return token.strip() if on_api and scheme.lower() == "bearer" else ""
