"""Tasks over the outbox: put back what is stuck, and send one batch."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from prefect import task
from prefect.cache_policies import NO_CACHE

from ..ledger import channels, links, outbox, parcels
from ..notifications.addressed import addressed
from ..notifications.channels import Channel, build, per_minute
from ..notifications.digest import DigestLine, OfficeFacts, Wording, digest, fresh_link
from ..notifications.letters import Answer, Letter
from ..obligations.errors import DubanError
from .posting import HIDDEN, Post, Ready

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ..ledger.book import Session
    from ..ledger.channels import ChannelFacts
    from ..ledger.parcels import Looked, Parcel
    from ..notifications.letters import Sender
    from .works import Works

BATCH = 500  # messages in one task run
LOT = 100  # messages in one claim at most, where letters leave fast
SPAN = 0.5  # seconds; else a claim has as many as leave in so long
LONG = 60.0  # seconds after which a run claims no more: what has fallen due meanwhile may be urgent
FILES = Channel("发件箱文件夹", "file")
MINUTE = timedelta(seconds=60)
WAIT = channels.WINDOW


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch came to: how many were taken up, and of them sent, to be tried again, dead, held up."""

    claimed: int
    sent: int = 0
    retried: int = 0
    dead: int = 0
    withdrawn: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class _Lot:
    """What one claim came to."""

    claimed: int = 0
    withdrawn: int = 0
    held: int = 0
    ready: list[Ready] = field(default_factory=list[Ready])


@dataclass(frozen=True, slots=True)
class _Way:
    """A channel with its sender, and how many letters a minute it takes."""

    channel: Channel
    sender: Sender
    limit: int | None = None


@task(task_run_name="收回滞留的消息", cache_policy=NO_CACHE)
def sweep(works: Works, now: datetime) -> list[int]:
    """Put back messages whose worker died; gives their ids."""
    with works.book.write() as session:
        return outbox.sweep(session, now)


@task(task_run_name="投递一批", cache_policy=NO_CACHE)
def deliver_batch(works: Works, now: datetime, limit: int = BATCH) -> Batch:
    """Claim what may leave by ``now``, look again who still owes, write the texts, send, keep the answers.

    In lots: while one is on its way the next is made ready. A single thread takes it all in one lot, so that
    a rehearsal's journal is the same every time.
    """
    lots: list[_Lot] = []
    with ThreadPoolExecutor(works.threads) as pool:
        post = Post(works, now, pool)
        try:
            for lot in _lots(works, now, limit):
                lots.append(lot)
                post.send(lot.ready)
            post.finish()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    counts = {name: sum(getattr(lot, name) for lot in lots) for name in ("claimed", "withdrawn", "held")}
    return Batch(**counts, sent=post.fates["sent"], retried=post.fates["queued"], dead=post.fates["dead"])


def _lots(works: Works, now: datetime, limit: int) -> Iterator[_Lot]:
    """Give up to ``limit`` messages in lots; the next is made ready while the caller deals with one.

    Through a slow provider lots are small: the last look is not long past when a letter leaves, and other
    workers find something to do.
    """
    several, ways, begun = works.threads > 1, _Ways(works), monotonic()
    size = 2 * works.threads if several else limit
    with ThreadPoolExecutor(1) as desk:
        coming = desk.submit(_take_up, works, ways, now, min(size, limit))
        while (lot := coming.result()).claimed:
            limit = limit - lot.claimed if monotonic() - begun < LONG else 0
            coming = desk.submit(_take_up, works, ways, now, min(size, limit))
            since = monotonic()
            yield lot
            if several:
                fast = lot.claimed / max(monotonic() - since, 0.001)
                size = max(2 * works.threads, min(LOT, int(fast * SPAN)))


def _take_up(works: Works, known: _Ways, now: datetime, limit: int) -> _Lot:
    with works.book.write() as session:
        ids = outbox.claim(session, now, works.worker, limit, urgent_only=works.resting(now)) if limit else []
        if not ids:
            return _Lot()
        looked = parcels.look_again(session, ids, now)
        ways = known.of(session, looked.parcels)
        allowed, held = _within_limits(session, looked, ways, now)
        outbox.release(session, held, now + WAIT)
        tokens = _tokens(works, session, allowed, now)
        # A new link that has no way to go but a group of several units does not go.
        untold = [one.id for one in allowed if one.purpose in parcels.LINK_MESSAGES and one.id not in tokens]
        allowed = [one for one in allowed if one.id not in untold]
        ready = [
            _write(works, parcel, ways[parcel.channel_id], now, tokens.get(parcel.id)) for parcel in allowed
        ]
        parcels.keep_texts(session, [_kept(one, tokens.get(one.message_id)) for one in ready])
        outbox.withdraw(session, [*looked.empty, *untold], now)  # last, since it locks the journal
    return _Lot(len(ids), len(looked.empty) + len(untold), len(held), ready)


def _tokens(works: Works, session: Session, allowed: list[Parcel], now: datetime) -> dict[int, str]:
    """Make a link for each message that is about to be written, where there are pages to open.

    A message to a group that several units read brings none: whoever reads it could answer for another.
    """
    if not works.public_url:
        return {}
    groups = channels.shared(session, {one.channel_id for one in allowed if one.channel_id is not None})
    linked = [one for one in allowed if one.purpose != parcels.NOTICE]
    made = {one.id: works.new_token() for one in linked if one.channel_id not in groups}
    links.write(
        session, [(made[one.id], one.contact_id, one.id) for one in allowed if one.id in made], "list", now
    )
    return made


def _kept(one: Ready, token: str | None) -> tuple[int, str, str]:
    """Give the text that the book keeps: without what would open the door to whoever reads it."""
    body = one.letter.body.replace(token, HIDDEN) if token else one.letter.body
    return one.message_id, one.letter.subject, body


class _Broken:
    """Stands in for a sender that cannot be made: every letter to it is answered with why."""

    def __init__(self, why: str) -> None:
        self.why = why

    def send(self, letter: Letter) -> Answer:
        return Answer(ok=False, permanent=True, text=self.why)


class _Ways:
    """The sender of each channel, made once for the batch: its connections stay open from lot to lot."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._made: dict[int | None, tuple[ChannelFacts | None, _Way]] = {}

    def of(self, session: Session, claimed: list[Parcel]) -> dict[int | None, _Way]:
        """Give what takes these; a channel that was changed meanwhile has a new sender."""
        known = channels.everything(session, self._works.box)
        for channel_id in {one.channel_id for one in claimed}:
            facts, (before, _) = known.get(channel_id or 0), self._made.get(channel_id, (None, None))
            if channel_id not in self._made or before != facts:
                self._made[channel_id] = facts, _way(self._works, facts)
        return {channel_id: way for channel_id, (_, way) in self._made.items()}


def _way(works: Works, facts: ChannelFacts | None) -> _Way:
    if facts is None:
        return _Way(FILES, build(FILES, works.outbox))
    channel = Channel(facts.name, facts.kind, facts.settings, facts.per_minute)
    if facts.trouble:
        return _Way(channel, _Broken(facts.trouble))
    try:
        return _Way(channel, build(channel, works.outbox, works.wall_clock), per_minute(channel))
    except DubanError as wrong:
        return _Way(channel, _Broken(str(wrong)))


def _within_limits(
    session: Session, looked: Looked, ways: dict[int | None, _Way], now: datetime
) -> tuple[list[Parcel], list[int]]:
    """Give what may leave now, and the ids of what a robot's limit leaves for the next minute."""
    by_channel: dict[int | None, list[Parcel]] = defaultdict(list)
    for parcel in looked.parcels:
        by_channel[parcel.channel_id].append(parcel)
    mine = {parcel.id for parcel in looked.parcels}.union(looked.empty)
    allowed: list[Parcel] = []
    # In one order for all workers, since each channel's row is locked.
    for channel_id, waiting in sorted(by_channel.items(), key=lambda item: item[0] or 0):
        limit = ways[channel_id].limit
        if channel_id is not None and limit is not None:
            allowed += waiting[: channels.places_left(session, channel_id, limit, mine, now)]
        else:
            allowed += waiting
    kept = {parcel.id for parcel in allowed}
    return allowed, [parcel.id for parcel in looked.parcels if parcel.id not in kept]


def _write(works: Works, parcel: Parcel, way: _Way, now: datetime, token: str | None) -> Ready:
    to = parcel.email if way.channel.kind == "email" else parcel.phone
    try:
        wording, sender = _text(works, parcel, way.channel, now, token), way.sender
    except Exception as wrong:  # noqa: BLE001 - one letter that cannot be written must not hold up the others
        why = f"无法写成消息正文（{type(wrong).__name__}），请联系维护人员"
        wording, sender = Wording("", "", ()), _Broken(why)
    text, whom = (wording.subject, wording.body), f"{parcel.unit} {parcel.contact}"
    letter = Letter(parcel.key, to, whom, *text, parcel.day, parcel.urgent)
    shown = set(wording.shown)
    unsaid = tuple(line.notice_id for number, line in enumerate(parcel.lines) if number not in shown)
    return Ready(parcel.id, parcel.attempt, letter, sender, way.limit is not None, unsaid, token or "")


def _signed(works: Works, parcel: Parcel) -> tuple[str, str]:
    """Give in whose name a message goes, and their telephone number."""
    if parcel.home is None:
        return works.office_name or parcel.office, works.office_phone
    return parcel.office or parcel.home.office, parcel.home.phone or works.office_phone


def _text(works: Works, parcel: Parcel, channel: Channel, now: datetime, token: str | None) -> Wording:
    link = f"{works.public_url}/l/{token}" if token else ""
    in_group = bool(works.public_url) and not token
    office = OfficeFacts(*_signed(works, parcel), link, in_group)
    if parcel.purpose in parcels.LINK_MESSAGES:
        by_office = parcel.purpose == "office-link"
        return fresh_link(parcel.contact, parcel.unit, office, by_office=by_office)
    if parcel.purpose in (parcels.LETTER, parcels.NOTICE):
        return addressed(parcel.subject, parcel.wording, office, limit_bytes=channel.limit_bytes)
    facts = [{name: getattr(line, name) for name in DigestLine.__dataclass_fields__} for line in parcel.lines]
    lines = [DigestLine(**one) for one in facts]
    return digest(parcel.contact, parcel.unit, lines, now, office, limit_bytes=channel.limit_bytes)
