"""Adding and changing units and the people in them, one at a time; whole rosters go by ``units``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from ..calendar.dates import local_day
from ..obligations.errors import DubanError
from ..obligations.moments import in_words
from . import journal, links, locks, outbox
from .granting import granted
from .states import QUEUED
from .strays import parent_of, refuse_strays
from .tables import Channel, Contact, Message, Notice, Unit, UnitTag
from .upsert import rows_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

# The same limits as a roster's cells have.
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,31}")
_PHONE = re.compile(r"\+?\d[\d-]{1,18}\d(转\d{1,6})?")
_EMAIL = re.compile(r"[^@\s,;]{1,64}@[^@\s,;]+\.[^@\s,;.]+")
_LONGEST = {"单位名称": 60, "类别": 20, "标签": 20, "联系人姓名": 30}


@dataclass(frozen=True, slots=True)
class UnitDraft:
    """What a unit is to be; ``parent_id`` is the unit above, ``opened_on`` a local day."""

    code: str
    name: str
    kind: str
    tags: frozenset[str] = frozenset()
    parent_id: int | None = None
    opened_on: date | None = None


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """What a contact is to be; without ``channel_id`` messages go to the outbox folder."""

    name: str
    phone: str = ""
    email: str = ""
    channel_id: int | None = None


def add_unit(session: Session, draft: UnitDraft, now: datetime, by: str) -> Unit:
    """Add a unit; raises :class:`DubanError` saying what is wrong with it."""
    locks.tree(session)  # the unit above it must not be moved meanwhile
    unit = make_unit(session, draft)
    journal.append(session, now, by, "unit.added", f"unit/{unit.id}", _spelled(session, unit, draft.tags))
    return unit


def make_unit(session: Session, draft: UnitDraft) -> Unit:
    """Write a unit without an entry in the journal, which the caller makes; raises as :func:`add_unit`."""
    if _CODE.fullmatch(draft.code) is None:
        raise DubanError("单位代码由字母、数字、-、_、. 组成，以字母或数字开头，最多32个字符。")
    if session.scalar(granted(select(Unit.id).where(Unit.code == draft.code))) is not None:
        raise DubanError(f"代码“{draft.code}”已有单位在用，请换一个。")
    _check(session, draft)
    unit = Unit(code=draft.code, name=draft.name, kind=draft.kind, opened_on=draft.opened_on)
    unit.parent_id = parent_of(session, unit, draft.parent_id)
    session.add(unit)
    session.flush()
    set_tags(session, unit.id, draft.tags)
    return unit


def _check(session: Session, draft: UnitDraft) -> None:
    _named("单位名称", draft.name)
    _named("类别", draft.kind)
    for tag in draft.tags:
        _named("标签", tag)
    if draft.parent_id is not None and session.get(Unit, draft.parent_id) is None:
        raise DubanError("没有这个上级单位，请重新选择。")


def _named(what: str, text: str) -> None:
    if not text:
        raise DubanError(f"请填写{what}。")
    if len(text) > _LONGEST[what] or not text.isprintable():
        raise DubanError(f"{what}最多{_LONGEST[what]}字，不能有换行等不可见字符。")


def change_unit(session: Session, unit: Unit, draft: UnitDraft, now: datetime, by: str) -> bool:
    """Bring a unit to what the draft says (its code stays); tells whether anything changed.

    What has been asked already stays as it is; rounds that open from now on go by the new facts. ``unit`` is
    not locked yet: who changes the tree comes first.
    """
    locks.tree(session)
    session.refresh(unit, with_for_update={"key_share": True})
    _check(session, draft)
    above = parent_of(session, unit, draft.parent_id)
    _refuse_loop(session, unit, above)
    before = _spelled(session, unit, _tags(session, unit.id))
    moved = [unit.id] if unit.parent_id != above else []
    unit.name, unit.kind, unit.parent_id = draft.name, draft.kind, above
    session.flush()
    refuse_strays(session, moved)
    set_tags(session, unit.id, draft.tags)
    after = _spelled(session, unit, draft.tags)
    changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if changes:
        detail = {"code": unit.code, "changes": changes}
        journal.append(session, now, by, "unit.changed", f"unit/{unit.id}", detail)
    return bool(changes)


def _refuse_loop(session: Session, unit: Unit, above: int | None) -> None:
    seen: set[int] = set()
    while above is not None and above not in seen:
        if above == unit.id:
            raise DubanError("上级不能是本单位或它的下级。")
        seen.add(above)
        above = session.scalar(select(Unit.parent_id).where(Unit.id == above))


def _spelled(session: Session, unit: Unit, tags: frozenset[str]) -> dict[str, Any]:
    """Give a unit as the journal tells it, the one above it by its code."""
    told = {name: getattr(unit, name) for name in ("code", "name", "kind", "opened_on", "closed_on")}
    above = session.scalar(select(Unit.code).where(Unit.id == unit.parent_id))
    return {**told, "parent": above, "tags": sorted(tags)}


def _tags(session: Session, unit_id: int) -> frozenset[str]:
    return frozenset(session.scalars(select(UnitTag.tag).where(UnitTag.unit_id == unit_id)))


def set_tags(session: Session, unit_id: int, tags: frozenset[str]) -> None:
    """Let a unit have these tags and no others."""
    session.execute(delete(UnitTag).where(UnitTag.unit_id == unit_id))
    if tags:
        session.execute(insert(UnitTag), [{"unit_id": unit_id, "tag": tag} for tag in sorted(tags)])


def add_contact(session: Session, unit: Unit, draft: ContactDraft, now: datetime, by: str) -> Contact:
    """Add a person to a unit; raises :class:`DubanError` saying what is wrong."""
    _check_contact(session, unit.id, draft, None)
    contact = Contact(unit_id=unit.id, name=draft.name, channel_id=draft.channel_id)
    contact.phone, contact.email = draft.phone, draft.email
    session.add(contact)
    session.flush()
    detail = {"unit": unit.code, "name": draft.name, "channel": _channel(session, draft.channel_id)}
    journal.append(session, now, by, "contact.added", f"contact/{contact.id}", detail)
    return contact


def _check_contact(session: Session, unit_id: int, draft: ContactDraft, own_id: int | None) -> None:
    _named("联系人姓名", draft.name)
    if draft.phone and _PHONE.fullmatch(draft.phone) is None:
        raise DubanError("电话只填数字，可以有 - 和“转”，如 0550-1234567转8。")
    if draft.email and _EMAIL.fullmatch(draft.email) is None:
        raise DubanError("邮箱的格式不对，应如 name@example.cn。")
    same = select(Contact.id).where(Contact.unit_id == unit_id, Contact.name == draft.name)
    if session.scalar(same.where(Contact.id != (own_id or 0))) is not None:
        raise DubanError(f"本单位已有联系人“{draft.name}”；重名的请在姓名后加以区别，停用的可以重新启用。")
    if draft.channel_id is not None:
        _check_channel(session, draft.channel_id)


def _check_channel(session: Session, channel_id: int) -> None:
    # Locked, so that it cannot go out of use before this person is on it, and be left behind there.
    which = select(Channel.name, Channel.active).where(Channel.id == channel_id)
    row = session.execute(which.with_for_update(read=True)).one_or_none()
    if row is None:
        raise DubanError("没有这个渠道，请重新选择。")
    if not row.active:
        raise DubanError(f"渠道“{row.name}”已停用，请另选一个。")


def _channel(session: Session, channel_id: int | None) -> str:
    return "" if channel_id is None else session.get_one(Channel, channel_id).name


def change_contact(session: Session, contact: Contact, draft: ContactDraft, now: datetime, by: str) -> int:
    """Bring a contact to what the draft says; gives how many waiting messages go the new way.

    Telephone numbers do not go into the journal, which is never deleted: only that they changed.
    """
    _check_contact(session, contact.unit_id, draft, contact.id)
    names = ("name", "phone", "email", "channel_id")
    changed = [name for name in names if getattr(contact, name) != getattr(draft, name)]
    if not changed:
        return 0
    for name in changed:
        setattr(contact, name, getattr(draft, name))
    session.flush()
    moved = outbox.redirect(session, contact.id, contact.channel_id) if "channel_id" in changed else 0
    told = {"name": contact.name, "changed": changed, "channel": _channel(session, contact.channel_id)}
    journal.append(session, now, by, "contact.changed", f"contact/{contact.id}", told | {"messages": moved})
    return moved


def switch_off(session: Session, contact: Contact, now: datetime, by: str) -> int:
    """Let a contact be told nothing more; gives how many waiting messages were withdrawn. Links stop opening.

    Raises :class:`DubanError` when the contact is off already.
    """
    if not contact.active:
        raise DubanError(f"联系人“{contact.name}”已经停用。")
    waiting = select(Message.id).where(Message.contact_id == contact.id, QUEUED)
    ids = list(session.scalars(waiting.with_for_update(key_share=True)))
    if ids:
        off: dict[str, Any] = {"state": "withdrawn"}
        session.execute(update(Notice).where(Notice.message_id.in_(ids), Notice.state == "due").values(off))
        rows_of(session, update(Message).where(Message.id.in_(ids)).values(off))
    contact.active = False
    session.flush()
    links.revoke(session, contact.id, now, by)
    told = {"name": contact.name, "messages": ids}
    journal.append(session, now, by, "contact.off", f"contact/{contact.id}", told)
    return len(ids)


def switch_on(session: Session, contact: Contact, now: datetime, by: str) -> None:
    """Let a contact be told again, from the next reminder on."""
    if not contact.active:
        contact.active = True
        session.flush()
        journal.append(session, now, by, "contact.on", f"contact/{contact.id}", {"name": contact.name})


def check_ahead(on: date, now: datetime, what: str) -> None:
    """Raise :class:`DubanError` when a local day lies before today, which nobody may write into."""
    today = local_day(now)
    if on < today:
        raise DubanError(f"{what}不能早于今天；现在是{in_words(now)}，过去的记录不改。")
