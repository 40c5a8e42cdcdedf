"""Tries to come in with a secret are counted, so that guessing does not pay.

What is tried has a name (``name/…``, ``code/…``, ``setup/…``), which never holds the secret itself. Who asks
for a lost link (``lost/…``) is counted apart, and always as if in vain: neither the answer nor the limit may
tell who is registered, and a hall full of villagers that ask must not keep the office from signing in. Nor
must one who guesses behind the office's address: a browser known from before is limited by the name alone.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select, update

from ..obligations.errors import DubanError
from ..obligations.moments import in_words
from .tables import Knock

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

WINDOW: Final = timedelta(minutes=15)
PER_WHAT: Final = 5
PER_ADDRESS: Final = 20
ASKING_PER_ADDRESS: Final = 60
_ASKING: Final = "lost/"
KEPT: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_KNOCKING: Final = 0x6B6E6F636B  # the number of the lock; nobody else's


class TooManyTriesError(DubanError):
    """Too many tries have failed; ``until`` (UTC, a whole minute) is when the next is heard."""

    def __init__(self, until: datetime) -> None:
        over = timedelta(seconds=until.second)
        self.until = until - over + _MINUTE if over else until
        super().__init__(f"尝试次数过多，请在{in_words(self.until)}以后再试。")


def knock(session: Session, what: str, address: str, now: datetime, *, known: bool = False) -> int:
    """Count a try before it is judged, as failed until :func:`opened`; gives its number.

    ``known`` says that the one who is named has signed in from this browser before: see ``sign_ins.known``.
    Counted first, so that many tries at once cannot all pass for the first. It stands in a transaction of its
    own, which is committed before the secret is looked at. Raises :class:`TooManyTriesError`.
    """
    if session.get_bind().dialect.name == "postgresql":  # a writer of SQLite is alone anyway
        session.execute(select(func.pg_advisory_xact_lock(_KNOCKING)))
    check(session, what, address, now, known=known)
    return note(session, what, address, now)


def opened(session: Session, knock_id: int) -> None:
    """Say that a try was right; what failed before it counts no more against what was tried."""
    session.execute(update(Knock).where(Knock.id == knock_id).values(ok=True))


def check(session: Session, what: str, address: str, now: datetime, *, known: bool = False) -> None:
    """Raise :class:`TooManyTriesError` when ``what`` was tried, or ``address`` tried, in vain too often.

    A ``known`` browser does not wait for what others have tried from its address.
    """
    last_right = select(func.coalesce(func.max(Knock.id), 0)).where(Knock.what == what, Knock.ok)
    tried = (Knock.what == what) & (Knock.id > last_right.scalar_subquery())
    asking = Knock.what.startswith(_ASKING, autoescape=True)
    alike, limit = (asking, ASKING_PER_ADDRESS) if what.startswith(_ASKING) else (~asking, PER_ADDRESS)
    here = (Knock.address == _place(address)) & alike
    full = (
        _full(session, tried, PER_WHAT, now),
        None if known else _full(session, here, limit, now),
    )
    if ends := [at + WINDOW for at in full if at is not None]:
        raise TooManyTriesError(max(ends))


def note(session: Session, what: str, address: str, now: datetime, *, ok: bool = False) -> int:
    """Keep one try, forget those older than a day; gives its number."""
    session.execute(delete(Knock).where(Knock.at < now - KEPT))
    row = Knock(what=what, address=_place(address), at=now, ok=ok)
    session.add(row)
    session.flush()
    return row.id


def _full(session: Session, which: ColumnElement[bool], limit: int, now: datetime) -> datetime | None:
    """Give the oldest failure that must pass out of the window before another try is heard."""
    # What a clock that ran ahead has dated keeps nobody out until that time has come.
    failed = select(Knock.at).where(which, ~Knock.ok, Knock.at > now - WINDOW, Knock.at < now + WINDOW)
    return session.scalar(failed.order_by(Knock.at.desc(), Knock.id.desc()).offset(limit - 1).limit(1))


def _place(address: str) -> str:
    """Give what counts as one address: of IPv6 the network, within which anybody can take any number."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((int(found) >> 64 << 64, 64)))
