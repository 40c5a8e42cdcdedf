"""What is sent, what comes back, and the one shape that every sender has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

ANSWER_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one contact.

    `key` is the stable idempotency key: a repeat of the same letter carries the same key. `to` is an
    e-mail address or a mobile number and may be empty; `day` is the local day that it is sent for.
    """

    key: str
    to: str
    to_name: str
    subject: str
    body: str
    day: date
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said, without secrets and at most 500 characters.

    `permanent` means that sending the same letter again can never succeed.
    """

    ok: bool
    permanent: bool
    text: str


class Sender(Protocol):
    """A way out of the house; safe to call from several threads at once."""

    def send(self, letter: Letter) -> Answer:
        """Send one letter; every failure is an answer, never an exception."""
        ...
