"""What units and the office do to an obligation: submit, accept, return, extend, exempt, acknowledge.

Each checks that the move is lawful, adds a row that is never overwritten, brings the obligation's columns up
to the facts, and leaves an entry in the journal, last of all. ``now`` is the server's time (UTC); it is what
counts. The obligation comes locked from ``owed.find``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from ..obligations import moves
from ..obligations.errors import DubanError
from ..obligations.forms import form_digest, read_answers
from ..obligations.moments import in_words
from ..obligations.outcome import standing
from . import journal, reminding, rounds
from .digests import canonical, submission_digest
from .facts import facts_where
from .kept import EXEMPTIONS, EXTENSIONS, EXTENSIONS_ASKED, VERDICTS
from .tables import Exemption, Extension, Obligation, Round, Submission, Upload, Verdict
from .upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..obligations.facts import ObligationFacts
    from ..obligations.outcome import Standing
    from .reminding import Slots


@dataclass(frozen=True, slots=True)
class Report:
    """What a unit hands in. ``key`` is the sender's own name for it: sent twice, it is taken once.

    ``seen_version`` and ``seen_form`` say what the sender had before their eyes: the latest version (0 for
    none) and ``forms.form_digest`` of the form; a report that would pass over something newer is refused.
    """

    key: str
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    nil: bool = False
    note: str = ""
    via: str = "desk"
    by: str = ""
    claimed_at: datetime | None = None
    seen_version: int | None = None
    seen_form: str | None = None


class AnsweredMeanwhileError(DubanError):
    """Somebody else of the unit has answered since the sender looked; ``version`` is the latest now."""

    def __init__(self, last: Submission) -> None:
        self.version = last.version
        super().__init__(
            f"刚才{in_words(last.received_at)}，{last.by}已经报了第{last.version}版。"
            "请先核对；确需用您填写的内容替换，请再提交一次。"
        )


class FormChangedError(DubanError):
    """The form is no longer the one that the sender filled in."""

    def __init__(self) -> None:
        super().__init__("表格内容在您填写期间有调整，没有提交。请按新表核对后再提交，填写的内容还在。")


class Return(NamedTuple):
    """Why a report goes back, whether the fault is of substance, and until when it may be corrected."""

    reason: str
    material: bool | None
    correct_by: datetime | None = None


def facts(session: Session, found: Obligation) -> ObligationFacts:
    """Give the facts of one obligation."""
    return facts_where(session, Obligation.id == found.id)[found.id]


def submit(session: Session, found: Obligation, report: Report, now: datetime) -> Submission:
    """Take a report; gives the row. One key with the same content is harmless, with other content refused.

    Raises :class:`DubanError` when it is not lawful or not as the form asks, :class:`AnsweredMeanwhileError`
    and :class:`FormChangedError` when the sender has not seen the latest.
    """
    known = _by_key(session, report.key)
    if known is None:
        _check_seen(session, found, report)
    # The answers are read before they are compared, so that what is compared is what would be kept.
    answers = _answers(session, found, report)
    if known is not None:
        return _same(known, found, report, answers)
    _check_files(session, found, answers)
    moves.check_submit(facts(session, found), now)
    row = _new_version(session, found, report, answers, now)
    detail = {
        "submission": row.id,
        "sha256": row.sha256,
        "version": row.version,
        "nil": row.nil,
        "via": row.via,
    }
    bring_up(session, found, now)
    enter(session, found, now, report.by, "submission.received", detail)
    return row


def _answers(session: Session, found: Obligation, report: Report) -> dict[str, Any]:
    if not report.nil:
        return read_answers(session.get_one(Round, found.round_id).form, report.answers)
    if report.answers:
        raise DubanError("零报告不填项目；有情况要报的，请不要选零报告。")
    return {}


def _check_seen(session: Session, found: Obligation, report: Report) -> None:
    if report.seen_form not in (None, form_digest(session.get_one(Round, found.round_id).form)):
        raise FormChangedError
    last = None if report.seen_version is None else _last(session, found)
    if last is not None and last.version != report.seen_version:
        raise AnsweredMeanwhileError(last)


def _check_files(session: Session, found: Obligation, answers: Mapping[str, Any]) -> None:
    """Raise :class:`DubanError` when a report names a file that did not come for its obligation."""
    form = session.get_one(Round, found.round_id).form
    fields = [field["key"] for field in form if field["type"] == "files"]
    named = {digest for key in fields if isinstance(answers.get(key), list) for digest in answers[key]}
    if named:
        there = select(Upload.sha256).where(Upload.obligation_id == found.id)
        if named - set(session.scalars(there)):
            raise DubanError("上报中提到的附件没有收到，请重新上传后再报。")


def _by_key(session: Session, key: str) -> Submission | None:
    return session.scalar(select(Submission).where(Submission.key == key))


def _same(known: Submission, found: Obligation, report: Report, answers: dict[str, Any]) -> Submission:
    had = (known.obligation_id, known.nil, known.answers, known.note)
    if had != (found.id, report.nil, answers, report.note):
        raise DubanError(f"编号“{report.key}”的上报已有另一份内容，没有覆盖。请换一个编号再报。")
    return known


def _new_version(
    session: Session, found: Obligation, report: Report, answers: dict[str, Any], now: datetime
) -> Submission:
    last = session.scalar(select(func.max(Submission.version)).where(Submission.obligation_id == found.id))
    values = {
        "obligation_id": found.id,
        "key": report.key,
        "version": (last or 0) + 1,
        "received_at": now,
        "claimed_at": report.claimed_at,
        "nil": report.nil,
        "answers": answers,
        "note": report.note,
        "via": report.via,
        "by": report.by,
    }
    values["sha256"] = submission_digest(Submission(**values))
    written = insert_new(session, Submission, values, ("key",))
    if written is None:  # someone else took the key since we looked
        raise DubanError(f"编号“{report.key}”刚刚用于另一份上报，没有覆盖。请换一个编号再报。")
    return session.get_one(Submission, written)


def natural_key(session: Session, found: Obligation, report: Report) -> str:
    """Give a key for a report that comes without one.

    What says the same as the latest version, not judged yet, takes that version's key: it is the same report,
    entered twice. Anything else gets a new key, also what returns to an earlier version, since it is meant to
    stand instead of the latest.
    """
    answers, last = _answers(session, found, report), _last(session, found)
    same = last is not None and (last.nil, last.answers, last.note) == (report.nil, answers, report.note)
    if last is not None and same and _awaits(session, last):
        return last.key
    said = canonical([found.id, last.version if last else 0, answers, report.nil, report.note])
    return f"{report.via}-{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def _awaits(session: Session, row: Submission) -> bool:
    return session.scalar(select(Verdict.id).where(Verdict.submission_id == row.id)) is None


def _last(session: Session, found: Obligation) -> Submission | None:
    query = select(Submission).where(Submission.obligation_id == found.id)
    return session.scalar(query.order_by(Submission.version.desc()).limit(1))


def _latest(session: Session, found: Obligation) -> Submission:
    """Give the latest version, of which there is one: the move has been found lawful."""
    if (row := _last(session, found)) is None:
        raise DubanError("该事项尚未上报，没有可办理的材料；请先登记上报。")
    return row


def accept(session: Session, found: Obligation, now: datetime, by: str) -> None:
    """Take the latest version."""
    moves.check_accept(facts(session, found), now)
    row = _latest(session, found)
    verdict = Verdict(submission_id=row.id, verdict="accepted", at=now, by=by)
    session.add(verdict)
    bring_up(session, found, now)
    enter(session, found, now, by, "submission.accepted", VERDICTS.said(verdict))


def return_(session: Session, found: Obligation, now: datetime, by: str, why: Return, slots: Slots) -> int:
    """Send the latest version back; reminding starts again, and gives how many notices that made."""
    reason, material, correct_by = why
    moves.check_return(facts(session, found), now, reason=reason, material=material, correct_by=correct_by)
    row = _latest(session, found)
    verdict = Verdict(submission_id=row.id, verdict="returned", at=now, by=by)
    verdict.reason, verdict.material, verdict.correct_by = reason, bool(material), correct_by
    session.add(verdict)
    bring_up(session, found, now)
    here = session.get_one(Round, found.round_id)
    fired = reminding.remind_returned(session, here, found.id, now, slots)
    enter(session, found, now, by, "submission.returned", VERDICTS.said(verdict))
    journal.append_many(session, now, "duban", [fired.note])
    return fired.notices


def extend(
    session: Session,
    found: Obligation,
    now: datetime,
    by: str,
    *,
    asked_at: datetime,
    until: datetime,
    reason: str,
) -> None:
    """Grant a later due moment, asked for in time and with a reason; reminders are planned for it."""
    moves.check_extend(facts(session, found), now, asked_at=asked_at, until=until, reason=reason)
    row = Extension(obligation_id=found.id, asked_at=asked_at, asked_by=by, reason=reason, until=until)
    session.add(row)
    row.decided_at, row.by, row.granted = now, by, True
    bring_up(session, found, now)
    rounds.plan_extended(session, found.round_id, until, now)
    enter(session, found, now, by, "extension.asked", EXTENSIONS_ASKED.said(row) | {"until": until})
    enter(session, found, now, by, "obligation.extended", EXTENSIONS.said(row))


def exempt(
    session: Session, found: Obligation, now: datetime, by: str, *, reason: str, approver: str
) -> None:
    """Let a unit off a round, with reason and approver."""
    moves.check_exempt(facts(session, found), now, reason=reason, approver=approver)
    row = Exemption(obligation_id=found.id, at=now, by=approver, reason=reason)
    session.add(row)
    bring_up(session, found, now)
    enter(session, found, now, by, "obligation.exempted", EXEMPTIONS.said(row))


def acknowledge(session: Session, found: Obligation, now: datetime, by: str) -> None:
    """Note that the unit has seen what it owes."""
    moves.check_acknowledge(found.acknowledged_at)
    found.acknowledged_at = now
    session.flush()
    enter(session, found, now, by, "obligation.acknowledged", {})


def bring_up(session: Session, found: Obligation, now: datetime) -> Standing:
    """Bring the obligation's columns up to its facts; gives how it stands."""
    session.flush()
    here = standing(facts(session, found), now)
    found.state, found.nil, found.credited_at = str(here.state), here.nil, here.credited_at
    found.due_at = here.effective_due
    session.flush()
    return here


def enter(
    session: Session, found: Obligation, now: datetime, by: str, action: str, detail: Mapping[str, Any]
) -> None:
    """Enter in the journal what was done to an obligation."""
    journal.append(session, now, by, action, f"obligation/{found.id}", {"obligation": found.id, **detail})
