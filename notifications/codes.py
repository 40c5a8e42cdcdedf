"""What the robots' own error codes mean: will the same letter ever succeed?

Sources: WeCom 全局错误码 (developer.work.weixin.qq.com/document/path/90313), DingTalk 自定义机器人错误码
(open.dingtalk.com/document/robots/custom-robot-access), Feishu 自定义机器人使用指南 (open.feishu.cn).
"""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType

WECOM_PERMANENT = frozenset(
    {
        40001,  # invalid secret
        40008,  # invalid message type
        40014,  # invalid token
        40035,  # invalid parameter
        40058,  # invalid parameter; content longer than 2048 bytes
        44004,  # empty content
        45002,  # content too long
        47001,  # not JSON
        93000,  # no such robot
        93004,  # robot stopped
        93008,  # robot not in the group
    }
)
DINGTALK_PERMANENT = frozenset(
    {
        40035,  # no token given
        43004,  # wrong content type
        300001,  # no such token
        300005,  # no such token
        310000,  # signature, keyword or address refused
        400013,  # the group was dissolved
        400101,  # no such token
        400102,  # robot stopped
        400105,  # unsupported message type
        400106,  # no such robot
        430101,  # unsafe link
        430102,  # improper text
        430103,  # improper picture
        430104,  # improper content
        460101,  # longer than 20000 bytes
    }
)
FEISHU_PERMANENT = frozenset(
    {
        9499,  # bad request
        19001,  # no such robot
        19002,  # no message type
        19021,  # signature refused, or the clock more than an hour out
        19022,  # address refused
        19024,  # keyword missing
    }
)
PERMANENT = MappingProxyType(
    {"wecom": WECOM_PERMANENT, "dingtalk": DINGTALK_PERMANENT, "feishu": FEISHU_PERMANENT}
)
TEMPORARY = frozenset(
    {
        -1,  # busy, WeCom and DingTalk
        2200,  # internal error, Feishu
        11232,  # too fast, Feishu
        45009,  # too fast, WeCom
        45033,  # too many at once, WeCom
        130101,  # too fast, DingTalk
        410100,  # too fast, DingTalk
        99991400,  # too fast, Feishu
    }
)
# The codes for "too fast" have changed before, and DingTalk's 300001 has been used for it too:
# the words outlive the numbers.
TOO_FAST = ("too fast", "too many request", "freq", "rate limit", "限流", "频率", "太快", "频繁")
# Everything else below 500 says that the request itself is wrong, a redirect included.
TEMPORARY_STATUS = frozenset({408, 425, 429})


def code_is_permanent(kind: str, status: int, code: int, words: str) -> bool:
    """Tell whether a robot's non-zero code is final; an unknown code under HTTP 200 is worth another try."""
    lowered = words.lower()
    if code in TEMPORARY or any(word in lowered for word in TOO_FAST):
        return False
    return code in PERMANENT[kind] if status == HTTPStatus.OK else status_is_permanent(status)


def status_is_permanent(status: int) -> bool:
    """Tell whether an HTTP status other than success is final: 3xx and 4xx, but for 408, 425 and 429."""
    wrong = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return wrong and status not in TEMPORARY_STATUS
