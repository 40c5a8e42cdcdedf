from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from duban.documents.qr import qr_png, qr_svg
from duban.obligations.errors import DubanError

LINK = "https://duban.example.cn/u/abcdefghijklmnopqrstuvwxyz0123456789"


def test_a_code_in_a_page_scales_and_names_itself() -> None:
    drawn = qr_svg(LINK, "打开填报链接的二维码")
    root = ET.fromstring(drawn)  # noqa: S314 - our own drawing
    assert drawn.startswith('<svg role="img" viewBox="0 0 45 45" ')
    assert root.findtext("title") == "打开填报链接的二维码"
    assert set(root.attrib) == {"role", "viewBox", "class"}
    assert [part.tag for part in root] == ["title", "path", "path"]


def test_a_code_in_a_page_refers_to_nothing_outside() -> None:
    drawn = qr_svg(LINK, "<script>&")
    assert [word for word in ("<?xml", "http", "style", "<script") if word in drawn] == []


def test_a_code_for_printing_is_black_on_white_with_a_quiet_edge() -> None:
    image = Image.open(io.BytesIO(qr_png(LINK)))
    assert (image.format, image.size) == ("PNG", (540, 540))
    grey = image.convert("L")
    box = grey.point([255] * 128 + [0] * 128).getbbox()
    assert box == (48, 48, 492, 492)
    # The seven modules of the upper left finder pattern, seen through its middle.
    assert [grey.getpixel((54 + 12 * module, 90)) for module in range(7)] == [0, 255, 0, 0, 0, 255, 0]


def test_both_draw_the_same_code() -> None:
    assert qr_svg(LINK).count("h7") >= 6
    assert qr_svg(LINK) != qr_svg(LINK + "0")


@pytest.mark.parametrize(("text", "said"), [("", "没有链接"), ("长" * 3000, "请换一个较短的链接")])
def test_what_fits_no_code_is_said(text: str, said: str) -> None:
    with pytest.raises(DubanError, match=said):
        _ = qr_svg(text)
