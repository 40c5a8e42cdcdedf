"""What the journal's entries are about, in words that people use."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

# Each action of the journal, in the order in which the filter offers them.
ACTIONS = {
    "submission.received": "收到上报",
    "submission.accepted": "接收上报",
    "submission.returned": "退回上报",
    "obligation.acknowledged": "签收",
    "extension.asked": "申请延期",
    "obligation.extended": "准予延期",
    "extension.refused": "不准延期",
    "transfer.asked": "申请转办",
    "transfer.decided": "答复转办申请",
    "obligation.exempted": "免报",
    "remark.reply": "单位回复",
    "remark.note": "办公室说明",
    "remark.call": "登记电话",
    "file.received": "收到附件",
    "workbook.imported": "导入表格上报",
    "finding.recorded": "登记隐患",
    "finding.found": "下达隐患整改",
    "finding.changed": "变更隐患整改要求",
    "finding.moved": "调整隐患整改期限",
    "finding.asked": "申请隐患整改延期",
    "finding.extended": "准予隐患整改延期",
    "finding.refused": "不准隐患整改延期",
    "finding.fixed": "报告隐患整改完成",
    "finding.failed": "隐患复查未通过",
    "finding.closed": "隐患复查通过销号",
    "finding.refuted": "隐患查否销号",
    "finding.reopened": "隐患复发",
    "finding.listed": "隐患挂牌督办",
    "finding.delisted": "隐患摘牌",
    "finding.reminded": "提醒隐患整改",
    "finding.file": "收到隐患附件",
    "round.opened": "期次下达",
    "round.due": "期次到期",
    "round.locked": "期次截止补报",
    "round.moved": "调整期次日期",
    "round.reminded": "人工催报",
    "event.raised": "发起即时事项",
    "alert.sounded": "告知重大事件",
    "alert.acknowledged": "签收重大事件",
    "alert.repeated": "再次告知重大事件",
    "night.roster": "报值班表",
    "night.summed": "高峰夜汇总",
    "case.opened": "立案",
    "case.settled": "案件清单落实",
    "case.waived": "案件清单不适用",
    "case.unsettled": "案件清单重新落实",
    "case.added": "案件增列清单",
    "case.closed": "结案",
    "case.reopened": "重新办理案件",
    "appraisal.adopted": "起用考核规则",
    "appraisal.begun": "拟出考核结果",
    "appraisal.drafted": "单位考核结果",
    "appraisal.bonus": "登记考核加分",
    "appraisal.veto": "登记一票否决",
    "appraisal.signed": "签批一票否决",
    "appraisal.withdrawn": "撤销考核登记",
    "appraisal.appealed": "考核申诉",
    "appraisal.answered": "答复考核申诉",
    "appraisal.adjusted": "更正考核结果",
    "appraisal.published": "公布考核结果",
    "cue.fired": "生成提醒",
    "cues.superseded": "提醒被后来的代替",
    "messages.tried": "发送消息",
    "messages.withdrawn": "撤回消息",
    "messages.swept": "收回发送中断的消息",
    "messages.requeued": "重发消息",
    "phase.begun": "阶段开始",
    "phase.ended": "阶段结束",
    "phase.moved": "调整阶段日期",
    "window.begun": "时段开始",
    "window.ended": "时段结束",
    "window.moved": "调整时段日期",
    "plan.adopted": "启用方案",
    "year.opened": "排定全年",
    "roster.imported": "导入名册",
    "unit.added": "新增单位",
    "unit.changed": "修改单位",
    "unit.closed": "停用单位",
    "unit.kept": "撤销停用单位",
    "units.merged": "合并单位",
    "unit.split": "拆分单位",
    "contact.added": "新增联系人",
    "contact.changed": "修改联系人",
    "contact.off": "停用联系人",
    "contact.on": "恢复联系人",
    "contact.channel": "指定联系人的渠道",
    "channel.set": "设置渠道",
    "channel.off": "停用渠道",
    "channel.on": "恢复渠道",
    "channel.tried": "试发渠道",
    "link.made": "生成链接",
    "link.asked": "申请新链接",
    "link.sent": "发送新链接",
    "links.revoked": "作废链接",
    "account.invited": "邀请开通账号",
    "account.made": "开通账号",
    "account.role_changed": "变更账号角色",
    "account.deactivated": "停用账号",
    "account.activated": "恢复账号",
    "invitation.revoked": "作废邀请",
    "password.changed": "修改密码",
    "totp.on": "启用两步验证",
    "totp.off": "关闭两步验证",
    "totp.reset": "重置两步验证",
    "sign_in.ok": "登录",
    "sign_in.failed": "登录失败",
    "sign_in.ended": "退出登录",
    "integration.made": "开通接口",
    "integration.revoked": "停用接口",
    "sheet.drafted": "起草督办文书",
    "sheet.edited": "修改督办文书",
    "sheet.dropped": "不予签发督办文书",
    "sheet.issued": "签发督办文书",
    "sheet.acknowledged": "签收督办文书",
    "sheet.replied": "回复督办文书",
    "sheet.decided": "答复督办回复",
    "sheet.closed": "督办文书办结",
    "sheet.withdrawn": "撤销督办文书",
    "talk.arranged": "安排约谈",
    "talk.minuted": "登记约谈记录",
    "talk.followed": "登记约谈跟进",
    "overdue.exported": "导出逾期清单",
    "rates.exported": "导出完成情况",
    "ledger.exported": "导出台账",
    "binder.exported": "装订迎检资料",
    "clock.accepted": "确认时钟",
    "rehearsal.begun": "演练开始",
}
_OTHER = "其他办理"
_NOBODY: Mapping[str, str] = MappingProxyType({})
# What a subject such as ``obligation/12`` names, and the page that shows it, if there is one.
_KINDS = {
    "obligation": ("{}号事项", "/obligations/{}"),
    "round": ("{}号期次", "/rounds/{}"),
    "finding": ("{}号隐患", "/findings/{}"),
    "sheet": ("{}号督办文书", "/sheets/{}"),
    "case": ("{}号案件", "/cases/{}"),
    "night": ("{}号期次的高峰夜", "/nights/{}"),
    "alert": ("{}号重大事件", "/alerts/{}"),
    "appraisal": ("{}号考核结果", "/appraisal/{}"),
    "appraisal-run": ("{}号考核", "/appraisal?run={}"),
    "appraisal-rules": ("{}号考核规则", "/appraisal/rules"),
    "appraisal-entry": ("{}号考核登记", ""),
    "unit": ("{}号单位", ""),
    "contact": ("{}号联系人", ""),
    "account": ("{}号账号", ""),
    "integration": ("{}号接口", ""),
}
_WHOLE = {
    "outbox": "发件箱",
    "units": "单位",
    "book": "账簿",
    "clock": "时钟",
    "overdue": "逾期清单",
    "rates": "完成情况",
    "ledger": "台账",
    "binder": "迎检资料",
    "sign-in": "登录",
    "invitation": "邀请",
}


class Subject(NamedTuple):
    """What an entry is about, in words, and the page that shows it; empty for none."""

    said: str
    address: str = ""


def action(key: str) -> str:
    """Name an action; one that this table does not know is called another act."""
    return ACTIONS.get(key, _OTHER)


def subject(key: str, names: Mapping[str, str] = _NOBODY) -> Subject:
    """Name what an entry is about, by the name that is known of it if there is one."""
    kind, _, number = key.partition("/")
    if kind in _KINDS and number.isascii() and number.isdecimal():
        said, address = _KINDS[kind]
        return Subject(names.get(key) or said.format(number), address.format(number))
    return Subject(_WHOLE.get(key, key))
