"""Who is asking and what they may do: one helper that fetches and authorises, deny by default.

Every route names one act by ``Depends(may(Act.…))``; ``site.create`` refuses to start with a route that
does not. What a caller may not see is answered as if it were not there.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from fastapi import Request

from ..ledger import integrations, links, lookup, sign_ins
from ..ledger.below import scope_at
from ..ledger.explain import BookError
from ..ledger.homes import homes_of
from ..obligations.errors import DubanError
from ..obligations.words import Role
from .counter import Counter
from .failing import noted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..ledger.book import Session
    from ..ledger.homes import Home
    from ..ledger.scope import Scope
    from ..ledger.tables import Obligation, Round, Submission, Upload

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
    # Nor do they learn what is drawn in secret, who is watched; the plan may narrow the latter, by kind.
    Act.INSPECT: frozenset({Role.OFFICE, Role.SUPERVISOR}),
    Act.WATCH: frozenset({Role.OFFICE, Role.SUPERVISOR, Role.LEADER}),
    Act.APPRAISE: _OFFICE,
}


class AbsentError(DubanError):
    """There is no such thing, or not for this caller; the two are not told apart."""

    def __init__(self) -> None:
        super().__init__("没有找到这一页，或者您无权查看。")


class ForbiddenError(DubanError):
    """The caller's role does not do this."""

    def __init__(self) -> None:
        super().__init__("您的账号没有这项权限；如需办理，请联系管理员。")


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


@dataclass(frozen=True, slots=True)
class Desk:
    """A session with the one who asked: what is fetched here may be seen by them."""

    session: Session
    caller: Caller
    now: datetime

    def obligation(self, obligation_id: int, *, lock: bool = False) -> Obligation:
        """Give an obligation, locked for this transaction if asked; raises :class:`AbsentError`."""
        found = lookup.obligation(self.session, obligation_id, lock=lock)
        if found is None or (self.caller.unit_id is not None and found.unit_id != self.caller.unit_id):
            raise AbsentError
        return found

    def form(self, obligation_id: int) -> list[Any]:
        """Give the form that an obligation's report is to follow; raises :class:`AbsentError`."""
        found = lookup.form(self.session, obligation_id)
        if found is None or (self.caller.unit_id is not None and found[0] != self.caller.unit_id):
            raise AbsentError
        return found[1]

    def submission(self, submission_id: int) -> Submission:
        """Give one version of a report; raises :class:`AbsentError`."""
        found = lookup.submission(self.session, submission_id)
        if found is None:
            raise AbsentError
        self.obligation(found.obligation_id)
        return found

    def upload(self, obligation_id: int, sha256: str) -> Upload:
        """Give a file that came for an obligation; raises :class:`AbsentError`."""
        found = lookup.upload(self.session, self.obligation(obligation_id).id, sha256)
        if found is None:
            raise AbsentError
        return found

    def round(self, round_id: int) -> Round:
        """Give a round; units see their own obligations only. Raises :class:`AbsentError`."""
        found = None if self.caller.unit_id is not None else lookup.round_(self.session, round_id)
        if found is None:
            raise AbsentError
        return found


@dataclass(frozen=True, slots=True)
class Here:
    """One request: who asks, when (UTC, the server's clock), and the way to the book."""

    request: Request
    counter: Counter
    caller: Caller
    now: datetime
    token: str = ""
    scope: Scope | None = None  # what is seen of the book; the whole of it for what is the caller's own

    def shows(self, section: str) -> bool:
        """Tell whether a section of the pages has something for this caller, beyond what they may do."""
        if section == "below":
            return self.caller.below
        return section != "running" or self.caller.scope is None

    @property
    def office(self) -> tuple[str, str]:
        """Give the office's name, empty for the plan's own, and its telephone number."""
        own, phone = self.caller.scope or self.caller.home, self.counter.office_phone
        return (self.counter.office_name, phone) if own is None else (own.office, own.phone or phone)

    @contextmanager
    def whole(self) -> Generator[Desk]:
        """Give a desk that reads the whole book: what it shows must be fit for a caller who sees a part."""
        with noted(self.request), self.counter.book.read() as session:
            yield Desk(session, self.caller, self.now)

    @contextmanager
    def read(self) -> Generator[Desk]:
        """Give a desk that sees one moment of the book."""
        with noted(self.request), self.counter.book.read(self.scope) as session:
            yield Desk(session, self.caller, self.now)

    @contextmanager
    def write(self) -> Generator[Desk]:
        """Give a desk whose work is committed at the end, all or nothing."""
        with noted(self.request), self.counter.book.write(self.scope) as session:
            yield Desk(session, self.caller, self.now)

    def require_whole(self) -> None:
        """Raise :class:`ForbiddenError` for a caller who sees a subtree only."""
        if self.caller.scope is not None:
            raise ForbiddenError

    def told(self, wrong: DubanError) -> str:
        """Give what is wrong as this caller may hear it: where the book lies is for the office alone."""
        return wrong.said if isinstance(wrong, BookError) and self.caller.unit_id is not None else str(wrong)


def counter_of(request: Request) -> Counter:
    """Give the counter of the running site."""
    return cast("Counter", request.app.state.counter)


def may(act: Act) -> Callable[[Request], Here]:
    """Give the dependency that lets a request in for this act, or raises why not.

    Raises :class:`links.LinkRefusedError`, :class:`SignInNeededError` or :class:`ForbiddenError`.
    """

    def here(request: Request) -> Here:
        counter, now = counter_of(request), counter_of(request).now()
        token = str(request.path_params.get("token", "")) if act is Act.MINE else ""
        with counter.book.read() as session:
            caller = _visitor(session, token, now) if act is Act.MINE else _signed_in(session, request, now)
        if not caller.may(act):
            raise ForbiddenError
        if caller.stale and caller.sign_in_id is not None:
            _note_use(counter, caller.sign_in_id, now)
        request.state.of_office = caller.unit_id is None
        # One's own account lies where one's own root is, wherever one looks just now.
        scope = None if act is Act.SELF else caller.scope
        return Here(request, counter, caller, now, token, scope)

    return marked(here, act)


def marked(dependency: Callable[[Request], Here], act: Act | str) -> Callable[[Request], Here]:
    """Write on a dependency which act it lets in, so that the site can see that each route has one."""
    cast("Any", dependency).act = act
    return dependency


def _visitor(session: Session, token: str, now: datetime) -> Caller:
    opened = links.open_link(session, token, now)
    if opened.purpose == "feed":  # a calendar's address is widely copied; it shows the calendar alone
        raise links.LinkRefusedError("unknown")
    board = opened.purpose == "board"
    who = BOARD if board else opened.contact
    unit = (None, opened.unit_id, opened.unit)
    home = homes_of(session, {opened.path}).get(opened.path) if opened.path else None
    return Caller(opened.contact_id, f"{opened.unit} {who}", *unit, contact=who, board=board, home=home)


def _signed_in(session: Session, request: Request, now: datetime) -> Caller:
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


def _note_use(counter: Counter, sign_in_id: int, now: datetime) -> None:
    # A book that cannot be written just now can still be read; the next request tries again.
    with suppress(DubanError), counter.book.write() as session:
        sign_ins.seen(session, sign_in_id, now)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    on_api = request.url.path.startswith("/api/")
    return token.strip() if on_api and scheme.lower() == "bearer" else ""
