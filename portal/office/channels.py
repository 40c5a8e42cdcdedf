"""Channels: what there is and how each does, adding, replacing, taking out of use, and an honest trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...app import trial
from ...ledger import channels, ways
from ...obligations.errors import DubanError
from .. import flash
from ..access import AbsentError, Act, ForbiddenError, Here, may
from ..asked import Small, number, text
from ..filled import Typed, word
from ..pages import page
from .channel_forms import FORMS, KINDS, kept, shown, typed_channel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.datastructures import FormData

    from ...ledger.tables import Channel
    from ..access import Desk

router = APIRouter(include_in_schema=False)
People = Annotated[Here, Depends(may(Act.PEOPLE))]
DONE = {
    "off": "渠道已停用；{}名联系人和{}条待发的消息已改走所选渠道。",
    "added": "已添加，请试发一条。",
    "replaced": "已保存，请试发一条。",
    "on": "已重新启用；原来的联系人已改走别的渠道，需要的请到单位页改回。",
}


@router.get("/channels")
def listed(here: People) -> HTMLResponse:
    """Show the channels with the last result of each."""
    with here.read() as desk:
        found = ways.ways(desk.session)
    told = flash.said(here.request, DONE)
    return page(here, "office/channels.html", ways=found, kinds=KINDS, done=told, section="units")


@router.get("/channels/new")
def new(here: People) -> HTMLResponse:
    """Show the form for a channel of a kind."""
    kind = text(here.request, "kind") or ""
    if kind not in FORMS:
        raise AbsentError
    return _new_form(here, kind)


@router.post("/channels/new")
def add(here: People, typed: Typed) -> Response:
    """Add a channel; its settings are checked before they are sealed."""
    kind = word(typed, "kind")
    if kind not in FORMS:
        raise AbsentError
    try:
        made = typed_channel(word(typed, "name"), kind, typed, {})
        trial.check(made, here.counter.outbox)
        with here.write() as desk:
            _refuse_taken(desk, made.name)
            channels.add(desk.session, here.counter.box, made, desk.now, desk.caller.by)
            made_id = channels.named(desk.session, here.counter.box, made.name).id
    except DubanError as wrong:
        return _new_form(here, kind, typed, str(wrong))
    return flash.went(here.request, f"/channels/{made_id}", "added")


def _refuse_taken(desk: Desk, name: str) -> None:
    if ways.taken(desk.session, name):
        raise DubanError(f"已有渠道“{name}”；要改设置请打开它，或换一个名称。")


@router.get("/channels/{channel_id}")
def channel(here: People, channel_id: Small) -> HTMLResponse:
    """Show one channel; nothing secret."""
    return _show(here, channel_id)


@router.post("/channels/{channel_id}")
def replace(here: People, channel_id: Small, typed: Typed) -> Response:
    """Replace a channel's settings; secrets left blank stay as they are."""
    try:
        with here.read() as desk:
            found = _own(desk, channel_id)
            made = typed_channel(found.name, found.kind, typed, _opened(here, desk, found))
        if not found.active:  # what is out of use is put to use by its own button
            return _show(here, channel_id, wrong=f"渠道“{found.name}”已停用，请先启用再改设置。", status=409)
        trial.check(made, here.counter.outbox)
        with here.write() as desk:
            channels.add(desk.session, here.counter.box, made, desk.now, desk.caller.by)
    except (AbsentError, ForbiddenError):
        raise
    except DubanError as wrong:
        return _show(here, channel_id, typed=typed, wrong=str(wrong), status=422)
    return flash.went(here.request, f"/channels/{channel_id}", "replaced")


@router.post("/channels/{channel_id}/test")
def test(here: People, channel_id: Small, typed: Typed) -> HTMLResponse:
    """Send one message through a channel, and show what was really answered."""
    to = word(typed, "to")
    try:
        with here.read() as desk:
            found = _own(desk, channel_id)
            facts = channels.named(desk.session, here.counter.box, found.name)
        answer = trial.send(facts, to, here.counter.outbox, here.now)
    except (AbsentError, ForbiddenError):
        raise
    except DubanError as wrong:
        return _show(here, channel_id, wrong=str(wrong), status=422)
    with here.write() as desk:
        ways.tried(desk.session, facts.name, (answer.ok, answer.text), desk.now, desk.caller.by)
    return _show(here, channel_id, tried={"ok": answer.ok, "text": answer.text, "to": to})


@router.post("/channels/{channel_id}/off")
def off(here: People, channel_id: Small, typed: Typed) -> Response:
    """Take a channel out of use; its people go another way, which is chosen on the page."""
    try:
        with here.write() as desk:
            found = _own(desk, channel_id)
            instead = _instead(word(typed, "instead"))
            people, moved = ways.retire(desk.session, found, instead, desk.now, desk.caller.by)
    except (AbsentError, ForbiddenError):
        raise
    except DubanError as wrong:
        return _show(here, channel_id, wrong=str(wrong), status=422)
    return flash.went(here.request, "/channels", "off", people, moved)


def _instead(said: str) -> int | None:
    """Give the channel chosen, none for the outbox folder; raises :class:`DubanError` when none was."""
    if said == "folder":
        return None
    if (chosen := number(said)) is None:
        raise DubanError("请选择这个渠道的联系人今后改走哪个渠道。")
    return chosen


@router.post("/channels/{channel_id}/on")
def on(here: People, channel_id: Small) -> Response:
    """Let a channel be used again."""
    with here.write() as desk:
        ways.revive(desk.session, _own(desk, channel_id), desk.now, desk.caller.by)
    return flash.went(here.request, f"/channels/{channel_id}", "on")


def _channel(desk: Desk, channel_id: int) -> Channel:
    found = ways.channel(desk.session, channel_id)
    if found is None:
        raise AbsentError
    return found


def _own(desk: Desk, channel_id: int) -> Channel:
    """Give a channel to change: one that all townships share is for whoever keeps the whole book."""
    found = _channel(desk, channel_id)
    if desk.caller.scope is not None and found.unit_id is None:
        raise ForbiddenError
    return found


def _opened(here: Here, desk: Desk, found: Channel) -> Mapping[str, Any]:
    """Give the settings in the clear, which never leave the server; nothing when their key is lost."""
    try:
        return channels.named(desk.session, here.counter.box, found.name).settings
    except DubanError:
        return {}


def _show(
    here: Here,
    channel_id: int,
    *,
    typed: FormData | None = None,
    tried: Mapping[str, Any] | None = None,
    wrong: str = "",
    status: int = 200,
) -> HTMLResponse:
    with here.read() as desk:
        found = _channel(desk, channel_id)
        settings = _opened(here, desk, found)
        known = ways.ways(desk.session)
        trial_before = ways.last_trial(desk.session, found.name)
    own = next(one for one in known if one.id == channel_id)
    done = flash.said(here.request, DONE) if not (wrong or tried) else ""
    return page(
        *(here, "office/channel.html"),
        status=status,
        way=own,
        trial=trial_before,
        others=[one for one in known if one.active and one.id != channel_id],
        kinds=KINDS,
        entries=FORMS[found.kind],
        said=_typed(found.kind, typed) or shown(found.kind, settings),
        kept=kept(found.kind, settings),
        per_minute=word(typed, "per_minute") if typed else str(found.per_minute or ""),
        tried=tried,
        done=done,
        wrong=wrong,
        section="units",
    )


def _new_form(here: Here, kind: str, typed: FormData | None = None, wrong: str = "") -> HTMLResponse:
    return page(
        *(here, "office/channel_new.html"),
        status=422 if wrong else 200,
        kind=kind,
        kinds=KINDS,
        entries=FORMS[kind],
        said=_typed(kind, typed) or shown(kind, {}),
        kept=set[str](),
        name=word(typed, "name") if typed else "",
        per_minute=word(typed, "per_minute") if typed else "",
        wrong=wrong,
        section="units",
    )


def _typed(kind: str, typed: FormData | None) -> dict[str, str]:
    """Give what was typed, less what is secret: that has to be typed once more."""
    if typed is None:
        return {}
    return {one.name: word(typed, f"s-{one.name}") for one in FORMS[kind] if not one.secret}
