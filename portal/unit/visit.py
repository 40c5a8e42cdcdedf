"""What every page of a unit shares: who comes in by a link, and what was done just before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends

from ...obligations.errors import DubanError
from ..access import Act, Here, may
from ..pages import go

if TYPE_CHECKING:
    from fastapi.responses import RedirectResponse

Mine = Annotated[Here, Depends(may(Act.MINE))]


class OwnLinkNeededError(DubanError):
    """The code on the notice board opens the list; what it would hand on belongs to a person's own link."""

    def __init__(self) -> None:
        super().__init__("扫公示二维码打开的页面办不了这一项；请从发给您本人的链接打开后再办。")


def _own(here: Mine) -> Here:
    if here.caller.board:
        raise OwnLinkNeededError
    return here


Own = Annotated[Here, Depends(_own)]
# What a page says after an act, by the word that its address carries; a foreign word says nothing.
DONE = {
    "acknowledge": "已签收。",
    "more-time": "延期申请已提交，请等候答复；答复之前，原期限不变。",
    "not-ours": "转办申请已提交，请等候答复；答复之前，这一项仍由本单位负责。",
    "reply": "回复已送到办公室。",
    "roster": "值班表已报。",
    "clue": "已移送，给接收单位的通知已列入待发。",
    "clue-receive": "已签收。",
    "clue-answer": "已答复。",
    "clue-pass": "已转办，给接收单位的通知已列入待发。",
    "visit": "回访已登记。",
    "alert": "已报告，有关单位正在接到紧急告知。知道的情况请在下面补报。",
}


def done_words(here: Here) -> str:
    """Give the sentence for what has just been done, if the address carries a word of it."""
    return DONE.get(here.request.query_params.get("done", ""), "")


def to_list(here: Here, done: str = "") -> RedirectResponse:
    """Send the browser to the unit's list."""
    return go(f"/l/{here.token}{f'?done={done}' if done else ''}")


def to_answer(here: Here, obligation_id: int, done: str = "") -> RedirectResponse:
    """Send the browser to the page of one obligation."""
    return go(f"/l/{here.token}/{obligation_id}{f'?done={done}' if done else ''}")
