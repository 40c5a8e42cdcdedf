"""What the journal repeats in full of alerts, nights on duty, and what is watched.

Of what is watched neither label nor reason nor what a visit found is here: the journal is read by many, and
cannot forget.
"""

from __future__ import annotations

from .kept_kind import Kept
from .tables import Alert, AlertAck, NightRoster, NightSummary, Visit, Watched

ALERTS = Kept(
    "{}号重大事件的告知",
    ("alert.sounded",),
    {
        "alert": Alert.id,
        "round": Alert.round_id,
        "unit": Alert.unit_id,
        "at": Alert.at,
        "by": Alert.by,
        "text": Alert.text,
        "minutes": Alert.minutes,
    },
)
ALERT_ACKS = Kept(
    "{}号重大事件签收",
    ("alert.acknowledged",),
    {
        "ack": AlertAck.id,
        "alert": AlertAck.alert_id,
        "unit": AlertAck.unit_id,
        "at": AlertAck.at,
        "by": AlertAck.by,
        "whom": AlertAck.whom,
    },
)
NIGHT_ROSTERS = Kept(
    "{}号值班表",
    ("night.roster",),
    {
        "roster": NightRoster.id,
        "obligation": NightRoster.obligation_id,
        "version": NightRoster.version,
        "at": NightRoster.at,
        "by": NightRoster.by,
        "people": NightRoster.people,
    },
)
NIGHT_SUMMARIES = Kept(
    "{}号高峰夜汇总",
    ("night.summed",),
    {
        "summary": NightSummary.id,
        "round": NightSummary.round_id,
        "made_at": NightSummary.made_at,
        "text": NightSummary.text,
        "figures": NightSummary.figures,
    },
)
WATCHED = Kept(
    "{}号重点对象",
    ("watch.added",),
    {
        "watched": Watched.id,
        "plan": Watched.slug,
        "rule": Watched.rule,
        "kind": Watched.kind,
        "unit": Watched.unit_id,
        "since": Watched.since,
        "clause": Watched.clause,
        "every": Watched.every,
        "made_at": Watched.made_at,
        "made_by": Watched.made_by,
    },
)
WATCHED_OFF = Kept(
    "{}号重点对象的移出",
    ("watch.off",),
    {"watched": Watched.id, "off_at": Watched.off_at, "off_by": Watched.off_by},
    Watched.off_at.is_not(None),
)
VISITS = Kept(
    "{}号回访",
    ("watch.visited",),
    {
        "visit": Visit.id,
        "watched": Visit.watched_id,
        "at": Visit.at,
        "by": Visit.by,
        "seen": Visit.seen,
        "result": Visit.result,
    },
)
WATCH_KINDS = (ALERTS, ALERT_ACKS, NIGHT_ROSTERS, NIGHT_SUMMARIES, WATCHED, WATCHED_OFF, VISITS)
