"""The two servers that take answers, each in a process of its own: ``python -m bench.receiving``.

``ours`` is the portal as ``duban up`` serves it. ``bare`` is the least that FastAPI can do: a sync route that
reads the same form and writes the same columns in a transaction.
"""

from __future__ import annotations

import json
import logging
import socket
import sys
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal

import uvicorn
from cryptography.fernet import Fernet
from fastapi import Depends, FastAPI, Request
from fastapi.responses import RedirectResponse
from sqlalchemy import text
from starlette.datastructures import FormData

from duban.calendar.workdays import Workdays
from duban.ledger.book import Book
from duban.ledger.secrets import SecretBox
from duban.portal import site
from duban.portal.counter import Counter
from duban.portal.serve import FORMAT

if TYPE_CHECKING:
    from collections.abc import Generator

    from starlette.types import ASGIApp

Side = Literal["ours", "bare"]
NOW = datetime(2026, 3, 4, 2, tzinfo=UTC)
ADDRESS = "http://127.0.0.1"
INSERT = text(
    "INSERT INTO bare (obligation_id, key, version, received_at, claimed_at, nil, answers, note, via, by,"
    " sha256) VALUES (:obligation_id, :key, 1, :received_at, NULL, false, :answers, :note, 'link', :by,"
    " :sha256)"
)


def counter_over(book: Book, folder: Path, now: datetime) -> Counter:
    """Give a counter over a scratch book, whose clock stands at ``now``."""
    return Counter(
        book=book,
        workdays=Workdays.load(),
        box=SecretBox(Fernet.generate_key()),
        attachments=folder / "attachments",
        outbox=folder / "outbox",
        public_url=ADDRESS,
        office_name="示例镇打非办",
        office_phone="0550-1234567",
        now=lambda: now,
    )


async def _form(request: Request) -> FormData:
    return await request.form()


def bare(book: Book) -> FastAPI:
    """Give the site with the one route that only reads a form and writes a row."""
    app = FastAPI(openapi_url=None)
    # SQLite makes a second writer sleep and try again; waiting in a line is faster, so the bare one does.
    line = Lock() if book.is_sqlite else nullcontext()

    @app.post("/l/{token}/{obligation_id}")
    def take(token: str, obligation_id: int, form: Annotated[FormData, Depends(_form)]) -> RedirectResponse:
        row = {
            "obligation_id": obligation_id,
            "key": form["key"],
            "received_at": f"{NOW:%Y-%m-%d %H:%M:%S}",
            "answers": json.dumps(_answers(form), ensure_ascii=False),
            "note": form["note"],
            "by": token,
            "sha256": form["seen_form"],
        }
        with line, book.write() as session:
            session.execute(INSERT, row)
        return RedirectResponse(f"/l/{token}/{obligation_id}", 303)

    return app


def _answers(form: FormData) -> dict[str, Any]:
    return {name: value for name, value in form.items() if name.startswith("f-")}


def serve(app: ASGIApp) -> None:
    """Serve a site until killed, as ``portal.serve`` does; the first line printed is the port."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format=FORMAT)
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    print(listening.getsockname()[1], flush=True)
    config = uvicorn.Config(app, access_log=False, server_header=False, log_config=None, proxy_headers=True)
    uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def running(side: Side, book: Book, folder: Path) -> Generator[int]:
    """Give the port of a server over a book, in a process of its own."""
    url = book.engine.url.set(drivername=book.engine.dialect.name).render_as_string(hide_password=False)
    words = (sys.executable, "-m", "bench.receiving", side, url, str(folder))
    with Popen(words, stdout=PIPE, stderr=DEVNULL, text=True) as process:  # noqa: S603 - our own
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def main() -> None:
    """Serve one of the two."""
    side, url, folder = sys.argv[1:]
    book = Book.open(url)
    serve(site.create(counter_over(book, Path(folder), NOW)) if side == "ours" else bare(book))


if __name__ == "__main__":
    main()
