"""LibreOffice and Poppler: a paper as it is printed, to be measured in millimetres."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image, ImageChops

PROGRAMS = ("soffice", "pdftotext", "pdftoppm", "pdfinfo")
DOTS = 254  # to the inch: ten to the millimetre
MILLIMETRE = 72 / 25.4
_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


class Word(NamedTuple):
    """A word on a page, and where it stands, in millimetres from its upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


class Printed:
    """A paper that has been printed into a PDF file."""

    def __init__(self, pdf: Path) -> None:
        self.pdf = pdf

    def sizes(self) -> list[tuple[int, int]]:
        """Give the size of each page in whole millimetres."""
        said = _run("pdfinfo", "-f", "1", "-l", "99", str(self.pdf))
        found = re.findall(r"size:\s+([\d.]+) x ([\d.]+) pts", said)
        return [(round(float(wide) / MILLIMETRE), round(float(high) / MILLIMETRE)) for wide, high in found]

    def words(self, page: int) -> list[Word]:
        """Give the words of a page (from 1); a line of hanzi is one word."""
        said = _run("pdftotext", "-bbox", "-f", str(page), "-l", str(page), str(self.pdf), "-")
        return [
            Word(unescape(text), *(float(one) / MILLIMETRE for one in place))
            for *place, text in _WORD.findall(said)
        ]

    def picture(self, page: int) -> Image.Image:
        """Give a page as a picture of ten dots to the millimetre."""
        stem = self.pdf.with_suffix(f".{page}")
        _run("pdftoppm", "-r", str(DOTS), "-f", str(page), "-singlefile", "-png", str(self.pdf), str(stem))
        with Image.open(f"{stem}.png") as opened:
            return opened.convert("RGB")


def print_paper(data: bytes, folder: Path) -> Printed:
    """Print a .docx file; skips where the programs are missing, except in CI, where they must be there."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing and os.environ.get("CI") != "true":
        pytest.skip("公文版面未测：请先 apt install libreoffice-writer-nogui poppler-utils fonts-noto-cjk")
    assert not missing, f"CI 中没有 {missing}"
    paper = folder / "paper.docx"
    paper.write_bytes(data)
    # A profile of its own: two that share one refuse to run beside each other.
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(paper))
    return Printed(folder / "paper.pdf")


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rules(picture: Image.Image, colour: tuple[int, int, int] = (0, 0, 0)) -> list[tuple[float, float, float]]:
    """Give the horizontal lines of a colour longer than 100 mm: how far down, from where to where; in mm."""
    found: list[tuple[float, float, float]] = []
    for down, left, right in _long_rows(picture, colour):
        if not found or down - found[-1][0] > 1:  # the rows of one line lie together
            found.append((down, left, right))
    return found


def _long_rows(picture: Image.Image, colour: tuple[int, int, int]) -> Iterator[tuple[float, float, float]]:
    marked = _marked(picture, colour)
    shares = marked.resize((1, marked.height), Image.Resampling.BOX).tobytes()
    for row, share in enumerate(shares):
        if share / 255 * marked.width > 1000:
            place = marked.crop((0, row, marked.width, row + 1)).getbbox()
            assert place is not None
            yield row / 10, place[0] / 10, place[2] / 10


def _marked(picture: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    """Give white where a picture has this colour or nearly, else black."""
    found = Image.new("L", picture.size, 255)
    for band, wanted in zip(picture.split(), colour, strict=True):
        near = band.point([255 * (abs(one - wanted) < 110) for one in range(256)])
        found = ImageChops.multiply(found, near)
    return found


def ink(picture: Image.Image, box: tuple[float, float, float, float]) -> tuple[float, float]:
    """Give from where to where, in mm from the top, there is ink in a box (left, top, right, bottom)."""
    left, top, right, bottom = (round(one * 10) for one in box)
    found = (
        picture.crop((left, top, right, bottom)).convert("L").point([255 * (one < 128) for one in range(256)])
    )
    place = found.getbbox()
    assert place is not None, "nothing is printed there"
    return (top + place[1]) / 10, (top + place[3]) / 10
