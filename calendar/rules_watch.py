"""Key persons and places in the plan language: how often each is revisited, and who may see them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .plan_base import Key, Model, Name


class Watch(Model, title="重点人员和重点场所"):
    """One kind of person or place that is revisited on a schedule."""

    key: Key = Field(description="键，小写字母、数字和连字符")
    name: Name = Field(description="名称，如 曾非法生产的重点人员")
    kind: Literal["person", "place"] = Field(description="person 人员；place 场所")
    every: int = Field(ge=1, le=366, description="每隔几天回访一次")
    clause: Name = Field(description="依据的条款")
    roles: list[Literal["office", "supervisor", "leader"]] = Field(
        default=["office"], description="哪些角色可以查看；每次查看都留痕"
    )
