"""``duban draft``: a plan drafted from a document, for a clerk to finish. It needs no book."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...obligations.errors import DubanError

if TYPE_CHECKING:
    from ...calendar.drafting.found import Found
    from ...calendar.drafting.pen import Written

_MOST_SHOWN = 8
_LONGEST = 48


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(draft)


def draft(
    file: Annotated[
        Path, typer.Argument(help="方案或通知：.docx、.pdf（有文字的）、.html 或 .txt", metavar="文件")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="写到哪个 .yaml 文件，文件名就是方案的键；已有的文件不覆盖"),
    ] = None,
) -> None:
    """读一份方案或通知，草拟成方案文件：只写原文有的，没有写的标“待定”，由办公室定下后再采用。"""
    from ...calendar.drafting.duties import draft as found_in
    from ...calendar.drafting.writing import write
    from ...calendar.reviewing.proposing import is_key, key_of_file
    from ...documents.reading import read_document

    found = found_in(read_document(file))
    path = out or Path(f"{key_of_file(file.stem, found.years.year)}.yaml")
    if path.suffix not in (".yaml", ".yml") or not is_key(path.stem):
        raise DubanError(
            f"--out {path}：文件名应如 yanhua-2023.yaml，只用小写字母、数字和连字符，以字母开头。"
        )
    written = write(found, path.stem)
    save_new(path, written.text)
    _say(file, path, found, written)


def save_new(path: Path, text: str) -> None:
    """Write a file that is not there yet; raises :class:`DubanError` for one that is, or cannot be."""
    try:
        with path.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise DubanError(f"{path} 已经有了，没有覆盖；请用 --out 另写一个文件名。") from None
    except OSError as wrong:
        raise DubanError(f"写不了 {path}（{wrong.strerror}）；请用 --out 换一个地方。") from None


def _say(file: Path, path: Path, found: Found, written: Written) -> None:
    structure = found.structure
    title = f"《{structure.title}》" if structure.title else "（没有看出标题）"
    typer.echo(f"{file}：{title}")
    typer.echo(f"任务 {len(found.duties)} 项，阶段和时段 {len(found.stretches)} 个，写到 {path}")
    for one in found.duties[:_MOST_SHOWN]:
        when = one.when.said or "没有写日期"
        who = "、".join(one.who) if one.who_said else "没有写由谁做"
        typer.echo(f"  {one.clause}　{when}　{_short(who)}　{_short(one.name)}")
    if len(found.duties) > _MOST_SHOWN:
        typer.echo(f"  ……另有 {len(found.duties) - _MOST_SHOWN} 项")
    typer.echo(f"待定 {len(written.questions)} 处，定下来以前不能采用（duban plan check {path} 逐处列出）：")
    for question in written.questions[:_MOST_SHOWN]:
        typer.echo(f"  {_short(question.at)}：{question.text}")
    if len(written.questions) > _MOST_SHOWN:
        typer.echo(f"  ……另有 {len(written.questions) - _MOST_SHOWN} 处")
    typer.echo(f"没有安排的句子 {len(found.unplaced)} 句，列在文件末尾，请逐句看。")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
