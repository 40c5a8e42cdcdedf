from __future__ import annotations

from collections import Counter

from duban.documents.roster import example_roster


def test_the_example_says_that_it_is_invented() -> None:
    roster = example_roster()
    assert roster.example
    assert roster.title == "示例名册（虚构）"


def test_the_example_township_has_its_villages_departments_and_police() -> None:
    kinds = Counter(unit.kind for unit in example_roster().units)
    assert kinds == {
        "镇街": 1,
        "村": 12,
        "社区": 3,
        "学校": 2,
        "部门": 9,
        "派出所": 2,
        "县局": 1,
        "县局部门": 5,
    }


def test_the_departments_bear_the_names_that_the_documents_give_them() -> None:
    names = {unit.name for unit in example_roster().units}
    assert names >= {
        "打非办",
        "综治岗",
        "应急管理岗",
        "生态环保岗",
        "物业管理岗",
        "综合行政执法局",
        "消防管理服务所",
    }
    assert names >= {"指挥中心", "交警大队", "治安大队", "森林大队", "督察组"}


def test_every_unit_of_the_example_has_one_contact_and_no_channel() -> None:
    roster = example_roster()
    assert sorted(contact.unit for contact in roster.contacts) == sorted(unit.code for unit in roster.units)
    assert {contact.channel for contact in roster.contacts} == {""}
    assert len({contact.phone for contact in roster.contacts}) == 35


def test_tags_of_the_example_select_the_units_that_the_documents_single_out() -> None:
    tagged = {tag: [] for tag in ("重点村", "传统产区", "牵头", "报送总结")}
    for unit in example_roster().units:
        for tag in unit.tags & tagged.keys():
            tagged[tag].append(unit.code)
    assert tagged == {
        "重点村": ["v01", "v02"],
        "传统产区": ["v01"],
        "牵头": ["xj-jj", "xj-za"],
        "报送总结": ["d-yingji", "d-wuye", "d-zhifa", "ps1", "ps2"],
    }
