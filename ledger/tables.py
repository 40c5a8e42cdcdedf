"""The tables of the book; import them from here.

Times are ``UTCSecond``: UTC, whole seconds. States are short words that the database checks.
"""

from .tables_access import (
    LINK_PURPOSES,
    Account,
    Integration,
    Invitation,
    Knock,
    Link,
    Replay,
    SignIn,
)
from .tables_appraisal import (
    APPRAISAL_STATES,
    ENTRY_KINDS,
    Appraisal,
    AppraisalAdjustment,
    AppraisalAppeal,
    AppraisalEntry,
    AppraisalRuleSet,
    AppraisalRun,
)
from .tables_base import Base
from .tables_cases import Case, CaseLine, CaseStep, Clue, ClueAnswer, ClueHop
from .tables_findings import FINDING_FIXED, FINDING_OPEN, Finding, FindingFile, FindingStep
from .tables_inspections import (
    InspectedFinding,
    InspectedUnit,
    Inspection,
    Inspector,
    InspectorConflict,
    LookBack,
    Lot,
    Revisit,
    SealLook,
)
from .tables_journal import JournalEntry, JournalHead
from .tables_owed import OPEN, Exemption, Extension, Obligation, Submission, Verdict
from .tables_plans import CUE_STATES, FLOWS, STRETCH_KINDS, Cue, PlanRevision, PlanYear, Round, Stretch
from .tables_said import MESSAGE_STATES, NOTICE_STATES, Attempt, Message, Notice
from .tables_sheets import SHEET_CAUSES, Sheet, SheetReply, Talk
from .tables_talk import Remark, Transfer, Upload
from .tables_units import CHANNEL_KINDS, Channel, Contact, Unit, UnitTag
from .tables_watch import Alert, AlertAck, AlertUnit, NightRoster, NightSummary, Visit, Watched

__all__ = [
    "APPRAISAL_STATES",
    "CHANNEL_KINDS",
    "CUE_STATES",
    "ENTRY_KINDS",
    "FINDING_FIXED",
    "FINDING_OPEN",
    "FLOWS",
    "LINK_PURPOSES",
    "MESSAGE_STATES",
    "NOTICE_STATES",
    "OPEN",
    "SHEET_CAUSES",
    "STRETCH_KINDS",
    "Account",
    "Alert",
    "AlertAck",
    "AlertUnit",
    "Appraisal",
    "AppraisalAdjustment",
    "AppraisalAppeal",
    "AppraisalEntry",
    "AppraisalRuleSet",
    "AppraisalRun",
    "Attempt",
    "Base",
    "Case",
    "CaseLine",
    "CaseStep",
    "Channel",
    "Clue",
    "ClueAnswer",
    "ClueHop",
    "Contact",
    "Cue",
    "Exemption",
    "Extension",
    "Finding",
    "FindingFile",
    "FindingStep",
    "InspectedFinding",
    "InspectedUnit",
    "Inspection",
    "Inspector",
    "InspectorConflict",
    "Integration",
    "Invitation",
    "JournalEntry",
    "JournalHead",
    "Knock",
    "Link",
    "LookBack",
    "Lot",
    "Message",
    "NightRoster",
    "NightSummary",
    "Notice",
    "Obligation",
    "PlanRevision",
    "PlanYear",
    "Remark",
    "Replay",
    "Revisit",
    "Round",
    "SealLook",
    "Sheet",
    "SheetReply",
    "SignIn",
    "Stretch",
    "Submission",
    "Talk",
    "Transfer",
    "Unit",
    "UnitTag",
    "Upload",
    "Verdict",
    "Visit",
    "Watched",
]
