"""A document's raw text made readable: one width of digits, whole paragraphs, no page furniture."""

from __future__ import annotations

import re
from itertools import pairwise

_WIDE = (
    {ord("０") + n: ord("0") + n for n in range(10)}
    | {ord("Ａ") + n: ord("A") + n for n in range(26)}
    | {ord("ａ") + n: ord("a") + n for n in range(26)}
)
# One sign for each, so that a place in the folded text is the same place in the document.
_SIGNS = str.maketrans("():;,~∼〜–—－―‐‑−○Ｏ．", "（）：；，～～～-------〇〇.")
_SPACES = str.maketrans("\u3000\xa0\t\u2002\u2003\u200b\ufeff", "       ")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_PAGE = re.compile(
    r"[-—－–·•\s]*(?:第?\s*\d{1,3}\s*页?(?:\s*[/，,共]+\s*\d{1,3}\s*页?)?|page\s*\d+.*)[-—－–·•\s]*",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[。！？；：!?;:…”）》\"]$")
_STARTS = re.compile(
    r"第[一二三四五六七八九十百\d]+[章节条]|[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,2}[.．、](?!\d)|[①-⑳]|附件|抄送|[^。，]{0,40}：$|（?(?:联系人|联系电话)|[（(]此件|主题词"
)
_LEAST_FULL = 18
_SPACED = re.compile(r"(?<=[一-鿿，。；：、（）“”《》\d])[ ]+(?=[一-鿿，。；：、（）“”《》\d])")


def folded(text: str) -> str:
    """Give a text with one width of digits, brackets, dashes and colons; every sign keeps its place."""
    return text.translate(_WIDE).translate(_SIGNS)


def paragraphs(raw: str) -> list[str]:
    """Give a document's paragraphs: page numbers and running heads gone, broken lines joined.

    Lines are joined only where the text itself says that it was broken by the page's width: many lines of
    about one length that end in the middle of a sentence.
    """
    lines = [" ".join(line.translate(_SPACES).split()) for line in _LINE_ENDS.sub("\n", raw).split("\n")]
    kept = _unfurnished(lines)
    return [_closed_up(line) for line in (_joined(kept) if _is_broken(kept) else kept) if line]


def _closed_up(line: str) -> str:
    """Take out blanks between Chinese signs, that a page's layout put there; two words' blank stays."""
    if line.count(" ") * 4 > len(line):
        return _SPACED.sub("", line)
    return re.sub(r"(?<=[年月])[ ]+(?=\d{1,2}[ ]?[月日])|(?<=\d)[ ]+(?=[年月日个至])", "", line)


def _unfurnished(lines: list[str]) -> list[str]:
    """Leave out page numbers, and heads that come back on several pages around them."""
    pages = [n for n, line in enumerate(lines) if line and _is_page(line)]
    repeated = {
        line
        for line in set(lines)
        if 2 <= len(line) <= 40 and lines.count(line) >= 2 and any(_beside(n, line, lines) for n in pages)
    }
    first = {line: lines.index(line) for line in repeated}
    return [
        line
        for n, line in enumerate(lines)
        if not (line and _is_page(line)) and (line not in repeated or (first[line] == n and n < 3))
    ]


def _is_page(line: str) -> bool:
    return _PAGE.fullmatch(line) is not None and not re.fullmatch(r"\d{4,}", line)


def _beside(page: int, line: str, lines: list[str]) -> bool:
    near = [one for one in lines[max(0, page - 3) : page + 4] if one]
    return line in near


def _is_broken(lines: list[str]) -> bool:
    """Tell whether the page's width broke the lines: most long lines end in mid-sentence, at one length."""
    filled = [line for line in lines if len(line) >= _LEAST_FULL]
    cut = [
        line
        for line, after in pairwise(lines)
        if len(line) >= _LEAST_FULL and after and not _ENDED.search(line)
    ]
    widest = max((len(line) for line in filled), default=0)
    return len(cut) >= 2 and widest <= 60 and len(cut) * 3 >= len(filled)


def _joined(lines: list[str]) -> list[str]:
    widest = max(len(line) for line in lines)
    found: list[str] = []
    open_line = ""
    for line in lines:
        if not line:
            continue
        # A line nearly as wide as the widest, that ends no sentence, runs on in the next.
        if (
            open_line
            and len(open_line) >= widest * 0.72
            and not _STARTS.match(line)
            and not _ENDED.search(open_line)
        ) or (open_line and _runs_on(open_line, line, widest)):
            found[-1] += line
        else:
            found.append(line)
        open_line = line
    return found


def _runs_on(before: str, line: str, widest: int) -> bool:
    """Tell whether a full line goes on although it happens to end in a closing sign or a colon."""
    full = len(before) >= widest - 2
    return full and before[-1] in "；：”）》，、" and not _STARTS.match(line)
