"""A document's parts: title, issuer, number, date, whom it is addressed to, and its numbered sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from . import clauses
from .numerals import number, year_number
from .text import folded, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = re.compile(
    r"[一-鿿A-Za-z]{2,20}[〔\[［【（(〈]\s*(?:19|20)\d{2}\s*[〕\]］】）)〉]\s*(?:第)?\s*\d{1,4}\s*号"
)
_TITLE_END = re.compile(
    r"(?:方案|通知|意见|计划|办法|公告|通告|规定|函|要点|安排|细则|预案|决定|通报|制度|清单)$"
)
_TITLE_MOST = 90
_ADDRESSED = re.compile(r"(?P<to>[^。；！？“”]{2,120})：$")
_UNIT_END = (
    "(?:政府|委员会|办公室|办|局|院|大队|支队|派出所|中心|小组|指挥部|党委|街道|"
    "所|处|站|公司|学校|镇|乡|区|县|市|部|会|专班)"
)
_ISSUER = re.compile(rf"[一-鿿A-Za-z（）·]{{2,40}}{_UNIT_END}(?:（[^）]*）)?")
_DATE = re.compile(
    r"(?P<y>\d{4}|[〇零一二三四五六七八九]{4})年(?P<m>\d{1,2}|[一二三四五六七八九十]{1,3})月"
    r"(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3})日(?:印发|发布|印)?"
)
_SIGNED = re.compile(rf"[（]?(?:{_ISSUER.pattern})?")
_DOTTED = re.compile(r"(?P<y>\d{4})[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})")
# A sentence ends at a stop or a semicolon, but not within brackets: （责任单位：各村；完成时限：3月底前）.
_ENDS = re.compile(r"(?:（(?:[^（）]|（[^（）]*）)*）|[^。！？；])*(?:[。！？；]+[”’）》]*|$)")
# Labels that say by whom or by when the sentence before them is to be done.
_LABELS = re.compile(
    r"（?(?:第一|主要)?(?:牵头|责任|配合|主办|协办|承办|落实|实施|参与)(?:责任)?(?:单位|部门|领导|人|主体)(?:和责任(?:单位|部门))?："
    r"|（?(?:完成|整改|办理|工作)?(?:时限|期限)(?:要求)?：|（?完成时间："
)
_HEADS = 14
_LONGEST = 500
_QUOTED_TITLE = re.compile(r"关于印发《(?P<title>[^》]{4,80})》的通知")
_BODY_TITLE = re.compile(r"(?:推动|做好|开展|加强)?(?P<title>\d{4}年[一-鿿“”]{4,30}?工作)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as printed, its folded twin of the same length, and where it stands."""

    shown: str
    plain: str
    clause: str
    titles: tuple[str, ...]
    paragraph: int


@dataclass(frozen=True, slots=True)
class Structure:
    """What a document says of itself, and its sentences in order; what it does not say is empty."""

    title: str
    issuer: str
    number: str
    dated: date | None
    addressed: str
    sentences: tuple[Sentence, ...]
    text: str


def structure_of(raw: str) -> Structure:
    """Give the parts of a document's text. Never raises: what cannot be found is empty."""
    lines = paragraphs(raw)
    plain = [folded(line) for line in lines]
    head = _head_of(plain)
    tail = _tail_of(plain, head)
    title = _title(lines, plain, head)
    dated = _dated(plain, head, tail)
    return Structure(
        title=title,
        issuer=_issuer(lines, plain, head, tail, title),
        number=_number(lines, plain, head),
        dated=dated,
        addressed=_addressed(plain, head),
        sentences=tuple(_sentences(lines, plain, _body(plain, head), tail)),
        text="\n".join(lines),
    )


def _head_of(plain: list[str]) -> int:
    """Give how many paragraphs come before the text itself: letterhead, number, title, addressees."""
    for n, line in enumerate(plain[:_HEADS]):
        if clauses.heading(line) or (line.endswith("。") and len(line) > 20) or len(line) > _TITLE_MOST + 30:
            return n
        if _ADDRESSED.fullmatch(line) and n:
            return n + 1
    return min(len(plain), 3) if len(plain) > 3 else 0


def _body(plain: list[str], head: int) -> int:
    return head if head < len(plain) else 0


def _tail_of(plain: list[str], head: int) -> int:
    """Give where the signature begins: a short line with a date of its own near the end, and its unit."""
    for n in range(len(plain) - 1, max(head, len(plain) - 25), -1):
        line = plain[n].replace(" ", "")
        if any(clauses.heading(after) for after in plain[n + 1 :]) and not plain[n + 1].startswith("附件"):
            break
        if _is_date(line) and "印" not in line:
            before = plain[n - 1].replace(" ", "")
            signed = n - 1 > head and len(before) <= 40 and _ISSUER.fullmatch(before)
            return n - 1 if signed else n
    return len(plain)


def _is_date(line: str) -> bool:
    packed = line.replace(" ", "")
    return bool(_DATE.fullmatch(packed) or _DOTTED.fullmatch(packed))


def _title(lines: list[str], plain: list[str], head: int) -> str:
    joined = ""
    for line, twin in zip(lines[:head], plain[:head], strict=True):
        if _NUMBER.search(twin) or _DATE.fullmatch(twin) or _ADDRESSED.fullmatch(twin):
            # What stands above the number is the letterhead.
            joined = joined if _ADDRESSED.fullmatch(twin) or _TITLE_END.search(joined) else ""
            continue
        joined += line.replace(" ", "")
        if _TITLE_END.search(joined):
            break
    if quoted := _QUOTED_TITLE.search(joined):
        return quoted["title"]
    if not _TITLE_END.search(joined) or len(joined) > _TITLE_MOST + 40:
        return ""
    about = joined.find("关于")
    return joined[about:] if about > 0 and _ISSUER.fullmatch(joined[:about]) and len(joined) > 60 else joined


def _issuer(lines: list[str], plain: list[str], head: int, tail: int, title: str) -> str:
    signed = lines[tail].replace(" ", "") if tail < len(lines) else ""
    if signed and _ISSUER.fullmatch(folded(signed)):
        return signed
    first = lines[0].replace(" ", "") if lines and head else ""
    headed = re.sub(r"文件$", "", first)
    if headed and _ISSUER.fullmatch(folded(headed)):
        return headed
    if found := re.match(rf"(?P<unit>{_ISSUER.pattern})关于", first or title):
        return found["unit"]
    return _said_issuer(plain)


def _said_issuer(plain: list[str]) -> str:
    """Give a unit that the text names as its own: “xx县公安局成立……领导小组”."""
    for line in plain:
        if found := re.match(r"(?P<unit>[一-鿿A-Za-zX]{2,20}(?:政府|局|委员会|办事处))(?:决定)?成立", line):
            return found["unit"]
    return ""


def _number(lines: list[str], plain: list[str], head: int) -> str:
    """Give the document's own number: alone on a line before the text, never one that the text cites."""
    for line, twin in zip(lines[: max(head, 1)], plain, strict=False):
        if (found := _NUMBER.search(twin)) and not re.search(r"根据|按照|《", twin[: found.start()]):
            return line[found.start() : found.end()].replace(" ", "")
    return ""


def _dated(plain: list[str], head: int, tail: int) -> date | None:
    """Give the document's own date: a line that is a date, or the unit that signs and a date."""
    for line in (*plain[tail : tail + 3], *plain[:head], *plain[-4:], *filter(_is_date, plain)):
        packed = line.replace(" ", "")
        found = _DATE.search(packed) or _DOTTED.fullmatch(packed)
        if found is None or found.end() < len(packed) or not _SIGNED.fullmatch(packed, 0, found.start()):
            continue
        try:
            return date(year_number(found["y"]), number(found["m"]), number(found["d"]))
        except ValueError:
            continue
    return None


def _addressed(plain: list[str], head: int) -> str:
    for line in plain[:head]:
        found = _ADDRESSED.fullmatch(line)
        if found and not clauses.heading(line):
            return found["to"].strip()
    return ""


def _sentences(lines: list[str], plain: list[str], first: int, last: int) -> list[Sentence]:
    path = clauses.Path()
    found: list[Sentence] = []
    for n in range(first, last):
        if _is_date(plain[n]):
            continue
        at = clauses.heading(plain[n])
        if at:
            path.enter(at, clauses.title_of(plain[n], at.length))
        items = ""
        for start, end in _pieces(plain[n]):
            piece = plain[n][start:end]
            items = clauses.item(piece[at.length :] if at and not start else piece.lstrip()) or items
            shown = lines[n][start:end]
            if found and _LABELS.match(piece.strip()) and (at is None or found[-1].paragraph == n):
                found[-1] = _joined(found[-1], shown, piece, n)
                continue
            found.append(Sentence(shown, piece, path.clause + items, path.titles, n))
    return found


def _pieces(plain: str) -> Iterator[tuple[int, int]]:
    """Give where the sentences of a paragraph begin and end; what goes on without end is cut."""
    for found in _ENDS.finditer(plain):
        for start in range(found.start(), found.end(), _LONGEST):
            end = min(start + _LONGEST, found.end())
            if plain[start:end].strip():
                yield start, end


def _joined(before: Sentence, shown: str, plain: str, paragraph: int) -> Sentence:
    """Give a sentence with the labels that follow it, in brackets or in a paragraph of their own."""
    gap = "" if before.paragraph == paragraph else "\n"
    return replace(
        before, shown=before.shown + gap + shown, plain=before.plain + gap + plain, paragraph=paragraph
    )
