"""The book fails while a request is served: told to the log, and by a 503 that asks to come again."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..ledger.explain import BookError

if TYPE_CHECKING:
    from collections.abc import Generator

    from fastapi import Request

log = logging.getLogger("duban.portal")
UNAVAILABLE = 503


@contextmanager
def noted(request: Request) -> Generator[None]:
    """Note that the book fails within, for the log and for the page that will tell of it."""
    try:
        yield
    except BookError as wrong:
        note(request, wrong)
        raise


def note(request: Request, wrong: BookError) -> None:
    """Note that the book has failed; once for a request."""
    if not failed(request):
        log.warning("%s", wrong)
    request.state.book_failed = True


def failed(request: Request) -> bool:
    """Tell whether the book has failed while this request was served."""
    return getattr(request.state, "book_failed", False)
