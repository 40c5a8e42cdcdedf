"""A letter about one thing, written beforehand: what it says, the link that answers it, whom to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .wording import Wording

if TYPE_CHECKING:
    from .lines import OfficeFacts


def addressed(subject: str, text: str, office: OfficeFacts, limit_bytes: int | None = None) -> Wording:
    """Give the letter as it leaves, in plain text.

    With `limit_bytes`, the subject, a line break and the body together are no longer than that in UTF-8:
    the end of the text is left out, and the letter says so; the link and the office stay.
    """
    foot = _foot(office)
    body = "\n".join([text.strip(), *foot])
    if limit_bytes is None or len(f"{subject}\n{body}".encode()) <= limit_bytes:
        return Wording(subject, body, ())
    tail = "\n".join(["……（全文请点开链接或向办公室了解）", *foot])
    room = max(limit_bytes - len(f"{subject}\n{tail}".encode()), 0)
    return Wording(subject, text.strip().encode()[:room].decode(errors="ignore") + tail, ())


def _foot(office: OfficeFacts) -> list[str]:
    lines = [f"办理链接（仅供您本人使用）：{office.link}"] if office.link else []
    return [*lines, *([f"如有疑问，请联系{office.contact}。"] if office.contact else [])]
