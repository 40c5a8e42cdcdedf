"""Which moves of a finding are lawful: each check passes in silence or raises DubanError, saying why not.

Whoever rectified does not close, nor does anybody of the unit that rectified (DESIGN.md §5.21). Moments may
be in any zone, but must have one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from .errors import DubanError
from .moments import SHANGHAI, in_words, whole_second
from .words import FindingState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from .findings import Standing

# To the last second of the fifteenth day after the check, as the form proposes.
OWN_LIMIT = timedelta(days=16)
LONGEST_LIMIT = timedelta(days=3 * 366)  # a limit beyond it is a slip of the pen
PROGRAM = "接口："  # begins the name under which a program enters what people, whom it names, have done
_BETWEEN_NAMES = re.compile(r"[、,，;；/\n]+")
_AND = re.compile("[和与及]")  # between names, unless it is part of one
_AND_OTHERS = re.compile(r"等(?:\d+|[一二三四五六七八九十两几])?[人名]?(?:同志)?$")
# The commonest surnames, and what ends the name of an office or a post and no person's.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟"
    "熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮"
)
_POSTS = frozenset("员长任记警办站所局队组委科部会司岗村镇乡街社区")
_PERSON = 3  # characters at most that stand for one without a word before them
_BRACKETS = re.compile(r"[（(][^（）()]*[)）]")
_STATES = {
    FindingState.OPEN: "这处隐患还在整改，单位尚未报告整改完成",
    FindingState.FIXED: "这处隐患已报告整改完成，正等候复查",
    FindingState.CLOSED: "这处隐患已经销号",
}


@dataclass(frozen=True, slots=True)
class Party:
    """A unit as far as closing goes: what it is called, and the people known to be of it."""

    name: str
    people: frozenset[str] = frozenset()


def names_of(text: str) -> frozenset[str]:
    """Give the people that a text names: ``镇应急办 王芳、李强（副主任）`` names 王芳 and 李强.

    A text without marks between the names, ``张三 李四``, names both.
    """
    plain = _BRACKETS.sub("", unicodedata.normalize("NFKC", text))
    parts = [_AND_OTHERS.sub("", part.strip()) for part in _BETWEEN_NAMES.split(plain)]
    named = {name for part in parts if (name := _name(part))}
    words = {word for part in parts for piece in (part, *_AND.split(part)) for word in piece.split()}
    return frozenset(named | {word for word in words if _is_person(word)})


def _is_person(word: str) -> bool:
    return 1 < len(word) <= _PERSON and word[0] in _SURNAMES and word[-1] not in _POSTS


def same_people(one: str, other: str, known: frozenset[str] = frozenset()) -> list[str]:
    """Give who is named on both sides, also where one side says more: ``村支书张三`` is 张三."""
    plain = [re.sub(r"\s", "", unicodedata.normalize("NFKC", text)) for text in (one, other)]
    names = names_of(one) | names_of(other) | known
    return sorted(name for name in names if len(name) > 1 and all(name in text for text in plain))


def _name(part: str) -> str:
    words = part.split()
    # 张　三, as a list pads it, is one name.
    if len(words) > 1 and len(words[-1]) == len(words[-2]) == 1:
        return "".join(words[-2:])
    return words[-1] if words else ""


def check_found(found_at: datetime, due_at: datetime, now: datetime) -> None:
    """Let a finding be recorded: it was found by now, and is to be rectified after that."""
    if whole_second(found_at) > whole_second(now):
        message = f"检查时间不能晚于现在；所填为{in_words(found_at)}。"
        raise DubanError(message)
    if whole_second(due_at) <= whole_second(found_at):
        message = f"整改期限须晚于检查时间；所填为{in_words(due_at)}。"
        raise DubanError(message)
    _check_not_far(due_at, found_at)


def check_own_limit(found_at: datetime, due_at: datetime) -> None:
    """Let a unit set itself a limit of two weeks at most: for more it asks, and the desk decides."""
    if whole_second(due_at) - whole_second(found_at) > OWN_LIMIT:
        message = f"本单位自查的隐患，整改期限最长{OWN_LIMIT.days - 1}天；确需更长的，请登记后申请延期。"
        raise DubanError(message)


def check_fix(
    here: Standing, now: datetime, who: tuple[str, str], *, done_on: date, found_at: datetime, text: str
) -> None:
    """Let the rectification be reported: what was done, and on which local day, since the finding.

    ``who`` is who enters it and who did it; a program must name them.
    """
    _check_state(here, FindingState.OPEN, "不能再报整改完成")
    if who[0].startswith(PROGRAM):
        check_said(who[1], "请写明整改人。")
    check_said(text, "请写明整改情况：做了什么、结果怎样。")
    if done_on > now.astimezone(SHANGHAI).date():
        message = f"整改完成日期不能晚于今天；所填为{done_on.isoformat()}。"
        raise DubanError(message)
    if done_on < (first := found_at.astimezone(SHANGHAI).date()):
        message = f"整改完成日期不能早于检查之日{first.isoformat()}；所填为{done_on.isoformat()}。"
        raise DubanError(message)


def check_close(here: Standing, by: str, people: str, party: Party) -> None:
    """Let a recheck that was passed close the finding: ``people`` looked again, ``by`` enters it."""
    check_recheck(here, by, people, party)


def check_fail(
    here: Standing, now: datetime, by: str, people: str, party: Party, *, text: str, until: datetime | None
) -> None:
    """Let a recheck that was not passed open the finding again, saying what is lacking, with a new limit."""
    check_recheck(here, by, people, party)
    check_said(text, "复查未通过，须写明哪里没有整改到位。")
    check_limit(until, now)


def check_recheck(here: Standing, by: str, people: str, party: Party) -> None:
    """Let these people look again; they are neither of those who rectified nor of the unit."""
    _check_state(here, FindingState.FIXED, "没有可复查的整改")
    check_said(people, "请写明复查人。")
    _check_others(here, (by, people), party, "复查销号")


def check_refute(here: Standing, by: str, party: Party, *, reason: str) -> None:
    """Let a finding be struck out because it was none (查否), with a reason, and not by the unit itself."""
    if here.state is FindingState.CLOSED:
        raise DubanError("这处隐患已经销号，无需再办理查否。")
    check_said(reason, "查否须写明核实的情况和理由。")
    _check_others(here, (by,), party, "查否")


def check_reopen(here: Standing, now: datetime, *, reason: str, until: datetime | None) -> None:
    """Let a closed finding be opened anew because it is there again, with a reason and a new limit."""
    _check_state(here, FindingState.CLOSED, "不能登记复发")
    check_said(reason, "登记复发须写明现场情况。")
    check_limit(until, now)


def check_ask(here: Standing, now: datetime, *, until: datetime, reason: str) -> None:
    """Let the unit ask for more time: once, before the limit, with a reason, until a definite later date."""
    if here.asked is not None:
        raise DubanError("已有一份延期申请在等候答复，无需重复提出。")
    check_extend(here, now, asked_at=now, until=until, reason=reason)


def check_extend(here: Standing, now: datetime, *, asked_at: datetime, until: datetime, reason: str) -> None:
    """Let the limit be later: for a reason, asked for before it passed, until a definite later date."""
    _check_state(here, FindingState.OPEN, "不需要延期")
    check_said(reason, "延期须写明理由。")
    if whole_second(asked_at) > here.due_at:
        message = f"整改期限{in_words(here.due_at)}已过，不能再延期；请尽快整改，逾期照实记录。"
        raise DubanError(message)
    if whole_second(until) <= here.due_at:
        message = f"新期限须晚于原期限{in_words(here.due_at)}；所填为{in_words(until)}。"
        raise DubanError(message)
    check_limit(until, now)


def check_move(here: Standing, now: datetime, *, until: datetime, reason: str) -> None:
    """Let the desk set another limit, before it has passed and before the rectification, with a reason."""
    _check_state(here, FindingState.OPEN, "不能调整期限")
    check_said(reason, "调整期限须写明理由。")
    if whole_second(now) > here.due_at:
        message = f"整改期限{in_words(here.due_at)}已过，不能再调整；逾期照实记录。"
        raise DubanError(message)
    check_limit(until, now)


def check_change(here: Standing, *, reason: str) -> None:
    """Let the desk change what is to be done or by whom, before the rectification, with a reason."""
    _check_state(here, FindingState.OPEN, "不能再变更整改要求")
    check_said(reason, "变更须写明理由。")


def check_limit(until: datetime | None, now: datetime) -> None:
    """Let a limit be set: a definite moment after now, and not years away."""
    if until is None:
        raise DubanError("请填写新的整改期限。")
    if whole_second(until) <= whole_second(now):
        message = f"新的整改期限须晚于现在；所填为{in_words(until)}。"
        raise DubanError(message)
    _check_not_far(until, now)


def check_said(text: str, message: str) -> None:
    """Raise :class:`DubanError` with this message when nothing is said."""
    if not text.strip():
        raise DubanError(message)


def _check_not_far(until: datetime, start: datetime) -> None:
    if whole_second(until) - whole_second(start) > LONGEST_LIMIT:
        message = f"整改期限不能超过三年；所填为{in_words(until)}，请核对年份。"
        raise DubanError(message)


def _check_state(here: Standing, wanted: FindingState, no: str) -> None:
    if here.state is not wanted:
        message = f"{_STATES[here.state]}，{no}。"
        raise DubanError(message)


def own_people(said: Iterable[str], party: Party) -> list[str]:
    """Give who of those that are named is of a unit; the unit itself, if it is named alone."""
    texts = list(said)
    named, whole = frozenset[str]().union(*map(names_of, texts)), "、".join(texts)
    own = named & (party.people | {party.name}) | {name for name in party.people if name and name in whole}
    alone = any(party.name in text.split()[:1] for text in texts)
    return sorted(own) or ([party.name] if alone else [])


def _check_others(here: Standing, who: tuple[str, ...], party: Party, what: str) -> None:
    said = [text for text in who if not text.startswith(PROGRAM)]
    if same := same_people("、".join(said), here.fixed_by or ""):
        message = f"“{'、'.join(same)}”是这次整改的整改人，不能由同一人{what}；请由其他人办理。"
        raise DubanError(message)
    if own := own_people(said, party):
        message = f"“{'、'.join(own)}”是整改单位“{party.name}”的人，不能由整改单位自己{what}。"
        raise DubanError(message)
