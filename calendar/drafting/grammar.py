"""The words that official documents give times in, one pattern for each kind of expression.

In a pattern ``{day a}`` stands for a day whose parts are named am, ad and so on; blanks are only for the eye.
"""

from __future__ import annotations

import re
from typing import Final

_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3}|元(?=月))"
_YEAR = (
    r"(?:(?P<@y>(?:19|20)\d{2}|[一二][〇零一二三四五六七八九]{3})年度?"
    r"|(?P<@s>今年|本年度?|当年|明年|次年|来年|翌年|去年))"
)
_CLOCK = (
    r"(?:(?P<@half>上午|下午|中午|晚上?|早上|凌晨)?(?P<@h>\d{1,2}|[一二三四五六七八九十]{1,3})"
    r"(?:[时点](?:(?P<@mi>\d{1,2})分|(?P<@hh>半)|整)?|：(?P<@mc>\d{2}))|(?P<@off>下班|上午|下午))"
)
_DAY = (
    _YEAR + r"?底?(?P<@m>{n})月份?(?:(?P<@d>{n})[日号]|(?P<@p>底|末|初|上旬|中旬|下旬))?"
    r"(?:（(?P<@g>[^（）]{1,12})）)?(?:（?" + _CLOCK + "）?)?"
)
_ORDINAL = "一二三四五六七八九"
_LUNAR = rf"(?:农历)?(?:[正腊冬]月)?(?:初[{_ORDINAL}十]|十[{_ORDINAL}]|廿[{_ORDINAL}]|二十[{_ORDINAL}]?|三十)"
_MACROS = {
    "n": _NUMBER,
    "to": r"(?:至|到|～|-{1,2}|—)",
    "limit": r"(?P<limit>(?:之|以)?前|底前|止|截止|为止|以内|内)?",
    "lunar": _LUNAR,
    "feast": (
        "(?:除夕|春节|元宵节?|清明节?|端午节?|中秋节?|国庆节?|重阳节?|元旦|五一(?:劳动)?节?|劳动节|七夕|中元节|腊八节?)"
    ),
    "day": _DAY,
    "year": _YEAR,
    "clock": _CLOCK,
}
_MACRO = re.compile(r"\{(" + "|".join(_MACROS) + r")(?: (\w))?\}")


def _compiled(text: str) -> re.Pattern[str]:
    packed = re.sub(r"(?<!\{day)(?<!\{year)(?<!\{clock) ", "", text)
    while _MACRO.search(packed):
        packed = _MACRO.sub(lambda found: _MACROS[found[1]].replace("@", found[2] or "@"), packed)
    return re.compile(packed)


# Of two that begin at one place the longer wins; of two as long, the earlier in this table.
RULES: Final = {
    name: _compiled(text)
    for name, text in {
        # 2022年12月20日至2023年1月15日、3月1日-15日、2022年3月－－10月
        "span": r"{day a} 起? {to} (?: {day b} | (?P<bonly>{n})[日号] ) {limit}",
        # 3—4月、2022年3-4月
        "months": r"{year a}? (?P<am>{n}) (?:月份?)? {to} (?P<bm>{n})月份? (?:（[^）]*）)? {limit}",
        # 即日起至6月30日
        "until": (
            r"(?P<from> 即日 | 自?(?:本?通知|本?方案|本?文件)?(?:下发|印发|发布)之日 | 自通知下发 ) 起? {to}"
            r"{day b} {limit}"
        ),
        # 每年6月底前和12月底前
        "year_each": (
            r"每年的? (?P<days>{n}月(?:{n}[日号]|底|末|初|上旬|中旬|下旬)?前?"
            r"(?:[、和及，]{n}月(?:{n}[日号]|底|末|初)?前?)*) {limit}"
        ),
        # 每月26日前、每月底前、次月5日前、月底前
        "month_each": (
            r"(?:每个?月|逐月|各月|次月|下月|月)的? (?:(?P<next>次月|下个?月)的?)?"
            r"(?:(?P<d>{n})[日号](?P<also>(?:[、和及]{n}[日号])*)(?:{to}(?P<till>{n})[日号])?|"
            r"(?P<p>底|末|初|最后一个?(?:工作)?[日天])) {clock k}? {limit}"
        ),
        # 每周五12点前
        "week_each": (
            r"(?:每个?|逐|各)(?:周|星期) (?P<w>[一二三四五六日天末])?"
            r"(?P<also>(?:[、和及](?:周|星期)?[一二三四五六日天](?![一-鿿]*次))*) {clock k}? {limit}"
        ),
        # 于当日内、次日12时前
        "same_day": (
            r"(?:(?<=[于在须应要])(?P<a>当日|当天|次日|翌日)|(?P<b>当日|当天|次日|翌日)(?=[内前\d]))"
            r"{clock k}? {limit}"
        ),
        # 每季度末月25日前、每季度首月10日前、每季度
        "quarter_each": (
            r"(?:每个?|各|逐)季度?的? (?:(?P<nth>首|第?[一二三]个?|末|最后一?个?)月?的?份?)?"
            r"(?:(?P<next>次月|下个?季度?(?:首|第一个?)月)的?)? (?:(?P<d>{n})[日号]|(?P<p>底|末|初))?"
            r"{clock k}? {limit}"
        ),
        "half_each": r"每半年度? {limit}",
        "term_each": r"每(?:个?学期|旬末?) {limit}",
        "quarter_named": r"{year a}? 第(?P<q>[一二三四])季度 (?!：) {limit}",
        "day_each": r"每[日天] {clock k}? {limit}",
        "other_each": (
            r"每半个?(?P<half>月)"
            r"| 每隔? (?P<n>两|二|三|四|五|六|十|\d{1,2}) 个? (?P<u>周|星期|月|天|日|年|小时)"
        ),
        "plain_each": r"每个? (?P<u>月|年) 度? (?!内)",
        "half_named": r"{year a}? (?P<h>上|下)半年 {limit}",
        # 收到通知后5个工作日内、会后3日内、自……之日起10日内、2小时内
        "after": (
            r"(?P<event>(?:自|从)?[^，。；：、]{0,16}?(?:之日|后|起|以?内))? 的? (?:立即)? [在于]?"
            r"(?P<n>\d{1,3}|[一二两三四五六七八九十]{1,3})"
            r"(?P<u>个工作日|工作日|个自然日|个小时|小时|分钟|个月|个星期|天|日|周) [之以]? (?P<limit>内|后)"
        ),
        # 会前3个工作日、提前2天
        "ahead": (
            r"(?P<event>(?:会议?|活动|检查|演练|开学|放假|节|到期|施工|开工|考试|培训)"
            r"[^，。；：、]{0,4}?(?=前))?"
            r"(?P<side>(?<=[^提之以])前|提前) (?P<n>\d{1,2}|[一二两三四五六七八九十]{1,2})"
            r"(?:至\d{1,2})? (?P<u>个工作日|工作日|天|日|个小时|小时|周)"
        ),
        "day": r"{day a} {limit}",
        "iso": r"(?P<ay>20\d{2})[-./](?P<am>\d{1,2})[-./](?P<ad>\d{1,2}) {limit}",
        "year_end": r"(?:{year a}年?|(?P<bare>年)(?=[底末])) (?P<p>底|末)? [之以]? (?P<limit>前)?",
        "month_end": r"(?:本|当|下|次)月(?:底|末|(?P<d>{n})[日号]) {limit}",
        "day_only": (
            r"(?<![月\d每第～至到]) (?P<d>\d{1,2})[日号] (?:（[^）]{1,6}）)? {clock k}?"
            r"(?P<limit>[之以]?前|止)"
        ),
        # 除夕至正月十五
        "feasts": r"(?P<l>{feast}|{lunar}) {to} (?P<l2>{lunar}|{feast}) {limit}",
        "lunar": (
            rf"(?P<l>(?:农历)?[正腊冬{_ORDINAL}十]+月(?:初[{_ORDINAL}十]|十[{_ORDINAL}]|廿[{_ORDINAL}]"
            rf"|二十[{_ORDINAL}]?|三十) | 初[{_ORDINAL}十](?!级)) (?:{{to}}(?P<l2>{{lunar}}))? {{limit}}"
        ),
        "feast": (
            r"“?(?P<f>{feast})”? (?:假期|期间|长假|当[日天夜晚]|前夕)?"
            r"(?P<limit>[之以]?前(?!后|夕|期|往|来|\d))?"
        ),
        "vague": (
            "定期(?:和|与|或|、)不定期|不定期|定期|及时|立即|立刻|马上|尽快|抓紧|迅速|第一时间|适时|按时|随时"
            "|限期|按期|近期|按月|按季度?|按周|按年度?|即时"
        ),
    }.items()
}
