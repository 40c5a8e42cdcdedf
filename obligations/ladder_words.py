"""What sheets of the ladder say before a person writes something better."""

from __future__ import annotations

from typing import Final

from .words import Rung

# Why a matter came on the ladder at all.
NOT_REPORTED: Final = "到期未报送"
NOT_CORRECTED: Final = "退回后未重新报送"
NOT_RECTIFIED: Final = "到期未整改"
# How a sheet goes on after the number of the one below.
UNMET: Final = "到期未办结"
REPORT: Final = "请按要求补报。"
RECTIFY: Final = "请立即整改到位，并报告整改情况。"
# What is asked on each rung where nothing better is written; the ladder's 督办单 then repeats what was first.
ASKED: Final = {
    Rung.CUIBAN: "请立即办理，并在期限内回复办理情况。",
    Rung.DUBAN: "请立即办理，在期限内办结并书面回复办理情况；未能按期办理的，说明原因和整改措施。",
    Rung.YUETAN: "请按时参加约谈，说明未办结的原因，提出整改措施和完成期限。",
    Rung.TONGBAO: "请对照通报事项限期整改，并书面报告整改情况。",
}
# What is said of a sheet when its matter was met, by the state of what it is about.
CLOSINGS: Final = {
    "accepted": "单位已报送，办公室已接收，自动办结。",
    "exempt": "该事项已免报，自动办结。",
    "closed": "隐患已销号，自动办结。",
    "moved": "隐患曾销号、已准予延期或者已改由其他单位整改，自动办结。",
}
WITH_HIGHER: Final = "同一事项的{}已办结，随之办结。"
# What is said where the matter of a closed talk is owed still: on the talk itself, and on the 督办单 below.
FOLLOWS: Final = "{}\n所涉事项尚未办结，后续处理：{}"
REPLACED: Final = "所涉事项尚未办结，已由{}接续。后续处理：{}"
DROPPED: Final = {
    "accepted": "签发前单位已报送并经接收，不再签发。",
    "exempt": "签发前该事项已免报，不再签发。",
    "closed": "签发前隐患已销号，不再签发。",
    "moved": "签发前隐患曾销号、已准予延期或者已改由其他单位整改，不再签发。",
}
