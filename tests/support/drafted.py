"""A document that has been read as a plan, some of it decided, for pages that show one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duban.ledger import attachments, drafts
from duban.ledger.drafts import Decision
from duban.portal.office.draft_upload import read

if TYPE_CHECKING:
    from datetime import datetime

    from .desk import Desk

DOCUMENT = """\
清溪镇人民政府办公室文件
清政办发〔2022〕45号

关于做好元旦春节期间安全生产工作的通知

各村（居）民委员会，镇属各部门：
一、排查隐患
（一）各村（居）要于2022年12月31日前完成辖区“九小场所”排查，建立台账，并于1月5日前将隐患清单报镇应急办。
（二）动员部署阶段（1月6日至1月15日）。各有关部门要制定方案。
二、信息报送
请各村（居）每周五12：00前报送工作动态。
每季度召开一次联席会。
要切实加强组织领导，确保各项工作落到实处。

清溪镇人民政府办公室
2022年12月20日
"""


def drafted(desk: Desk, at: datetime) -> int:
    """Let a clerk send the document up and decide about two proposals; gives the draft's number."""
    found = read(DOCUMENT.encode(), "通知.txt")
    attachments.store(desk.counter.attachments, found.file.data)
    decisions = (Decision("d1", "confirmed", 0), Decision("d2", "struck", 0, reason="县里已另有部署"))
    with desk.book.write() as session:
        row, _ = drafts.take(session, "form-1", found.file, found.proposed, at, "王文书")
        drafts.decide(session, row, decisions, at, "王文书")
        return row.id
