"""The text that the office sends to the group chat: it names only those who are missing, and is polite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...obligations.moments import in_words
from ...obligations.words import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ...ledger.chasing import Owing
    from ...ledger.tables import PlanRevision, Round


def chase_text(
    found: Round, plan: PlanRevision, owing: Sequence[Owing], now: datetime, office: tuple[str, str]
) -> str:
    """Give the text ready to be sent at ``now``; ``office`` is its name and telephone, either may be empty.

    Why something was returned is between the unit and the office, and is not said before the group.
    """
    return "\n".join(_lines(found, plan, owing, now, office))


def _lines(
    found: Round, plan: PlanRevision, owing: Sequence[Owing], now: datetime, office: tuple[str, str]
) -> Iterator[str]:
    yield f"【催报】{found.title}"
    yield f"依据{_quoted(plan.title)}{found.clause}，{_deadline(found, now)}。{found.ask}".rstrip()
    late = [one.unit for one in owing if one.state is not State.RETURNED]
    back = [one for one in owing if one.state is State.RETURNED]
    if late:
        yield f"截至{in_words(now.replace(second=0))}，尚未报送的有{len(late)}个单位：{'、'.join(late)}。"
    if back:
        yield f"需更正后重新报送的有{len(back)}个单位：{'、'.join(map(_corrects, back))}。"
    yield f"请以上单位{_urging(found, now)}；没有情况的，请报零报告。{_help(plan, office)}谢谢配合！"


def _quoted(title: str) -> str:
    return title if "《" in title else f"《{title}》"


def _deadline(found: Round, now: datetime) -> str:
    if found.due_at is None:
        return "本项工作请及时报送"
    due = in_words(found.due_at) + ("（暂定，以正式通知为准）" if found.provisional else "")
    return f"本期已于{due}到期" if now > found.due_at else f"本期报送截止时间为{due}"


def _corrects(one: Owing) -> str:
    return one.unit if one.correct_by is None else f"{one.unit}（{in_words(one.correct_by)}前）"


def _urging(found: Round, now: datetime) -> str:
    if found.due_at is None or now <= found.due_at:
        return "按时通过提醒中的链接或填报表报送"
    if found.locks_at is not None:
        return f"尽快通过提醒中的链接或填报表补报，补报收到{in_words(found.locks_at)}为止"
    return "尽快通过提醒中的链接或填报表补报"


def _help(plan: PlanRevision, office: tuple[str, str]) -> str:
    name, phone = office
    return f"有困难的请与{name or plan.office}联系{f'（电话：{phone}）' if phone else ''}。"
