"""What an official paper says in its XML: fonts, sizes, places. How it looks: test_official_looks.py."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from openpyxl import load_workbook

from duban.documents.official import (
    Bars,
    Block,
    Chart,
    Column,
    Facts,
    Heading,
    Labelled,
    Paper,
    Table,
    Text,
    write,
)
from duban.documents.official_head import mark_size
from duban.documents.official_tail import signature_indents
from duban.documents.official_title import title_lines
from support.papers import NAMES, W, names, paragraph_of, paragraphs, part, said, tables

PAPER = Paper(
    title="关于2023年第一季度工作情况的通报",
    head="示例镇打非办",
    number="通报〔2023〕3号",
    to="各村（社），镇级各单位",
    blocks=[
        Text("现将情况通报如下。"),
        Heading(1, "总体情况"),
        Heading(2, "报送情况。", "应报12件，已报10件。"),
        Heading(2, "整改情况。", "已全部整改。"),
        Heading(3, "三级"),
        Heading(4, "四级"),
        Heading(1, "下一步工作"),
        Heading(2, "加强检查。", "按月检查。"),
    ],
    dated=date(2023, 4, 6),
    signed="示例镇打非办",
    copies="镇党委，镇人大",
    printed=("示例镇打非办", date(2023, 4, 7)),
)


def of(*blocks: Block) -> bytes:
    return write(Paper(title="标题", blocks=blocks, dated=date(2023, 4, 6)))


def style(data: bytes, key: str) -> dict[str, dict[str, str]]:
    """What a style sets, by the name of the element."""
    found = part(data, "word/styles.xml").find(f"w:style[@{W}styleId='{key}']", NAMES)
    assert found is not None
    return {
        one.tag.rpartition("}")[2]: {key.rpartition("}")[2]: value for key, value in one.attrib.items()}
        for one in found.iter()
    }


# The page


def test_the_page_is_a4_with_the_margins_of_the_standard() -> None:
    section = part(write(PAPER)).find("w:body/w:sectPr", NAMES)
    assert section is not None
    # Twentieths of a point: 210 × 297 mm; 37 mm above, 28 left, 26 right, 35 below.
    assert said(section, "w:pgSz") == {"w": "11906", "h": "16838"}
    edges = said(section, "w:pgMar")
    assert {key: edges[key] for key in ("top", "left", "right", "bottom")} == {
        "top": "2097",
        "left": "1587",
        "right": "1474",
        "bottom": "1984",
    }


def test_the_grid_says_22_lines_of_28_characters() -> None:
    section = part(write(PAPER)).find("w:body/w:sectPr", NAMES)
    assert section is not None
    assert said(section, "w:docGrid") == {"type": "linesAndChars", "linePitch": "579", "charSpace": "-848"}


def test_running_text_is_fangsong_of_size_3_on_exact_lines_with_an_indent_of_two_characters() -> None:
    data = write(PAPER)
    normal = style(data, "Normal")
    assert normal["rFonts"]["eastAsia"] == normal["rFonts"]["ascii"] == "仿宋_GB2312"
    assert normal["sz"] == {"val": "32"}
    assert part(data, "word/styles.xml").find(f"w:style/w:pPr/w:spacing[@{W}line='579']", NAMES) is not None
    assert style(data, "BodyText")["ind"]["firstLineChars"] == "200"


@pytest.mark.parametrize(
    ("key", "font"),
    [
        ("Heading1", "黑体"),
        ("Heading2", "楷体_GB2312"),
        ("Heading3", "仿宋_GB2312"),
        ("Heading4", "仿宋_GB2312"),
        ("Title", "方正小标宋简体"),
    ],
)
def test_each_level_has_its_font(key: str, font: str) -> None:
    assert style(write(PAPER), key)["rFonts"]["eastAsia"] == font


def test_the_title_is_of_size_2_and_centred() -> None:
    title = style(write(PAPER), "Title")
    assert (title["sz"], title["jc"]) == ({"val": "44"}, {"val": "center"})


def test_fonts_are_named_with_their_other_names_and_not_put_into_the_file() -> None:
    data = write(PAPER)
    found = part(data, "word/fontTable.xml")
    other = {one.attrib[f"{W}name"]: said(one, "w:altName")["val"] for one in found}
    assert other["仿宋_GB2312"] == "仿宋"
    assert other["楷体_GB2312"] == "楷体"
    assert not [name for name in names(data) if "fonts/" in name]


def test_the_page_number_has_dashes_and_is_on_the_outer_side_one_character_in() -> None:
    data = write(PAPER)
    odd, even = part(data, "word/footer1.xml"), part(data, "word/footer2.xml")
    for footer in (odd, even):
        assert "".join(one.text or "" for one in footer.iter(f"{W}t")) == "— 1 —"
        assert said(footer, ".//w:rFonts")["eastAsia"] == "宋体"
        assert said(footer, ".//w:sz") == {"val": "28"}
    assert (said(odd, ".//w:jc"), said(odd, ".//w:ind")["rightChars"]) == ({"val": "right"}, "100")
    assert (said(even, ".//w:jc"), said(even, ".//w:ind")["leftChars"]) == ({"val": "left"}, "100")
    assert part(data, "word/settings.xml").find("w:evenAndOddHeaders", NAMES) is not None


# The head


def test_the_mark_is_red_and_35_millimetres_below_the_top_of_the_text() -> None:
    mark = paragraph_of(write(PAPER), "示例镇打非办")
    assert said(mark, ".//w:color") == {"val": "FF0000"}
    assert said(mark, ".//w:rFonts")["eastAsia"] == "方正小标宋简体"
    assert said(mark, "w:pPr/w:spacing")["before"] == "1984"


@pytest.mark.parametrize(
    ("name", "points", "scale"),
    [
        ("示例镇打非办", 48, 100),
        ("秀山土家族苗族自治县峨溶镇人民政府打非办", 36, 61),
        ("甲" * 40, 18, 61),
    ],
)
def test_a_long_mark_is_narrowed_and_then_made_smaller(name: str, points: int, scale: int) -> None:
    assert mark_size(name) == (points, scale)


def test_the_red_line_is_4_millimetres_under_the_number() -> None:
    number = paragraph_of(write(PAPER), "通报〔2023〕3号")
    line = said(number, "w:pPr/w:pBdr/w:bottom")
    assert (line["color"], line["space"]) == ("FF0000", "11")
    assert said(number, "w:pPr/w:jc") == {"val": "center"}


def test_the_title_stands_two_lines_below_the_red_line() -> None:
    title = paragraph_of(write(PAPER), PAPER.title)
    assert said(title, "w:pPr/w:spacing")["before"] == "1158"


def test_what_goes_upward_has_its_number_on_the_left_and_who_signs_on_the_right() -> None:
    number = paragraph_of(write(replace(PAPER, signer="李镇长")), "通报〔2023〕3号")
    assert said(number, "w:pPr/w:ind")["leftChars"] == "100"
    assert said(number, "w:pPr/w:tabs/w:tab")["val"] == "right"
    fonts = [one.attrib[f"{W}eastAsia"] for one in number.iter(f"{W}rFonts")]
    assert fonts == ["仿宋_GB2312", "楷体_GB2312"]


def test_a_paper_without_a_head_begins_with_its_title() -> None:
    assert paragraphs(write(replace(PAPER, head="")))[:2] == [
        "关于2023年第一季度工作情况的通报",
        "各村（社），镇级各单位：",
    ]


def test_a_draft_says_so_before_its_title() -> None:
    assert paragraphs(write(replace(PAPER, head="", draft=True)))[0] == (
        "（草稿）关于2023年第一季度工作情况的通报"
    )


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于召开联席会议的通知", ["关于召开联席会议的通知"]),
        (
            "关于2023年第一季度打击非法生产、经营、运输、储存烟花爆竹工作情况的通报",
            ["关于2023年第一季度打击非法生产、", "经营、运输、储存烟花爆竹工作情况的通报"],
        ),
        (
            "关于印发《2023年打击非法生产、经营、运输、储存烟花爆竹工作方案》的通知",
            ["关于印发《2023年打击非法生产、经营、", "运输、储存烟花爆竹工作方案》的通知"],
        ),
        (
            "关于幸福村出租房屋闲置房屋重大隐患整改办理情况的通报",
            ["关于幸福村出租房屋闲置房屋", "重大隐患整改办理情况的通报"],
        ),
        (
            "关于2023年第一季度烟花爆竹燃放管控工作情况的通报",
            ["关于2023年第一季度烟花爆竹", "燃放管控工作情况的通报"],
        ),
        ("自己\n分行", ["自己", "分行"]),
    ],
)
def test_a_long_title_is_broken_where_the_sense_allows(title: str, lines: list[str]) -> None:
    assert title_lines(title, 20) == lines


@pytest.mark.parametrize("title", ["字" * 41, "2023" * 12, "（" * 30, "一"])
def test_no_line_of_a_title_is_too_long_and_nothing_is_lost(title: str) -> None:
    lines = title_lines(title, 20)
    assert "".join(lines) == title
    assert all(0 < len(line) <= 40 for line in lines)


# The text


def test_headings_are_numbered_and_count_anew_under_each_that_is_above() -> None:
    assert [one for one in paragraphs(write(PAPER)) if one[0] in "一二（1"] == [
        "一、总体情况",
        "（一）报送情况。应报12件，已报10件。",
        "（二）整改情况。已全部整改。",
        "1.三级",
        "（1）四级",
        "二、下一步工作",
        "（一）加强检查。按月检查。",
    ]


def test_a_heading_that_runs_on_has_its_font_for_its_own_words_alone() -> None:
    runs = paragraph_of(write(PAPER), "报送情况。").findall("w:r", NAMES)
    assert [said(one, "w:rPr/w:rFonts").get("eastAsia", "") for one in runs] == ["楷体_GB2312", ""]


def test_each_line_of_a_text_is_a_paragraph() -> None:
    assert paragraphs(of(Text("第一段。\n第二段。\n"))) == ["标题", "第一段。", "第二段。", "2023年4月6日"]


def test_the_last_paragraph_stays_with_the_signature() -> None:
    data = of(Text("第一段。"), Text("第二段。\n第三段。"))
    kept = [
        paragraph_of(data, text).find("w:pPr/w:keepNext", NAMES) is not None
        for text in ("第一段。", "第二段。", "第三段。")
    ]
    assert kept == [False, False, True]


def test_what_people_typed_cannot_break_the_file() -> None:
    strange = '<w:p/>&amp; "x" \x00\x0b\ud800\u202e'
    assert paragraphs(of(Text(strange)))[1] == '<w:p/>&amp; "x"'.ljust(16)


def test_a_table_repeats_its_heading_and_breaks_no_row() -> None:
    data = of(Table([Column("单位", 2, "left"), Column("应报", 1)], [("一村", "3")], caption="表1　完成情况"))
    assert tables(data) == [[["单位", "应报"], ["一村", "3"]]]
    rows = part(data).findall(".//w:tr", NAMES)
    assert [row.find("w:trPr/w:tblHeader", NAMES) is not None for row in rows] == [True, False]
    assert [row.find("w:trPr/w:cantSplit", NAMES) is not None for row in rows] == [True, True]
    assert said(rows[0], ".//w:rFonts")["eastAsia"] == "黑体"


@pytest.mark.parametrize(("columns", "style"), [(6, "Cell"), (7, "CellSmall")])
def test_a_table_of_many_columns_is_set_smaller(columns: int, style: str) -> None:
    data = of(Table([Column("列", 1)] * columns, [("字",) * columns]))
    assert said(paragraph_of(data, "字"), "w:pPr/w:pStyle") == {"val": style}


def test_a_table_is_as_wide_as_the_text() -> None:
    data = of(Table([Column("单位", 2), Column("应报", 1)], []))
    assert [one.attrib[f"{W}w"] for one in part(data).iter(f"{W}gridCol")] == ["5896", "2948"]


def test_who_was_there_stands_after_a_word_in_heiti_with_broken_lines_under_the_first() -> None:
    there = paragraph_of(of(Labelled("出席", "一村甲、二村乙")), "出席：")
    assert said(there, "w:pPr/w:ind")["hangingChars"] == "300"
    runs = there.findall("w:r", NAMES)
    assert [said(one, "w:rPr/w:rFonts").get("eastAsia", "") for one in runs] == ["黑体", ""]


def test_facts_are_named_on_the_left() -> None:
    assert tables(of(Facts([("责任单位", "三村"), ("要求", "第一\n第二")]))) == [
        [["责任单位", "三村"], ["要求", "第一\n第二"]]
    ]


def test_a_wide_table_has_pages_that_lie_on_their_side_and_the_text_goes_on_upright() -> None:
    wide = Table([Column("单位", 1)], [("一村",)], wide=True)
    sections = part(of(Text("前。"), wide, wide, Text("后。"))).findall(".//w:sectPr", NAMES)
    assert [said(one, "w:pgSz").get("orient", "") for one in sections] == ["", "landscape", ""]
    assert said(sections[1], "w:pgSz") == {"w": "16838", "h": "11906", "orient": "landscape"}


def test_a_chart_is_drawn_by_the_reader_and_carries_its_numbers() -> None:
    data = of(
        Chart("图1　各月完成情况", ["1月", "2月"], [Bars("完整率", [90.5, None])], unit="%", highest=100)
    )
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        chart, workbook = (
            files.read(name) for name in ("word/charts/chart1.xml", "word/embeddings/chart1.xlsx")
        )
    assert "<c:v>90.5</c:v>" in chart.decode()
    assert '<a:ea typeface="仿宋_GB2312"/>' in chart.decode()
    page = load_workbook(io.BytesIO(workbook))["数据"]
    assert [[cell.value for cell in row] for row in page["A1:B3"]] == [
        [None, "完整率"],
        ["1月", 90.5],
        ["2月", None],
    ]
    assert said(paragraph_of(data, "图1"), "w:pPr/w:pStyle") == {"val": "Caption"}


# The end


@pytest.mark.parametrize(
    ("signed", "name", "dated"),
    [
        ("示例镇打非办", 4.0, 4.0),  # as long as the date
        ("打非办", 5.5, 4.0),
        ("示例镇人民政府打非办公室", 1.0, 4.0),
        ("秀山土家族苗族自治县峨溶镇人民政府", 1.0, 6.5),  # longer than the rule allows for
    ],
)
def test_the_date_is_four_characters_in_and_the_name_centred_over_it(
    signed: str, name: float, dated: float
) -> None:
    assert signature_indents(signed, "2023年4月6日") == (name, dated)


def test_the_date_and_the_name_are_set_from_the_right() -> None:
    data = write(replace(PAPER, head="", signed="打非办"))
    assert said(paragraph_of(data, "2023年4月6日"), "w:pPr/w:ind")["rightChars"] == "400"
    assert said(paragraph_of(data, "打非办"), "w:pPr/w:ind")["rightChars"] == "550"


def test_enclosures_are_numbered_when_there_are_several_and_have_no_full_stop() -> None:
    one, two = (write(replace(PAPER, enclosures=names)) for names in (["台账"], ["台账", "名单"]))
    assert "附件：台账" in paragraphs(one)
    assert [text for text in paragraphs(two) if ("." in text and "台账" in text) or "名单" in text] == [
        "附件：1.台账",
        "\u3000\u3000\u30002.名单",
    ]
    assert said(paragraph_of(two, "1.台账"), "w:pPr/w:ind")["hangingChars"] == "400"


def test_the_foot_lies_at_the_bottom_of_the_text_between_thick_lines() -> None:
    data = write(PAPER)
    assert tables(data) == [[["抄送：镇党委，镇人大。"], ["示例镇打非办\t2023年4月7日印发"]]]
    properties = part(data).find(".//w:tbl/w:tblPr", NAMES)
    assert properties is not None
    place = said(properties, "w:tblpPr")
    assert (place["vertAnchor"], place["tblpYSpec"]) == ("margin", "bottom")
    lines = {edge: said(properties, f"w:tblBorders/w:{edge}")["sz"] for edge in ("top", "bottom", "insideH")}
    assert lines == {"top": "8", "bottom": "8", "insideH": "6"}  # 0.35 and 0.25 mm
    assert {one.attrib[f"{W}val"] for one in part(data).findall(".//w:tbl//w:sz", NAMES)} == {"28"}


# The file


def test_the_same_paper_is_the_same_bytes() -> None:
    charted = replace(PAPER, blocks=[Chart("图", ["1月"], [Bars("完整率", [90])])])
    assert write(charted) == write(charted)
    with zipfile.ZipFile(io.BytesIO(write(charted))) as files:
        assert {one.date_time for one in files.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_file_is_dated_as_the_paper_is() -> None:
    core = Document(io.BytesIO(write(PAPER))).core_properties
    assert (core.title, core.author) == ("关于2023年第一季度工作情况的通报", "示例镇打非办")
    assert core.created is not None
    assert core.created.isoformat() == "2023-04-06T00:00:00+00:00"
