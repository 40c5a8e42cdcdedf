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
