from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from duban.notifications.channels import KINDS, Channel, build
from duban.obligations.errors import DubanError

if TYPE_CHECKING:
    from pathlib import Path


def test_six_kinds_of_channel_are_known() -> None:
    assert KINDS == ("file", "email", "webhook", "wecom", "dingtalk", "feishu")


@pytest.mark.parametrize(
    ("kind", "settings", "sentence"),
    [
        ("sms", {}, "渠道“甲”的类型“sms”无法识别；应为file、email、webhook、wecom、dingtalk、feishu之一"),
        ("email", {"hots": "x"}, "渠道“甲”有无法识别的设置“hots”；是否想写“host”？"),
        ("file", {"zzz": "x"}, "渠道“甲”有无法识别的设置“zzz”；可用的有：folder、durable"),
        ("email", {"from": "a@b.cn"}, "渠道“甲”缺少设置“host”"),
        ("email", {"host": "x", "from": "镇打非办"}, "渠道“甲”的 from 应为发件邮箱地址"),
        (
            "email",
            {"host": "x", "from": "a@b.cn", "security": "tls"},
            "渠道“甲”的 security 应为starttls、ssl、none之一",
        ),
        (
            "email",
            {"host": "x", "from": "a@b.cn", "port": 70000},
            "渠道“甲”的 port 应为大于0且不超过65535的数",
        ),
        ("webhook", {}, "渠道“甲”缺少设置“url”"),
        ("webhook", {"url": "www.x.cn"}, "渠道“甲”的 url 不是有效的网址；应以 http:// 或 https:// 开头"),
        ("webhook", {"url": "http://x/", "timeout": 0}, "渠道“甲”的 timeout 应为大于0且不超过120的数"),
        ("webhook", {"url": "http://x/", "verify": "no"}, "渠道“甲”的 verify 应为 true 或 false"),
        (
            "webhook",
            {"url": "http://x/", "headers": {"X": "值"}},
            "渠道“甲”的 headers 只能使用英文字母、数字和符号",
        ),
        ("wecom", {}, "渠道“甲”应填写 url（机器人完整地址）或 key，二者填且只填一项"),
        (
            "feishu",
            {"token": "t", "base_url": "x"},
            "渠道“甲”的 base_url 不是有效的网址；应以 http:// 或 https:// 开头",
        ),
        (
            "wecom",
            {"key": "k", "ca_file": "/nowhere.pem"},
            "渠道“甲”的 ca_file 无法读取，或不是有效的证书文件",
        ),
    ],
)
def test_a_wrong_channel_is_refused_in_one_sentence(
    tmp_path: Path, kind: str, settings: dict[str, object], sentence: str
) -> None:
    with pytest.raises(DubanError, match=f"^{re.escape(sentence)}$"):
        build(Channel("甲", kind, settings), tmp_path)


def test_a_robot_says_how_much_text_it_takes() -> None:
    assert Channel("工作群", "wecom").limit_bytes == 2048
    assert Channel("邮件", "email").limit_bytes is None


def test_two_channels_may_stand_in_a_set() -> None:
    assert len({Channel("甲", "wecom", {"key": "a"}), Channel("甲", "wecom", {"key": "a"})}) == 1
