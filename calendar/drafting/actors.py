"""Who is asked: the units that stand where a sentence names the one that does something."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What the name of a unit ends in, the longer first.
_ENDINGS = (
    "村（社）民委员会|村（社）居民委员会|村（居）民委员会|村民委员会|居民委员会|村（社区）|村（居）委会|村（居）|村（社）|村\\(社\\)|"
    "村委会|居委会|村两委|“两委”|委员会|乡镇（街道）|镇（街道）|乡（镇）|镇街|乡镇|街道办事处|办事处|街道|社区|各村|村|"
    "公安局|派出所|卫生院|卫生室|大队|中队|支队|总队|工作队|分局|管理局|局|办公室|中心|指挥部|领导小组|工作小组|小组|专班|工作组|"
    "单位|部门|企业|公司|学校|中学|小学|幼儿园|校园|政府|党委|党工委|党支部|支部|工会|团委|妇联|人武部|武装部|民政所|司法所|财政所|监管所|"
    "服务所|管理所|土地所|自然资源所|所|科室|股室|站所|站办所|内设机构|机构|网格员|网格长|信息员|联络员|护林员|协管员|干部|负责人|责任人|"
    "同志|人员|力量|医院|银行|合作社|经营户|商户|业主|场所|景区|工地|加油站|市场|县区|县（市、区）|市区县|各地|站|办|岗|局办|线办|组|部|科"
)
_UNIT = (
    r"(?:[^，。；：！？、◷□（）“”《》]|“[^”]{1,8}”|（[^）]{1,8}）)"
    "{0,14}?"
    rf"(?:{_ENDINGS})(?:（[^）◷]{{1,24}}）)?"
)
_AND = r"(?:、|和|及|以及|与|，(?=各)|暨|或)"
_FOLLOWS = (
    r"(?=$|[◷，。；：！？ ]|(?:等)?(?:要|应|须|需|必须|务必|请|于|在|将|把|"
    r"按|对|每|及时|定期|立即|认真|切实|积极|全面|"
    r"统一|分别|"
    r"具体|共同|"
    r"联合|主要负责(?!人)|负责(?!人)|牵头|组织|开展|制定|建立|报|上报|落实|加强|完成|召开|做好|配合|按照|根据|结合|围绕|坚持|利用|安排|成立|明确|指定|"
    r"汇总|收集|不得|可|也|均|都|通过|以|为|参照|填|形成|梳理|排|检|巡|督|指导|严|参加|提交|实行|确定|派|会同|充分|迅速|高度|进一步|强化|"
    r"至少|逐|层层|采取|持续|主动|依法|依托|广泛|深入|集中|实施|设|抽|自|一律|继续|务求|同步|随时|凭|签|由|尽快|抓紧|向|从|用|同时|"
    r"既|不断|对照|发现|接|收到|张贴|清|整改|公布|公示|登记|录入|更新|选|推荐|召集|举办|举行|限|提前|最迟|最晚|实施|应当|要求|再|轮流|值班|"
    r"建|健全|完善|筹|购|储备|演练|摸|核|审|填写|反馈|送|回复|交|备|提出|宣传|动员|发动|引导|教育|带|跟踪|保持|确保|严禁|实时))"
)
_LIST = re.compile(
    rf"{_UNIT}(?:{_AND}{_UNIT}){{0,11}}(?:等(?:部门|单位|成员单位|有关部门|相关部门)?)?{_FOLLOWS}"
)
_BOUNDARY = re.compile(
    r"(?:^|(?<=[，。；：！？）◷ ])|(?<=请)|(?<=由)|(?<=责成)|(?<=督促)|(?<=要求)|(?<=是)|"
    r"(?<=特别是)|(?<=其中))"
)
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.]|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[.、]|[一二三四五六七八九十]{1,3}是|[①-⑳])\s*"
)
# A verb or a preposition within says that this is no name but half a sentence.
_NOT_NAMES = re.compile(
    r"加强|开展|建立|落实|组织(?!部|委)|确保|按照|根据|通过|为(?!民)|从|把|将|要(?!素)|应(?!急)|对|以(?!及)|于|使|让|被|向|已|并|"
    r"召开|成立|强化|推动|推进|提高|做好|坚持|深入|是|会同|配合|报送|上报|制定|完善|全面|严格|负责(?!人)|结合|利用|经|在|由|不|未|没|"
    r"凡|如|若|报|电话|联系|充分|监控|教育引导|调整|一律|下设|请|包村（|兼任|担任|牵头部门|责任部门|责任单位|牵头单位|因|进行|发现|形成|实行|其|该|我们|他们|工作要求|工作的|得|到|着力|切实|安排|检查(?!站|组)|督促|协调|指导(?!组)|重点(?!单位|企业|场所|村|部门|行业)|"
    r"一批|群众|问题|隐患(?!排查治理)|整治|违法|辖区内(?!各)|的"
)
_GENERIC = re.compile(
    r"^(?:.*(?:有关|相关)(?:单位|部门|人员)?|单位|部门|人员|负责人|责任人|干部|同志|场所|企业|办|组|部|科|站|所|局|市场|工地|力量|同时|各地)$"
)
_LABELS = (
    r"(?:(?:第一|主要|直接)?(?:牵头|责任|配合|主办|协办|落实|实施|承办|完成|参与|参加|协同|协作)(?:责任)?(?:单位|部门|主体|领导|科室|人)"
    r"(?:(?:和|及|、)?(?:责任|配合)(?:单位|部门))?)"
)
_LABEL = re.compile(
    rf"(?P<label>{_LABELS})[：](?P<who>.*?)(?=[；。）\n]|[、，]?{_LABELS}：|[、，](?:完成)?(?:时限|时间)|$)"
)
_HELPING = ("配合", "协办", "参与", "参加", "协同", "协作")


@dataclass(frozen=True, slots=True)
class Actor:
    """Units as the text names them together, and where."""

    start: int
    end: int
    names: tuple[str, ...]
    text: str


def actors(plain: str, masked: str) -> list[Actor]:
    """Give the units that a folded sentence asks something of, in order.

    ``masked`` is the sentence with ◷ in place of its times and □ in place of titles, sign for sign.
    """
    skipped = _NUMBERED.match(masked)
    found: list[Actor] = []
    past = skipped.end() if skipped else 0
    for at in _starts(masked, past):
        if at < past:
            continue
        one = _LIST.match(masked, at)
        if one and (names := _names(one[0])):
            found.append(Actor(one.start(), one.end(), names, plain[one.start() : one.end()]))
            past = one.end()
    return found


def _starts(masked: str, first: int) -> list[int]:
    return sorted({first, *(found.start() for found in _BOUNDARY.finditer(masked) if found.start() >= first)})


def _names(text: str) -> tuple[str, ...]:
    names = split_names(text)
    good = [
        name
        for name in names
        if not _NOT_NAMES.search(re.sub(r"（[^）]*）|“[^”]*”", "", name)) and len(name) >= 2
    ]
    if len(good) < len(names) or all(
        _GENERIC.match(name) and not name.startswith(("各", "有关", "相关")) for name in good
    ):
        return ()
    return tuple(good)


def split_names(text: str) -> tuple[str, ...]:
    """Give the names of a list of units, brackets kept whole."""
    bare = re.sub(r"等(?:部门|单位|成员单位|有关部门|相关部门)?$", "", text.strip(" ，。；：、"))
    pieces = re.split(
        r"(?:、|和(?!谐|平|美)|以及|及(?!时)|与|，|；|暨|或|(?<=社区|单位|部门|大队|中心|学校|街道|各村|乡镇|镇街|企业|科室|站所)(?=各(?!类|项|自|种|级)))(?![^（]*）)",
        bare,
    )
    return tuple(dict.fromkeys(piece.strip() for piece in pieces if piece and piece.strip()))


def labelled(plain: str) -> tuple[str, ...]:
    """Give the units after 牵头单位：、责任单位： in a sentence; those who merely help only when alone."""
    found = [(one["label"], one["who"]) for one in _LABEL.finditer(plain)]
    main = [who for label, who in found if not label.startswith(_HELPING)]
    names: list[str] = []
    for who in main or [who for _, who in found]:
        names += split_names(who)
    return tuple(dict.fromkeys(name for name in names if name))
