"""The plan language: one document's campaign as frozen typed models. Every unknown key is an error.

The titles and descriptions are the reference that editors show; ``plan.schema.json`` is generated from them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from .plan_base import SOURCE, Date, Key, Model, Name, Phrase, Source
from .rules_appraisal import AppraisalRules
from .rules_duty import Inspection, LookBack, Night
from .rules_gates import Gate
from .rules_ladder import LadderRules
from .rules_watch import Watch

FIRST_YEAR, LAST_YEAR = 1901, 2099
DECIDED = "yiding"  # the duty under which what meetings decide is asked; no plan has one of that key

Kind = Literal["once", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "phase", "window", "event"]
KINDS_ZH: dict[str, str] = {
    "once": "一次性", "weekly": "每周", "monthly": "每月", "quarterly": "每季度", "half_yearly": "每半年",
    "yearly": "每年", "phase": "每阶段", "window": "每时段", "event": "即时",
}  # fmt: skip
_KINDS = "多久一次：" + "、".join(f"{kind} {name}" for kind, name in KINDS_ZH.items())


class Audience(Model, title="受众"):
    """Which units owe: by kind, by tag, by name or code; narrowed to a subtree, less some."""

    name: Name = Field(description="名称，如 各村（社）")
    kinds: list[Name] = Field(
        default_factory=list, description="单位类别，如 村、社区、部门；再写 tags 则须有其一"
    )
    tags: list[Name] = Field(default_factory=list, description="标签，有其一即可")
    units: list[Name] = Field(default_factory=list, description="另外点名的单位名称或代码")
    under: Name | None = Field(default=None, description="只在该单位（名称或代码）的下级中选")
    except_: list[Name] = Field(default_factory=list, alias="except", description="除外的单位名称或代码")


class Stretch(Model, title="阶段或时段"):
    """A phase or a window: a stretch of days, or of hours, that may cross midnight."""

    key: Key = Field(description="键，小写字母、数字和连字符；任务的 of、within 用它指这一段")
    name: Name = Field(description="名称，如 宣传周")
    starts: Date = Field(description="开始；不写时刻则从当日零时起")
    ends: Date = Field(description="结束；不写时刻则到当日24时止，可以跨夜")
    clause: Name = Field(description="依据的条款，如 二（一）")
    source: Source = Field(description=SOURCE)
    enter: list[Gate] = Field(default_factory=list, description="进入本阶段的条件，如各部门方案已收齐")
    leave: list[Gate] = Field(default_factory=list, description="结束本阶段的条件，如检查已全部接收")
    note: str = Field(default="", description="备注，给维护方案的人看")


class FormField(Model, title="填报项"):
    """One thing to report."""

    key: Key = Field(description="键，小写字母、数字和连字符")
    label: Name = Field(description="名称，如 发现隐患")
    type: Literal["number", "text", "choice", "date", "checklist", "place", "files"] = Field(
        description="number 数字、text 文字、choice 单选、date 日期、checklist 多选、place 地点、files 附件"
    )
    unit: str = Field(default="", description="计量单位，如 处、人次")
    options: list[Name] = Field(default_factory=list, description="choice 的选项或 checklist 的条目")
    min: float | None = Field(default=None, description="最小值")
    max: float | None = Field(default=None, description="最大值")
    required: bool = Field(default=False, description="必填")
    help: str = Field(default="", description="填写说明")


class Reminder(Model, title="提醒点"):
    """A moment at which a round reminds; an urgent one does not wait for office hours."""

    at: Phrase = Field(
        description="如 opens、due - 3 workdays、due 15:00、due + 1 workday；不写时刻则在 9:00"
    )
    urgent: bool = Field(default=False, description="不避夜间和休息日")


def _spelled_reminder(value: object) -> object:
    return {"at": value} if isinstance(value, str) else value


Cue = Annotated[Reminder, BeforeValidator(_spelled_reminder, json_schema_input_type=Phrase | Reminder)]


class Meeting(Model, title="会议"):
    """A meeting that the duty convenes."""

    convened: Literal["office", "units"] = Field(
        default="office",
        description="由谁召集：office 办公室；units 各单位自行召开，只报召开情况",
    )
    chair: str = Field(default="", description="召集人")
    agenda: list[Name] = Field(default_factory=list, description="议程；上次议定事项的落实由程序列在最前")
    place: str = Field(default="", description="地点")
    proposals: Key | None = Field(default=None, description="表单中哪一项是提请会议研究的事项（form 中的键）")
    notice: int = Field(default=3, ge=0, le=30, description="会前几个工作日发会议通知")
    minutes: int = Field(default=5, ge=1, le=60, description="会后几个工作日内形成会议纪要")


class Variation(Model, title="本期不同之处"):
    """What is different in one period: its emphasis, theme, units, dates or form."""

    name: Name | None = Field(default=None, description="本期名称或主题")
    emphasis: str | None = Field(default=None, description="本期重点")
    audience: Key | None = Field(default=None, description="本期的责任单位（audiences 中的键）")
    lead: Key | None = Field(default=None, description="本期牵头的一方（audiences 中的键）")
    clause: Name | None = Field(default=None, description="本期依据的条款")
    opens: Date | None = Field(default=None, description="本期下达时间")
    due: Date | None = Field(default=None, description="本期截止时间")
    starts: Date | None = Field(default=None, description="本期开始时间")
    ends: Date | None = Field(default=None, description="本期结束时间")
    ask: str | None = Field(default=None, description="本期要报什么、交什么")
    form: list[FormField] | None = Field(default=None, description="本期的表单")


class Duty(Model, title="任务"):
    """One thing that the plan asks of an audience."""

    key: Key = Field(description="键，小写字母、数字和连字符，各任务不同")
    name: Name = Field(description="名称，如 每月检查")
    kind: Kind = Field(description=_KINDS)
    audience: Key = Field(description="谁来做（audiences 中的键）")
    lead: Key | None = Field(default=None, description="牵头的一方（audiences 中的键）")
    clause: Name = Field(description="依据的条款，如 三（二）二")
    source: Source = Field(description=SOURCE)
    opens: Date | None = Field(default=None, description="下达时间；不写则为本期第一天")
    due: Date | None = Field(
        default=None,
        description="截止时间；不写则为 ends（或 starts）；即时任务写 event + 2 hours",
    )
    locks: Date | None = Field(default=None, description="逾期补报的截止；不写则用 defaults.locks")
    starts: Date | None = Field(default=None, description="会议、巡查等的开始时间")
    ends: Date | None = Field(default=None, description="会议、巡查等的结束时间")
    of: list[Key] = Field(
        default_factory=list, description="kind 为 phase 或 window 时，属于哪些；不写则全部"
    )
    months: list[Annotated[int, Field(ge=1, le=12)]] = Field(
        default_factory=list, description="只在这些月份；每季度、每半年的任务为含这些月份的各期"
    )
    within: Key | None = Field(default=None, description="只取与该阶段或时段有重叠的各期")
    ask: str = Field(default="", description="要报什么、交什么")
    receiver: str = Field(default="", description="报送给谁；不写则为 office")
    emphasis: str = Field(default="", description="重点")
    urgent: bool = Field(default=False, description="提醒不避夜间和休息日")
    meeting: Meeting | None = Field(default=None, description="召开会议的任务写这一项")
    inspection: Inspection | None = Field(default=None, description="督查检查的任务写这一项")
    lookback: LookBack | None = Field(default=None, description="“回头看”的任务写这一项")
    night: Night | None = Field(default=None, description="高峰夜值守的任务写这一项")
    alert: list[Key] = Field(
        default_factory=list, description="即时任务：收到后立即告知谁（audiences 中的键），不分昼夜"
    )
    alert_again: int = Field(
        default=15, ge=5, le=1440, description="即时任务：告知后满几分钟没有签收的单位，再告知一次"
    )
    findings: bool = Field(default=False, description="上报时可以一并登记检查发现的隐患")
    form: list[FormField] = Field(default_factory=list, description="表单：要填报的各项")
    reminders: list[Cue] | None = Field(default=None, description="提醒点；不写则用 defaults.reminders")
    vary: dict[str, Variation] = Field(
        default_factory=dict,
        description="按期变化：每月用 01…12，每季度用 Q1…Q4，每半年用 H1、H2，阶段和时段用其键",
    )
    note: str = Field(default="", description="备注，给维护方案的人看")


class NotDuty(Model, title="不列为任务的原文"):
    """A sentence of the document that is deliberately not a duty, and why."""

    clause: Name = Field(description="条款")
    text: Name = Field(description="原文")
    reason: Name = Field(description="为什么不列为任务")


class Defaults(Model, title="默认值"):
    """What a duty has when it does not say."""

    locks: Date | None = Field(default=None, description="逾期补报的截止，如 due + 15 days")
    reminders: list[Cue] = Field(default_factory=list, description="提醒点，如 opens、due - 3 workdays、due")


class Plan(Model, title="方案"):
    """One document's campaign, with a revision."""

    slug: Key = Field(description="方案的键，与文件名相同")
    title: Name = Field(description="标题")
    issuer: Name = Field(description="发文单位")
    number: str = Field(default="", description="发文字号；原文没有则不写")
    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR, description="文件所管的年份")
    revision: int = Field(default=1, ge=1, description="修订号；改动已执行的方案须加 1")
    office: Name = Field(description="汇总和催报的办公室")
    note: str = Field(default="", description="备注，给维护方案的人看")
    audiences: dict[Key, Audience] = Field(min_length=1, description="受众：谁来做")
    phases: list[Stretch] = Field(default_factory=list, description="阶段，如 动员部署阶段")
    windows: list[Stretch] = Field(default_factory=list, description="时段，如 宣传周、除夕夜")
    defaults: Defaults = Field(default_factory=Defaults, description="各任务的默认值")
    duties: list[Duty] = Field(min_length=1, description="任务")
    ladder: list[LadderRules] = Field(
        default_factory=list, description="亮灯和督办的规则，各自写明从哪天起用；不写则用程序的默认规则"
    )
    watch: list[Watch] = Field(default_factory=list, description="要盯住的重点人员和重点场所，多久回访一次")
    appraisal: list[AppraisalRules] = Field(
        default_factory=list, description="考核计分的规则，各自写明从哪天起用；不写则不考核"
    )
    not_duties: list[NotDuty] = Field(default_factory=list, description="原文中不列为任务的话和理由")
