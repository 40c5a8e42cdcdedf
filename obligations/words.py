"""The words of the book that are one of a few, each with the Chinese that a user reads (`.zh`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A value as it is stored in the book, carrying its Chinese label as `zh`."""

    zh: str

    def __new__(cls, value: str, zh: str = "") -> Self:
        """Make a member from its stored value and its Chinese label."""
        word = str.__new__(cls, value)
        word._value_ = value
        word.zh = zh
        return word


class State(Word):
    """Where an obligation stands between the unit and the office."""

    OWED = "owed", "待报"
    SUBMITTED = "submitted", "已报待审"
    RETURNED = "returned", "已退回"
    ACCEPTED = "accepted", "已接收"
    EXEMPT = "exempt", "免报"


class Outcome(Word):
    """How an obligation counts, as of a moment (DESIGN.md §5.11)."""

    PENDING = "pending", "未到期"
    ON_TIME = "on_time", "按时"
    LATE = "late", "迟报"
    MISSING = "missing", "漏报"
    NIL = "nil", "零报告"
    RETURNED = "returned", "退回"
    EXTENDED = "extended", "延期"
    EXEMPT = "exempt", "免报"


class Verdict(Word):
    """What the office decided about one submission."""

    ACCEPTED = "accepted", "接收"
    RETURNED = "returned", "退回"


class Via(Word):
    """How a report reached the office."""

    DESK = "desk", "窗口"
    PHONE = "phone", "电话"
    PAPER = "paper", "纸质"
    LINK = "link", "链接"
    EXCEL = "excel", "表格"
    API = "api", "接口"


class Role(Word):
    """What a person who signs in, or a program with a token, is there for."""

    OFFICE = "office", "办公室"
    SUPERVISOR = "supervisor", "督查"
    LEADER = "leader", "领导"
    ADMINISTRATOR = "administrator", "管理员"


class RemarkKind(Word):
    """What kind of thing was said about an obligation."""

    REPLY = "reply", "单位回复"
    NOTE = "note", "办公室说明"
    CALL = "call", "电话记录"


class CueKind(Word):
    """Why a round reminds at a moment."""

    OPENING = "opening", "任务下达"
    UPCOMING = "upcoming", "临期提醒"
    DUE = "due", "到期提醒"
    OVERDUE = "overdue", "逾期提醒"
    RETURNED = "returned", "退回更正"
    EXTENDED = "extended", "延期到期"
    EVENT = "event", "即时"
    URGED = "urged", "催办"


class Light(Word):
    """How pressing a matter is, as of a moment; time alone changes it, never a reminder (DESIGN.md §5.15)."""

    GREEN = "green", "绿灯"
    BLUE = "blue", "蓝灯"
    YELLOW = "yellow", "黄灯"
    RED = "red", "红灯"


class Rung(Word):
    """A step of the ladder; from 督办 on a person signs before anything leaves (DESIGN.md §5.19)."""

    CUIBAN = "cuiban", "催办单"
    DUBAN = "duban", "督办单"
    YUETAN = "yuetan", "约谈通知"
    TONGBAO = "tongbao", "通报"


class SheetState(Word):
    """Where a sheet is between draft and close; a draft that was dropped never had a number."""

    DRAFT = "draft", "待签发"
    ISSUED = "issued", "已签发"
    CLOSED = "closed", "已办结"
    WITHDRAWN = "withdrawn", "已撤销"
    DROPPED = "dropped", "未签发"


class Grade(Word):
    """How grave a finding is (《安全生产法》第四十一条：一般、重大事故隐患)."""

    GENERAL = "general", "一般"
    GRAVE = "grave", "重大"


class FindingState(Word):
    """Where a finding is between being found and being closed (销号)."""

    OPEN = "open", "整改中"
    FIXED = "fixed", "待复查"
    CLOSED = "closed", "已销号"
