"""What the people of a unit are told of a sheet, in the words of a township: 工作督办."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..obligations.moments import in_words
from ..obligations.sheet_names import sheet_name
from .addressed import Letter

if TYPE_CHECKING:
    from datetime import datetime

    from .tables import Sheet, SheetReply, Talk

COPIED = "copied"  # the mark of the copy


def about(sheet_id: int) -> str:
    """Give the word by which letters about a sheet are found again."""
    return f"sheet/{sheet_id}"


def issued(found: Sheet, talk: Talk | None) -> Letter:
    """Tell that a sheet has been issued: what it is about, what is required, by when and on what ground."""
    lines = [
        f"现发给你单位{called(found)}。",
        f"事项：{found.matter}",
        f"要求：{found.requirement}",
        f"期限：{in_words(found.limit_at)}" if found.limit_at else "",
        f"责任人：{found.responsible}" if found.responsible else "",
        f"牵头单位：{found.lead}" if found.lead else "",
        f"依据：{found.basis}{found.clause}",
        *(_talk(talk) if talk else []),
        "请签收，按期办理并回复办理情况；确有困难的，请写明理由。",
    ]
    return _letter(found, "issued", "", lines)


def copied(found: Sheet, lead: str, talk: Talk | None) -> Letter:
    """Tell the unit that failed of a sheet that went to the side that leads."""
    lines = [
        f"现将发给牵头单位{lead}的{called(found)}抄送你单位。",
        f"事项：{found.matter}",
        f"要求：{found.requirement}",
        f"期限：{in_words(found.limit_at)}" if found.limit_at else "",
        f"依据：{found.basis}{found.clause}",
        *(_talk(talk) if talk else []),
        "请配合牵头单位，按期办理。",
    ]
    return _letter(found, COPIED, "（抄送）", lines)


def moved(found: Sheet, talk: Talk, now: datetime) -> Letter:
    """Tell that a talk has another time or place; each change is told, also one back to what was before."""
    lines = [f"{called(found)}所定约谈有变更，请以这次通知为准。", *_talk(talk)]
    return _letter(found, f"talk/{now:%Y%m%d%H%M%S}", "约谈变更", lines)


def decided(found: Sheet, reply: SheetReply) -> Letter:
    """Tell a unit what became of its reply."""
    verdict = "理由成立" if reply.accepted else "理由不成立，仍请按期办理"
    lines = [f"你单位对{called(found)}的回复已答复：{verdict}。", f"答复：{reply.answer}"]
    return _letter(found, f"reply/{reply.id}", "回复已答复", lines)


def closed(found: Sheet) -> Letter:
    """Tell that a sheet has been settled."""
    lines = [f"{called(found)}已办结，不再催办。", f"办理结果：{found.closing}"]
    return _letter(found, "closed", "已办结", lines)


def talked(found: Sheet) -> Letter:
    """Tell that a talk, or a sheet whose place it takes, is settled, and that the matter itself is not."""
    lines = [f"{called(found)}已办结，所涉事项仍须办理。", f"办理结果：{found.closing}"]
    return _letter(found, "closed", "已办结，事项仍须办理", lines)


def withdrawn(found: Sheet) -> Letter:
    """Tell that a sheet holds no longer."""
    lines = [f"{called(found)}已撤销，请不再按它办理。", f"撤销理由：{found.withdrawn_why}"]
    return _letter(found, "withdrawn", "已撤销", lines)


def called(found: Sheet) -> str:
    """Give the name of a sheet with its number."""
    return sheet_name(found.rung, found.year, found.number)


def _letter(found: Sheet, mark: str, what: str, lines: list[str]) -> Letter:
    subject = f"{called(found)}{what}：{found.matter}"
    first = subject.partition("\n")[0]
    return Letter(about(found.id), mark, first, "\n".join(filter(None, lines)))


def _talk(talk: Talk) -> list[str]:
    lines = [f"约谈时间：{in_words(talk.at)}", f"约谈地点：{talk.place}", f"约谈人和参加人：{talk.attending}"]
    return [*lines, f"请准备：{talk.material}"] if talk.material else lines
