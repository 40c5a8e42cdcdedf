"""Lists of past days, kept for the next page of them: what was known on a day that is over stays as it is."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from ...ledger.overdue_then import Then, then

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session
    from ...ledger.late import OverdueFilters
    from ...ledger.late_order import Sort

# Clocks of two machines on one book differ by minutes at most; until then something may still be entered.
SETTLED = timedelta(hours=1)
MOST = 8  # lists, each eight bytes a row


class PastLists:
    """The lists of one process that were looked at last."""

    def __init__(self) -> None:
        self._lists: OrderedDict[tuple[OverdueFilters, datetime, Sort], Then] = OrderedDict()
        self._latest: datetime | None = None
        self._lock = Lock()

    def get(
        self, session: Session, filters: OverdueFilters, as_of: datetime, sort: Sort, now: datetime
    ) -> Then:
        """Give the list of a past moment; both moments are aware. Raises as ``overdue_then.then`` does."""
        key = (filters, as_of, sort)
        with self._lock:
            if self._latest is not None and now < self._latest:
                self._lists.clear()  # the clock was put back: what is entered now may fall into a kept day
            self._latest = now
            if (known := self._lists.get(key)) is not None:
                self._lists.move_to_end(key)
                return known
        made = then(session, filters, as_of, sort)
        if as_of <= now - SETTLED:
            self._keep(key, made)
        return made

    def _keep(self, key: tuple[OverdueFilters, datetime, Sort], made: Then) -> None:
        with self._lock:
            self._lists[key] = made
            while len(self._lists) > MOST:
                self._lists.popitem(last=False)
