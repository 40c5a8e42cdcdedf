"""The front door: where ``/`` leads, and whether the site is alive."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from .access import counter_of
from .pages import go

router = APIRouter()


@router.get("/")
def front_door() -> Response:
    """Lead to the day's page; whoever is not signed in is asked to."""
    return go("/today")


@router.get("/health")
def health(request: Request) -> PlainTextResponse:
    """Tell that pages are served and the book can be read."""
    with counter_of(request).book.read():
        return PlainTextResponse("ok")
