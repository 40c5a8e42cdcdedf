"""The three shipped plans against the documents that they were made from. Every expected value is literal."""

from __future__ import annotations

from datetime import date, time
from functools import cache
from typing import TYPE_CHECKING

import pytest

from duban.calendar.audiences import select
from duban.calendar.expansion import expand
from duban.calendar.loader import PLANS, load
from duban.calendar.slots import QuietHours, slot
from duban.calendar.workdays import Workdays
from duban.documents.roster import example_roster

if TYPE_CHECKING:
    from duban.calendar.expansion import RoundSpec, Year
    from duban.calendar.plan import Duty, Plan

ERONG, CHANGZHOU, GONGAN = "erong-dafei", "changzhou-ranfang", "gongan-dafeizhiwei"
SLUGS = (ERONG, CHANGZHOU, GONGAN)
YEARS = range(2022, 2029)
WORKDAYS = Workdays.load()
ROSTER = example_roster()
PEAKS = ("chuxi", "chuyi", "chuwu", "chuba", "shiwu")

# (clause, words of the document, the duty's key); what is deliberately no duty stands in NOT_DUTIES.
DUTIES: dict[str, tuple[tuple[str, str, str], ...]] = {
    ERONG: (
        ("三（一）", "人员、经费、方案、措施、时间、工作落实", "zuzhi-lingdao"),
        ("三（二）一", "签订目标责任书", "zerenshu"),
        ("三（二）一", "五包一防", "wubao-yifang"),
        ("三（二）一", "包排查、包发现、包报告、包教育、包取缔和防反弹", "wubao-yifang"),
        ("三（二）一", "镇领导包村（社）", "wubao-yifang"),
        ("三（二）一", "一盯一、一对一", "wubao-yifang"),
        ("三（二）一", "包发现、包报告", "faxian-jibao"),
        ("三（二）二", "定期督查", "dingqi-ducha"),
        ("三（二）二", "不通知", "bu-dingqi-ducha"),
        ("三（二）二", "倒查法", "bu-dingqi-ducha"),
        ("三（二）二", "每月检查", "meiyue-jiancha"),
        ("三（二）二", "每季度排查", "jidu-paicha"),
        ("三（二）二", "重点复查", "fucha-huifang"),
        ("三（二）二", "明查回访", "fucha-huifang"),
        ("三（二）三", "特点、动向、规律、存在的问题", "xingshi-fenxi"),
        ("三（二）三", "不定期", "xingshi-fenxi-linshi"),
        ("三（二）三", "重大措施对策", "xingshi-fenxi-linshi"),
        ("三（二）四", "联席会", "lianxihui"),
        ("三（二）四", "联席会", "lianxihui-jiyao"),
        ("三（二）五", "按时上报", "xinxi-shangbao"),
        ("三（二）五", "联防机制", "quyu-lianfang"),
        ("三（二）五", "区域协作机制", "quyu-lianfang"),
        ("三（二）六", "六不放过", "liu-bufangguo"),
        ("三（二）七", "台帐", "taizhang"),
        ("三（二）七", "掌握变数", "taizhang"),
        ("三（二）七", "岗位目标考核", "niandu-kaohe"),
        ("三（二）七", "奖惩挂钩", "niandu-kaohe"),
        ("三（三）", "大宣教", "sida-xingdong"),
        ("三（三）", "大排查", "sida-xingdong"),
        ("三（三）", "大执法", "sida-xingdong"),
        ("三（三）", "大整治", "sida-xingdong"),
        ("三（三）", "拉网式联合执法检查", "sida-xingdong"),
        ("三（三）", "山林、山洞、竹林", "sida-xingdong"),
        ("三（三）", "三没收一拘留三倒查", "san-moshou"),
        ("三（三）第一季度", "打工返乡人员", "chunjie-jiankong"),
        ("三（三）第四季度", "明查暗访和回访", "mingcha-anfang"),
        ("三（三）第四季度", "信息员", "mingcha-anfang"),
        ("三（三）第四季度", "设检查卡", "jiancha-ka"),
        ("三（四）", "标语、宣传单、院坝会、村组干部会", "xuanchuan-cunshe"),
        ("三（四）", "小手牵大手", "xuanchuan-xuexiao"),
    ),
    CHANGZHOU: (
        ("二（一）", "社会面宣传发动", "xuanchuan-fadong"),
        ("二（一）", "走村入户", "xuanchuan-fadong"),
        ("二（一）", "广播、微信、网络新媒体", "xuanchuan-fadong"),
        ("二（一）", "党员干部带头", "xuanchuan-fadong"),
        ("二（一）", "烟花爆竹燃放管控宣传周", "xuanchuan-zhou-huodong"),
        ("二（二）", "应急处置力量配备", "liliang-bushu"),
        ("二（二）", "城乡结合处、新市民居住集中区、周界沿线", "liliang-bushu"),
        ("二（二）", "社会治理网格员、小区物业管理员、社区工作人员及志愿者", "jiedian-xuncha"),
        ("二（二）", "加强等级巡控", "gaofeng-xunkong"),
        ("二（二）", "动态分析实际情况", "gaofeng-xunkong"),
        ("二（二）", "大规模、聚集性", "lumian-xuncha"),
        ("二（三）", "集贸市场、小商品市场、鲜花店、婚庆公司", "shichang-qingcha"),
        ("二（三）", "回流", "fang-huiliu"),
        ("二（三）", "梳理排摸非法经营行为", "paimo-jingying"),
        ("二（三）", "出租房、空关房、废弃厂房、空置集装箱", "wodian-paicha"),
        ("二（三）", "微信、抖音、小红书", "wangluo-xuncha"),
        ("二（四）", "零售店超许可范围经营", "lingshoudian"),
        ("二（四）", "流动占道经营", "zhandao-jingying"),
        ("二（四）", "治安管理处罚", "zhian-chufa"),
        ("二（四）", "高压严打", "zhian-chufa"),
        ("三（一）", "工作领导小组", "lingdao-xiaozu"),
        ("三（一）", "专题会议", "zhuanti-huiyi"),
        ("三（二）", "督导检查", "dudao-jiancha"),
        ("三（三）", "典型经验做法", "dianxing-jingyan"),
        ("三（三）", "新闻媒体", "dianxing-jingyan"),
        ("三（三）", "工作总结", "gongzuo-zongjie"),
        ("三（三）", "重要舆情、重点信息、重大事件", "zhongda-shijian"),
    ),
    GONGAN: (
        ("二", "领导工作小组", "lingdao-xiaozu"),
        ("二", "联络员", "lingdao-xiaozu"),
        ("二", "资料收集", "ziliao-huizong"),
        ("三（二）1", "灰名单", "daolu-jiaotong"),
        ("三（二）1", "移送涉嫌非法营运", "daolu-jiaotong"),
        ("三（二）1", "强拉强运", "daolu-jiaotong"),
        ("三（二）1", "立案查处", "daolu-jiaotong"),
        ("三（二）2", "盲炮、残炮", "minbao"),
        ("三（二）3", "小化工", "weihua-yanhua"),
        ("三（二）3", "大型焰火燃放活动", "weihua-yanhua"),
        ("三（二）3", "宣传引导", "weihua-yanhua"),
        ("三（二）3", "治安管理处罚", "weihua-yanhua"),
        ("三（三）1", "九小场所", "xiaofang-paicha"),
        ("三（三）1", "三合一", "xiaofang-paicha"),
        ("三（三）1", "常态化消防宣传", "xiaofang-xuanchuan"),
        ("三（三）2（1）", "燃气管道", "ranqi-paicha"),
        ("三（三）2（2）", "非法运输燃气", "ranqi-yunshu"),
        ("三（三）3", "森林防灭火宣传", "senlin-caoyuan"),
        ("三（三）4", "谁分管、谁负责", "qita-lingyu"),
        ("四（一）", "部门“打非治违”工作方案", "bumen-fangan"),
        ("四（一）", "全面开展动员部署", "dongyuan-bushu"),
        ("四（一）", "企业自查自纠", "qiye-zicha"),
        ("四（二）", "明察、暗访相结合", "quanmian-paicha"),
        ("四（二）", "无证、证照不全或过期", "quanmian-paicha"),
        ("四（二）", "集中打击、集中曝光", "jizhong-daji"),
        ("四（二）", "公开严惩一批", "jizhong-daji"),
        ("四（三）", "回头看", "huitoukan"),
        ("四（三）", "总结经验做法", "gongzuo-zongjie"),
        ("四（三）", "长效机制", "changxiao-jizhi"),
        ("五（一）", "层层落实责任", "zeren-luoshi"),
        ("五（二）", "情况通报、线索转递、联合执法", "xiezuo-jizhi"),
        ("五（二）", "挂牌督办", "guapai-duban"),
        ("五（三）", "成立督察组", "ducha-zujian"),
        ("五（三）", "督导检查", "ducha-jiancha"),
        ("五（三）", "信息报送", "xinxi-baosong"),
    ),
}

NOT_DUTIES: dict[str, tuple[tuple[str, str], ...]] = {
    ERONG: (
        ("引言", "秀山安委办发〔2023〕3号"),
        ("一", "严查、严打、重处"),
        ("二（一）", "非法生产烟花爆竹窝点"),
        ("二（一）", "严禁走街串巷兜售烟花爆竹"),
        ("二（二）", "地毯式排查，围剿式打击，铁腕式整治"),
        ("三（一）", "要坚守安全生产红线"),
        ("三（二）五", "保持上下联动，互通情报"),
        ("三（二）五", "部门之间互通信息"),
        ("三（二）六", "行政首长问责制"),
        ("三（二）六", "该拘留的拘留"),
    ),
    CHANGZHOU: (
        ("引言", "常州市烟花爆竹燃放管理办法"),
        ("一", "政府主导、齐抓共管"),
        ("二（一）", "从“严格禁止”向“有条件燃放”转变"),
        ("二（二）", "外松内紧"),
        ("二（四）", "以教育劝诫为主"),
        ("二（四）", "以妨碍公务依法严厉处罚"),
        ("三", "一盘棋"),
        ("三（一）", "破窗效应"),
        ("三（一）", "巩固四年禁放管控宝贵成果"),
        ("三（二）", "依规追究相关人员责任"),
    ),
    GONGAN: (
        ("引言", "特制定本方案"),
        ("一（一）", "坚决扛起安全生产重大政治责任"),
        ("一（二）", "减量控大"),
        ("三（一）", "一是无证、证照不全或过期"),
        ("三（一）", "十三是其他违反安全生产法律"),
        ("三（三）1", "消防监督检查规定"),
        ("五（一）", "必要性、紧迫性"),
        ("五（一）", "倒查问责"),
        ("五（三）", "警示约谈和督察通报"),
        ("五（三）", "谎报瞒报的从重处理"),
    ),
}

SPRING = {
    2023: ("01-13", "01-19", ("01-21", "01-22", "01-26", "01-29", "02-05"), "01-29"),
    2024: ("02-01", "02-07", ("02-09", "02-10", "02-14", "02-17", "02-24"), "02-17"),
    2026: ("02-08", "02-14", ("02-16", "02-17", "02-21", "02-24", "03-03"), "02-24"),
    2027: ("01-28", "02-03", ("02-05", "02-06", "02-10", "02-13", "02-20"), "02-13"),
}

QUARTERS = {
    "Q1": ("三（三）第一季度", "打击非法经营为重点的专项整治", "打工返乡人员"),
    "Q2": ("三（三）第二季度", "全国“两会”、清明祭祖、“五一”长假", "遏制部分地区非法生产猖獗"),
    "Q3": ("三（三）第三季度", "打击高温条件下非法生产经营专项行动", "国庆和中秋节"),
    "Q4": ("三（三）第四季度", "生产、经营、运输、储存转入旺季", "年度安全控制指标"),
}


@cache
def plan(slug: str) -> Plan:
    return load(PLANS / f"{slug}.yaml").plan


@cache
def opened(slug: str, year: int) -> Year:
    return expand(plan(slug), year, WORKDAYS)


def rounds(slug: str, year: int, duty: str) -> list[RoundSpec]:
    return [spec for spec in opened(slug, year).rounds if spec.duty == duty]


def only(slug: str, year: int, duty: str) -> RoundSpec:
    (spec,) = rounds(slug, year, duty)
    return spec


def stretch_days(slug: str, year: int) -> dict[str, tuple[str, str]]:
    found = opened(slug, year).stretches
    return {s.key: (f"{s.starts_at:%m-%d %H:%M:%S}", f"{s.ends_at:%m-%d %H:%M:%S}") for s in found}


def whole(first: str, last: str) -> tuple[str, str]:
    return f"{first} 00:00:00", f"{last} 23:59:59"


def only_duty(slug: str, key: str) -> Duty:
    return next(duty for duty in plan(slug).duties if duty.key == key)


def due(spec: RoundSpec) -> str:
    assert spec.due_at is not None
    return spec.due_at.isoformat()


def said(duty: Duty) -> str:
    fields = [text for field in duty.form for text in (field.label, *field.options)]
    agenda = duty.meeting.agenda if duty.meeting else []
    varied = [text for one in duty.vary.values() for text in (one.name, one.ask) if text]
    return "\n".join([duty.name, duty.ask, *fields, *agenda, *varied])


def names(slug: str, audience: str) -> set[str]:
    chosen = plan(slug).audiences[audience]
    return {unit.name for unit in select(chosen, ROSTER, date(2023, 3, 1))}


# ── what the documents say, nothing left out ──


@pytest.mark.parametrize(("slug", "entry"), [(slug, entry) for slug in SLUGS for entry in DUTIES[slug]])
def test_each_task_of_the_document_is_a_duty_with_its_clause_and_words(
    slug: str, entry: tuple[str, str, str]
) -> None:
    clause, words, key = entry
    duty = only_duty(slug, key)
    assert duty.clause == clause
    assert words in said(duty)


@pytest.mark.parametrize("slug", SLUGS)
def test_no_duty_is_without_words_of_the_document(slug: str) -> None:
    assert {key for _, _, key in DUTIES[slug]} == {duty.key for duty in plan(slug).duties}


@pytest.mark.parametrize(("slug", "entry"), [(slug, entry) for slug in SLUGS for entry in NOT_DUTIES[slug]])
def test_what_is_deliberately_no_duty_is_listed_with_its_reason(slug: str, entry: tuple[str, str]) -> None:
    clause, words = entry
    (listed,) = [item for item in plan(slug).not_duties if item.clause == clause and words in item.text]
    assert len(listed.reason) > 5


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_is_listed_as_no_duty_beside_the_table(slug: str) -> None:
    assert [item.clause for item in plan(slug).not_duties] == [clause for clause, _ in NOT_DUTIES[slug]]


@pytest.mark.parametrize("slug", SLUGS)
def test_each_file_begins_with_its_schema_and_names_its_document(slug: str) -> None:
    lines = (PLANS / f"{slug}.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=../plan.schema.json"
    assert lines[2].startswith("# 依据：")


@pytest.mark.parametrize("slug", SLUGS)
def test_duty_keys_are_unique(slug: str) -> None:
    keys = [duty.key for duty in plan(slug).duties]
    assert len(keys) == len(set(keys))


def test_the_plans_are_of_the_years_of_their_documents() -> None:
    assert [(plan(slug).slug, plan(slug).year) for slug in SLUGS] == [
        ("erong-dafei", 2023),
        ("changzhou-ranfang", 2023),
        ("gongan-dafeizhiwei", 2022),
    ]


# ── seed 000 ──


def test_each_quarter_has_its_own_emphasis_in_the_words_of_the_document() -> None:
    found = rounds(ERONG, 2023, "sida-xingdong")
    assert [spec.period for spec in found] == ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
    assert len({spec.emphasis for spec in found}) == 4
    for spec, (clause, first, second) in zip(found, QUARTERS.values(), strict=True):
        assert spec.clause == clause
        assert first in spec.emphasis
        assert second in spec.emphasis


def test_the_quarterly_drive_reports_a_figure_for_each_of_the_four() -> None:
    form = only_duty(ERONG, "sida-xingdong").form
    figures = [field.label.partition("：")[0] for field in form if field.type == "number"]
    assert figures == ["大宣教", "大排查", "大执法", "大整治"]


def test_the_monthly_check_has_twelve_rounds_and_the_days_off_move_only_its_own_dates() -> None:
    found = [due(spec)[:10] for spec in rounds(ERONG, 2023, "meiyue-jiancha")]
    assert found == [
        "2023-01-28", "2023-02-27", "2023-03-27", "2023-04-25", "2023-05-25", "2023-06-25",
        "2023-07-25", "2023-08-25", "2023-09-25", "2023-10-25", "2023-11-27", "2023-12-25",
    ]  # fmt: skip


def test_the_joint_meeting_is_a_meeting_once_each_quarter_on_a_workday() -> None:
    found = rounds(ERONG, 2023, "lianxihui")
    assert [spec.flow for spec in found] == ["meeting"] * 4
    assert [spec.starts_at.isoformat()[:16] for spec in found if spec.starts_at] == [
        "2023-03-13T09:30", "2023-06-12T09:30", "2023-09-12T09:30", "2023-12-12T09:30",
    ]  # fmt: skip


def test_the_special_measures_of_the_fourth_quarter_are_owed_in_no_other() -> None:
    found = [only(ERONG, 2023, duty).period for duty in ("mingcha-anfang", "jiancha-ka")]
    assert found == ["2023-Q4", "2023-Q4"]


def test_the_document_of_erong_gives_no_day_so_every_date_is_the_offices_own() -> None:
    assert {spec.source for spec in opened(ERONG, 2023).rounds} == {"local"}


# ── seed 002 ──


@pytest.mark.parametrize("year", SPRING)
def test_the_publicity_week_the_peaks_and_the_summary_follow_the_moon(year: int) -> None:
    first, last, peaks, summary = SPRING[year]
    expected = {"xuanchuan-zhou": whole(first, last)}
    expected |= {key: whole(day, day) for key, day in zip(PEAKS, peaks, strict=True)}
    found = stretch_days(CHANGZHOU, year)
    assert {key: found[key] for key in expected} == expected
    assert due(only(CHANGZHOU, year, "gongzuo-zongjie")) == f"{year}-{summary}T23:59:59+08:00"


@pytest.mark.parametrize("year", SPRING)
def test_the_stations_patrol_on_each_of_the_five_peaks(year: int) -> None:
    found = sorted(f"{spec.starts_at:%m-%d}" for spec in rounds(CHANGZHOU, year, "gaofeng-xunkong"))
    assert tuple(found) == SPRING[year][2]


def test_the_windows_and_the_summary_are_the_documents_own_dates() -> None:
    year = opened(CHANGZHOU, 2023)
    assert {s.source for s in year.stretches if s.kind == "window"} == {"document"}
    documented = [spec.duty for spec in year.rounds if spec.source == "document"]
    assert documented == ["xuanchuan-zhou-huodong", "gongzuo-zongjie"]


def test_the_summary_stays_on_a_sunday_that_is_worked() -> None:
    assert date(2023, 1, 29).weekday() == 6
    assert WORKDAYS.is_workday(date(2023, 1, 29))
    assert due(only(CHANGZHOU, 2023, "gongzuo-zongjie")) == "2023-01-29T23:59:59+08:00"


def test_the_senders_of_the_summary_are_those_that_the_document_names() -> None:
    spec = only(CHANGZHOU, 2023, "gongzuo-zongjie")
    assert names(CHANGZHOU, spec.audience) == {
        "示例一社区", "示例二社区", "示例三社区", "示例一派出所", "示例二派出所",
        "应急管理岗", "综合行政执法局", "物业管理岗",
    }  # fmt: skip
    assert spec.receiver == "镇综治岗"


def test_the_supervising_departments_are_those_that_the_document_names() -> None:
    assert names(CHANGZHOU, only(CHANGZHOU, 2023, "dudao-jiancha").audience) == {
        "应急管理岗", "示例一派出所", "示例二派出所", "生态环保岗", "综合行政执法局", "市场监管所",
    }  # fmt: skip


def test_events_are_reported_at_once_and_urgently() -> None:
    spec = only(CHANGZHOU, 2023, "zhongda-shijian")
    assert (spec.kind, spec.urgent, spec.due_at) == ("event", True, None)
    when = only_duty(CHANGZHOU, "zhongda-shijian").due
    assert when is not None
    assert when.on == "event + 2 hours"


# ── seed 003 ──


def test_the_department_plans_are_due_by_22_march_from_the_two_brigades() -> None:
    spec = only(GONGAN, 2022, "bumen-fangan")
    assert due(spec) == "2022-03-22T23:59:59+08:00"
    assert (spec.clause, spec.source) == ("四（一）", "document")
    assert names(GONGAN, spec.audience) == {"交警大队", "治安大队"}


def test_the_three_phases_are_those_of_the_document() -> None:
    found = [s for s in opened(GONGAN, 2022).stretches if s.kind == "phase"]
    assert [(s.key, s.clause, s.source) for s in found] == [
        ("dongyuan", "四（一）", "document"),
        ("jizhong", "四（二）", "document"),
        ("zongjie", "四（三）", "document"),
    ]
    assert [stretch_days(GONGAN, 2022)[s.key] for s in found] == [
        whole("03-01", "04-30"), whole("05-01", "09-30"), whole("10-01", "10-31"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("duty", "lead", "owing"),
    [
        ("daolu-jiaotong", {"交警大队"}, {"交警大队", "示例一派出所", "示例二派出所"}),
        ("minbao", {"治安大队"}, {"治安大队", "示例一派出所", "示例二派出所"}),
        ("weihua-yanhua", {"治安大队"}, {"治安大队", "示例一派出所", "示例二派出所"}),
    ],
)
def test_each_domain_has_its_lead_and_its_responsible_departments(
    duty: str, lead: set[str], owing: set[str]
) -> None:
    spec = rounds(GONGAN, 2022, duty)[0]
    assert spec.lead is not None
    assert names(GONGAN, spec.lead) == lead
    assert names(GONGAN, spec.audience) == owing


def test_the_inspectors_inspect_in_each_phase() -> None:
    found = rounds(GONGAN, 2022, "ducha-jiancha")
    assert [spec.period for spec in found] == ["2022/dongyuan", "2022/jizhong", "2022/zongjie"]
    assert names(GONGAN, found[0].audience) == {"督察组"}


def test_the_look_back_and_the_summary_fall_in_october() -> None:
    assert due(only(GONGAN, 2022, "huitoukan")) == "2022-10-20T23:59:59+08:00"
    assert due(only(GONGAN, 2022, "gongzuo-zongjie")) == "2022-10-31T23:59:59+08:00"


# ── every plan, every year ──


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("year", YEARS)
def test_no_round_is_due_before_it_opens_or_locked_before_it_is_due(slug: str, year: int) -> None:
    for spec in opened(slug, year).rounds:
        if spec.due_at is not None:
            assert spec.opens_at <= spec.due_at, spec.title
            assert spec.locks_at is not None, spec.title
            assert spec.due_at <= spec.locks_at, spec.title


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("year", YEARS)
def test_expanding_twice_gives_the_same_year(slug: str, year: int) -> None:
    assert expand(plan(slug), year, WORKDAYS) == opened(slug, year)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_round_is_one_period_of_one_duty(slug: str) -> None:
    found = [(spec.duty, spec.period) for spec in opened(slug, 2026).rounds]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("slug", SLUGS)
def test_every_audience_used_selects_somebody_of_the_example_roster(slug: str) -> None:
    duties = plan(slug).duties
    used = {key for duty in duties for key in (duty.audience, duty.lead, *duty.alert) if key}
    used |= {one.of for duty in duties for one in (duty.inspection, duty.lookback) if one}
    used |= {duty.night.to for duty in duties if duty.night}
    assert used == set(plan(slug).audiences)
    assert all(names(slug, key) for key in used)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_round_reminds_at_most_four_times_and_never_before_it_opens(slug: str) -> None:
    for spec in opened(slug, 2023).rounds:
        assert len(spec.cues) <= 4, spec.title
        assert all(cue.at >= spec.opens_at for cue in spec.cues), spec.title


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("year", YEARS)
def test_nobody_is_told_for_the_first_time_when_it_is_too_late(slug: str, year: int) -> None:
    quiet = QuietHours(end=time(9, 5))
    late: list[str] = []
    for spec in opened(slug, year).rounds:
        if spec.urgent or not spec.cues or spec.due_at is None:
            continue
        first = min(cue.at for cue in spec.cues)
        if slot(first, WORKDAYS, quiet, urgent=False).not_before > spec.due_at:
            late.append(spec.title)
    assert late == []


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("year", YEARS)
def test_nobody_is_told_for_the_first_time_on_the_last_day(slug: str, year: int) -> None:
    late = [
        spec.title
        for spec in opened(slug, year).rounds
        if spec.due_at and spec.cues and not spec.urgent and spec.cues[0].at.date() >= spec.due_at.date()
    ]
    assert late == []


@pytest.mark.parametrize(
    ("slug", "year", "duty", "expected"),
    [
        (CHANGZHOU, 2026, "zhuanti-huiyi", ["02-01 opening", "02-07 due", "02-09 overdue"]),
        (CHANGZHOU, 2023, "dianxing-jingyan", ["02-07 upcoming", "02-10 due", "02-13 overdue"]),
        (ERONG, 2023, "lianxihui-jiyao", ["03-15 upcoming", "03-20 due", "03-21 overdue"]),
        (GONGAN, 2022, "xinxi-baosong", ["03-28 upcoming", "03-31 due", "04-01 overdue"]),
    ],
)
def test_what_reminded_only_on_its_last_day_reminds_earlier(
    slug: str, year: int, duty: str, expected: list[str]
) -> None:
    spec = rounds(slug, year, duty)[0]
    assert [f"{cue.at:%m-%d} {cue.kind}" for cue in spec.cues] == expected


@pytest.mark.parametrize("slug", SLUGS)
def test_forms_are_short(slug: str) -> None:
    assert {duty.key for duty in plan(slug).duties if not 1 <= len(duty.form) <= 5} == set()


@pytest.mark.parametrize(
    ("slug", "duty", "provisional"),
    [
        (ERONG, "meiyue-jiancha", True),
        (ERONG, "sida-xingdong", True),
        (ERONG, "lianxihui", True),
        (CHANGZHOU, "xuanchuan-zhou-huodong", False),
        (CHANGZHOU, "gaofeng-xunkong", False),
        (CHANGZHOU, "gongzuo-zongjie", False),
        (GONGAN, "bumen-fangan", False),
        (GONGAN, "qiye-zicha", False),
        (GONGAN, "quanmian-paicha", True),
    ],
)
def test_only_what_rests_on_the_workdays_of_2027_is_provisional(
    slug: str, duty: str, *, provisional: bool
) -> None:
    assert {spec.provisional for spec in rounds(slug, 2027, duty)} == {provisional}


@pytest.mark.parametrize("slug", SLUGS)
def test_no_window_or_phase_of_2027_is_provisional(slug: str) -> None:
    assert not any(spec.provisional for spec in opened(slug, 2027).stretches)


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_is_provisional_in_a_year_with_its_notice(slug: str) -> None:
    assert not any(spec.provisional for spec in opened(slug, 2023).rounds)
