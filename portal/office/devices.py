"""What people call the browser that they sign in with."""

from __future__ import annotations

from typing import Final

UNKNOWN: Final = "未识别的设备"
# The first that a User-Agent names is meant: browsers name those before them that they are like.
_SYSTEMS: Final = (
    *(("HarmonyOS", "鸿蒙设备"), ("OpenHarmony", "鸿蒙设备"), ("Windows", "Windows 电脑")),
    *(("iPhone", "苹果手机"), ("iPad", "苹果平板"), ("Macintosh", "苹果电脑"), ("Android", "安卓手机")),
    *(("Kylin", "麒麟电脑"), ("UOS", "统信电脑"), ("Linux", "Linux 电脑")),
)
_BROWSERS: Final = (
    *(("wxwork", "企业微信"), ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("Lark", "飞书")),
    *(("HuaweiBrowser", "华为浏览器"), ("ArkWeb", "华为浏览器"), ("MiuiBrowser", "小米浏览器")),
    *(("VivoBrowser", "vivo浏览器"), ("HeyTapBrowser", "OPPO浏览器"), ("UCBrowser", "UC浏览器")),
    *(("QQBrowser", "QQ浏览器"), ("360", "360浏览器"), ("Edg", "Edge"), ("Firefox", "火狐")),
    *(("Chrome", "Chrome"), ("Safari", "Safari")),
)


def device(user_agent: str) -> str:
    """Give ``Windows 电脑 Edge`` for a User-Agent; nothing of its own text is kept."""
    named = [
        next((called for mark, called in table if mark in user_agent), "") for table in (_SYSTEMS, _BROWSERS)
    ]
    return " ".join(one for one in named if one) or UNKNOWN
