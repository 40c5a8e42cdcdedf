"""What the journal repeats in full of meetings, of what was said and decided there, and of settled gates."""

from __future__ import annotations

from .kept_kind import Kept
from .tables import Choice, Decision, Gate, Meeting, MeetingReply, MeetingStep, Minutes, Presence, Proposal

MEETINGS = Kept(
    "{}号会议",
    ("meeting.made",),
    {
        "meeting": Meeting.id,
        "round": Meeting.round_id,
        "plan": Meeting.slug,
        "year": Meeting.year,
        "title": Meeting.title,
        "made_at": Meeting.made_at,
    },
)
MEETING_STEPS = Kept(
    "{}号会议安排",
    ("meeting.prepared", "meeting.arranged", "meeting.called", "meeting.changed", "meeting.cancelled"),
    {
        "step": MeetingStep.id,
        "meeting": MeetingStep.meeting_id,
        "version": MeetingStep.version,
        "at": MeetingStep.at,
        "by": MeetingStep.by,
        "move": MeetingStep.move,
        "state": MeetingStep.state,
        "reason": MeetingStep.reason,
        "number": MeetingStep.number,
        "starts_at": MeetingStep.starts_at,
        "ends_at": MeetingStep.ends_at,
        "place": MeetingStep.place,
        "chair": MeetingStep.chair,
        "agenda": MeetingStep.agenda,
        "notice_at": MeetingStep.notice_at,
        "minutes_due_at": MeetingStep.minutes_due_at,
    },
)
PROPOSALS = Kept(
    "{}号议题",
    ("agenda.proposed",),
    {
        "proposal": Proposal.id,
        "plan": Proposal.slug,
        "unit": Proposal.unit_id,
        "obligation": Proposal.obligation_id,
        "at": Proposal.at,
        "by": Proposal.by,
        "text": Proposal.text,
        "tried": Proposal.tried,
        "wanted": Proposal.wanted,
    },
)
CHOICES = Kept(
    "{}号议题取舍",
    ("agenda.listed", "agenda.declined"),
    {
        "choice": Choice.id,
        "proposal": Choice.proposal_id,
        "meeting": Choice.meeting_id,
        "at": Choice.at,
        "by": Choice.by,
        "listed": Choice.listed,
        "reason": Choice.reason,
    },
)
REPLIES = Kept(
    "{}号参会回复",
    ("meeting.replied",),
    {
        "reply": MeetingReply.id,
        "meeting": MeetingReply.meeting_id,
        "unit": MeetingReply.unit_id,
        "version": MeetingReply.version,
        "at": MeetingReply.at,
        "by": MeetingReply.by,
        "coming": MeetingReply.coming,
        "name": MeetingReply.name,
        "post": MeetingReply.post,
        "reason": MeetingReply.reason,
    },
)
PRESENCES = Kept(
    "{}号会议签到",
    ("meeting.attended",),
    {
        "presence": Presence.id,
        "meeting": Presence.meeting_id,
        "unit": Presence.unit_id,
        "at": Presence.at,
        "by": Presence.by,
        "how": Presence.how,
        "present": Presence.present,
        "name": Presence.name,
        "reason": Presence.reason,
    },
)
MINUTES = Kept(
    "{}号会议纪要",
    ("minutes.published", "minutes.corrected"),
    {
        "minutes": Minutes.id,
        "meeting": Minutes.meeting_id,
        "version": Minutes.version,
        "at": Minutes.at,
        "by": Minutes.by,
        "text": Minutes.text,
        "reason": Minutes.reason,
    },
)
DECISIONS = Kept(
    "{}号议定事项",
    ("decision.made",),
    {
        "decision": Decision.id,
        "meeting": Decision.meeting_id,
        "minutes": Decision.minutes_id,
        "number": Decision.number,
        "round": Decision.round_id,
        "at": Decision.at,
        "by": Decision.by,
        "text": Decision.text,
        "requirement": Decision.requirement,
        "lead": Decision.lead,
        "units": Decision.units,
        "due_at": Decision.due_at,
    },
)
GATES = Kept(
    "{}号阶段条件",
    ("gate.met", "gate.passed"),
    {
        "gate": Gate.id,
        "stretch": Gate.stretch_id,
        "edge": Gate.edge,
        "number": Gate.number,
        "need": Gate.need,
        "duty": Gate.duty,
        "state": Gate.state,
        "lacking": Gate.lacking,
        "units": Gate.units,
        "settled_at": Gate.settled_at,
        "by": Gate.settled_by,
        "reason": Gate.reason,
    },
    Gate.settled_at.is_not(None),
)
MEETING_KINDS = (
    *(MEETINGS, MEETING_STEPS, PROPOSALS, CHOICES, REPLIES, PRESENCES, MINUTES, DECISIONS, GATES),
)
