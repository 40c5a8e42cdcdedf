"""What a unit finds on its list of events, clues, nights on duty and what it is to visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ledger import alert_list, clue_list, night_list, watch_list
from ...obligations.clues import called
from .also_kind import Also

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session


def events(session: Session, unit_id: int, now: datetime) -> list[Also]:
    """Give the events that the unit was told of and has not acknowledged."""
    return [
        Also(
            *("紧急", one.name, f"alerts/{one.alert_id}", one.text, None, "签收"),
            urgent=True,
        )
        for one in alert_list.waiting_for(session, unit_id, now)
    ]


def rosters(session: Session, unit_id: int, now: datetime) -> list[Also]:
    """Give the nights that are not over and for which the unit names its people."""
    return [
        Also(
            "值班表",
            one.title,
            f"nights/{one.obligation_id}",
            f"已报{one.people}人，时段结束前可以更正。" if one.people else "请报当夜值班人员和电话。",
            None if one.people else one.starts_at,
            "查看或更正" if one.people else "填报值班表",
        )
        for one in night_list.mine(session, unit_id, now)
    ]


def clues(session: Session, unit_id: int, _now: datetime) -> list[Also]:
    """Give the clues that the unit has to sign for or to answer."""
    return [
        Also(
            "线索",
            clue.title,
            f"clues/{clue.id}",
            f"{called(clue.year, clue.number)}，{'请核查后答复。' if hop.received_at else '请签收。'}",
            hop.answer_by if hop.received_at else hop.receive_by,
            "答复" if hop.received_at else "签收",
        )
        for clue, hop in clue_list.received_by(session, unit_id)
    ]


def visits(session: Session, unit_id: int, now: datetime) -> list[Also]:
    """Give the persons and places that the unit is to visit within a week; nobody is named here."""
    return [
        Also(
            "回访",
            f"重点{'人员' if one.kind == 'person' else '场所'}回访（{one.id}号）",
            f"watch/{one.id}",
            "打开查看并登记回访情况；打开即留痕。",
            one.visit_by,
            "登记回访",
        )
        for one in watch_list.mine(session, unit_id, now)
    ]
