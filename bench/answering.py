"""Answers through the form: a rush of them on the last day, and against a bare FastAPI route."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, insert, select, text
from sqlalchemy.schema import CreateTable

from duban.calendar import loader
from duban.ledger import journal, links, rounds
from duban.ledger.tables import Base, Contact, Obligation, Round, Submission
from duban.obligations.forms import form_digest

from . import posting
from .books import scratch, shelves
from .receiving import ADDRESS, NOW, Side, running
from .report import Options, Report, ratios
from .rows import add_units, round_row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any

    from sqlalchemy.orm import Session

    from duban.ledger.book import Book
    from duban.ledger.reminding import Slots

    from .books import Shelf
    from .posting import Sent

UNITS = 300
RATE = 200  # answers a second
LIMIT = 0.5  # seconds within which 99 in 100 are to be answered
LEAST = 0.5
CONNECTIONS = 40
SLICE = 500  # sent to the one server, then to the other
TWICE = 10  # every tenth is sent twice, as by a finger that taps twice
WARM = 50
PLAN, DUTY = "erong-dafei", "sida-xingdong"
TABLE = Base.metadata.tables["submissions"]
BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gWQ"
FIELDS = {
    "f-da-xuanjiao": "3",
    "f-da-paicha": "120",
    "f-da-zhifa": "2",
    "f-da-zhengzhi": "5",
    "f-zhongdian": "对重点户逐户上门，联合派出所开展夜间巡查两次，没有发现非法经营和储存。",
    "note": "",
}
HEAD = f"""POST /l/%s/%d HTTP/1.1
Host: 127.0.0.1
Connection: keep-alive
Content-Length: %d
Cache-Control: max-age=0
Origin: {ADDRESS}
Content-Type: multipart/form-data; boundary={BOUNDARY}
Upgrade-Insecure-Requests: 1
User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8
Sec-Fetch-Site: same-origin
Sec-Fetch-Mode: navigate
Sec-Fetch-User: ?1
Sec-Fetch-Dest: document
Accept-Encoding: gzip, deflate, br, zstd
Accept-Language: zh-CN,zh;q=0.9

""".replace("\n", "\r\n")


def run(options: Options) -> None:
    """Measure on each database and print."""
    count, runs = options.pick(options.rows, 6_000, 200), options.pick(options.runs, 3, 1)
    for shelf in shelves(options.databases):
        report = Report(f"answers · {shelf.name} {shelf.version}".rstrip(), options, _notes(count, runs))
        with scratch() as folder:
            base = _book(shelf, count)
            rushes = [_rush(shelf, base, folder, count) for _ in range(runs)]
            spent = [_turn_about(shelf, base, folder, count, number) for number in range(runs)]
            shelf.drop(base)
        _tell(report, count, rushes, spent)
        report.print()


def _notes(count: int, runs: int) -> list[str]:
    part = min(SLICE, count)
    return [
        f"{count:,} answers of {UNITS} units, multipart as Chromium sends them; {CONNECTIONS} connections",
        "to a uvicorn of one process; the sender is a process of its own on the same machine.",
        f"First {RATE} a second, every {TWICE}th sent twice, each one's time counted from when it was to",
        "leave; then as fast as they are answered. Bare: a sync FastAPI route that reads the same form and",
        f"writes the same columns. Turn about every {part} after {WARM} unmeasured; {runs} runs, each",
        "with fresh books; after each all answers are counted and the journal is proved.",
    ]


def _tell(report: Report, count: int, rushes: Sequence[Sent], spent: Sequence[dict[Side, float]]) -> None:
    seconds = [sorted(one.latencies) for one in rushes]
    report.seconds(f"at {RATE} a second, the middle one", [one[len(one) // 2] for one in seconds])
    report.under("99 in 100 within", [one[len(one) * 99 // 100] for one in seconds], LIMIT)
    report.seconds("the slowest", [one[-1] for one in seconds])
    rate = sum(len(one.latencies) / one.seconds for one in rushes) / len(rushes)
    report.plain("answered a second", f"{rate:,.0f}", "none lost, none doubled, journal proved")
    ours, bare = ([one[side] for one in spent] for side in ("ours", "bare"))
    report.seconds("duban, as fast as it goes", ours, count - WARM)
    report.seconds("bare FastAPI", bare, count - WARM)
    report.ratio("ratio of rates", ratios(bare, ours), LEAST, at_least=True)


def _book(shelf: Shelf, count: int) -> Book:
    """Make a book in which so many answers are owed, and a table beside for the bare route."""
    book, form = shelf.new(), _form()
    with book.write() as session:
        add_units(session, UNITS)
        rows = [round_row(number, NOW) | {"form": form} for number in range(-(-count // UNITS))]
        session.execute(insert(Round), rows)
        for number in range(len(rows)):
            assert rounds.catch_up(session, number + 1, NOW, _never)
        contacts = session.execute(select(Contact.id, Contact.unit_id)).tuples()
        made = [(_token(unit), contact, None) for contact, unit in contacts]
        links.write(session, made, "list", NOW)
        bare = str(CreateTable(TABLE).compile(dialect=session.get_bind().dialect))
        session.execute(text(bare.replace("submissions", "bare")))
    shelf.settle(book)
    return book


def _form() -> list[dict[str, Any]]:
    plan = loader.load(loader.find(PLAN)).plan
    duty = next(one for one in plan.duties if one.key == DUTY)
    return [field.model_dump(mode="json") for field in duty.form]


def _never(_now: datetime, _urgent: bool) -> Slots:  # noqa: FBT001 - called by position
    raise AssertionError("these rounds have no reminders")


def _token(unit: int) -> str:
    return f"{UUID(int=unit).hex}{unit:011}"


def _requests(session: Session, count: int) -> list[bytes]:
    digest = form_digest(session.scalars(select(Round.form).limit(1)).one())
    owed = session.execute(select(Obligation.id, Obligation.unit_id).order_by(Obligation.id).limit(count))
    return [_request(number, unit, digest) for number, unit in owed.tuples()]


def _request(number: int, unit: int, digest: str) -> bytes:
    said = {"key": UUID(int=number).hex, "seen_version": "0", "seen_form": digest} | FIELDS
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    body = "".join(part % one for one in said.items()) + f"--{BOUNDARY}--\r\n"
    data = body.encode()
    return (HEAD % (_token(unit), number, len(data))).encode() + data


def _prepared(book: Book, count: int) -> list[bytes]:
    with book.read() as session:
        requests = _requests(session, count)
    book.close()  # the server is alone with it
    return requests


def _rush(shelf: Shelf, base: Book, folder: Path, count: int) -> Sent:
    """Let the answers come at their rate; give how each fared."""
    book = shelf.copy(base)
    requests = _prepared(book, count)
    often = [one for number, one in enumerate(requests) for _ in range(1 + (number % TWICE == 0))]
    with running("ours", book, folder) as port:
        _all_taken(posting.send(folder, port, often[:WARM], CONNECTIONS))
        sent = posting.send(folder, port, often[WARM:], CONNECTIONS, RATE)
        _all_taken(sent)
    _whole(book, count)
    shelf.drop(book)
    return sent


def _turn_about(shelf: Shelf, base: Book, folder: Path, count: int, first: int) -> dict[Side, float]:
    """Send everything to both as fast as it goes, some at a time, now to the one first, now to the other."""
    books: dict[Side, Book] = {"ours": shelf.copy(base), "bare": shelf.copy(base)}
    requests = {side: _prepared(book, count) for side, book in books.items()}["ours"]
    spent: dict[Side, float] = {"ours": 0.0, "bare": 0.0}
    slices = [requests[start : start + SLICE] for start in range(WARM, count, SLICE)]
    with running("ours", books["ours"], folder) as ours, running("bare", books["bare"], folder) as bare:
        both: list[tuple[Side, int]] = [("ours", ours), ("bare", bare)]
        for _, port in both:
            _all_taken(posting.send(folder, port, requests[:WARM], CONNECTIONS))
        for number, part in enumerate(slices, first):
            for side, port in both if number % 2 else both[::-1]:
                sent = posting.send(folder, port, part, CONNECTIONS)
                _all_taken(sent)
                spent[side] += sent.seconds
    _whole(books["ours"], count)
    for book in books.values():
        shelf.drop(book)
    return spent


def _all_taken(sent: Sent) -> None:
    assert set(sent.statuses) == {303}, f"not all were taken: {sent.statuses}"


def _whole(book: Book, count: int) -> None:
    """See that each answer is in the book once, and that the journal says so."""
    with book.read() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == count
        assert session.scalar(select(func.count(Submission.obligation_id.distinct()))) == count
        state = select(func.count()).where(Obligation.state == "submitted")
        assert session.scalar(state) == count
        proof = journal.verify(session)
        assert proof.ok, proof.reason_zh
        assert proof.submissions == count
