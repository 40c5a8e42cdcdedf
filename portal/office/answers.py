"""A round's answers as a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from ...documents.listing import Column, write_listing
from ...ledger import desk_queries, receiving
from ...obligations.moments import in_words
from .. import filled
from ..access import Act, Here, may
from ..asked import Small

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ...ledger.receiving import SheetRow
    from ...ledger.tables import Upload
    from ..access import Desk

    Field = Mapping[str, Any]

router = APIRouter(include_in_schema=False)
CHUNK = 500
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BEFORE = (
    Column("单位代码", 14),
    Column("单位", 20),
    Column("情况", 8),
    Column("状态", 10),
    Column("收到时间", 18, "date"),
    Column("方式", 8),
    Column("报送人", 18),
    Column("版次", 6, "number"),
    Column("零报告", 8),
)


@router.get("/rounds/{round_id}/answers.xlsx")
def answers(here: Annotated[Here, Depends(may(Act.LOOK))], round_id: Small) -> Response:
    """Give every unit of the round with its latest report, whatever is a formula as plain text."""
    with here.read() as desk:
        found = desk.round(round_id)
        form: Sequence[Field] = found.form
        said = [f"应报{found.expected or 0}个单位", f"截至{in_words(here.now)}"]
        columns = [*_BEFORE, *(_column(field) for field in form), Column("备注", 30)]
        made = f"{here.caller.by}于{in_words(here.now)}导出"
        data = write_listing(found.title, said, columns, _rows(desk, round_id, form), made)
    name = quote(f"{found.title}.xlsx", safe="")
    return Response(
        data, media_type=_XLSX, headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    )


def _column(field: Field) -> Column:
    label = f"{field['label']}（{field['unit']}）" if field["unit"] else str(field["label"])
    kind = "number" if field["type"] == "number" else "text"
    return Column(label, max(10, min(len(label) * 2, 40)), kind)


def _rows(desk: Desk, round_id: int, form: Sequence[Field]) -> Iterator[list[object]]:
    start = 0
    while True:
        sheet = receiving.sheet(desk.session, round_id, desk.now, offset=start, limit=CHUNK)
        files = desk_queries.files_of(desk.session, [row.obligation_id for row in sheet.rows])
        yield from (_row(row, form, files.get(row.obligation_id, ())) for row in sheet.rows)
        start += CHUNK
        if start >= sheet.total:
            return


def _row(row: SheetRow, form: Sequence[Field], files: Sequence[Upload]) -> list[object]:
    last = row.latest
    who = [row.unit_code, row.unit, row.outcome.zh, row.state.zh]
    if last is None:
        return [*who, *[None] * (5 + len(form) + 1)]
    came = [last.received_at, last.via.zh, last.by, last.version, "是" if last.nil else ""]
    return [*who, *came, *(_value(field, last.answers, files) for field in form), last.note]


def _value(field: Field, given: Mapping[str, Any], files: Sequence[Upload]) -> object:
    answer = given.get(field["key"])
    return answer if isinstance(answer, (int, float)) else filled.in_words(field, given, files)
