"""The tables of the book; import them from here.

Times are ``UTCSecond``: UTC, whole seconds. States are short words that the database checks.
"""

from .tables_base import Base
from .tables_journal import JournalEntry, JournalHead
from .tables_owed import OPEN, Exemption, Extension, Obligation, Submission, Verdict
from .tables_plans import CUE_STATES, FLOWS, STRETCH_KINDS, Cue, PlanRevision, PlanYear, Round, Stretch
from .tables_said import MESSAGE_STATES, NOTICE_STATES, Attempt, Message, Notice
from .tables_units import CHANNEL_KINDS, Channel, Contact, Unit, UnitTag

__all__ = [
    "CHANNEL_KINDS",
    "CUE_STATES",
    "FLOWS",
    "MESSAGE_STATES",
    "NOTICE_STATES",
    "OPEN",
    "STRETCH_KINDS",
    "Attempt",
    "Base",
    "Channel",
    "Contact",
    "Cue",
    "Exemption",
    "Extension",
    "JournalEntry",
    "JournalHead",
    "Message",
    "Notice",
    "Obligation",
    "PlanRevision",
    "PlanYear",
    "Round",
    "Stretch",
    "Submission",
    "Unit",
    "UnitTag",
    "Verdict",
]
