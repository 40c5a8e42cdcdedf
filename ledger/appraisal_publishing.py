"""Publishing the results of a run: a person does it, and from then on they are frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import exists, or_, select

from ..obligations import appraisal_moves as moves
from ..obligations.appraisal import LineKind
from ..obligations.appraisal_rules import points_text
from ..obligations.errors import DubanError
from . import addressed, appraisal_vetoes, journal
from .addressed import Letter
from .appraisal_changes import changes
from .appraisal_lines import lines_of
from .appraisal_results import run_of, standings
from .appraisal_tellings import about_run, last_second, told_at
from .kept_appraisal import APPRAISALS_PUBLISHED
from .tables import Appraisal, AppraisalAdjustment, AppraisalAppeal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .appraisal_results import Standing
    from .means import Doing
    from .tables import AppraisalRun


class Published(NamedTuple):
    """How many results were published, and the other units each with why not."""

    results: int
    held: tuple[tuple[str, str], ...]


def publish(session: Session, run_id: int, doing: Doing) -> Published:
    """Publish every result of a run that nothing keeps back; the others stay drafts, each with the reason."""
    run = run_of(session, run_id)
    if run is None:
        raise DubanError("没有找到这一期考核。")
    drafts = select(Appraisal).where(Appraisal.run_id == run_id, Appraisal.state == "draft")
    rows = {
        row.id: row for row in session.scalars(drafts.order_by(Appraisal.id).with_for_update(key_share=True))
    }
    held: list[tuple[str, str]] = []
    done: list[Appraisal] = []
    told = told_at(session, run.row, rows.values())
    undone = _undone(session, run.row, list(rows.values()))
    days = run.rules.text.rules.appeal
    for one in standings(session, run, ids=list(rows)):
        row = rows[one.appraisal_id]
        until = last_second(days, row, told[row.id], doing.means.workdays)
        if why := _kept_back(one, doing.now, until, told=told[row.id] is not None) or undone.get(row.id):
            held.append((one.unit, why))
            continue
        row.state, row.final_total, row.final_grade = "published", points_text(one.total), str(one.grade)
        row.published_at, row.published_by, row.appeal_until = doing.now, doing.by, until
        done.append(row)
    session.flush()
    if done:
        _tell_published(session, done, run.row.name, run_id, doing)
        notes = [
            journal.Note("appraisal.published", f"appraisal/{row.id}", APPRAISALS_PUBLISHED.said(row))
            for row in done
        ]
        journal.append_many(session, doing.now, doing.by, notes)
    return Published(len(done), tuple(held))


def _undone(session: Session, run: AppraisalRun, rows: Sequence[Appraisal]) -> dict[int, str]:
    """Say which results had an appeal upheld against a veto, which has to be withdrawn first."""
    since, standing = changes(session, run, rows), appraisal_vetoes.standing(session, run)
    vetoes = {(id_, one.line): one.said for id_, some in since.items() for one in some if one.veto}
    for row in rows:
        stand = standing[row.unit_id]
        if stand:
            vetoes[row.id, 0] = "一票否决"
        about = {f"entry/{one.id}" for one in stand}
        lines = [(n, one) for n, one in enumerate(lines_of(row.lines), 1) if one.kind is LineKind.VETO]
        vetoes |= {(row.id, n): f"一票否决：{one.name}" for n, one in lines if one.about in about}
    followed = exists().where(AppraisalAdjustment.appeal_id == AppraisalAppeal.id)
    # Points that follow an appeal against the whole answer it; a veto they leave standing.
    query = select(AppraisalAppeal.appraisal_id, AppraisalAppeal.line).where(
        *(AppraisalAppeal.appraisal_id.in_([row.id for row in rows]), AppraisalAppeal.upheld.is_(True)),
        or_(AppraisalAppeal.line != 0, ~followed),
    )
    return {
        id_: f"对“{vetoes[id_, line]}”的申诉已成立，还没有撤销，不能公布。"
        for id_, line in session.execute(query).tuples()
        if (id_, line) in vetoes
    }


def _kept_back(one: Standing, now: datetime, until: datetime, *, told: bool) -> str:
    open_ = {"appeals": one.appeals, "unsigned": one.unsigned}
    try:
        moves.check_publication(until=until, now=now, told=told, **open_)
    except DubanError as wrong:
        return str(wrong)
    return ""


def _tell_published(session: Session, done: list[Appraisal], name: str, run_id: int, doing: Doing) -> None:
    text = f"{name}目标考核结果已经公布，本单位的结果请打开链接查看。"
    letter = Letter(about_run(run_id), "published", f"{name}目标考核结果已公布", text)
    slot = doing.means.slots(doing.now, False).first  # noqa: FBT003 - not urgent
    addressed.address(session, [row.unit_id for row in done], letter, slot)
