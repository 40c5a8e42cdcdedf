"""Forms read with limits while they stream in: nothing large is ever held, and what was typed is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from ..obligations.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from starlette.datastructures import Headers

LARGEST_FILE = 15_000_000
LARGEST_FORM = 40_000_000
# What lies between is read and thrown away, so that the answer reaches a browser that is still sending.
LARGEST_READ = 120_000_000
LARGEST_PLAIN = 1_000_000  # a form without files
LARGEST_SHORT = 64_000  # what a stranger may send
LONGEST_FIELD = 100_000  # bytes
MOST_FIELDS = 300
MOST_FILES = 40
LONGEST_NUMBER = 18  # digits
_MULTIPART = "multipart/form-data"


class TooLargeError(DubanError):
    """More was sent than is read at all."""

    def __init__(self, most: int) -> None:
        """Take how many bytes are read."""
        advice = f"照片和附件合计请不超过{LARGEST_FORM // 1_000_000} MB"
        super().__init__(f"提交的内容过大，没有收下；{advice if most > LARGEST_FORM else '请删减后再提交'}。")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent.

    ``refused`` names the entries of which a file was too large and is not here, ``unstored`` those for which
    the server had no room, with why.
    """

    form: FormData
    refused: frozenset[str] = frozenset()
    unstored: Mapping[str, str] = field(default_factory=dict[str, str])

    def one(self, name: str) -> str:
        """Give what was typed under a name, without the space around it; empty if nothing, or a file, was."""
        found = self.form.get(name)
        return found.strip() if isinstance(found, str) else ""

    def files(self, name: str) -> list[UploadFile]:
        """Give the files that were chosen under a name."""
        return [one for one in self.form.getlist(name) if isinstance(one, UploadFile)]

    def number(self, name: str) -> int | None:
        """Give a whole number that a page wrote into an entry of its own, or None."""
        text = self.one(name)
        return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST_NUMBER else None


async def form_sent(request: Request) -> AsyncIterator[Sent]:
    """Read the form of a request, urlencoded or multipart; its files are gone after the answer.

    Raises :class:`TooLargeError`, and HTTPException for what is no form or broke off.
    """
    kind = _kind(request)
    sent = await _read(request, LARGEST_READ if kind == _MULTIPART else LARGEST_PLAIN, MOST_FILES)
    try:
        yield replace(sent, form=_clean(sent.form))
    finally:
        await sent.form.close()


async def short_form_sent(request: Request) -> Sent:
    """Read a short form without files, for pages that are open to strangers: nothing touches the disk.

    Raises as :func:`form_sent` does, and HTTPException for a file.
    """
    sent = await _read(request, LARGEST_SHORT, 0)
    return replace(sent, form=_clean(sent.form))


Form = Annotated[Sent, Depends(form_sent)]
ShortForm = Annotated[Sent, Depends(short_form_sent)]


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _read(request: Request, most: int, files: int) -> Sent:
    """Read at most so many bytes and files."""
    if int(request.headers.get("content-length") or 0) > most:
        raise TooLargeError(most)
    try:
        async with aclosing(_counted(request, most)) as stream:
            return await _parsed(_kind(request), request.headers, stream, files)
    except (MultiPartException, ClientDisconnect) as wrong:
        raise HTTPException(400) from wrong


def _check_charset(headers: Headers) -> None:
    """Refuse what is not written in UTF-8, as browsers write the forms of our pages.

    The parser would decode by whatever codec the sender names, on the event loop: some take minutes for a
    megabyte, and some give halves of characters.
    """
    charset = parse_options_header(headers.get("content-type", ""))[1].get(b"charset", b"utf-8")
    if charset.lower() not in (b"utf-8", b"utf8"):
        raise MultiPartException("a form in another charset than UTF-8")


async def _parsed(kind: str, headers: Headers, stream: AsyncGenerator[bytes], files: int) -> Sent:
    if kind == _MULTIPART:
        _check_charset(headers)
        parts = _Parts(headers, stream, files)
        form = await parts.parse()
        return Sent(form, frozenset(parts.refused), _unstored(form))
    if kind == "application/x-www-form-urlencoded":
        plain = FormParser(headers, stream, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD)
        return Sent(await plain.parse())
    return Sent(FormData())


async def _counted(request: Request, most: int) -> AsyncGenerator[bytes]:
    read = 0
    async for chunk in request.stream():
        read += len(chunk)
        if read > most:
            raise TooLargeError(most)
        yield chunk


class _Spooled(UploadFile):
    """Lets go of a file for which the disk has no room; ``why`` says so then."""

    why = ""

    async def write(self, data: bytes) -> None:
        if not self.why:
            with self._room():
                await super().write(data)

    async def seek(self, offset: int) -> None:
        with self._room():  # what is still in a buffer is written now
            await super().seek(offset)

    @contextmanager
    def _room(self) -> Generator[None]:
        try:
            yield
        except OSError as wrong:
            self.why = wrong.strerror or type(wrong).__name__
            with suppress(OSError):
                self.file.close()
            self.file, self.filename = BytesIO(), ""  # what is cut off is no file


class _Parts(MultiPartParser):
    """Throws away the bytes of a file once it, or all files together, are too large."""

    def __init__(self, headers: Headers, stream: AsyncGenerator[bytes], files: int) -> None:
        limits = {"max_fields": MOST_FIELDS, "max_files": files, "max_part_size": LONGEST_FIELD}
        super().__init__(headers, stream, **limits)
        self.refused: set[str] = set()
        self._of_file, self._of_form = 0, 0

    def on_part_begin(self) -> None:
        super().on_part_begin()
        self._of_file = 0

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        if (file := self._current_part.file) is not None:
            spooled = _Spooled(file.file, size=0, filename=file.filename, headers=file.headers)
            self._current_part.file = spooled

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        part = self._current_part
        if part.file is not None:
            self._of_file += end - start
            self._of_form += end - start
            if self._of_file > LARGEST_FILE or self._of_form > LARGEST_FORM:
                self.refused.add(part.field_name)
                part.file.filename = ""  # what is cut off is no file
                return
        super().on_part_data(data, start, end)


def _unstored(form: FormData) -> dict[str, str]:
    return {name: one.why for name, one in form.multi_items() if isinstance(one, _Spooled) and one.why}


def _clean(form: FormData) -> FormData:
    """Leave out what is no file; PostgreSQL keeps no nought in a text, and browsers end lines in two ways."""
    items: list[tuple[str, str | UploadFile]] = []
    for name, value in form.multi_items():
        if isinstance(value, str):
            items.append((name, value.replace("\0", "").replace("\r\n", "\n")))
        elif value.filename:  # an entry left empty is sent as a file without a name
            items.append((name, value))
    return FormData(items)
