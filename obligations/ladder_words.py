"""What the program writes into the sheets of the ladder; whoever signs one may write something better."""

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
# What is asked on each rung; what was asked below follows on the 督办单.
ASKED: Final = {
    Rung.DUBAN: "请查明原因，督促办结，并书面回复办理情况。",
    Rung.YUETAN: "请主要负责同志按时到场，说明未办结的原因，提出整改措施和完成时限。",
    Rung.TONGBAO: "请立即办结，并书面报告整改情况。",
}
# What is said of a sheet when its matter was met, by the state of what it is about.
CLOSINGS: Final = {
    "accepted": "单位已报送，办公室已接收，自动办结。",
    "exempt": "该事项已免报，自动办结。",
    "closed": "隐患已销号，自动办结。",
}
DROPPED: Final = {
    "accepted": "签发前单位已报送并经接收，不再签发。",
    "exempt": "签发前该事项已免报，不再签发。",
    "closed": "签发前隐患已销号，不再签发。",
}
