"""``python -m bench NAME``: measure one thing, or all of them."""

from __future__ import annotations

import argparse
from importlib import import_module

from .report import SEED, Options, machine

NAMES = {
    "open": "opening",
    "advance": "advancing",
    "ladder": "climbing",
    "deliver": "delivering",
    "workers": "workers",
    "show": "showing",
    "demo": "rehearsing",
    "answers": "answering",
    "pages": "pages",
    "bulletin": "bulletin",
    "binder": "binder",
}
# Each takes the better part of an hour, so that "all" leaves them out.
LONG = {"peers": "peering", "country": "country"}
# Not of speed: how much of a document is understood (docs/figures.md).
UNDERSTOOD = {"draft": "drafting"}
# Not of speed: what must hold however the program is ended (docs/reliability.md).
TORTURE = {"kill": "killing", "crowd": "crowding", "model": "modelled", "server": "felling"}
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def main() -> None:
    """Run what was named, one after the other, and print a table for each."""
    given = _parser().parse_args()
    databases = tuple(DATABASES[name] for name in given.databases)
    options = Options(given.small, given.rows, given.runs, databases, given.seed, given.pages)
    print(machine())
    for name in NAMES if given.name == "all" else [given.name]:
        import_module(f".{(NAMES | LONG | UNDERSTOOD | TORTURE)[name]}", __package__).run(options)


def _parser() -> argparse.ArgumentParser:
    where = "Speed as ratios. TMPDIR says on which disk the books are made (up to 4 GB)."
    parser = argparse.ArgumentParser(prog="python -m bench", description=where)
    parser.add_argument(
        "name", nargs="?", default="all", choices=[*NAMES, *LONG, *UNDERSTOOD, *TORTURE, "all"]
    )
    parser.add_argument("--small", action="store_true", help="tiny sizes: shows only that it runs")
    parser.add_argument(
        "--rows", type=int, help="obligations (open, advance), messages, answers, units (crowd)"
    )
    parser.add_argument("--runs", type=int, help="how many runs to take the median of")
    parser.add_argument("--seed", type=int, default=SEED, help="what chance begins with (kill, crowd, model)")
    parser.add_argument("--pages", action="store_true", help="ask the pages of the country's book too")
    parser.add_argument("--databases", nargs="+", choices=list(DATABASES), default=list(DATABASES))
    return parser


if __name__ == "__main__":
    main()
