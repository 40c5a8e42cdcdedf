"""Reads the facts of obligations from the book, for the pure rules to judge."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, select

from ..obligations.facts import ExtensionFact, ObligationFacts, SubmissionFact
from ..obligations.words import Verdict as Word
from .granting import granted
from .scope import scope_of
from .tables import Exemption, Extension, Obligation, Round, Submission, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import BindParameter, ColumnElement, Row, Select
    from sqlalchemy.orm import Session

# The tables rather than the classes: no row becomes an object that the session would have to know.
_O, _R, _S, _V, _EXT, _EXM = (
    table.__table__.c for table in (Obligation, Round, Submission, Verdict, Extension, Exemption)
)


class _Queries(NamedTuple):
    """What is asked about some obligations: reports with verdicts, extensions, exemptions, dates."""

    submissions: Select[Any]
    extensions: Select[Any]
    exemptions: Select[Any]
    dates: Select[Any]


def _queries(which: Sequence[ColumnElement[bool]], chosen: Any) -> _Queries:
    # Whoever names obligations has been granted them; conditions are kept to the scope before they come here.
    asked = _Queries(
        submissions=select(
            *(_S.obligation_id, _S.received_at, _S.nil),
            *(_V.verdict, _V.at, _V.material, _V.correct_by),
        )
        .outerjoin(Verdict.__table__, _V.submission_id == _S.id)
        .where(_S.obligation_id.in_(chosen))
        .order_by(_S.obligation_id, _S.version),
        extensions=select(_EXT.obligation_id, _EXT.asked_at, _EXT.until, _EXT.decided_at, _EXT.granted)
        .where(_EXT.obligation_id.in_(chosen))
        .order_by(_EXT.id),
        exemptions=select(_EXM.obligation_id, _EXM.at).where(_EXM.obligation_id.in_(chosen)),
        dates=select(_O.id, _R.opens_at, _R.due_at, _R.locks_at)
        .join(Round.__table__, _R.id == _O.round_id)
        .where(*which),
    )
    return _Queries._make(map(granted, asked))


# Built once: building them costs several times what running them does.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_BY_ID = _queries([_O.id.in_(_IDS)], _IDS)


def facts_of(session: Session, ids: Iterable[int]) -> dict[int, ObligationFacts]:
    """Give the facts of the obligations with these numbers, by number; of some hundreds at most."""
    return _read(session, _BY_ID, {"ids": list(ids)})


def facts_where(session: Session, *which: ColumnElement[bool]) -> dict[int, ObligationFacts]:
    """Give the facts of each obligation that the conditions on obligations and rounds select, by its id."""
    if (scope := scope_of(session)) is not None:
        which = (*which, _R.slug.in_(scope.slugs))
    chosen = select(_O.id).join(Round.__table__, _R.id == _O.round_id).where(*which)
    return _read(session, _queries(which, chosen), {})


def _read(session: Session, queries: _Queries, given: dict[str, Any]) -> dict[int, ObligationFacts]:
    if session.autoflush:  # statements over tables do not see to it by themselves
        session.flush()
    submissions: dict[int, list[SubmissionFact]] = defaultdict(list)
    for row in session.execute(queries.submissions, given):
        submissions[row.obligation_id].append(_submission(row))
    extensions: dict[int, list[ExtensionFact]] = defaultdict(list)
    for row in session.execute(queries.extensions, given):
        fact = ExtensionFact(row.asked_at, row.until, row.decided_at, bool(row.granted))
        extensions[row.obligation_id].append(fact)
    exempt = dict(session.execute(queries.exemptions, given).tuples().all())
    return {
        row.id: ObligationFacts(
            opens_at=row.opens_at,
            due_at=row.due_at,
            locks_at=row.locks_at,
            submissions=tuple(submissions.get(row.id, ())),
            extensions=tuple(extensions.get(row.id, ())),
            exempt_at=exempt.get(row.id),
        )
        for row in session.execute(queries.dates, given)
    }


def _submission(row: Row[Any]) -> SubmissionFact:
    if row.verdict is None:
        return SubmissionFact(row.received_at, row.nil)
    return SubmissionFact(row.received_at, row.nil, Word(row.verdict), row.at, row.material, row.correct_by)
