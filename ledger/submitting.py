"""Taking reports: one, or all that came in at the same moment, in one transaction and a few statements.

Each report is checked by the same rules, whether it comes alone or with others; one that is refused stops no
other. Every step reads or writes all of them at once, so that many cost little more than one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, select

from ..calendar.plan import DECIDED
from ..obligations import moves
from ..obligations.errors import DubanError
from ..obligations.facts import SubmissionFact, judged_at
from ..obligations.forms import form_digest, read_answers
from ..obligations.moments import in_words
from ..obligations.outcome import standing
from . import journal
from .digests import submission_digest
from .facts import facts_of
from .tables import Obligation, Round, Submission, Upload
from .upsert import insert_new_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter
    from sqlalchemy.orm import Session

    from ..obligations.facts import ObligationFacts
    from ..obligations.outcome import Standing


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


class Handed(NamedTuple):
    """A report for an obligation, received at ``now`` (the server's time)."""

    obligation_id: int
    report: Report
    now: datetime


class Taken(NamedTuple):
    """A report that is in the book; ``fresh`` is false when it was there already."""

    submission: Submission
    fresh: bool


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


def submit(session: Session, found: Obligation, report: Report, now: datetime) -> Submission:
    """Take a report; gives the row. One key with the same content is harmless, with other content refused.

    Raises :class:`DubanError` when it is not lawful or not as the form asks, :class:`AnsweredMeanwhileError`
    and :class:`FormChangedError` when the sender has not seen the latest.
    """
    [outcome] = submit_many(session, [Handed(found.id, report, now)])
    if isinstance(outcome, DubanError):
        raise outcome
    return outcome.submission


def submit_many(session: Session, handed: Sequence[Handed]) -> list[Taken | DubanError]:
    """Take the reports that are lawful; gives for each, in order, its row or why it was refused.

    At most one for each obligation, and no key twice (ValueError): of two that came together one has to be in
    the book before the other is judged.
    """
    if len({one.obligation_id for one in handed}) < len(handed) or len({r.report.key for r in handed}) < len(
        handed
    ):
        raise ValueError("one report for each obligation and key")
    books = _read(session, handed)
    outcomes = {one.obligation_id: _judged(one, books) for one in handed}
    rows = {number: one for number, one in outcomes.items() if isinstance(one, _New)}
    taken = _write(session, rows, books)
    return [taken.get(one.obligation_id) or _old(outcomes[one.obligation_id]) for one in handed]


def read_report(form: Sequence[Mapping[str, Any]], report: Report) -> dict[str, Any]:
    """Give a report's answers as the form reads them; raises :class:`DubanError` naming what is wrong."""
    if not report.nil:
        return read_answers(form, report.answers)
    if report.answers:
        raise DubanError("零报告不填项目；有情况要报的，请不要选零报告。")
    return {}


# Built once: a rush of reports asks these again and again.
_THESE: BindParameter[Any] = bindparam("these", expanding=True)
_OBLIGATIONS = (
    select(Obligation, Round.form, Round.duty)
    .join(Round, Round.id == Obligation.round_id)
    .where(Obligation.id.in_(_THESE))
    .order_by(Obligation.id)
    .with_for_update(key_share=True, of=Obligation)
)
_LATEST = select(Submission).where(
    Submission.id.in_(
        select(func.max(Submission.id))
        .where(Submission.obligation_id.in_(_THESE))
        .group_by(Submission.obligation_id)
    )
)
_KEYED = select(Submission).where(Submission.key.in_(_THESE))


class _New(NamedTuple):
    """A version to be written, and how the obligation will stand."""

    values: dict[str, Any]
    standing: Standing


@dataclass(frozen=True, slots=True)
class _Books:
    """What the book has about the obligations that are reported on."""

    obligations: dict[int, Obligation]
    forms: dict[int, list[Any]]  # by round
    facts: dict[int, ObligationFacts]
    last: dict[int, Submission]
    by_key: dict[str, Submission]
    files: set[tuple[int, str]]
    decided: frozenset[int]  # rounds of what a meeting decided

    digests: dict[int, str] = field(default_factory=dict[int, str])

    def form(self, obligation_id: int) -> list[Any]:
        return self.forms[self.obligations[obligation_id].round_id]

    def form_digest(self, obligation_id: int) -> str:
        number = self.obligations[obligation_id].round_id
        if number not in self.digests:
            self.digests[number] = form_digest(self.forms[number])
        return self.digests[number]


def _read(session: Session, handed: Sequence[Handed]) -> _Books:
    ids = sorted({one.obligation_id for one in handed})
    rows = session.execute(_OBLIGATIONS, {"these": ids}).tuples().all()
    forms = {found.round_id: form for found, form, _ in rows}
    decided = frozenset(found.round_id for found, _, duty in rows if duty == DECIDED)
    facts, keys = facts_of(session, ids), [one.report.key for one in handed]
    reported = [number for number, one in facts.items() if one.submissions]
    last = session.scalars(_LATEST, {"these": reported}).all() if reported else ()
    return _Books(
        {found.id: found for found, *_ in rows},
        forms,
        facts,
        {one.obligation_id: one for one in last},
        {one.key: one for one in session.scalars(_KEYED, {"these": keys})},
        _files(session, ids, forms),
        decided,
    )


def _files(session: Session, ids: list[int], forms: Mapping[int, list[Any]]) -> set[tuple[int, str]]:
    if not any(entry["type"] == "files" for form in forms.values() for entry in form):
        return set()
    there = select(Upload.obligation_id, Upload.sha256).where(Upload.obligation_id.in_(ids))
    return {(number, digest) for number, digest in session.execute(there)}


def _judged(one: Handed, books: _Books) -> Taken | _New | DubanError:
    try:
        return _judge(one, books)
    except DubanError as wrong:
        return wrong


def _judge(one: Handed, books: _Books) -> Taken | _New:
    report, form = one.report, books.form(one.obligation_id)
    known = books.by_key.get(report.key)
    if known is None:
        _check_seen(one, books)
    # The answers are read before they are compared, so that what is compared is what would be kept.
    answers = read_report(form, report)
    if known is not None:
        return _same(known, one, answers)
    if report.nil and books.obligations[one.obligation_id].round_id in books.decided:
        raise DubanError("会议议定事项须报告办理情况，不能零报告。")
    _check_files(one.obligation_id, form, answers, books.files)
    facts = books.facts[one.obligation_id]
    moves.check_submit(facts, one.now)
    return _new(one, answers, facts, books.last.get(one.obligation_id))


def _check_seen(one: Handed, books: _Books) -> None:
    report, last = one.report, books.last.get(one.obligation_id)
    if report.seen_form not in (None, books.form_digest(one.obligation_id)):
        raise FormChangedError
    if last is not None and report.seen_version not in (None, last.version):
        raise AnsweredMeanwhileError(last)


def _check_files(
    obligation_id: int, form: list[Any], answers: Mapping[str, Any], there: set[tuple[int, str]]
) -> None:
    """Raise :class:`DubanError` when a report names a file that did not come for its obligation."""
    fields: list[Any] = [answers.get(field["key"]) for field in form if field["type"] == "files"]
    # Text in place of a list says that the papers came some other way.
    named: list[str] = [digest for said in fields if said and not isinstance(said, str) for digest in said]
    if any((obligation_id, digest) not in there for digest in named):
        raise DubanError("上报中提到的附件没有收到，请重新上传后再报。")


def _same(known: Submission, one: Handed, answers: dict[str, Any]) -> Taken:
    had = (known.obligation_id, known.nil, known.answers, known.note)
    if had != (one.obligation_id, one.report.nil, answers, one.report.note):
        raise DubanError(f"编号“{one.report.key}”的上报已有另一份内容，没有覆盖。请换一个编号再报。")
    return Taken(known, fresh=False)


def _new(one: Handed, answers: dict[str, Any], facts: ObligationFacts, last: Submission | None) -> _New:
    report = one.report
    values: dict[str, Any] = {
        "obligation_id": one.obligation_id,
        "key": report.key,
        "version": last.version + 1 if last else 1,
        "received_at": one.now,
        "claimed_at": report.claimed_at,
        "nil": report.nil,
        "answers": answers,
        "note": report.note,
        "via": report.via,
        "by": report.by,
    }
    values["sha256"] = submission_digest(Submission(**values))
    after = replace(facts, submissions=(*facts.submissions, SubmissionFact(one.now, report.nil)))
    return _New(values, standing(after, judged_at(after, one.now)))


def _write(session: Session, rows: dict[int, _New], books: _Books) -> dict[int, Taken | DubanError]:
    if not rows:
        return {}
    session.execute(insert_new_rows(Submission, "key"), [one.values for one in rows.values()])
    keys = [one.values["key"] for one in rows.values()]
    written = {one.key: one for one in session.scalars(_KEYED, {"these": keys})}
    taken: dict[int, Taken | DubanError] = {}
    for number, new in rows.items():
        row = written[new.values["key"]]
        if row.sha256 == new.values["sha256"]:
            taken[number] = Taken(row, fresh=True)
        else:  # another worker has used the key since we looked
            taken[number] = DubanError(f"编号“{row.key}”刚刚用于另一份上报，没有覆盖。请换一个编号再报。")
    _bring_up(session, {n: rows[n] for n, one in taken.items() if isinstance(one, Taken)}, books)
    _enter(session, [one for one in taken.values() if isinstance(one, Taken)], books)
    return taken


def _bring_up(session: Session, rows: dict[int, _New], books: _Books) -> None:
    """Bring the obligations' columns up to the facts."""
    for number, new in rows.items():
        found, here = books.obligations[number], new.standing
        found.state, found.nil, found.credited_at = str(here.state), here.nil, here.credited_at
        found.due_at = here.effective_due
    session.flush()


def _enter(session: Session, taken: list[Taken], books: _Books) -> None:
    signed = [(row.by, _note(row, books.obligations[row.obligation_id].unit_id)) for row, _ in taken]
    if signed:
        journal.append_signed(session, max(row.received_at for row, _ in taken), signed)


def _note(row: Submission, unit_id: int) -> journal.Note:
    detail = {
        "obligation": row.obligation_id,
        "unit": unit_id,
        "submission": row.id,
        "sha256": row.sha256,
        "version": row.version,
        "nil": row.nil,
        "via": row.via,
    }
    return journal.Note("submission.received", f"obligation/{row.obligation_id}", detail)


def _old(outcome: Taken | _New | DubanError) -> Taken | DubanError:
    if isinstance(outcome, _New):
        raise TypeError("a new version that was not written")
    return outcome
