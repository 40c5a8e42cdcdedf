"""The commands. Each module imports what is heavy only when its command runs."""

from __future__ import annotations

import sys

import typer

from ...obligations.errors import DubanError, InputError
from . import (
    accounts,
    adopt,
    appraisal,
    backing,
    channels,
    clock,
    demo,
    draft,
    draw,
    filed,
    holidays,
    messages,
    plan,
    plan_change,
    rehearse,
    reports,
    run,
    status,
    units,
    working,
)

app = typer.Typer(
    name="duban",
    help="督办：一年的督办日历。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
plan_change.register(plan.app)
app.add_typer(plan.app, name="plan")
app.add_typer(appraisal.app, name="appraisal")
app.add_typer(clock.app, name="clock")
app.add_typer(units.app, name="units")
app.add_typer(accounts.app, name="accounts")
app.add_typer(channels.app, name="channels")
app.add_typer(messages.app, name="messages")
app.add_typer(draw.app, name="draw")
app.add_typer(holidays.app, name="holidays")
for commands in (run, working, backing, draft, rehearse, adopt, reports, status, filed):
    commands.register(app)
app.command()(demo.demo)


def main() -> None:
    """Run the command line; a mistake of the user ends in a sentence in Chinese and exit code 1."""
    try:
        app()
    except InputError as wrong:
        typer.echo(str(wrong), err=True)
        typer.echo(f"共 {len(wrong.problems)} 处问题，没有写入任何内容。", err=True)
        sys.exit(1)
    except DubanError as wrong:
        typer.echo(str(wrong), err=True)
        sys.exit(1)
