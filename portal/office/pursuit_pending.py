"""What waits for the office of cases, clues, event reports, nights on duty and what is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ledger import alert_list, case_list, clue_list, heirs, night_list, watch_list
from ..access import Act
from .pending_kind import Pending

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session


def waiting(session: Session, now: datetime) -> list[Pending]:
    """Give what waits, the most pressing first."""
    late, caseless = clue_list.late(session, now), clue_list.caseless(session)
    visits = watch_list.overdue(session, now)
    rosters = night_list.rosterless(session, now)
    odd = watch_list.abnormal(session)
    ownerless = heirs.ownerless(session, now)
    unheard, ready = alert_list.unheard(session, now), case_list.ready(session)
    return [
        Pending(f"{unheard}起重大事件还有单位没有签收", unheard, "/alerts", Act.FIND),
        Pending(f"高峰夜将近，{rosters}个单位没有报值班表", rosters, "/nights", Act.RECEIVE),
        Pending(f"{late}条线索逾期未签收或者未答复", late, "/clues?state=late", Act.FIND),
        Pending(f"{caseless}条线索查实，还没有立案", caseless, "/clues?state=true", Act.FIND),
        Pending(f"{odd}个重点人员、场所最近一次回访有异常", odd, "/watch?state=abnormal", Act.WATCH),
        Pending(f"{visits}个重点人员和场所逾期未回访", visits, "/watch?state=overdue", Act.WATCH),
        Pending(f"{ownerless}项隐患、线索或者重点对象的单位已撤销，请改派", ownerless, "/findings", Act.FIND),
        Pending(f"{ready}件案件各项已落实，可以结案", ready, "/cases?state=ready", Act.FIND),
    ]
