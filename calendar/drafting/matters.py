"""What is asked, and to whom it goes: 报送工作总结至镇综治岗 is 工作总结, to 镇综治岗."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_SEND = (
    r"报送|上报|报备|呈报|报告(?![一及和、报送书提上交呈（])|提交|报至|报到|报给|报回|(?<![汇申])报(?!告|表|名|警|纸|道|刊|社)|提供|送交|送至|送到|发送至|发送|发至|交至|交到|上交|递交|"
    r"反馈|汇总至|汇总|录入|上传至|上传|填报|备案|移交|通报|抄送|抄告|(?<![报发抄移])送(?!达|到)"
)
_TO = r"(?:至|到|给|往|于)"
_PLACE_END = (
    r"(?:党委|县委|市委|区委|办公室|领导小组办公室|领导小组|工作专班|专班|指挥部|指挥中心|委员会|人民政府|政府|党委|办事处|派出所|中心|大队|局|办|岗|站|所|科|股|室|组|部|院|会|"
    r"所在村|村委会|村|社区|乡|街道|邮箱|平台|系统|工作群|单位|部门|镇|县|区|联络员|处)"
)
_PLACE = (
    rf"[^，。；：！？◷□（）、“”]{{0,18}}?{_PLACE_END}(?:、[县市区镇乡](?:人民)?政府)?(?:（[^）]{{1,20}}）)?"
)
_AT = r"(?=$|[，。；：（）、]|备案|汇总|审核|审批|备查|研究|留存|存档|核准|批准|◷|统一|收|登记|公示)"
_ADVERBS = (
    r"(?:◷|于(?=◷)|在(?=◷)|按要求|统一|分别|书面|一并|及时|同时|并|要|需|须|应当?|"
    r"经[^，。；]{2,16}?后|加盖公章后|盖章后|如实|以[^，。；]{1,6}形式|电话|一式[一二两三四\d]份|，)*"
)
_MOVED = (
    # 将工作总结（于……）报送至镇综治岗、把方案报县安委办备案
    re.compile(
        rf"(?:将|把)(?P<what>[^，。；◷]{{1,60}}?){_ADVERBS}(?P<verb>{_SEND}){_TO}?(?P<to>{_PLACE}){_AT}"
    ),
    # 向镇应急办报送信息
    re.compile(rf"向(?P<to>{_PLACE}){_ADVERBS}(?P<verb>{_SEND})(?P<what>[^，。；：◷]{{2,40}})"),
    # 报送工作总结至镇综治岗
    re.compile(rf"(?P<verb>{_SEND})(?P<what>[^，。；：◷]{{2,40}}?)(?:至|到|给)(?P<to>{_PLACE}){_AT}"),
    # 工作总结报送至镇综治岗、制定方案并报县安委办备案
    re.compile(rf"(?P<what>[^，。；：◷]{{0,40}}?){_ADVERBS}(?P<verb>{_SEND}){_TO}?(?P<to>{_PLACE}){_AT}"),
    re.compile(rf"(?:将|把)(?P<what>[^，。；◷]{{1,60}}?){_ADVERBS}(?P<verb>{_SEND})(?P<to>)"),
    re.compile(rf"(?P<verb>{_SEND})(?P<what>[^，。；：◷]{{2,40}})(?P<to>)"),
)
_SENT_BARE = re.compile(rf"{_ADVERBS}(?P<verb>{_SEND}|报告)(?:一次|完毕|完成)?(?=$|[，。；）])")
_LEADS = re.compile(
    r"(?:◷|[，。；：、）]|[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[.、]|一旦|凡是?|[^，。；◷]{0,4}当[天日]|[^，。；◷]{0,6}(?:汇总|审核|审定|签字|盖章|把关)后|以[^，。；、]{1,6}形式|如(?!实)|若|"
    r"[一二三四五六七八九十]{1,3}是|要(?!求|素)|应(?!急)当?|须|需要?|必须|务必|请|于|在(?=◷)|并|同时|均|都|将(?!来)|以?前|内|由|及时|按要求|统一|分别|认真|积极|"
    r"切实|首次|再次|各自|最迟|不迟于|再|也|还|就|对应|全部|期间|起|，|坚持(?=◷))+"
)
_BARE = re.compile(
    r"^(?:全部|全面|基本|按时|如期|须|要|应|必须|务必|前|内)*(?:完成|结束|到位|落实到位|完毕|办结|整改到位|整改完毕|整改完成|见效|实现)?(?:任务|工作)?(?:牵头|参加|负责)?[，。；）]*$|^各[^，。；]{0,16}(?:参加|配合)$"
)
_LABEL_BEFORE = re.compile(
    r"[（，；。：]?(?:[^（，；。：]{0,6}(?:单位|部门|领导|人)：[^。]*?)?(?:完成|整改|办理|工作)?(?:时限|期限|时间)(?:要求)?：◷+$"
)
_AROUND = re.compile(
    r"等[^，。；]*(?:节点|时段|日)|以[^，。；]*为|按照|根据|围绕|结合(?![^，]*制定)|为(?:切实|进一步|确保|了)"
)
_SHORT = re.compile(
    r"(?:召开|举行|盘点|补齐|印发|审定印发|组织|开展|通报|报告|清零|更新|公示|公布)(?:一次|1次)?"
)
_TAIL = re.compile(r"(?:[，。；：、（]+|的)$")
_LONGEST = 60
_DOES = re.compile(
    r"制定|制订|形成|完成|填写|填报|汇总|整理|收集|梳理|建立|开展|做好|研究|编制|印发|报|召开|对|组织|确定|明确|落实|签订|成立|排查|检查|更新|总结"
)


@dataclass(frozen=True, slots=True)
class Matter:
    """What is asked in a few words of the document, the thing that is sent if any, and to whom."""

    words: str
    thing: str = ""
    receiver: str = ""
    start: int = 0
    end: int = 0


def matter(plain: str, masked: str, after: int, stop: int, before: int) -> Matter:
    """Give what is asked at a time expression.

    ``after`` to ``stop`` is the text that follows the time up to the next; ``before`` is where the text
    before it begins (after the unit, or the earlier time). All are places in the folded sentence.
    """
    if labelled := _LABEL_BEFORE.search(masked, 0, after):
        ahead = _phrase(plain, masked, 0, labelled.start(), last=False)
        return ahead or Matter("")
    earlier = _phrase(plain, masked, before, _start_of_time(masked, before, after), last=True)
    if sent := _sent(plain, masked, after, stop, before):
        lacks = not sent.thing and earlier is not None
        return replace(sent, thing=earlier.words, words=f"报{earlier.words}") if lacks and earlier else sent
    return _act(plain, masked, after, stop, earlier)


def _act(plain: str, masked: str, after: int, stop: int, earlier: Matter | None) -> Matter:
    """Give what is to be done: what follows the time, or what stands before it when nothing much follows."""
    following = re.split(r"[，。；]", masked[after:stop], maxsplit=1)[0]
    ended = _BARE.match(following) or not re.sub(r"[：、◷）]", "", following)
    mended = re.search(r"整改|办结|到位", following) is not None
    if ended and earlier:
        return replace(earlier, words=earlier.words + following) if mended else earlier
    if ended and mended:
        return Matter(_trimmed(plain, masked, after, after + len(following)), "", "", after, stop)
    found = _phrase(plain, masked, after, stop, last=False) or earlier
    if found and earlier and _SHORT.fullmatch(found.words) and "，" not in masked[earlier.end : after]:
        return replace(earlier, words=earlier.words + found.words)
    near = min(after + _LONGEST, len(masked))
    found = (
        found or _sent(plain, masked, after, near, after) or _phrase(plain, masked, after, near, last=False)
    )
    return found or Matter(re.sub(r"^[，、：◷）]+", "", following), "", "", after, stop)


def _start_of_time(masked: str, before: int, after: int) -> int:
    """Give where the time begins that ends last before ``after``."""
    end = masked.rfind("◷", before, after) + 1
    return len(masked[:end].rstrip("◷")) if end else after


def _sent(plain: str, masked: str, after: int, stop: int, before: int) -> Matter | None:
    """Give a thing that is sent, where the sending stands beside the time."""
    if (bare := _SENT_BARE.match(masked, after, stop)) and (
        earlier := _phrase(plain, masked, before, after, last=True)
    ):
        return Matter(f"{bare['verb']}{earlier.words}", earlier.words, "", earlier.start, bare.end())
    for pattern in _MOVED:
        for first in (before, after):
            found = pattern.search(masked, first, stop)
            if found and found.start("verb") >= after and (made := _moved(plain, masked, found)):
                return made
    return None


def _moved(plain: str, masked: str, found: re.Match[str]) -> Matter | None:
    thing = _trimmed(plain, masked, found.start("what"), found.end("what"))
    to = re.sub(r"^(?:至|到|给|往)", "", plain[found.start("to") : found.end("to")])
    if not thing and not to:
        return None
    words = thing if _DOES.match(thing) else f"{found['verb']}{thing or to}"
    return Matter(words, thing, to, found.start(), found.end())


def _trimmed(plain: str, masked: str, start: int, end: int) -> str:
    """Give the words between two places, less what introduces them and what leads on."""
    if found := _LEADS.match(masked, start, end):
        start = found.end()
    while tail := re.search(
        r"(?:及时|统一|分别|书面|一并|于|在|并|要|请|同时|前|，|的|、|◷)$", masked[start:end]
    ):
        end = start + tail.start()
    kept = plain[start:end]
    return _TAIL.sub("", re.sub(r"^(?:各自的?|本单位的?|本部门的?|本村的?|本辖区的?)", "", kept)).strip()


def _phrase(plain: str, masked: str, first: int, stop: int, *, last: bool) -> Matter | None:
    """Give the first (or the last) clause with something to do between two places."""
    pieces = [(m.start() + first, m.end() + first) for m in re.finditer(r"[^，。；： ]+", masked[first:stop])]
    for start, end in reversed(pieces) if last else pieces:
        if not last and _AROUND.match(masked, start, end):
            continue
        words = _trimmed(plain, masked, start, end)
        if len(re.sub(r"[^一-鿿]", "", words)) >= 2 and not _BARE.match(words):
            return Matter(words[:_LONGEST], "", "", start, end)
    return None
