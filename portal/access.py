"""What a caller is let in for: one helper that fetches and authorises, deny by default.

Every route names one act by ``Depends(may(Act.…))``; ``site.create`` refuses to start with a route that
does not. What a caller may not see is answered as if it were not there.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from fastapi import Request

from ..ledger import lookup, sign_ins
from ..ledger.explain import BookError
from ..obligations.errors import DubanError
from .callers import Act, Caller, signed_in, visitor
from .counter import Counter
from .failing import noted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..ledger.book import Session
    from ..ledger.scope import Scope
    from ..ledger.tables import Obligation, Round, Submission, Upload


class AbsentError(DubanError):
    """There is no such thing, or not for this caller; the two are not told apart."""

    def __init__(self) -> None:
        super().__init__("没有找到这一页，或者您无权查看。")


class ForbiddenError(DubanError):
    """The caller's role does not do this."""

    def __init__(self) -> None:
        super().__init__("您的账号没有这项权限；如需办理，请联系管理员。")


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
            caller = visitor(session, token, now) if act is Act.MINE else signed_in(session, request, now)
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


def _note_use(counter: Counter, sign_in_id: int, now: datetime) -> None:
    # A book that cannot be written just now can still be read; the next request tries again.
    with suppress(DubanError), counter.book.write() as session:
        sign_ins.seen(session, sign_in_id, now)
