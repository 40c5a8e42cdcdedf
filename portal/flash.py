"""What was just done, told once on the page to which an act leads.

An address could be sent to anybody and would claim the act, so a cookie carries it, which only the server
sets. A browser without cookies is told nothing, and works. Nothing in it is trusted: a page shows sentences
of its own, with whole numbers in them.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from fastapi.responses import RedirectResponse

from .access import counter_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request
    from fastapi.responses import Response

COOKIE: Final = "duban-done"
LASTS: Final = 60  # seconds
LONGEST_NUMBER: Final = 9  # digits


def went(request: Request, address: str, word: str, *numbers: int) -> RedirectResponse:
    """Send the browser to a page of ours after a form; the page finds the word among its own."""
    answer = RedirectResponse(address, 303)
    value = ".".join((word, _mark(urlsplit(address).path), *map(str, numbers)))
    secure = counter_of(request).secure
    answer.set_cookie(COOKIE, value, LASTS, path="/", secure=secure, httponly=True, samesite="lax")
    return answer


def said(request: Request, sentences: Mapping[str, str]) -> str:
    """Give the sentence for what was just done, if an act has led to this very page; else nothing.

    A sentence has ``{}`` for each number that :func:`went` is given.
    """
    word, _, rest = request.cookies.get(COOKIE, "").partition(".")
    mark, *numbers = rest.split(".")
    sentence = sentences.get(word, "")
    fits = sentence.count("{}") == len(numbers) and all(map(_is_number, numbers))
    if request.method != "GET" or mark != _mark(request.url.path) or not fits:
        return ""
    request.state.told = True
    return sentence.format(*numbers)


def forget(request: Request, answer: Response) -> None:
    """Let what this answer has told not be told again."""
    if getattr(request.state, "told", False):
        secure = counter_of(request).secure
        answer.delete_cookie(COOKIE, path="/", secure=secure, httponly=True, samesite="lax")


def _mark(path: str) -> str:
    """Give what stands for a page, so that another one that is opened meanwhile does not tell of the act."""
    return sha256(path.encode()).hexdigest()[:16]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
