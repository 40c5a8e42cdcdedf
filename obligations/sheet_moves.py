"""Which moves of a sheet are lawful: each check passes in silence or raises DubanError, saying why not.

A draft is edited, signed or dropped; an issued sheet is acknowledged, answered, closed or withdrawn. From
督办 on, what leaves in the office's name is signed by a person (DESIGN.md §5.19). Moments are aware, of any
zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .errors import DubanError
from .moments import in_words, whole_second
from .words import FindingState, Grade, Rung, SheetState

if TYPE_CHECKING:
    from datetime import datetime

# What a person may enter directly, for what is grave; a 催办单 is the program's.
DIRECT: Final = (Rung.DUBAN, Rung.YUETAN, Rung.TONGBAO)
MOST_DAYS: Final = 60
_FOLLOWS: Final = (
    "约谈所涉事项还没有办结，请写明后续处理（由谁、何时前报送或整改到位，怎样督促），再办结约谈；"
    "同一事项的督办单随之办结，按后续处理接着办。"
)
SYSTEM: Final = "duban"  # who the journal says it was when the program drafted by itself


@dataclass(frozen=True, slots=True)
class TalkFacts:
    """A talk: when it is, when it was minuted, until when something was promised, if that was seen to."""

    at: datetime
    minuted_at: datetime | None = None
    promised_by: datetime | None = None
    followed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What the rules ask of a sheet; ``undecided`` is whether a reply waits for its answer.

    ``owed`` is whether what it is about has still to be reported or rectified.
    """

    rung: Rung
    state: SheetState
    made_by: str
    acknowledged_at: datetime | None = None
    undecided: bool = False
    talk: TalkFacts | None = None
    owed: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person writes into a sheet before it is signed; ``limit_days`` are workdays from signing."""

    matter: str
    requirement: str
    responsible: str
    lead: str
    basis: str
    clause: str
    limit_days: int


def check_enter(rung: str, reason: str) -> None:
    """Let a person draft a sheet without the ladder, for a stated cause."""
    if rung not in DIRECT:
        message = f"直接督办只能是{'、'.join(one.zh for one in DIRECT)}；催办单由程序按规则发出。"
        raise DubanError(message)
    check_said(reason, "直接督办须写明事由（如情节严重、影响恶劣、屡催不办），以备查考。")


def check_draft(draft: Draft) -> None:
    """Let a draft be kept: it names one matter, what is required, on what ground and by when."""
    check_said(draft.matter, "请写明督办事项。")
    check_said(draft.requirement, "请写明办理要求。")
    check_said(draft.basis, "请写明依据的文件。")
    if not 1 <= draft.limit_days <= MOST_DAYS:
        message = f"办理期限应为1至{MOST_DAYS}个工作日；所填为{draft.limit_days}。"
        raise DubanError(message)


def check_edit(facts: SheetFacts) -> None:
    """Let a draft be changed; what was issued stays as it was signed."""
    check_in(facts, SheetState.DRAFT, "修改")


def check_sign(facts: SheetFacts, now: datetime, by: str) -> None:
    """Let a person sign a draft; who wrote it by hand has another sign it, and a talk has its time set."""
    check_in(facts, SheetState.DRAFT, "签发")
    if facts.made_by not in (SYSTEM, "") and facts.made_by == by:
        message = f"起草人（{facts.made_by}）不能签发自己起草的{facts.rung.zh}，请另一位有签发权的同志签发。"
        raise DubanError(message)
    if facts.rung is Rung.YUETAN:
        _check_talk_ahead(facts.talk, now)


def check_drop(facts: SheetFacts, reason: str) -> None:
    """Let a draft be dropped, with a reason."""
    check_in(facts, SheetState.DRAFT, "作废")
    check_said(reason, "不予签发须写明理由。")


def check_acknowledge(facts: SheetFacts) -> None:
    """Let the unit sign once that it has the sheet."""
    check_in(facts, SheetState.ISSUED, "签收")
    if facts.acknowledged_at is not None:
        message = f"该{facts.rung.zh}已于{in_words(facts.acknowledged_at)}签收，无需再次签收。"
        raise DubanError(message)


def check_reply(facts: SheetFacts, text: str) -> None:
    """Let the unit answer, as often as it wants, but not while an answer of its own still waits."""
    check_in(facts, SheetState.ISSUED, "回复")
    if facts.undecided:
        raise DubanError("上一次的回复还在等候答复，请等答复后再回复。")
    check_said(text, "请写明办理情况或理由。")


def check_decide(facts: SheetFacts, *, waits: bool, accepted: bool | None, answer: str) -> None:
    """Let the office say whether a reply gives a good reason; ``waits`` is whether this one is undecided."""
    check_in(facts, SheetState.ISSUED, "答复")
    if not waits:
        raise DubanError("这份回复已经答复，可能刚刚已有人办理。")
    if accepted is None:
        raise DubanError("请选择理由是否成立。")
    check_said(answer, "请写明答复内容。")


def check_close(facts: SheetFacts, closing: str, *, person: bool, follows: str = "") -> None:
    """Let a person of the office close a sheet, saying what was done; the unit does not close its own.

    A talk (约谈) is held and minuted, so it ends; what it was about may be owed still, and perhaps for ever,
    since late reports are taken until a round locks. So it is not refused then: ``follows`` has to say what
    is done next (who reports what by when), which takes the place of the sheets below.
    """
    if not person:
        raise DubanError("办结由主管办公室的人员核实后登记，单位和程序不能自行办结。")
    check_in(facts, SheetState.ISSUED, "办结")
    if facts.undecided:
        raise DubanError("单位的回复还没有答复，请先答复，再办结。")
    if facts.rung is Rung.YUETAN:
        _check_talk_done(facts.talk)
        if facts.owed:
            check_said(follows, _FOLLOWS)
    check_said(closing, "办结须写明办理结果。")


def check_withdraw(facts: SheetFacts, reason: str) -> None:
    """Let an issued sheet be withdrawn for a reason; its number is not given again."""
    check_in(facts, SheetState.ISSUED, "撤销")
    check_said(reason, "撤销须写明理由，并告知单位。")


def check_list(grade: Grade, state: FindingState, listed_at: datetime | None) -> None:
    """Let a finding be supervised by name (挂牌督办): a grave one that is not closed."""
    if grade is not Grade.GRAVE:
        raise DubanError("只有重大隐患可以挂牌督办；该隐患登记为一般隐患。")
    if state is FindingState.CLOSED:
        raise DubanError("该隐患已销号，不需要挂牌督办。")
    if listed_at is not None:
        message = f"该隐患已于{in_words(listed_at)}挂牌督办。"
        raise DubanError(message)


def check_delist(
    state: FindingState, listed_at: datetime | None, delisted_at: datetime | None, why: str
) -> None:
    """Let a finding be taken off the list, once it has been closed."""
    if listed_at is None or delisted_at is not None:
        raise DubanError("该隐患没有在挂牌督办中。")
    if state is not FindingState.CLOSED:
        message = f"该隐患目前是“{state.zh}”，销号后才能摘牌。"
        raise DubanError(message)
    check_said(why, "摘牌须写明核实情况。")


def _check_talk_ahead(talk: TalkFacts | None, now: datetime) -> None:
    if talk is None:
        raise DubanError("约谈通知须先安排约谈的时间、地点和参加人，再签发。")
    if whole_second(talk.at) <= whole_second(now):
        message = f"约谈时间{in_words(talk.at)}已过，请另定时间，再签发。"
        raise DubanError(message)


def _check_talk_done(talk: TalkFacts | None) -> None:
    if talk is None or talk.minuted_at is None:
        raise DubanError("约谈还没有记录，请先登记约谈记录，再办结。")
    if talk.promised_by is not None and talk.followed_at is None:
        raise DubanError("约谈时承诺的事项还没有跟进，请先登记跟进情况，再办结。")


def check_in(facts: SheetFacts, state: SheetState, move: str) -> None:
    """Let a move be made of a sheet in this state; `move` is what it is called in Chinese."""
    if facts.state is not state:
        message = f"该{facts.rung.zh}目前是“{facts.state.zh}”，不能{move}。"
        raise DubanError(message)


def check_said(text: str, message: str) -> None:
    """Want something to be said; `message` says what."""
    if not text.strip():
        raise DubanError(message)
